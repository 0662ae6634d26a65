//! Which policy a person sees, and what they may do with it: a policy may be changed by those who
//! hold the right at every site it decides for.

use chrono::TimeDelta;
use domain::ids::{ConnectionId, PolicyId, SiteId};
use domain::permission::Permission;
use domain::policy::Policy;
use domain::views::rules::{DraftHead, PolicyRow, RuleMonth, SiteRef};
use store::rules::{self as rows, Month, Served, StoredPolicy};
use store::{Scope, ScopedTx};

use crate::{Caller, Error};

/// What the figures of a policy look back on.
const MONTH: TimeDelta = TimeDelta::days(30);

/// The sites a policy decides for.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// Its connection.
    pub(super) connection: ConnectionId,
    /// The site it is an override of.
    pub(super) site: Option<SiteId>,
    /// Where it decides now.
    pub(super) serves: Vec<Served>,
}

impl Reach {
    /// Its sites that the transaction may touch, by name.
    pub(super) fn visible(&self, tx: &ScopedTx) -> Vec<SiteId> {
        let sites = self.serves.iter().map(Served::site);
        sites.filter(|site| tx.scope().contains(*site)).collect()
    }

    /// Whether the caller holds a right wherever the policy decides.
    pub(super) fn allows(&self, caller: &Caller, permission: Permission) -> bool {
        match caller.scope(permission) {
            Ok(Scope::All) => true,
            Ok(scope) => {
                !self.serves.is_empty() && self.serves.iter().all(|s| scope.contains(s.site()))
            }
            Err(_) => false,
        }
    }
}

/// A policy as found, with what it reaches.
pub(super) struct Found {
    pub(super) stored: StoredPolicy,
    pub(super) policy: Policy,
    pub(super) reach: Reach,
}

impl Found {
    pub(super) fn id(&self) -> PolicyId {
        PolicyId(self.stored.id)
    }

    /// # Errors
    /// [`Error::Denied`] without the right at every site it decides for.
    pub(super) fn require(&self, caller: &Caller, permission: Permission) -> Result<(), Error> {
        if self.reach.allows(caller, permission) { Ok(()) } else { Err(Error::Denied) }
    }

    /// Zone of the first site.
    pub(super) fn time_zone(&self) -> String {
        self.reach.serves.first().map_or_else(|| "UTC".to_owned(), |site| site.time_zone.clone())
    }
}

/// One policy of the scope.
///
/// # Errors
/// [`Error::NotFound`] when it decides for no site of the scope.
pub(super) async fn find(tx: &mut ScopedTx, id: PolicyId) -> Result<Found, Error> {
    let stored = rows::policy(tx, id).await?.ok_or(Error::NotFound)?;
    let served = rows::served(tx).await?;
    found(stored, &served)
}

/// Every policy of the scope, and every site.
pub(super) async fn all(tx: &mut ScopedTx) -> Result<(Vec<Found>, Vec<Served>), Error> {
    let stored = rows::policies(tx).await?;
    let served = rows::served(tx).await?;
    let found = stored.into_iter().map(|row| found(row, &served)).collect::<Result<_, _>>()?;
    Ok((found, served))
}

fn found(stored: StoredPolicy, served: &[Served]) -> Result<Found, Error> {
    let policy = parsed(stored.body.clone())?;
    let reach = Reach {
        connection: ConnectionId(stored.connection_id),
        site: stored.site_id.map(SiteId),
        serves: served.iter().filter(|s| s.policy_id == stored.id).cloned().collect(),
    };
    Ok(Found { stored, policy, reach })
}

/// A stored policy.
pub(super) fn parsed(body: serde_json::Value) -> Result<Policy, Error> {
    Ok(serde_json::from_value(body).map_err(|e| store::Error::corrupt("policy_version", e))?)
}

/// Policies as the pages show them, with what their rules did.
pub(super) async fn shown(
    tx: &mut ScopedTx,
    caller: &Caller,
    found: Vec<Found>,
) -> Result<Vec<PolicyRow>, Error> {
    let since = tx.now() - MONTH;
    let month = rows::month(tx, since).await?;
    let mut shown = Vec::with_capacity(found.len());
    for found in found {
        shown.push(row(tx, caller, found, &month));
    }
    Ok(shown)
}

fn row(tx: &ScopedTx, caller: &Caller, found: Found, month: &[Month]) -> PolicyRow {
    let may_draft = found.reach.allows(caller, Permission::RuleDraft);
    let may_publish = found.reach.allows(caller, Permission::RulePublish);
    let Found { stored, policy, reach } = found;
    let of_rule = |name: &str| {
        let found = month.iter().find(|m| m.policy_id == stored.id && m.rule == name);
        found.map_or_else(RuleMonth::default, |m| RuleMonth {
            matched: m.matched,
            work_orders: m.work_orders,
            confirmed: m.confirmed,
            judged: m.judged,
        })
    };
    let name_of = |served: &Served| SiteRef { id: served.site(), name: served.name.clone() };
    let draft = stored.draft_version.zip(stored.draft_base).zip(stored.saved_at);
    PolicyRow {
        id: PolicyId(stored.id),
        connection_id: reach.connection,
        connection: stored.connection,
        site: reach
            .site
            .and_then(|site| reach.serves.iter().find(|s| s.site() == site))
            .map(name_of),
        serves: reach
            .serves
            .iter()
            .filter(|site| tx.scope().contains(site.site()))
            .map(name_of)
            .collect(),
        month: policy.rules.iter().map(|rule| of_rule(&rule.name)).collect(),
        policy,
        published_at: stored.published_at,
        published_by: stored.published_by,
        reason: stored.reason,
        draft: draft.map(|((version, base), saved_at)| DraftHead {
            version,
            base,
            saved_at,
            saved_by: stored.saved_by,
        }),
        shadow_since: stored.shadow_since,
        may_draft,
        may_publish,
    }
}

/// One policy as the pages show it.
pub(super) async fn shown_one(
    tx: &mut ScopedTx,
    caller: &Caller,
    found: Found,
) -> Result<PolicyRow, Error> {
    shown(tx, caller, vec![found]).await?.pop().ok_or(Error::NotFound)
}
