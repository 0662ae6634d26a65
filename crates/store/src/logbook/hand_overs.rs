use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{SiteId, UserId};

use crate::{Error, ScopedTx};

/// A signed end of a shift.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of logbook_hand_over and the names of who signed")]
pub struct HandOverRow {
    pub id: i64,
    pub notes: String,
    pub carried: Vec<i64>,
    pub outgoing_id: i64,
    pub outgoing: String,
    pub outgoing_at: DateTime<Utc>,
    pub incoming: Option<String>,
    pub incoming_at: Option<DateTime<Utc>>,
}

/// How a shift was handed over, if it was.
///
/// # Errors
/// When the database refuses.
pub async fn hand_over(
    tx: &mut ScopedTx,
    site: SiteId,
    date: NaiveDate,
    shift: &str,
) -> Result<Option<HandOverRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT h.id, h.notes, h.carried, h.outgoing_id, o.name AS outgoing, h.outgoing_at,
                i.name AS incoming, h.incoming_at
         FROM logbook_hand_over h
         JOIN app_user o ON o.id = h.outgoing_id
         LEFT JOIN app_user i ON i.id = h.incoming_id
         WHERE h.site_id = $1 AND h.shift_date = $2 AND h.shift_name = $3",
    )
    .bind(site.0)
    .bind(date)
    .bind(shift)
    .fetch_optional(tx.conn())
    .await?)
}

/// Signs for the outgoing side; `None` when somebody did before. Needs an audit row for
/// `logbook_hand_over`.
///
/// # Errors
/// When the database refuses.
pub async fn sign(
    tx: &mut ScopedTx,
    site: SiteId,
    (date, shift): (NaiveDate, &str),
    notes: &str,
    carried: &[i64],
    by: UserId,
) -> Result<Option<i64>, Error> {
    let now = tx.now();
    Ok(sqlx::query_scalar(
        "INSERT INTO logbook_hand_over (site_id, shift_date, shift_name, notes, carried,
                                        outgoing_id, outgoing_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT ON CONSTRAINT logbook_hand_over_once DO NOTHING RETURNING id",
    )
    .bind(site.0)
    .bind(date)
    .bind(shift)
    .bind(notes)
    .bind(carried)
    .bind(by.0)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?)
}

/// Signs for the incoming side; answers whether nobody had before. Needs an audit row for
/// `logbook_hand_over`.
///
/// # Errors
/// When the database refuses.
pub async fn take(tx: &mut ScopedTx, id: i64, by: UserId) -> Result<bool, Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE logbook_hand_over SET incoming_id = $2, incoming_at = $3
         WHERE id = $1 AND incoming_id IS NULL AND outgoing_id <> $2",
    )
    .bind(id)
    .bind(by.0)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}
