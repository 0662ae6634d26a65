//! The audit log: written in the transaction of the change, never changed afterwards.

mod chain;
mod filter;
mod names;
mod read;

pub use chain::{ChainRow, alert_of, chain};
pub use filter::{AuditFilter, Clause, On};
pub use names::{Label, actor_names, actors_called, labels, sites_tagged};
pub use read::{Cursor, EventRow, FacetRow, count, event, facets, now, page};

use domain::ids::SiteId;
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Actor, Error};

/// One row of the audit log. Time, actor and request come from the transaction.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    action: &'static str,
    entity: &'static str,
    entity_id: i64,
    site: Option<SiteId>,
    outcome: &'static str,
    detail: Value,
    payload_sha256: Option<Vec<u8>>,
    actor: Option<Actor>,
}

impl AuditEntry {
    /// `action` is `<feature>.<verb>`, `entity` the table of the row that changed.
    pub fn new(action: &'static str, entity: &'static str, entity_id: i64) -> Self {
        Self {
            action,
            entity,
            entity_id,
            site: None,
            outcome: "ok",
            detail: Value::Object(serde_json::Map::new()),
            payload_sha256: None,
            actor: None,
        }
    }

    /// The site it concerns.
    #[must_use]
    pub fn site(mut self, site: SiteId) -> Self {
        self.site = Some(site);
        self
    }

    /// Before, after, reasons: whatever a reader will want.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// How it ended, when not well.
    #[must_use]
    pub fn outcome(mut self, outcome: &'static str) -> Self {
        self.outcome = outcome;
        self
    }

    /// Hash of the raw bytes that came in.
    #[must_use]
    pub fn payload(mut self, sha256: Vec<u8>) -> Self {
        self.payload_sha256 = Some(sha256);
        self
    }

    /// Another actor than the transaction's, when the program carries out what a person decided.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }
}

pub(crate) async fn insert(
    conn: &mut PgConnection,
    actor: Actor,
    request_id: Option<&str>,
    address: Option<&str>,
    entries: Vec<AuditEntry>,
) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let (mut kinds, mut ids, mut actions, mut entities, mut entity_ids) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut sites, mut outcomes, mut details, mut payloads) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let by = entry.actor.unwrap_or(actor);
        kinds.push(by.kind());
        ids.push(by.id());
        actions.push(entry.action);
        entities.push(entry.entity);
        entity_ids.push(entry.entity_id);
        sites.push(entry.site.map(|s| s.0));
        outcomes.push(entry.outcome);
        details.push(entry.detail);
        payloads.push(entry.payload_sha256);
    }
    sqlx::query(
        "INSERT INTO audit_event (actor_kind, actor_id, action, entity, entity_id, site_id,
                                  outcome, detail, payload_sha256, request_id, address)
         SELECT kind, actor, action, entity, entity_id, site, outcome, detail, payload, $10, $11
         FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
                     $7::text[], $8::jsonb[], $9::bytea[])
              AS t (kind, actor, action, entity, entity_id, site, outcome, detail, payload)",
    )
    .bind(kinds)
    .bind(ids)
    .bind(actions)
    .bind(entities)
    .bind(entity_ids)
    .bind(sites)
    .bind(outcomes)
    .bind(details)
    .bind(payloads)
    .bind(request_id)
    .bind(address)
    .execute(conn)
    .await?;
    Ok(())
}
