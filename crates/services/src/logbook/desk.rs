//! What the forms of the logbook need.

use domain::ids::{AlertId, LogbookEntryId};
use domain::permission::Permission;
use domain::views::logbook::{Desk, RaiseOffer, SiteName};
use store::ScopedTx;
use store::logbook as rows;

use super::read::{Which, shift_of, site_of};
use super::shifts::Roster;
use crate::{Caller, Error, alerts, work_orders};

/// Assets to pick from.
const ASSETS: i64 = 500;
/// Tags to pick from.
const TAGS: i64 = 12;
/// Shifts to go to.
const SHIFTS: usize = 21;

/// The forms around one shift: where to write, which entry to correct, for which alert to raise a
/// work order.
///
/// # Errors
/// [`Error::NotFound`] without a site in scope, or for an entry or alert outside it.
pub async fn desk(
    tx: &mut ScopedTx,
    caller: &Caller,
    which: &Which,
    correct: Option<LogbookEntryId>,
    raise: Option<AlertId>,
) -> Result<Desk, Error> {
    let correct = match correct {
        Some(id) => Some((id, rows::entry(tx, id).await?.ok_or(Error::NotFound)?)),
        None => None,
    };
    let raise = match raise {
        Some(alert) => Some(alerts::detail(tx, alert).await?),
        None => None,
    };
    let meant = raise.as_ref().map(|detail| detail.alert.asset.site_id);
    let meant = meant.or_else(|| correct.as_ref().map(|(_, (site, _))| *site)).or(which.site);
    let site = site_of(tx, meant).await?;
    let roster = Roster::of(tx, site).await?;
    let shift = shift_of(&roster, which.shift.as_deref());
    let sites = rows::sites(tx).await?;
    let name = |(id, name)| SiteName { id: domain::ids::SiteId(id), name };
    Ok(Desk {
        site_id: site,
        time_zone: roster.zone(),
        shifts: roster.recent(SHIFTS),
        sites: sites.into_iter().map(name).collect(),
        assets: rows::asset_tags(tx, site, ASSETS).await?,
        tags: rows::recent_tags(tx, site, TAGS).await?,
        key: key()?,
        may_write: caller.may_at(Permission::LogbookWrite, site),
        handed_over: rows::hand_over(tx, site, shift.date, &shift.name).await?.is_some(),
        correct: correct.map(|(id, (_, text))| (id, text)),
        raise: raise.filter(|_| caller.may_at(Permission::WorkOrderRaise, site)).map(offer),
        shift,
    })
}

fn offer(detail: domain::views::alerts::AlertDetail) -> RaiseOffer {
    let alert = detail.alert;
    let action = detail.recommended_action.as_deref();
    RaiseOffer {
        alert: alert.id,
        title: work_orders::title(&alert.failure_mode, &alert.asset.tag, action),
        asset: alert.asset.tag,
        path: alert.asset.path,
        failure_mode: alert.failure_mode_name,
        failure_code: detail.failure_code,
        confidence: alert.confidence,
        rul_hours: alert.rul_hours,
        priority: 3,
        connection: detail.connection_name,
        trends: detail.trends,
        order: alert.work_order_id,
    }
}

/// A fresh key for a form.
fn key() -> Result<String, Error> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|_| Error::Unavailable)?;
    Ok(hex::encode(bytes))
}
