use domain::permission::Permission;
use domain::views::overview::{Need, NeedKind};
use store::overview::{self as facts, Asked, Counted};
use store::{Scope, ScopedTx};

use super::within;
use crate::{Caller, Error};

/// What waits for this person, the most pressing first; what does not wait is left out.
pub(super) async fn needs(
    tx: &mut ScopedTx,
    caller: &Caller,
    sites: &[i64],
    waiting: &Asked,
    stopped: &Counted,
) -> Result<Vec<Need>, Error> {
    let reviews = Need {
        kind: NeedKind::Reviews,
        count: waiting.waiting,
        overdue: waiting.overdue,
        since: waiting.since,
        due: waiting.due,
        id: waiting.alert,
        name: None,
        detail: None,
    };
    let deliveries = need(NeedKind::Deliveries, stopped.clone());
    let overdue = need(NeedKind::Overdue, facts::overdue_orders(tx, sites).await?);
    let quarantine = match caller.scope(Permission::Integrate) {
        Ok(scope) => {
            let sites = match (tx.scope(), &scope) {
                (Scope::All, Scope::All) => None,
                _ => Some(within(sites, &scope)),
            };
            need(NeedKind::Quarantine, facts::quarantined(tx, sites.as_deref()).await?)
        }
        Err(_) => need(NeedKind::Quarantine, Counted::default()),
    };
    let all = [reviews, deliveries, overdue, quarantine];
    Ok(all.into_iter().filter(|need| need.count > 0).collect())
}

fn need(kind: NeedKind, found: Counted) -> Need {
    Need {
        kind,
        count: found.count,
        overdue: 0,
        since: None,
        due: None,
        id: found.id,
        name: found.name,
        detail: found.detail,
    }
}
