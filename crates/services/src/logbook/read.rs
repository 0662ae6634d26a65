//! The logbook of one shift.

use domain::asset::AssetKey;
use domain::failure_mode;
use domain::ids::{AlertId, AssetId, LogbookEntryId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::views::logbook::{
    AutoEntry, AutoKind, Entry, EntryBody, HandOver, Logbook, OpenPoint, PersonEntry, RaisedOrder,
    Shift, Struck,
};
use store::ScopedTx;
use store::logbook::{self as rows, AutoRow, EntryRow, HandOverRow, PointRow};

use super::shifts::Roster;
use crate::{Caller, Error};

/// Entries shown of one shift.
const LIMIT: i64 = 300;

/// Which part of the logbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// The site; the first in scope unless said otherwise.
    pub site: Option<SiteId>,
    /// Key of the shift; the current one unless said otherwise, also when there is no such shift.
    pub shift: Option<String>,
    /// Tag, serial number or barcode: only entries about it or what is below it.
    pub asset: Option<String>,
}

/// The site that is meant: as asked, or the first in scope.
pub(super) async fn site_of(tx: &mut ScopedTx, wanted: Option<SiteId>) -> Result<SiteId, Error> {
    let sites = rows::sites(tx).await?;
    let known = wanted.filter(|site| sites.iter().any(|(id, _)| *id == site.0));
    known.or_else(|| sites.first().map(|(id, _)| SiteId(*id))).ok_or(Error::NotFound)
}

/// The shift that is meant: as asked, or the current one.
pub(super) fn shift_of(roster: &Roster, key: Option<&str>) -> Shift {
    key.and_then(|key| roster.find(key)).unwrap_or_else(|| roster.current())
}

/// One shift of one site: what people wrote mixed with what the program did, open points and
/// signatures.
///
/// # Errors
/// [`Error::NotFound`] without a site in scope.
pub async fn logbook(tx: &mut ScopedTx, caller: &Caller, which: &Which) -> Result<Logbook, Error> {
    book(tx, caller, which, LIMIT).await
}

/// The same with at most `limit` entries.
pub(super) async fn book(
    tx: &mut ScopedTx,
    caller: &Caller,
    which: &Which,
    limit: i64,
) -> Result<Logbook, Error> {
    let site = site_of(tx, which.site).await?;
    let roster = Roster::of(tx, site).await?;
    let shift = shift_of(&roster, which.shift.as_deref());
    let (before, after) = roster.around(&shift);
    let asset = asset_of(tx, site, which.asset.as_deref()).await?;
    let written = rows::entries(tx, site, shift.from, shift.until, asset, limit).await?;
    let automatic = rows::automatic(tx, &[site], shift.from, shift.until, asset, limit).await?;
    let (many, all) =
        (usize::try_from(limit).unwrap_or(usize::MAX), written.len() + automatic.len());
    let mut people: Vec<String> = written.iter().map(|row| row.author.clone()).collect();
    people.sort_unstable();
    people.dedup();
    let mut entries = Vec::with_capacity(all);
    for row in written {
        entries.push(Entry { at: row.at, body: EntryBody::Person(person(row)?) });
    }
    for row in automatic {
        let (at, body) = (row.at, EntryBody::Auto(auto(row)?));
        entries.push(Entry { at, body });
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries.truncate(many);
    let points = rows::listed(tx, site, shift.from, shift.until).await?;
    let may = |permission| caller.may_at(permission, site);
    Ok(Logbook {
        site: roster.name.clone(),
        site_id: site,
        time_zone: roster.zone(),
        people,
        more: all > many,
        entries,
        points: points.into_iter().map(point).collect(),
        hand_over: signed(tx, caller, site, &shift).await?,
        taken: signed(tx, caller, site, &before).await?,
        may_write: may(Permission::LogbookWrite),
        may_raise: may(Permission::WorkOrderRaise),
        shift,
        before,
        after,
    })
}

/// The asset a filter names; one that is not there matches nothing.
async fn asset_of(
    tx: &mut ScopedTx,
    site: SiteId,
    key: Option<&str>,
) -> Result<Option<AssetId>, Error> {
    let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else { return Ok(None) };
    let found = match AssetKey::normalise(key) {
        Ok(key) => rows::asset(tx, site, key.as_str()).await?,
        Err(_) => None,
    };
    Ok(Some(found.unwrap_or(AssetId(0))))
}

async fn signed(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    shift: &Shift,
) -> Result<Option<HandOver>, Error> {
    let Some(row) = rows::hand_over(tx, site, shift.date, &shift.name).await? else {
        return Ok(None);
    };
    let carried = rows::by_ids(tx, site, &row.carried).await?;
    Ok(Some(hand_over(row, carried, caller, site)))
}

fn hand_over(row: HandOverRow, carried: Vec<PointRow>, caller: &Caller, site: SiteId) -> HandOver {
    let other = caller.user().is_ok_and(|user| user.0 != row.outgoing_id);
    HandOver {
        may_take: row.incoming.is_none() && other && caller.may_at(Permission::LogbookWrite, site),
        notes: row.notes,
        carried: carried.into_iter().map(point).collect(),
        outgoing: row.outgoing,
        outgoing_at: row.outgoing_at,
        incoming: row.incoming,
        incoming_at: row.incoming_at,
    }
}

fn point(row: PointRow) -> OpenPoint {
    OpenPoint {
        id: row.id,
        text: row.text,
        asset: row.asset,
        order: row.order_id.map(WorkOrderId),
        number: row.number,
        since: row.since,
        done_at: row.done_at,
        done_by: row.done_by,
    }
}

fn word<T: std::str::FromStr<Err = domain::UnknownWord>>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|e| Error::Store(store::Error::corrupt("work_order", e)))
}

fn person(row: EntryRow) -> Result<PersonEntry, Error> {
    let order = match (row.order_id, row.priority, row.delivery_state, row.status) {
        (Some(id), Some(priority), Some(delivery), Some(status)) => Some(RaisedOrder {
            id: WorkOrderId(id),
            number: row.number,
            connection: row.connection.unwrap_or_default(),
            failure_code: row.failure_code,
            priority,
            due: row.due,
            delivery: word(&delivery)?,
            status: word(&status)?,
            trends: row.trends,
            notes: row.notes,
        }),
        _ => None,
    };
    Ok(PersonEntry {
        id: LogbookEntryId(row.id),
        author: row.author,
        text: row.body,
        tag: row.tag,
        asset: row.asset,
        strikes: row.struck_body.zip(row.struck_at).map(|(text, at)| Struck { text, at }),
        struck: row.struck,
        point: row.point,
        order,
    })
}

/// What an automatic entry tells.
pub(crate) fn auto(row: AutoRow) -> Result<AutoEntry, Error> {
    let kind = match row.kind.as_str() {
        "review_asked" => AutoKind::ReviewAsked,
        "review_approved" => AutoKind::ReviewApproved,
        "review_rejected" => AutoKind::ReviewRejected,
        "review_snoozed" => AutoKind::ReviewSnoozed,
        "held" => AutoKind::Held,
        "order_raised" => AutoKind::OrderRaised,
        "order_closed" => AutoKind::OrderClosed,
        "delivery_failed" => AutoKind::DeliveryFailed,
        "handed_over" => AutoKind::HandedOver,
        "taken_over" => AutoKind::TakenOver,
        other => {
            let kind = domain::UnknownWord(other.to_owned());
            return Err(Error::Store(store::Error::corrupt("logbook_entry", kind)));
        }
    };
    let name = |code: String| match failure_mode::find(&code) {
        Some(mode) => mode.name.to_owned(),
        None => code,
    };
    Ok(AutoEntry {
        kind,
        asset: row.asset,
        failure_mode: row.failure_mode.map(name),
        confidence: row.confidence,
        rul_hours: row.rul_hours,
        alert: row.alert_id.map(AlertId),
        order: row.order_id.map(WorkOrderId),
        number: row.number,
        priority: row.priority,
        by: row.by_name,
        detail: row.detail.filter(|detail| !detail.is_empty()),
        due: row.due,
        labour_hours: row.labour_hours,
        raisable: row.raisable,
    })
}
