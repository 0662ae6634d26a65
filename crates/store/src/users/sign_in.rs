use domain::ids::UserId;
use sha2::{Digest, Sha256};

use super::accounts::email_key;
use crate::{Actor, AuditEntry, Error, ScopedTx};

/// What a sign-in is checked against.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Who.
    pub user: UserId,
    /// The stored hash; `None` for an invited person.
    pub password_hash: Option<String>,
    /// Whether the account is in use.
    pub active: bool,
    /// For the session to be made.
    pub rights_version: i32,
}

/// Under what failures are counted: the account as typed, and the network address.
fn keys(email: &str, address: &str) -> Vec<String> {
    let account = hex::encode(Sha256::digest(email_key(email)));
    vec![format!("account:{account}"), format!("address:{address}")]
}

/// The account behind an address, for a sign-in.
///
/// # Errors
/// When the query fails.
pub async fn attempt(tx: &mut ScopedTx, email: &str) -> Result<Option<Attempt>, Error> {
    let row: Option<(i64, Option<String>, bool, i32)> = sqlx::query_as(
        "SELECT id, password_hash, status = 'active', rights_version
         FROM app_user WHERE email_key = $1",
    )
    .bind(email_key(email))
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(id, password_hash, active, rights_version)| Attempt {
        user: UserId(id),
        password_hash,
        active,
        rights_version,
    }))
}

/// Seconds until the account, or the network address, may be tried again.
///
/// # Errors
/// When the query fails.
pub async fn locked_for(
    tx: &mut ScopedTx,
    email: &str,
    address: &str,
) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT max(ceil(extract(epoch FROM locked_until - now())))::bigint
         FROM sign_in_failure WHERE key = ANY($1) AND locked_until > now()",
    )
    .bind(keys(email, address))
    .fetch_one(tx.conn())
    .await?)
}

/// Counts a failed sign-in against the account and the network address. From the fifth in a row
/// each one doubles the wait: 30 s to an hour for the account, 5 s to ten minutes for the address.
/// Every wait ends by itself, and an hour without a failure forgets them.
///
/// # Errors
/// When a query fails.
pub async fn failed(
    tx: &mut ScopedTx,
    user: Option<UserId>,
    email: &str,
    address: &str,
) -> Result<(), Error> {
    let locked: Vec<bool> = sqlx::query_scalar(
        "WITH counted AS (
             SELECT k.key,
                    CASE WHEN f.last_failed_at > now() - interval '1 hour' THEN f.failures + 1
                         ELSE 1 END AS failures,
                    CASE WHEN k.key LIKE 'account:%' THEN interval '30 seconds'
                         ELSE interval '5 seconds' END AS first,
                    CASE WHEN k.key LIKE 'account:%' THEN interval '1 hour'
                         ELSE interval '10 minutes' END AS longest
             FROM unnest($1::text[]) AS k (key) LEFT JOIN sign_in_failure f USING (key)
         )
         INSERT INTO sign_in_failure (key, failures, locked_until)
         SELECT key, failures,
                CASE WHEN failures >= 5
                     THEN now() + least(longest, first * (2 ^ least(failures - 5, 12))) END
         FROM counted ORDER BY key
         ON CONFLICT (key) DO UPDATE
             SET failures = excluded.failures, locked_until = excluded.locked_until,
                 last_failed_at = now()
         RETURNING locked_until IS NOT NULL AND key LIKE 'account:%'",
    )
    .bind(keys(email, address))
    .fetch_all(tx.conn())
    .await?;
    let id = user.map_or(0, |u| u.0);
    let detail = serde_json::json!({ "address": address });
    let mut entries =
        vec![AuditEntry::new("user.sign_in", "app_user", id).outcome("failed").detail(detail)];
    if locked.contains(&true) {
        entries.push(AuditEntry::new("user.lock", "app_user", id));
    }
    tx.audit(entries).await
}

/// Notes a sign-in that was not even tried because of a lock.
///
/// # Errors
/// When a query fails.
pub async fn refused(tx: &mut ScopedTx, user: Option<UserId>, address: &str) -> Result<(), Error> {
    let detail = serde_json::json!({ "address": address });
    let entry = AuditEntry::new("user.sign_in", "app_user", user.map_or(0, |u| u.0));
    tx.audit(vec![entry.outcome("locked").detail(detail)]).await
}

/// Notes a good sign-in, forgets the failures before it, and stores a stronger hash if one is given.
///
/// # Errors
/// When a query fails.
pub async fn signed_in(
    tx: &mut ScopedTx,
    user: UserId,
    email: &str,
    address: &str,
    better_hash: Option<&str>,
) -> Result<(), Error> {
    sqlx::query("DELETE FROM sign_in_failure WHERE key = ANY($1)")
        .bind(keys(email, address))
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "UPDATE app_user SET last_seen_at = now(), password_hash = coalesce($2, password_hash)
         WHERE id = $1",
    )
    .bind(user.0)
    .bind(better_hash)
    .execute(tx.conn())
    .await?;
    let detail = serde_json::json!({ "address": address });
    let entry = AuditEntry::new("user.sign_in", "app_user", user.0).detail(detail);
    tx.audit(vec![entry.by(Actor::User(user))]).await
}
