//! Field mappings, failure codes, and the facts that mappings are rendered from.

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::views::mapping::Mapping;
use serde_json::Value;
use sqlx::types::Json;

use crate::{AuditEntry, Error, ScopedTx};

/// A connection as far as mapping needs it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MappedConnection {
    /// Its id.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Name of its manifest.
    pub system: String,
    /// An own manifest.
    pub manifest: Option<String>,
    /// The version in force; 0 is none.
    pub mapping_version: i32,
}

/// An external connection of the caller's sites, by its name in addresses.
///
/// # Errors
/// What the database says.
pub async fn connection(tx: &mut ScopedTx, slug: &str) -> Result<Option<MappedConnection>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT c.id, c.slug, c.name, c.system, c.manifest, c.mapping_version FROM connection c
         WHERE c.slug = $1 AND c.base_url IS NOT NULL
           AND ($2::bigint[] IS NULL
                OR EXISTS (SELECT 1 FROM connection_site s WHERE s.connection_id = c.id AND s.site_id = ANY($2))
                OR EXISTS (SELECT 1 FROM site s WHERE s.connection_id = c.id AND s.id = ANY($2)))",
    )
    .bind(slug)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// One version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MappingRow {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub version: i32,
    /// `draft`, `published` or `superseded`.
    pub state: String,
    /// Fields and value maps.
    #[sqlx(flatten)]
    pub content: Content,
    /// Why it was published.
    pub reason: Option<String>,
    /// Who changed it last.
    pub by: Option<String>,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// What a version says.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Content {
    fields: Json<std::collections::BTreeMap<String, domain::views::mapping::FieldSource>>,
    maps: Json<std::collections::BTreeMap<String, std::collections::BTreeMap<String, Value>>>,
}

impl From<Content> for Mapping {
    fn from(content: Content) -> Self {
        Self { fields: content.fields.0, maps: content.maps.0 }
    }
}

/// Every version of a connection's mapping, newest first.
///
/// # Errors
/// What the database says.
pub async fn versions(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Vec<MappingRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT m.id, m.version, m.state, m.fields, m.maps, m.reason, u.name AS by, m.changed_at
         FROM field_mapping m LEFT JOIN app_user u ON m.changed_kind = 'user' AND u.id = m.changed_by
         WHERE m.connection_id = $1 ORDER BY m.version DESC",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}

/// One edit at a time per connection.
///
/// # Errors
/// What the database says.
pub async fn lock(tx: &mut ScopedTx, connection: ConnectionId) -> Result<(), Error> {
    sqlx::query("SELECT 1 FROM connection WHERE id = $1 FOR UPDATE")
        .bind(connection.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Stores the draft; the first time under the next number.
///
/// # Errors
/// What the database says.
pub async fn save_draft(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    content: &Mapping,
    detail: Value,
) -> Result<(), Error> {
    let (now, actor) = (tx.now(), tx.actor());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO field_mapping (connection_id, version, state, fields, maps, changed_kind, changed_by, changed_at)
         SELECT $1, coalesce(max(version), 0) + 1, 'draft', $2, $3, $4, $5, $6
         FROM field_mapping WHERE connection_id = $1
         ON CONFLICT (connection_id) WHERE state = 'draft' DO UPDATE
         SET fields = excluded.fields, maps = excluded.maps, changed_kind = excluded.changed_kind,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at
         RETURNING id",
    )
    .bind(connection.0)
    .bind(Json(&content.fields))
    .bind(Json(&content.maps))
    .bind(actor.kind())
    .bind(actor.id())
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    tx.audit(vec![AuditEntry::new("mapping.draft", "field_mapping", id).detail(detail)]).await
}

/// What publishing hands to the rest: failure codes by mode, and value maps of the connection.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Failure modes.
    pub modes: Vec<String>,
    /// The code of each.
    pub codes: Vec<String>,
    /// Value maps for the client.
    pub maps: Value,
}

/// Puts the draft into force. Answers its number; `None` when there is no draft.
///
/// # Errors
/// What the database says.
pub async fn publish(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    reason: &str,
    published: &Published,
) -> Result<Option<i32>, Error> {
    let (now, actor) = (tx.now(), tx.actor());
    let before: Option<i64> = sqlx::query_scalar(
        "UPDATE field_mapping SET state = 'superseded'
         WHERE connection_id = $1 AND state = 'published'
           AND EXISTS (SELECT 1 FROM field_mapping WHERE connection_id = $1 AND state = 'draft')
         RETURNING id",
    )
    .bind(connection.0)
    .fetch_optional(tx.conn())
    .await?;
    let draft: Option<(i64, i32)> = sqlx::query_as(
        "UPDATE field_mapping SET state = 'published', reason = $2, published_at = $3, changed_kind = $4,
                changed_by = $5, changed_at = $3
         WHERE connection_id = $1 AND state = 'draft' RETURNING id, version",
    )
    .bind(connection.0)
    .bind(reason)
    .bind(now)
    .bind(actor.kind())
    .bind(actor.id())
    .fetch_optional(tx.conn())
    .await?;
    let Some((id, version)) = draft else { return Ok(None) };
    sqlx::query(
        "UPDATE connection SET mapping_version = $2, maps = $3, version = version + 1 WHERE id = $1",
    )
    .bind(connection.0)
    .bind(version)
    .bind(&published.maps)
    .execute(tx.conn())
    .await?;
    sqlx::query("DELETE FROM failure_code WHERE connection_id = $1 AND failure_mode <> ALL($2)")
        .bind(connection.0)
        .bind(&published.modes)
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "INSERT INTO failure_code (connection_id, failure_mode, code)
         SELECT $1, mode, code FROM unnest($2::text[], $3::text[]) AS t (mode, code)
         ON CONFLICT (connection_id, failure_mode) DO UPDATE SET code = excluded.code",
    )
    .bind(connection.0)
    .bind(&published.modes)
    .bind(&published.codes)
    .execute(tx.conn())
    .await?;
    let detail = serde_json::json!({ "version": version, "reason": reason });
    let mut entries = vec![
        AuditEntry::new("mapping.publish", "field_mapping", id).detail(detail.clone()),
        AuditEntry::new("mapping.publish", "connection", connection.0).detail(detail),
    ];
    if let Some(before) = before {
        entries.push(AuditEntry::new("mapping.supersede", "field_mapping", before));
    }
    tx.audit(entries).await?;
    Ok(Some(version))
}

/// The mapping that renders for a connection.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Rendering {
    /// The connection.
    pub connection_id: i64,
    /// Name of its manifest.
    pub system: String,
    /// An own manifest.
    pub manifest: Option<String>,
    /// The version; 0 when nothing is published.
    pub version: i32,
    /// Fields.
    pub fields: Json<std::collections::BTreeMap<String, domain::views::mapping::FieldSource>>,
    /// Value maps.
    pub maps: Json<std::collections::BTreeMap<String, std::collections::BTreeMap<String, Value>>>,
}

/// The mappings in force of those of the connections that are external.
///
/// # Errors
/// What the database says.
pub async fn in_force(tx: &mut ScopedTx, connections: &[i64]) -> Result<Vec<Rendering>, Error> {
    Ok(sqlx::query_as(
        "SELECT c.id AS connection_id, c.system, c.manifest, coalesce(m.version, 0) AS version,
                coalesce(m.fields, '{}') AS fields, coalesce(m.maps, '{}') AS maps
         FROM connection c
         LEFT JOIN field_mapping m ON m.connection_id = c.id AND m.state = 'published'
         WHERE c.id = ANY($1) AND c.base_url IS NOT NULL",
    )
    .bind(connections)
    .fetch_all(tx.conn())
    .await?)
}

/// What templates can say about an alert, as JSON by name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AlertNames {
    /// The alert.
    pub alert_id: i64,
    /// The alert.
    pub alert: Value,
    /// Its asset, with the asset's id in the CMMS as `link`: the paired record's; its own tag while
    /// the register has never been compared.
    pub asset: Value,
    /// Its latest prediction.
    pub prediction: Option<Value>,
    /// Its standing decision.
    pub decision: Option<Value>,
}

/// What templates can say about alerts, for one connection.
///
/// # Errors
/// What the database says.
pub async fn names(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    alerts: &[i64],
) -> Result<Vec<AlertNames>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id AS alert_id,
                jsonb_build_object('id', a.id, 'failure_mode', a.failure_mode, 'severity', a.severity,
                    'confidence', a.confidence, 'rul_hours', a.rul_hours, 'window_hours', a.window_hours,
                    'observed_at', a.observed_at, 'first_seen', a.first_seen, 'last_seen', a.last_seen,
                    'predictions', a.predictions, 'model_name', a.model_name) AS alert,
                jsonb_build_object('tag', s.tag, 'name', s.name, 'serial_number', s.serial_number,
                    'barcode', s.barcode, 'manufacturer', s.manufacturer, 'model', s.model,
                    'installed_on', s.installed_on, 'criticality', s.criticality, 'path', s.path_text,
                    'kind', s.kind, 'site', place.tag, 'site_name', place.name,
                    'link', coalesce(l.cmms_id, CASE WHEN NOT r.compared THEN s.tag END),
                    'location', c.location) AS asset,
                p.payload AS prediction,
                CASE WHEN d.id IS NOT NULL THEN
                    jsonb_build_object('rule', d.rule, 'action', d.action, 'note', d.note,
                        'policy_version', d.policy_version, 'decided_at', d.decided_at) || d.effect
                END AS decision
         FROM alert a
         JOIN asset s ON s.id = a.asset_id
         JOIN asset place ON place.id = a.site_id
         LEFT JOIN asset_link l ON l.connection_id = $1 AND l.asset_id = a.asset_id AND l.unlinked_at IS NULL
         LEFT JOIN cmms_asset c ON c.connection_id = l.connection_id AND c.cmms_id = l.cmms_id
         CROSS JOIN (SELECT EXISTS (SELECT 1 FROM asset_plan WHERE connection_id = $1) AS compared) r
         LEFT JOIN decision d ON d.id = a.decision_id
         LEFT JOIN LATERAL (SELECT payload FROM prediction WHERE alert_id = a.id ORDER BY seq DESC LIMIT 1) p ON true
         WHERE a.id = ANY($2) AND ($3::bigint[] IS NULL OR a.site_id = ANY($3))",
    )
    .bind(connection.0)
    .bind(alerts)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// The newest alerts at the sites a connection serves.
///
/// # Errors
/// What the database says.
pub async fn newest_alerts(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    limit: i64,
) -> Result<Vec<(i64, String, String)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id, s.tag, a.failure_mode FROM alert a JOIN asset s ON s.id = a.asset_id
         WHERE (a.site_id IN (SELECT site_id FROM connection_site WHERE connection_id = $1)
                OR a.site_id IN (SELECT id FROM site WHERE connection_id = $1))
           AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
         ORDER BY a.id DESC LIMIT $3",
    )
    .bind(connection.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Failure modes and priorities of the last 90 days at the sites a connection serves, with how often.
///
/// # Errors
/// What the database says.
pub async fn uses(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Vec<(String, String, i64)>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "WITH served AS (SELECT site_id AS id FROM connection_site WHERE connection_id = $1
                         UNION SELECT id FROM site WHERE connection_id = $1)
         SELECT 'failure_code', a.failure_mode, count(*) FROM alert a
         WHERE a.site_id IN (SELECT id FROM served) AND a.last_seen > $2 - interval '90 days' GROUP BY 2
         UNION ALL
         SELECT 'priority', w.priority::text, count(*) FROM work_order w
         WHERE w.site_id IN (SELECT id FROM served) AND w.created_at > $2 - interval '90 days' GROUP BY 2",
    )
    .bind(connection.0)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// A failure code of the CMMS.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CodeRow {
    /// The code.
    pub code: String,
    /// What it means.
    pub name: String,
    /// The code above it.
    pub parent: Option<String>,
}

/// The failure codes of a CMMS that are still there.
///
/// # Errors
/// What the database says.
pub async fn codes(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Vec<CodeRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT code, name, parent FROM cmms_failure_code
         WHERE connection_id = $1 AND gone_at IS NULL ORDER BY code",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}

/// Takes the complete list of failure codes; those no longer in it are marked.
///
/// # Errors
/// What the database says.
pub async fn take_codes(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    codes: &[CodeRow],
) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query(
        "INSERT INTO cmms_failure_code AS c (connection_id, code, name, parent, read_at)
         SELECT DISTINCT ON (code) $1, code, name, parent, $5
         FROM unnest($2::text[], $3::text[], $4::text[]) AS t (code, name, parent) ORDER BY code
         ON CONFLICT (connection_id, code) DO UPDATE
         SET name = excluded.name, parent = excluded.parent, read_at = excluded.read_at, gone_at = NULL",
    )
    .bind(connection.0)
    .bind(codes.iter().map(|row| row.code.clone()).collect::<Vec<_>>())
    .bind(codes.iter().map(|row| row.name.clone()).collect::<Vec<_>>())
    .bind(codes.iter().map(|row| row.parent.clone()).collect::<Vec<_>>())
    .bind(now)
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "UPDATE cmms_failure_code SET gone_at = $2
         WHERE connection_id = $1 AND gone_at IS NULL AND read_at < $2",
    )
    .bind(connection.0)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
