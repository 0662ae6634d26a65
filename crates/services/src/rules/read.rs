//! What the pages show: the list, one policy, its versions, two versions beside each other.

use std::collections::BTreeSet;

use domain::calendar::CalendarSpec;
use domain::ids::{PolicyId, SiteId};
use domain::permission::Permission;
use domain::policy::{Action, AssignTo, Policy, PolicyError, diff, lint};
use domain::views::rules::{
    Comparison, Editing, FreeSite, PolicyList, PolicyPage, Publishing, ShadowCase, ShadowPair,
    ShadowView, SiteRef, VersionRow, Versions, Words,
};
use store::ScopedTx;
use store::rules::{self as rows, StoredVersion};

use super::access::{Found, all, find, parsed, shown, shown_one};
use super::preview::{self, mode_name};
use crate::alerts::rulebook::word;
use crate::{Caller, Error};

/// Days that the headline before a publication looks back.
const LOOK_BACK: i32 = 30;
/// Versions on the page of a policy.
const LATEST: i64 = 4;
/// Versions on their own page.
const MOST: i64 = 200;
/// Differing decisions of a shadow that are listed.
const CASES: i64 = 20;

/// Every policy of the scope, and the sites that could get one of their own.
///
/// # Errors
/// When the database refuses.
pub async fn list(tx: &mut ScopedTx, caller: &Caller) -> Result<PolicyList, Error> {
    let (found, served) = all(tx).await?;
    let overridden: BTreeSet<SiteId> = found.iter().filter_map(|f| f.reach.site).collect();
    let publishes = caller.scope(Permission::RulePublish).ok();
    let free = served.iter().filter(|site| {
        tx.scope().contains(site.site())
            && !overridden.contains(&site.site())
            && publishes.as_ref().is_some_and(|scope| scope.contains(site.site()))
    });
    let free_sites = free
        .map(|site| FreeSite {
            site: SiteRef { id: site.site(), name: site.name.clone() },
            policy: PolicyId(site.policy_id),
        })
        .collect();
    Ok(PolicyList { policies: shown(tx, caller, found).await?, free_sites })
}

/// One policy.
///
/// # Errors
/// [`Error::NotFound`] when it decides for no site of the scope.
pub async fn page(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<PolicyPage, Error> {
    let found = find(tx, id).await?;
    let (version, time_zone) = (found.stored.version, found.time_zone());
    let lints = lint(&found.policy);
    let shadow = shadow(tx, &found).await?;
    let versions = history(tx, id, version, LATEST).await?;
    let row = shown_one(tx, caller, found).await?;
    Ok(PolicyPage { row, lints, versions, shadow, time_zone })
}

/// Every version of a policy, newest first.
///
/// # Errors
/// As [`page`].
pub async fn versions(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<Versions, Error> {
    let found = find(tx, id).await?;
    let versions = history(tx, id, found.stored.version, MOST).await?;
    Ok(Versions { row: shown_one(tx, caller, found).await?, versions })
}

/// Versions with what each changed.
async fn history(
    tx: &mut ScopedTx,
    id: PolicyId,
    newest: i32,
    limit: i64,
) -> Result<Vec<VersionRow>, Error> {
    let stored = rows::versions(tx, id, newest, limit + 1).await?;
    let bodies = stored.iter().map(|v| parsed(v.body.clone())).collect::<Result<Vec<_>, _>>()?;
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    let row = |(at, v): (usize, StoredVersion)| VersionRow {
        version: v.version,
        published_at: v.published_at,
        published_by: v.published_by,
        reason: v.reason,
        replaced_at: v.replaced_at,
        changes: bodies.get(at + 1).map(|before| diff(before, &bodies[at])).unwrap_or_default(),
    };
    Ok(stored.into_iter().enumerate().take(count).map(row).collect())
}

/// Two versions beside each other; 0 is the draft. Without numbers: what is in force, and the draft
/// or the version before.
///
/// # Errors
/// [`Error::NotFound`] also when there is no such version.
pub async fn compare(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    from: Option<i32>,
    to: Option<i32>,
) -> Result<Comparison, Error> {
    let found = find(tx, id).await?;
    let newest = found.stored.version;
    let drafted = found.stored.draft_version.is_some();
    let to = to.unwrap_or(if drafted { 0 } else { newest });
    let from = from.unwrap_or(if to == 0 { newest } else { (to - 1).max(1) });
    let (before, after) = (version(tx, id, from).await?, version(tx, id, to).await?);
    let changes = diff(&before, &after);
    let all = drafted.then_some(0).into_iter().chain((1..=newest).rev()).collect();
    let row = shown_one(tx, caller, found).await?;
    Ok(Comparison { row, all, from, to, before, after, changes })
}

/// The rules of a version; 0 is the draft.
pub(super) async fn version(tx: &mut ScopedTx, id: PolicyId, n: i32) -> Result<Policy, Error> {
    let body = if n == 0 {
        rows::draft(tx, id).await?.map(|draft| draft.body)
    } else {
        rows::body(tx, id, n).await?
    };
    parsed(body.ok_or(Error::NotFound)?)
}

/// The text of a version, for a file; 0 is the draft, and without a number it is what is in force.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn export(tx: &mut ScopedTx, id: PolicyId, n: Option<i32>) -> Result<Policy, Error> {
    let found = find(tx, id).await?;
    match n {
        Some(n) => version(tx, id, n).await,
        None => Ok(found.policy),
    }
}

/// The draft, or what is in force, with the words to choose from.
///
/// # Errors
/// As [`page`].
pub async fn editing(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<Editing, Error> {
    let found = find(tx, id).await?;
    let stored = rows::draft(tx, id).await?;
    let (draft, version, base) = match stored {
        Some(stored) => (parsed(stored.body)?, stored.version, stored.base_version),
        None => (found.policy.clone(), 0, found.stored.version),
    };
    let sites: Vec<i64> = found.reach.visible(tx).iter().map(|site| site.0).collect();
    let words = words(rows::vocabulary(tx, &sites).await?, &[&draft, &found.policy])?;
    let problems = problems(&draft);
    let row = shown_one(tx, caller, found).await?;
    Ok(Editing { row, draft, version, base, problems, words })
}

/// What keeps a policy from being published.
pub(super) fn problems(policy: &Policy) -> Vec<PolicyError> {
    policy.validate().err().unwrap_or_default()
}

fn words(found: rows::Vocabulary, policies: &[&Policy]) -> Result<Words, Error> {
    let (mut shifts, mut crews) = (BTreeSet::new(), BTreeSet::new());
    for calendar in found.calendars {
        let spec: CalendarSpec =
            serde_json::from_value(calendar).map_err(|e| store::Error::corrupt("site", e))?;
        shifts.extend(spec.shifts.into_iter().map(|shift| shift.name));
        crews.extend(spec.shutdowns.into_iter().filter_map(|s| s.crew));
        crews.extend(spec.weekly_shutdowns.into_iter().filter_map(|s| s.crew));
    }
    let mut assigned = |to: &AssignTo| {
        if let AssignTo::Crew(name) = to {
            crews.insert(name.clone());
        }
    };
    for rule in policies.iter().flat_map(|policy| &policy.rules) {
        match &rule.then {
            Action::Log(_) => {}
            Action::Review(spec) => assigned(&spec.assign_to),
            Action::Create(spec) => assigned(&spec.assign_to),
            Action::Hold(spec) => {
                assigned(&spec.create.assign_to);
                if let Some(urgent) = &spec.urgent {
                    assigned(&urgent.assign_to);
                }
            }
        }
    }
    Ok(Words {
        assets: found.assets,
        models: found.models,
        sources: found.sources,
        shifts: shifts.into_iter().collect(),
        crews: crews.into_iter().collect(),
        people: found.people,
    })
}

/// What is about to be published.
///
/// # Errors
/// [`Error::NotFound`] also when there is no draft.
pub async fn publishing(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
) -> Result<Publishing, Error> {
    let found = find(tx, id).await?;
    let stored = rows::draft(tx, id).await?.ok_or(Error::NotFound)?;
    let draft = parsed(stored.body)?;
    let changes = diff(&found.policy, &draft);
    let (problems, lints) = (problems(&draft), lint(&draft));
    let preview = if problems.is_empty() {
        Some(preview::run(tx, &found.reach, &found.policy, &draft, LOOK_BACK, |_| {}).await?)
    } else {
        None
    };
    let row = shown_one(tx, caller, found).await?;
    Ok(Publishing { row, version: stored.version, changes, problems, lints, draft, preview })
}

async fn shadow(tx: &mut ScopedTx, found: &Found) -> Result<Option<ShadowView>, Error> {
    let Some(run) = rows::run(tx, found.id()).await? else { return Ok(None) };
    let counted = rows::counted(tx, run.id).await?;
    let mut pairs = Vec::with_capacity(counted.len());
    for row in counted {
        pairs.push(ShadowPair {
            live: word("shadow_decision", &row.live_action)?,
            shadow: word("shadow_decision", &row.action)?,
            count: row.n,
        });
    }
    let mut latest = Vec::new();
    for row in rows::differing(tx, run.id, CASES).await? {
        latest.push(ShadowCase {
            alert: domain::ids::AlertId(row.alert_id),
            tag: row.tag,
            mode: mode_name(&row.failure_mode),
            at: row.at,
            live: word("shadow_decision", &row.live_action)?,
            shadow: word("shadow_decision", &row.action)?,
            rule: row.rule,
        });
    }
    Ok(Some(ShadowView {
        started_at: run.started_at,
        started_by: run.started_by,
        ended_at: run.ended_at,
        decisions: pairs.iter().map(|pair| pair.count).sum(),
        other: pairs.iter().filter(|p| p.live != p.shadow).map(|pair| pair.count).sum(),
        pairs,
        latest,
        changes: diff(&found.policy, &parsed(run.body)?),
    }))
}
