//! What a connection's caps allow (§4.13): work orders that rules create, an hour and a day.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::ids::{ConnectionId, SiteId};
use domain::policy::DecisionAction;
use store::ScopedTx;
use store::alerts::{self as rows, OpenAlert};

use super::decide::Draft;
use super::rulebook::SiteAt;
use crate::Error;

/// How many a connection has had, at most: counted once, and since then what came in addition.
#[derive(Debug, Default, Clone, Copy)]
struct AtMost {
    last: i64,
    hour: i64,
    day: i64,
}

/// The caps of connections. Far below them it asks only for what is new; an exact count, whose cost
/// grows with the day, is taken where it could matter.
#[derive(Debug, Default)]
pub(super) struct Caps(HashMap<ConnectionId, AtMost>);

impl Caps {
    /// Turns what the caps do not allow into reviews, the least urgent first.
    pub(super) async fn apply(
        &mut self,
        tx: &mut ScopedTx,
        alerts: &[OpenAlert],
        sites: &HashMap<SiteId, SiteAt>,
        drafts: &mut [Draft],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut wanted: BTreeMap<ConnectionId, Vec<usize>> = BTreeMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            if draft.decision.action == DecisionAction::Create {
                let site = &sites[&alerts[draft.alert].site()];
                wanted.entry(site.connection).or_default().push(index);
            }
        }
        for (connection, mut creates) in wanted {
            let caps = sites.values().find(|s| s.connection == connection);
            let caps = caps.map_or((0, 0), |s| (s.cap_per_hour, s.cap_per_day));
            let room = self.room(tx, connection, caps, creates.len()).await?;
            creates.sort_by_key(|&i| (drafts[i].decision.priority, i));
            for index in creates.into_iter().skip(room) {
                let draft = &mut drafts[index];
                draft.decision = draft.decision.clone().into_review("cap", &draft.facts, now);
                draft.note = Some("cap");
            }
        }
        Ok(())
    }

    /// How many of `wanted` there is room for. Holds the connection's lock until the transaction
    /// ends, so that nobody else creates meanwhile.
    async fn room(
        &mut self,
        tx: &mut ScopedTx,
        connection: ConnectionId,
        (per_hour, per_day): (i64, i64),
        wanted: usize,
    ) -> Result<usize, Error> {
        rows::lock_caps(tx, connection).await?;
        let wanted_n = i64::try_from(wanted).unwrap_or(i64::MAX);
        if let Some(known) = self.0.get_mut(&connection) {
            let (new, last) = rows::created_since(tx, connection, known.last).await?;
            *known = AtMost { last, hour: known.hour + new, day: known.day + new };
            if known.hour + wanted_n <= per_hour && known.day + wanted_n <= per_day {
                return Ok(wanted);
            }
        }
        let (hour, day, last) = rows::count_created(tx, connection).await?;
        self.0.insert(connection, AtMost { last, hour, day });
        Ok(usize::try_from((per_hour - hour).min(per_day - day).max(0)).unwrap_or(0))
    }
}
