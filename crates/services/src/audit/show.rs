//! Pages of events, and one event opened.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::audit::Key;
use domain::failure_mode;
use domain::ids::AuditId;
use domain::permission::Permission;
use domain::views::audit::{
    AuditAsk, AuditDetail, AuditFacet, AuditPage, AuditRow, ChainStep, Object, Who,
};
use serde_json::Value;
use store::ScopedTx;
use store::audit::{self as rows, ChainRow, Cursor, EventRow, FacetRow};

use super::changes::{changes, text};
use super::query::understand;
use crate::{Caller, Error};

/// Events on a page.
const PAGE: usize = 50;
/// Counting, and the menus, stop here.
const COUNTED: i64 = 10_000;
/// Values in a menu.
const MENU: usize = 8;
/// Steps of a case.
const STEPS: i64 = 200;
/// Figures that tell what a step was about.
const TELLING: [&str; 12] = [
    "rule",
    "action",
    "decision",
    "reason",
    "outcome",
    "confidence",
    "model",
    "number",
    "priority",
    "to",
    "state",
    "error",
];

/// A page of the log within the caller's sites; events that concern no site are for those who read
/// the log of every site.
///
/// # Errors
/// [`Error::Denied`] without the right to read the log.
pub async fn page(tx: &mut ScopedTx, caller: &Caller, ask: &AuditAsk) -> Result<AuditPage, Error> {
    caller.scope(Permission::AuditRead)?;
    let understood = understand(tx, &ask.q, &ask.zone).await?;
    let filter = understood.filter;
    let after = ask.after.as_deref().and_then(cursor);
    let mut events = rows::page(tx, &filter, after, PAGE as i64 + 1).await?;
    let more_pages = events.len() > PAGE;
    events.truncate(PAGE);
    let next = events.last().filter(|_| more_pages).map(written);
    let total = rows::count(tx, &filter, COUNTED).await?;
    let facets = rows::facets(tx, &filter, COUNTED).await?;
    let opened = match ask.open {
        Some(id) => detail(tx, caller, id).await?,
        None => None,
    };
    let actors = events.iter().map(|e| (e.actor_kind.clone(), e.actor_id.unwrap_or_default()));
    let of_facets = facets.iter().filter(|f| f.facet == "actor").map(|f| (f.word.clone(), f.id));
    let objects = events.iter().map(|e| (e.entity.clone(), e.entity_id));
    let names = Names::of(tx, caller, actors.chain(of_facets), objects).await?;
    Ok(AuditPage {
        items: events.into_iter().map(|event| row(event, &names)).collect(),
        next,
        total: total.min(COUNTED),
        more: total > COUNTED,
        facets: menus(facets, &names),
        from: filter.from,
        until: filter.until,
        usual_range: understood.usual_range,
        ignored: understood.ignored,
        opened,
    })
}

async fn detail(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: AuditId,
) -> Result<Option<AuditDetail>, Error> {
    let Some(event) = rows::event(tx, id).await? else { return Ok(None) };
    let (changes, mut facts) = changes(&event.entity, &event.detail);
    if let Some(user) = event.detail.get("user").and_then(Value::as_i64) {
        let name = rows::actor_names(tx, &[("user".to_owned(), user)]).await?.pop();
        if let (Some((_, _, name)), Some(fact)) = (name, facts.iter_mut().find(|f| f.0 == "user")) {
            fact.1 = name;
        }
    }
    let alert = rows::alert_of(tx, &event.entity, event.entity_id).await?;
    let chain = match alert {
        None => Vec::new(),
        Some(alert) => {
            let steps = rows::chain(tx, alert, STEPS).await?;
            let actors =
                steps.iter().map(|s| (s.actor_kind.clone(), s.actor_id.unwrap_or_default()));
            let objects = steps.iter().map(|s| (s.entity.clone(), s.entity_id));
            let names = Names::of(tx, caller, actors, objects).await?;
            steps.into_iter().map(|s| step(s, &names)).collect()
        }
    };
    Ok(Some(AuditDetail {
        id,
        changes,
        facts,
        request_id: event.request_id,
        payload_sha256: event.payload_sha256.map(hex::encode),
        chain,
    }))
}

fn row(event: EventRow, names: &Names) -> AuditRow {
    AuditRow {
        id: AuditId(event.id),
        at: event.at,
        actor: names.who(&event.actor_kind, event.actor_id.unwrap_or_default()),
        action: event.action,
        object: names.object(event.entity, event.entity_id),
        outcome: event.outcome,
        address: event.address.or_else(|| event.detail.get("address").and_then(text)),
        site: event.site,
    }
}

fn step(step: ChainRow, names: &Names) -> ChainStep {
    let said = TELLING
        .iter()
        .filter_map(|key| {
            let value = step.detail.get(*key).filter(|v| !v.is_object() && !v.is_array())?;
            Some(((*key).to_owned(), text(value)?))
        })
        .collect();
    ChainStep {
        id: step.id.map(AuditId),
        at: step.at,
        actor: names.who(&step.actor_kind, step.actor_id.unwrap_or_default()),
        action: step.action,
        object: names.object(step.entity, step.entity_id),
        said,
    }
}

fn menus(found: Vec<FacetRow>, names: &Names) -> Vec<AuditFacet> {
    [
        (Key::Action, "action"),
        (Key::Outcome, "outcome"),
        (Key::Actor, "actor"),
        (Key::Object, "object"),
    ]
    .into_iter()
    .map(|(key, facet)| {
        let values = found.iter().filter(|row| row.facet == facet).take(MENU).map(|row| {
            if key == Key::Actor {
                let who = names.who(&row.word, row.id);
                (who.term, who.name, row.count)
            } else {
                (row.word.clone(), None, row.count)
            }
        });
        AuditFacet { key, values: values.collect() }
    })
    .filter(|facet| !facet.values.is_empty())
    .collect()
}

/// Names of what a page shows.
pub(super) struct Names {
    actors: HashMap<(String, i64), String>,
    objects: HashMap<(String, i64), (Option<String>, Option<String>)>,
}

impl Names {
    pub(super) async fn of(
        tx: &mut ScopedTx,
        caller: &Caller,
        actors: impl Iterator<Item = (String, i64)>,
        objects: impl Iterator<Item = (String, i64)>,
    ) -> Result<Self, Error> {
        let actors: HashSet<_> = actors.collect();
        let objects: HashSet<_> = objects.collect();
        let actors: Vec<_> = actors.into_iter().collect();
        let objects: Vec<_> = objects.into_iter().collect();
        let actors = rows::actor_names(tx, &actors).await?;
        let labels = rows::labels(tx, &objects).await?;
        let visible = |href: &String| match href.strip_prefix("/admin/") {
            Some(page) if page.starts_with("keys") => caller.may(Permission::SecretManage),
            Some(_) => caller.may(Permission::Administer),
            None => true,
        };
        Ok(Self {
            actors: actors.into_iter().map(|(kind, id, name)| ((kind, id), name)).collect(),
            objects: labels
                .into_iter()
                .map(|row| {
                    let mode = row.failure_mode.as_deref().map(|code| {
                        failure_mode::find(code)
                            .map_or_else(|| code.replace('_', " "), |m| m.name.to_lowercase())
                    });
                    let label = match (row.label, mode) {
                        (Some(label), Some(mode)) => Some(format!("{label}, {mode}")),
                        (label, _) => label,
                    };
                    ((row.entity, row.id), (label, row.href.filter(visible)))
                })
                .collect(),
        })
    }

    pub(super) fn who(&self, kind: &str, id: i64) -> Who {
        let name = self.actors.get(&(kind.to_owned(), id)).cloned();
        let term = match (&name, kind) {
            (Some(name), _) => name.clone(),
            (None, "system") => "millwright".to_owned(),
            (None, kind) => format!("{kind}/{id}"),
        };
        Who { kind: kind.to_owned(), name, term }
    }

    pub(super) fn object(&self, entity: String, id: i64) -> Object {
        let found = self.objects.get(&(entity.clone(), id)).cloned();
        let (label, href) = found.unwrap_or_default();
        Object { entity, id, label, href }
    }
}

fn written(event: &EventRow) -> String {
    format!("{}-{}", event.at.timestamp_micros(), event.id)
}

fn cursor(text: &str) -> Option<Cursor> {
    let (micros, id) = text.split_once('-')?;
    let at: DateTime<Utc> = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(Cursor { at, id: id.parse().ok()? })
}
