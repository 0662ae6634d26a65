//! Login sessions: stored under the hash of their id, ended by idleness, by age, by sign-out, and
//! by any change of the rights of their owner. Times are the database's.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use serde_json::Value;
use sqlx::FromRow;

use crate::users::{GrantRow, held};
use crate::{AuditEntry, Error, ScopedTx, Store};

/// A session that is valid right now.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// What the program keeps in it.
    pub data: Value,
    /// Seconds until it ends if nothing happens.
    pub ends_in_secs: i64,
}

/// Whose session it is, with the rights of this moment.
#[derive(Debug, Clone)]
pub struct SessionCaller {
    /// Who.
    pub user: UserId,
    /// How the person is called on screen.
    pub name: String,
    /// The person's roles.
    pub grants: Vec<GrantRow>,
}

/// Makes a session for a person.
///
/// # Errors
/// When the query fails.
pub async fn create(
    store: &Store,
    id_sha256: &[u8],
    user: UserId,
    rights_version: i32,
    idle_minutes: i32,
    data: &Value,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO session (id_sha256, user_id, rights_version, idle_minutes, data)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id_sha256)
    .bind(user.0)
    .bind(rights_version)
    .bind(idle_minutes)
    .bind(data)
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Stores what the program keeps in a session.
///
/// # Errors
/// When the query fails.
pub async fn save(store: &Store, id_sha256: &[u8], data: &Value) -> Result<(), Error> {
    sqlx::query("UPDATE session SET data = $2 WHERE id_sha256 = $1")
        .bind(id_sha256)
        .bind(data)
        .execute(store.pool())
        .await?;
    Ok(())
}

/// A valid session.
///
/// # Errors
/// When the query fails.
pub async fn load(store: &Store, id_sha256: &[u8]) -> Result<Option<SessionRow>, Error> {
    let row: Option<(Value, i64)> = sqlx::query_as(
        "SELECT s.data,
                ceil(extract(epoch FROM least(s.ends_at, now() + make_interval(mins => s.idle_minutes)) - now()))::bigint
         FROM session s JOIN app_user u ON u.id = s.user_id
         WHERE s.id_sha256 = $1 AND s.ends_at > now()
           AND s.last_seen_at + make_interval(mins => s.idle_minutes) > now()
           AND s.rights_version = u.rights_version AND u.status = 'active'",
    )
    .bind(id_sha256)
    .fetch_optional(store.pool())
    .await?;
    Ok(row.map(|(data, ends_in_secs)| SessionRow { data, ends_in_secs }))
}

/// The person behind a valid session, with the roles of this moment. Used, a session does not go
/// idle (noted at most once a minute); looked at, it does.
///
/// # Errors
/// When the query fails, or a role is unknown to this program.
pub async fn caller(
    store: &Store,
    id_sha256: &[u8],
    used: bool,
) -> Result<Option<SessionCaller>, Error> {
    let row: Option<(i64, String, bool, Value)> = sqlx::query_as(
        "SELECT u.id, u.name, s.last_seen_at < now() - interval '1 minute', held_roles(u.id)
         FROM session s JOIN app_user u ON u.id = s.user_id
         WHERE s.id_sha256 = $1 AND s.ends_at > now()
           AND s.last_seen_at + make_interval(mins => s.idle_minutes) > now()
           AND s.rights_version = u.rights_version AND u.status = 'active'",
    )
    .bind(id_sha256)
    .fetch_optional(store.pool())
    .await?;
    let Some((user, name, unnoted, grants)) = row else { return Ok(None) };
    if used && unnoted {
        sqlx::query(
            "WITH seen AS (UPDATE session SET last_seen_at = now() WHERE id_sha256 = $1 RETURNING user_id)
             UPDATE app_user SET last_seen_at = now() FROM seen WHERE app_user.id = seen.user_id",
        )
        .bind(id_sha256)
        .execute(store.pool())
        .await?;
    }
    let grants = held(grants)?;
    Ok(Some(SessionCaller { user: UserId(user), name, grants }))
}

/// Ends a session.
///
/// # Errors
/// When the query fails.
pub async fn delete(store: &Store, id_sha256: &[u8]) -> Result<(), Error> {
    sqlx::query("DELETE FROM session WHERE id_sha256 = $1")
        .bind(id_sha256)
        .execute(store.pool())
        .await?;
    Ok(())
}

/// A session as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ListedSession {
    /// Names it on the screen.
    pub number: i64,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last request.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub ends_at: DateTime<Utc>,
    /// What the program keeps in it.
    pub data: Value,
    /// It is the one asked about.
    pub current: bool,
}

/// The valid sessions of a person, the last used first; `current` is the hash of one's own.
///
/// # Errors
/// When the query fails.
pub async fn of_user(
    tx: &mut ScopedTx,
    user: UserId,
    current: Option<&[u8]>,
) -> Result<Vec<ListedSession>, Error> {
    Ok(sqlx::query_as(
        "SELECT s.number, s.created_at, s.last_seen_at, s.ends_at, s.data,
                coalesce(s.id_sha256 = $2, false) AS current
         FROM session s JOIN app_user u ON u.id = s.user_id
         WHERE s.user_id = $1 AND s.ends_at > now() AND u.status = 'active'
           AND s.last_seen_at + make_interval(mins => s.idle_minutes) > now()
           AND s.rights_version = u.rights_version
         ORDER BY s.last_seen_at DESC, s.number",
    )
    .bind(user.0)
    .bind(current)
    .fetch_all(tx.conn())
    .await?)
}

/// Ends sessions of a person: one by its number, or every one but `keep`. Answers how many.
///
/// # Errors
/// When the query fails.
pub async fn end(
    tx: &mut ScopedTx,
    user: UserId,
    number: Option<i64>,
    keep: Option<&[u8]>,
) -> Result<u64, Error> {
    let ended = sqlx::query(
        "DELETE FROM session WHERE user_id = $1 AND ($2::bigint IS NULL OR number = $2)
           AND ($3::bytea IS NULL OR id_sha256 <> $3)",
    )
    .bind(user.0)
    .bind(number)
    .bind(keep)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if ended > 0 {
        let detail = serde_json::json!({ "sessions": ended });
        let entry = AuditEntry::new("user.end_sessions", "app_user", user.0).detail(detail);
        tx.audit(vec![entry]).await?;
    }
    Ok(ended)
}

/// Removes sessions that have ended; returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_ended(store: &Store) -> Result<u64, Error> {
    Ok(sqlx::query(
        "DELETE FROM session s USING app_user u
         WHERE u.id = s.user_id AND (s.ends_at <= now() OR s.rights_version <> u.rights_version
           OR s.last_seen_at + make_interval(mins => s.idle_minutes) <= now())",
    )
    .execute(store.pool())
    .await?
    .rows_affected())
}
