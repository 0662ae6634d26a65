use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{AlertId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::views::logbook::Shift;
use domain::views::overview::{Event, Overview};
use store::ScopedTx;
use store::overview as facts;

use super::{links, needs, pipeline, steps, within};
use crate::logbook::{auto, shifts::Roster};
use crate::{Caller, Error, alerts};

/// A visit ends when nobody has looked for so long.
const VISIT_GAP: TimeDelta = TimeDelta::hours(1);
/// Without an earlier visit, and at most for one long ago, so much is told.
const FIRST_VISIT: TimeDelta = TimeDelta::hours(24);
const LONGEST: TimeDelta = TimeDelta::days(7);
/// Assets at risk.
const RISKS: usize = 10;
/// Events that are counted, and those that are shown.
const COUNTED: i64 = 200;
const SHOWN: usize = 7;

/// Everything on the page, for the sites of the transaction. It notes the visit; `since` asks for
/// another beginning of the events.
///
/// # Errors
/// [`Error::Denied`] for a machine, or when the database refuses.
pub async fn overview(
    tx: &mut ScopedTx,
    caller: &Caller,
    since: Option<DateTime<Utc>>,
) -> Result<Overview, Error> {
    let now = tx.now();
    let sites = facts::site_ids(tx).await?;
    let last_visit = facts::note_visit(tx, caller.user()?, VISIT_GAP).await?;

    let decides = match caller.scope(Permission::ReviewDecide) {
        Ok(scope) => within(&sites, &scope),
        Err(_) => Vec::new(),
    };
    let waiting = facts::reviews_waiting(tx, &decides).await?;
    let stopped = facts::stopped(tx, &sites).await?;
    let needs = needs::needs(tx, caller, &sites, &waiting, &stopped).await?;

    let sources = facts::sources(tx).await?;
    let connections = facts::connections(tx, &sites).await?;
    let open = facts::open_alerts(tx, &sites).await?;
    let stages = pipeline::stages(tx, &sites, &sources, &connections, stopped.count, open).await?;

    let at_risk = facts::ids_at_risk(tx, &sites, RISKS).await?;
    let risks = alerts::listed_by_ids(tx, &at_risk).await?;

    let since = since.or(last_visit).unwrap_or(now - FIRST_VISIT).max(now - LONGEST);
    let (events, happened) = events(tx, &sites, since, now).await?;
    Ok(Overview {
        at: now,
        shift: shift(tx, &sites).await?,
        last_visit,
        needs,
        oldest: waiting.alert.map(AlertId),
        stopped: stopped.id.map(WorkOrderId),
        stages,
        risks,
        open,
        since,
        events,
        happened,
        links: links::links(&sources, &connections, now),
        steps: steps::steps(tx, &sites).await?,
    })
}

async fn events(
    tx: &mut ScopedTx,
    sites: &[i64],
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(Vec<Event>, i64), Error> {
    let sites: Vec<SiteId> = sites.iter().copied().map(SiteId).collect();
    let until = now + TimeDelta::seconds(1);
    let rows = store::logbook::automatic(tx, &sites, since, until, None, COUNTED).await?;
    let happened = i64::try_from(rows.len()).unwrap_or(COUNTED);
    let shown = rows.into_iter().take(SHOWN);
    let events = shown
        .map(|row| Ok(Event { at: row.at, entry: auto(row)? }))
        .collect::<Result<_, Error>>()?;
    Ok((events, happened))
}

/// The shift under way, where one site is shown.
async fn shift(tx: &mut ScopedTx, sites: &[i64]) -> Result<Option<Shift>, Error> {
    let [site] = sites else { return Ok(None) };
    let shift = Roster::of(tx, SiteId(*site)).await?.current();
    Ok((shift.name != "day" && shift.name != "off").then_some(shift))
}
