//! Trend graphs of the evidence, kept with the work order.

use std::time::Duration;

use chrono::TimeDelta;
use domain::prediction::Evidence;
use store::ScopedTx;
use store::Topic;
use store::work_orders::attachments::{self, Waiting};

use crate::Error;
use crate::charts::{Series, TrendOptions, trend_svg};

/// Steps a trend is averaged to.
const STEPS: f64 = 400.0;
/// How far back evidence without a beginning goes.
const USUAL: TimeDelta = TimeDelta::days(14);

/// Draws the trends of up to `limit` work orders that wait for it; answers how many it did.
///
/// # Errors
/// When the database refuses.
pub async fn draw_waiting(tx: &mut ScopedTx, limit: i64) -> Result<usize, Error> {
    let waiting = attachments::take_waiting(tx, limit).await?;
    for one in &waiting {
        draw(tx, one).await?;
    }
    let held: Vec<_> = waiting.iter().map(|one| one.id).collect();
    attachments::enqueue_created(tx, &held).await?;
    Ok(waiting.len())
}

/// Draws the trends of one work order; a point nobody has measured gives none.
pub(super) async fn draw(tx: &mut ScopedTx, waiting: &Waiting) -> Result<(), Error> {
    for evidence in &waiting.evidence {
        let Some(svg) = trend(tx, waiting, evidence).await? else { continue };
        let name = format!("Trend {}.svg", evidence.point.replace('/', " "));
        attachments::insert(tx, waiting.id, waiting.site, &name, "image/svg+xml", svg.as_bytes())
            .await?;
    }
    tx.touch(Topic::WorkOrders, Some(waiting.site));
    Ok(())
}

async fn trend(
    tx: &mut ScopedTx,
    waiting: &Waiting,
    evidence: &Evidence,
) -> Result<Option<String>, Error> {
    let to = evidence.to.unwrap_or_else(|| tx.now());
    let from = evidence.from.unwrap_or(to - USUAL);
    let span = (to - from).as_seconds_f64().max(60.0);
    let step = Duration::from_secs_f64((span / STEPS).max(1.0));
    let found = attachments::stretch(tx, waiting.site, &evidence.point, from, to, step).await?;
    let Some(found) = found.filter(|found| !found.values.is_empty()) else { return Ok(None) };
    let mut options = TrendOptions::new(evidence.point.clone(), from, to);
    options.unit = found.unit.unwrap_or_default();
    options.zone = found.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let sampled = sampled(&found.values);
    let series =
        Series { name: evidence.point.clone(), values: found.values, step: step.max(sampled) };
    Ok(Some(trend_svg(&[series], &options)))
}

/// The usual distance between two values: points sampled more rarely than a step have no gaps
/// between their values.
fn sampled(values: &[(chrono::DateTime<chrono::Utc>, f64)]) -> Duration {
    let mut gaps: Vec<TimeDelta> = values.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).and_then(|gap| gap.to_std().ok()).unwrap_or_default()
}
