use chrono::TimeDelta;
use cmms::manifest;
use domain::ids::{ConnectionId, SiteId};
use domain::permission::Permission;
use domain::views::connections::{Circuit, ConnectionRow, Health, Hour, ServedSite};
use store::ScopedTx;
use store::connections::desk::{self, DeskRow, ServedRow};
use store::work_orders::delivery::BREAKER_FAILURES;

use crate::{Caller, Error};

/// A work order that waits longer deserves a look.
const WAITS_LONG: TimeDelta = TimeDelta::minutes(10);
/// Hours on the strip.
const HOURS: usize = 24;

/// Every connection that serves a site of the caller, with how it is.
///
/// # Errors
/// [`Error::Denied`] without the right to see anything; when the database refuses.
pub async fn list(tx: &mut ScopedTx, caller: &Caller) -> Result<Vec<ConnectionRow>, Error> {
    caller.scope(Permission::Integrate)?;
    rows(tx, None).await
}

pub(super) async fn rows(
    tx: &mut ScopedTx,
    only: Option<ConnectionId>,
) -> Result<Vec<ConnectionRow>, Error> {
    let found = desk::desk(tx, only).await?;
    let served = desk::served_sites(tx).await?;
    let hours = desk::hours(tx, only).await?;
    Ok(found.into_iter().map(|row| line(row, &served, &hours, tx)).collect())
}

fn line(
    row: DeskRow,
    served: &[ServedRow],
    calls: &[(i64, i32, i64, i64)],
    tx: &ScopedTx,
) -> ConnectionRow {
    let circuit = match row.open_until {
        _ if row.failures < BREAKER_FAILURES => Circuit::Closed,
        Some(until) if until > tx.now() => Circuit::Open,
        _ => Circuit::Trying,
    };
    let mut hours = vec![Hour::default(); HOURS];
    for (_, ago, ok, failed) in calls.iter().filter(|(id, ..)| *id == row.id) {
        let place = usize::try_from(*ago).ok().and_then(|ago| (HOURS - 1).checked_sub(ago));
        if let Some(place) = place {
            hours[place] = Hour { ok: *ok, failed: *failed };
        }
    }
    let (health, why) = health(&row, circuit, hours[HOURS - 1], tx);
    let sites = served.iter().filter(|site| site.connection_id == row.id);
    let name = manifest::find(&row.system).and_then(Result::ok).map(|manifest| manifest.name);
    ConnectionRow {
        id: ConnectionId(row.id),
        slug: row.slug,
        name: row.name,
        system_name: name.unwrap_or_else(|| match row.system.as_str() {
            "book" => "Built-in work-order book".to_owned(),
            own => own.to_owned(),
        }),
        system: row.system,
        state: row.state,
        health,
        why,
        circuit,
        open_until: row.open_until.filter(|_| circuit == Circuit::Open),
        failures: row.failures,
        sites: sites
            .map(|site| ServedSite {
                id: SiteId(site.site_id),
                name: site.name.clone(),
                active: site.active,
            })
            .collect(),
        backlog: row.backlog,
        oldest_waiting: row.oldest_waiting,
        next_retry: row.next_retry,
        stopped: row.stopped,
        last_ok_at: row.last_ok_at,
        last_error_at: row.last_error_at,
        last_error: row.last_error,
        hours,
        created_24h: row.created_24h,
        reconcile_first: row.reconcile_first.filter(|until| *until > tx.now()),
    }
}

fn health(
    row: &DeskRow,
    circuit: Circuit,
    last_hour: Hour,
    tx: &ScopedTx,
) -> (Health, Option<String>) {
    let waits = row.oldest_waiting.is_some_and(|since| tx.now() - since > WAITS_LONG);
    if row.state == "paused" {
        return (Health::Paused, row.paused_reason.clone());
    }
    if circuit != Circuit::Closed {
        let why = format!("{} calls in a row failed.", row.failures);
        return (Health::Failing, Some(why));
    }
    let why = if row.stopped > 0 {
        Some(match row.stopped {
            1 => "One delivery has stopped.".to_owned(),
            n => format!("{n} deliveries have stopped."),
        })
    } else if row.failures > 0 {
        Some("The last call failed.".to_owned())
    } else if waits {
        Some("Work orders wait longer than ten minutes.".to_owned())
    } else if last_hour.failed * 10 > last_hour.ok + last_hour.failed {
        Some("More than a tenth of this hour's calls failed.".to_owned())
    } else {
        None
    };
    (if why.is_some() { Health::Degraded } else { Health::Healthy }, why)
}
