//! The page of an asset. Health is what open alerts say: the worst severity among them here and
//! below, and the least remaining life, counted down since the model looked. Without open alerts
//! nothing is claimed but that; an asset that no model has ever looked at is not called healthy.

use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::Priority;
use domain::failure_mode;
use domain::ids::{AlertId, AssetId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::views::assets::{
    AssetAlert, AssetDetail, AssetOrder, AssetPoint, AssetPrediction, PastFailure,
};
use store::ScopedTx;
use store::assets::{self as rows, AlertRow, FailureRow, OrderRow, PredictionRow};

use super::label::qr;
use super::search::steps;
use super::tree::open_work;
use crate::telemetry::{self, Series, Trend};
use crate::{Caller, Error, Settings};

/// Rows of each list on the page.
const ROWS: i64 = 20;
/// Signals shown.
const POINTS: i64 = 24;
/// How far back the small lines go.
const COURSE: TimeDelta = TimeDelta::hours(24);
/// Steps of a small line.
const STEPS: i32 = 48;

/// Everything the page of an asset shows.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist, or not for this caller.
pub async fn detail(
    tx: &mut ScopedTx,
    settings: &Settings,
    caller: &Caller,
    id: AssetId,
) -> Result<AssetDetail, Error> {
    let asset = super::get(tx, id).await?;
    let stored = rows::current(tx, id).await?.ok_or(Error::NotFound)?;
    let site = SiteId(stored.row.site_id);
    let mut above = rows::ancestors(tx, &[id.0]).await?;
    above.retain(|step| step.id != id.0);
    let below_retired = above.iter().any(|step| step.status != "active");
    let children = rows::branches(tx, Some(&[id.0]), 1).await?;
    let (_, below) = rows::decommission_counts(tx, id).await?;
    let open = open_work(tx, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    let own = stored.row.own_criticality.as_deref().map(str::parse).transpose().map_err(corrupt)?;
    let now = tx.now();
    let course = Series {
        points: Vec::new(),
        from: now - COURSE,
        to: now,
        max_points: STEPS,
        uncertain: false,
    };
    let trends = telemetry::of_asset(tx, id, POINTS, &course).await?;
    let zone = crate::calendars::zone(tx, site).await?;
    Ok(AssetDetail {
        version: stored.version,
        site_id: site,
        zone,
        own_criticality: own,
        above: steps(above)?,
        children: children.first().map_or(0, |child| child.siblings),
        below,
        open,
        last_prediction: rows::last_prediction(tx, id).await?,
        alerts: each(rows::open_alerts(tx, id, ROWS).await?, alert)?,
        orders: each(rows::open_orders(tx, id, ROWS).await?, order)?,
        failures: each(rows::past_failures(tx, id, ROWS).await?, failure)?,
        predictions: each(rows::predictions(tx, id, ROWS).await?, |row| Ok(prediction(row)))?,
        points: trends.into_iter().map(|trend| point(trend, course.from)).collect(),
        qr: qr(&settings.base_url, id)?,
        may_edit: caller.may_at(Permission::AssetEdit, site),
        below_retired,
        asset,
    })
}

fn each<R, V>(rows: Vec<R>, view: fn(R) -> Result<V, Error>) -> Result<Vec<V>, Error> {
    rows.into_iter().map(view).collect()
}

fn mode(code: &str) -> String {
    failure_mode::find(code).map_or_else(|| code.to_owned(), |mode| mode.name.to_owned())
}

fn word<T: std::str::FromStr<Err = domain::UnknownWord>>(
    table: &'static str,
    word: &str,
) -> Result<T, Error> {
    Ok(word.parse().map_err(|error| store::Error::corrupt(table, error))?)
}

fn alert(row: AlertRow) -> Result<AssetAlert, Error> {
    Ok(AssetAlert {
        id: AlertId(row.id),
        tag: row.tag,
        failure_mode: mode(&row.failure_mode),
        severity: word("alert", &row.severity)?,
        state: word("alert", &row.state)?,
        confidence: row.confidence,
        life_hours: row.life,
        first_seen: row.first_seen,
    })
}

fn order(row: OrderRow) -> Result<AssetOrder, Error> {
    let priority = Priority::try_from(row.priority)
        .map_err(|error| store::Error::corrupt("work_order", error))?;
    Ok(AssetOrder {
        id: WorkOrderId(row.id),
        number: row.cmms_number,
        tag: row.tag,
        title: row.title,
        priority,
        status: word("work_order", &row.status)?,
        delivery: word("work_order", &row.delivery_state)?,
        due: row.due,
    })
}

fn failure(row: FailureRow) -> Result<PastFailure, Error> {
    let closure = row.closure.map(|closure| closure.0);
    Ok(PastFailure {
        alert: AlertId(row.alert_id),
        tag: row.tag,
        failure_mode: mode(&row.failure_mode),
        found: closure.as_ref().and_then(|c| c.actual_failure_mode.as_deref()).map(mode),
        outcome: row.outcome.as_deref().map(|outcome| word("alert", outcome)).transpose()?,
        prevented: row.prevented,
        order: row.order_id.map(|id| (WorkOrderId(id), row.cmms_number)),
        action: closure.as_ref().map(|c| c.action.clone()).filter(|action| !action.is_empty()),
        downtime_hours: closure.and_then(|c| c.downtime_hours),
        closed_at: row.closed_at,
    })
}

fn prediction(row: PredictionRow) -> AssetPrediction {
    let model = match row.model_version {
        Some(version) => format!("{} {version}", row.model_name),
        None => row.model_name,
    };
    AssetPrediction {
        alert: AlertId(row.alert_id),
        tag: row.tag,
        failure_mode: mode(&row.failure_mode),
        confidence: row.confidence,
        life_hours: row.rul_hours,
        model,
        observed_at: row.observed_at,
    }
}

/// A signal with its course in even steps from `from`.
fn point(trend: Trend, from: DateTime<Utc>) -> AssetPoint {
    let steps = i64::from(STEPS);
    let mut course = vec![None; usize::try_from(STEPS).unwrap_or_default()];
    for sample in &trend.samples {
        let passed = (sample.at - from).num_milliseconds().max(0);
        let step = passed * steps / COURSE.num_milliseconds().max(1);
        let index = usize::try_from(step.min(steps - 1)).unwrap_or_default();
        if let Some(slot) = course.get_mut(index) {
            *slot = Some(sample.mean);
        }
    }
    AssetPoint {
        path: trend.point.path,
        unit: trend.point.unit,
        value: trend.point.last_value,
        at: trend.point.last_at,
        course,
    }
}
