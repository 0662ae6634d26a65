use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{AssetId, LogbookEntryId, SiteId, UserId, WorkOrderId};

use crate::{Error, ScopedTx};

/// An entry to be appended.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// The site.
    pub site: SiteId,
    /// Date of the shift.
    pub shift_date: NaiveDate,
    /// Name of the shift.
    pub shift_name: &'a str,
    /// Who writes.
    pub author: UserId,
    /// What.
    pub body: &'a str,
    /// One word to find it by.
    pub tag: Option<&'a str>,
    /// The asset it is about.
    pub asset: Option<AssetId>,
    /// The entry it corrects.
    pub strikes: Option<LogbookEntryId>,
    /// The work order raised with it.
    pub order: Option<WorkOrderId>,
    /// Of the form it came from, with the hash of its content.
    pub send_key: &'a str,
}

/// Appends an entry; `None` when this one was sent before. Needs an audit row for `logbook_entry`.
///
/// # Errors
/// [`Error::Constraint`] `logbook_entry_struck_once` when the struck entry is corrected already.
pub async fn append(
    tx: &mut ScopedTx,
    new: &NewEntry<'_>,
) -> Result<Option<LogbookEntryId>, Error> {
    let now = tx.now();
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO logbook_entry (site_id, shift_date, shift_name, author_id, body, tag, asset_id,
                                    strikes, work_order_id, send_key, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (author_id, send_key) DO NOTHING RETURNING id",
    )
    .bind(new.site.0)
    .bind(new.shift_date)
    .bind(new.shift_name)
    .bind(new.author.0)
    .bind(new.body)
    .bind(new.tag)
    .bind(new.asset.map(|id| id.0))
    .bind(new.strikes.map(|id| id.0))
    .bind(new.order.map(|id| id.0))
    .bind(new.send_key)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(LogbookEntryId))
}

/// The entry that a person sent with a key.
///
/// # Errors
/// When the database refuses.
pub async fn sent(
    tx: &mut ScopedTx,
    author: UserId,
    send_key: &str,
) -> Result<Option<LogbookEntryId>, Error> {
    let id: Option<i64> =
        sqlx::query_scalar("SELECT id FROM logbook_entry WHERE author_id = $1 AND send_key = $2")
            .bind(author.0)
            .bind(send_key)
            .fetch_optional(tx.conn())
            .await?;
    Ok(id.map(LogbookEntryId))
}

/// Text and site of an entry in scope.
///
/// # Errors
/// When the database refuses.
pub async fn entry(
    tx: &mut ScopedTx,
    id: LogbookEntryId,
) -> Result<Option<(SiteId, String)>, Error> {
    let sites = tx.sites();
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT site_id, body FROM logbook_entry
         WHERE id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(site, text)| (SiteId(site), text)))
}

/// An entry with what stands around it.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of logbook_entry and the names next to them")]
pub struct EntryRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub author: String,
    pub body: String,
    pub tag: Option<String>,
    pub asset: Option<String>,
    pub struck_body: Option<String>,
    pub struck_at: Option<DateTime<Utc>>,
    pub struck: bool,
    pub point: bool,
    pub order_id: Option<i64>,
    pub number: Option<String>,
    pub connection: Option<String>,
    pub failure_code: Option<String>,
    pub priority: Option<i16>,
    pub due: Option<DateTime<Utc>>,
    pub delivery_state: Option<String>,
    pub status: Option<String>,
    pub trends: i64,
    pub notes: i64,
}

/// Entries of a site in `[from, until)`, newest first; with `asset`, only those about it or what is
/// below it.
///
/// # Errors
/// When the database refuses.
pub async fn entries(
    tx: &mut ScopedTx,
    site: SiteId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    asset: Option<AssetId>,
    limit: i64,
) -> Result<Vec<EntryRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT e.id, e.at, u.name AS author, e.body, e.tag, s.tag AS asset,
                o.body AS struck_body, o.at AS struck_at,
                EXISTS (SELECT 1 FROM logbook_entry c WHERE c.strikes = e.id) AS struck,
                p.id IS NOT NULL AS point, w.id AS order_id, w.cmms_number AS number,
                k.name AS connection, w.failure_code, w.priority, w.due, w.delivery_state, w.status,
                (SELECT count(*) FROM attachment f WHERE f.work_order_id = w.id
                 AND f.content_type = 'image/svg+xml') AS trends,
                (SELECT count(*) FROM attachment f WHERE f.work_order_id = w.id
                 AND f.content_type = 'text/plain') AS notes
         FROM logbook_entry e
         JOIN app_user u ON u.id = e.author_id
         LEFT JOIN asset s ON s.id = e.asset_id
         LEFT JOIN logbook_entry o ON o.id = e.strikes
         LEFT JOIN logbook_point p ON p.entry_id = e.id
         LEFT JOIN work_order w ON w.id = e.work_order_id
         LEFT JOIN connection k ON k.id = w.connection_id
         WHERE e.site_id = $1 AND e.at >= $2 AND e.at < $3
           AND ($4::bigint IS NULL OR s.path @> ARRAY[$4])
         ORDER BY e.at DESC, e.id DESC LIMIT $5",
    )
    .bind(site.0)
    .bind(from)
    .bind(until)
    .bind(asset.map(|id| id.0))
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Tags used lately at a site, the most used first.
///
/// # Errors
/// When the database refuses.
pub async fn recent_tags(
    tx: &mut ScopedTx,
    site: SiteId,
    limit: i64,
) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT tag FROM (SELECT tag FROM logbook_entry
                          WHERE site_id = $1 AND tag IS NOT NULL ORDER BY at DESC LIMIT 200) AS t
         GROUP BY tag ORDER BY count(*) DESC, tag LIMIT $2",
    )
    .bind(site.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
