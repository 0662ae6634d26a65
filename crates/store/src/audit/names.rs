use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// What people call a row of another table, and where it is shown.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Label {
    /// The kind of row.
    pub entity: String,
    /// Its id.
    pub id: i64,
    /// Its name, if it is (still) there.
    pub label: Option<String>,
    /// Failure mode that belongs to the name.
    pub failure_mode: Option<String>,
    /// Path within the application.
    pub href: Option<String>,
}

/// Names of rows that audit events are about.
///
/// # Errors
/// When the query fails.
pub async fn labels(tx: &mut ScopedTx, rows: &[(String, i64)]) -> Result<Vec<Label>, Error> {
    let (entities, ids): (Vec<String>, Vec<i64>) = rows.iter().cloned().unzip();
    Ok(sqlx::query_as(
        "SELECT t.entity, t.id,
                CASE t.entity
                    WHEN 'work_order' THEN coalesce(w.cmms_number, 'No. ' || w.id) || ', ' || x.tag
                    WHEN 'asset' THEN x.tag
                    WHEN 'site' THEN x.name
                    WHEN 'custom_role' THEN c.name
                    WHEN 'api_key' THEN k.name
                    WHEN 'source' THEN o.name
                    WHEN 'connection' THEN n.name
                    WHEN 'asset_sync' THEN n.name
                    WHEN 'asset_plan' THEN n.name
                    WHEN 'field_mapping' THEN n.name || ', v' || m.version
                    WHEN 'policy' THEN y.name
                    ELSE coalesce(x.tag, u.name)
                END AS label,
                a.failure_mode,
                CASE
                    WHEN a.id IS NOT NULL AND t.entity <> 'work_order' THEN '/alerts/' || a.id
                    WHEN w.id IS NOT NULL THEN '/work-orders/' || w.id
                    WHEN u.id IS NOT NULL THEN '/admin/users/' || u.id
                    WHEN c.id IS NOT NULL THEN '/admin/roles?role=custom-' || c.id
                    WHEN k.id IS NOT NULL THEN '/admin/keys'
                    WHEN t.entity LIKE 'logbook%' THEN '/logbook'
                    WHEN t.entity IN ('asset_sync', 'asset_plan') THEN '/assets/reconcile?register=' || n.slug
                    WHEN m.id IS NOT NULL THEN '/connections/' || n.slug || '/mapping'
                END AS href
         FROM unnest($1::text[], $2::bigint[]) AS t (entity, id)
         LEFT JOIN decision d ON t.entity = 'decision' AND d.id = t.id
         LEFT JOIN review r ON t.entity = 'review' AND r.id = t.id
         LEFT JOIN work_order w ON t.entity = 'work_order' AND w.id = t.id
         LEFT JOIN prediction p ON t.entity = 'prediction' AND p.id = t.id
         LEFT JOIN alert a ON a.id = coalesce(CASE WHEN t.entity = 'alert' THEN t.id END,
                                              d.alert_id, r.alert_id, p.alert_id)
         LEFT JOIN asset x ON x.id = coalesce(CASE WHEN t.entity IN ('asset', 'site') THEN t.id END,
                                              w.asset_id, a.asset_id, p.asset_id)
         LEFT JOIN role_grant g ON t.entity = 'role_grant' AND g.id = t.id
         LEFT JOIN setup_token e ON t.entity = 'setup_token' AND e.id = t.id
         LEFT JOIN app_user u ON u.id = coalesce(CASE WHEN t.entity = 'app_user' THEN t.id END,
                                                 g.user_id, e.user_id)
         LEFT JOIN custom_role c ON t.entity = 'custom_role' AND c.id = t.id
         LEFT JOIN api_key k ON t.entity = 'api_key' AND k.id = t.id
         LEFT JOIN source o ON t.entity = 'source' AND o.id = t.id
         LEFT JOIN asset_sync z ON t.entity = 'asset_sync' AND z.id = t.id
         LEFT JOIN asset_plan l ON t.entity = 'asset_plan' AND l.id = t.id
         LEFT JOIN field_mapping m ON t.entity = 'field_mapping' AND m.id = t.id
         LEFT JOIN connection n ON n.id = coalesce(CASE WHEN t.entity = 'connection' THEN t.id END,
                                                   z.connection_id, l.connection_id, m.connection_id)
         LEFT JOIN policy y ON t.entity = 'policy' AND y.id = t.id",
    )
    .bind(entities)
    .bind(ids)
    .fetch_all(tx.conn())
    .await?)
}

/// Names of actors: kind, id, name.
///
/// # Errors
/// When the query fails.
pub async fn actor_names(
    tx: &mut ScopedTx,
    actors: &[(String, i64)],
) -> Result<Vec<(String, i64, String)>, Error> {
    let (kinds, ids): (Vec<String>, Vec<i64>) = actors.iter().cloned().unzip();
    Ok(sqlx::query_as(
        "SELECT t.kind, t.id, coalesce(u.name, k.name, s.name) AS name
         FROM unnest($1::text[], $2::bigint[]) AS t (kind, id)
         LEFT JOIN app_user u ON t.kind = 'user' AND u.id = t.id
         LEFT JOIN api_key k ON t.kind = 'key' AND k.id = t.id
         LEFT JOIN source s ON t.kind = 'source' AND s.id = t.id
         WHERE coalesce(u.name, k.name, s.name) IS NOT NULL",
    )
    .bind(kinds)
    .bind(ids)
    .fetch_all(tx.conn())
    .await?)
}

/// People by a part of their name or their whole address, keys and sources by a part of their name.
///
/// # Errors
/// When the query fails.
pub async fn actors_called(tx: &mut ScopedTx, name: &str) -> Result<Vec<(String, i64)>, Error> {
    Ok(sqlx::query_as(
        "SELECT 'user', id FROM app_user WHERE strpos(lower(name), $1) > 0 OR email_key = $1
         UNION ALL SELECT 'key', id FROM api_key WHERE strpos(lower(name), $1) > 0
         UNION ALL SELECT 'source', id FROM source WHERE strpos(lower(name), $1) > 0",
    )
    .bind(name.trim().to_lowercase())
    .fetch_all(tx.conn())
    .await?)
}

/// Sites by tag or name, within the caller's.
///
/// # Errors
/// When the query fails.
pub async fn sites_tagged(tx: &mut ScopedTx, tags: &[String]) -> Result<Vec<i64>, Error> {
    let tags: Vec<String> = tags.iter().map(|tag| tag.to_lowercase()).collect();
    let sites = tx.sites();
    Ok(sqlx::query_scalar(
        "SELECT s.id FROM site s JOIN asset a ON a.id = s.id
         WHERE (lower(a.tag) = ANY($1) OR lower(a.name) = ANY($1))
           AND ($2::bigint[] IS NULL OR s.id = ANY($2))",
    )
    .bind(tags)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}
