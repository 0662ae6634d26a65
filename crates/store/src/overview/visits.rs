use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;

use crate::{Error, ScopedTx};

/// Notes that a person looks at the overview now, and says when they last did before this visit. A
/// visit ends after `gap` without a look.
///
/// # Errors
/// When the database refuses.
pub async fn note_visit(
    tx: &mut ScopedTx,
    user: UserId,
    gap: TimeDelta,
) -> Result<Option<DateTime<Utc>>, Error> {
    let now = tx.now();
    // Looks of the same minute are one: an open page looks all the time.
    sqlx::query(
        "INSERT INTO visit AS v (user_id, seen_at) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE
         SET before_at = CASE WHEN v.seen_at < $3 THEN v.seen_at ELSE v.before_at END, seen_at = $2
         WHERE v.seen_at < $2 - interval '1 minute'",
    )
    .bind(user.0)
    .bind(now)
    .bind(now - gap)
    .execute(tx.conn())
    .await?;
    let before: Option<Option<DateTime<Utc>>> =
        sqlx::query_scalar("SELECT before_at FROM visit WHERE user_id = $1")
            .bind(user.0)
            .fetch_optional(tx.conn())
            .await?;
    Ok(before.flatten())
}

/// The sites of the scope that exist: a list that an index can be asked with.
///
/// # Errors
/// When the database refuses.
pub async fn site_ids(tx: &mut ScopedTx) -> Result<Vec<i64>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_scalar(
        "SELECT id FROM site WHERE $1::bigint[] IS NULL OR id = ANY($1) ORDER BY id",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}
