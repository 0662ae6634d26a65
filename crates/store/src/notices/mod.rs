//! What people are told: in the app and by mail, and what has not been told yet.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{SiteId, UserId};
use sqlx::FromRow;

use crate::{Error, ScopedTx, Topic};

/// Something a person should know.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Who.
    pub user: UserId,
    /// Where.
    pub site: Option<SiteId>,
    /// What it is about: `review`, `review_overdue`, `delivery_late`, `delivery_failed`.
    pub kind: &'static str,
    /// One line.
    pub title: String,
    /// Path within the app.
    pub link: String,
    /// The mail that says the same, if one is sent.
    pub mail_body: Option<String>,
}

/// Tells people, in the app and by mail.
///
/// # Errors
/// What the database says.
pub async fn tell(tx: &mut ScopedTx, notices: &[NewNotice]) -> Result<(), Error> {
    if notices.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    sqlx::query(
        "WITH told AS (
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[],
                                 $6::text[]) AS t (user_id, site_id, kind, title, link, body)
         ), mailed AS (
            INSERT INTO mail (user_id, subject, body, next_at)
            SELECT user_id, title, body, now() FROM told WHERE body IS NOT NULL
         )
         INSERT INTO notice (user_id, site_id, kind, title, link, created_at)
         SELECT user_id, site_id, kind, title, link, $7 FROM told",
    )
    .bind(notices.iter().map(|n| n.user.0).collect::<Vec<_>>())
    .bind(notices.iter().map(|n| n.site.map(|s| s.0)).collect::<Vec<_>>())
    .bind(notices.iter().map(|n| n.kind).collect::<Vec<_>>())
    .bind(notices.iter().map(|n| n.title.as_str()).collect::<Vec<_>>())
    .bind(notices.iter().map(|n| n.link.as_str()).collect::<Vec<_>>())
    .bind(notices.iter().map(|n| n.mail_body.as_deref()).collect::<Vec<_>>())
    .bind(now)
    .execute(tx.conn())
    .await?;
    tx.touch(Topic::Notices, None);
    tx.touch(Topic::Mail, None);
    Ok(())
}

/// Mails a person something that is not a notice, such as a link for choosing a password.
///
/// # Errors
/// What the database says.
pub async fn mail(tx: &mut ScopedTx, user: UserId, subject: &str, body: &str) -> Result<(), Error> {
    sqlx::query("INSERT INTO mail (user_id, subject, body, next_at) VALUES ($1, $2, $3, now())")
        .bind(user.0)
        .bind(subject)
        .bind(body)
        .execute(tx.conn())
        .await?;
    tx.touch(Topic::Mail, None);
    Ok(())
}

/// A notice as its person sees it.
#[derive(Debug, Clone, FromRow)]
pub struct Notice {
    /// The notice.
    pub id: i64,
    /// What it is about.
    pub kind: String,
    /// One line.
    pub title: String,
    /// Path within the app.
    pub link: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Unread notices of a person, newest first.
///
/// # Errors
/// What the database says.
pub async fn unread(tx: &mut ScopedTx, user: UserId, limit: i64) -> Result<Vec<Notice>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, kind, title, link, created_at FROM notice
         WHERE user_id = $1 AND read_at IS NULL ORDER BY id DESC LIMIT $2",
    )
    .bind(user.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Marks the notices of a person up to `last` as read.
///
/// # Errors
/// What the database says.
pub async fn mark_read(tx: &mut ScopedTx, user: UserId, last: i64) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query(
        "UPDATE notice SET read_at = $3 WHERE user_id = $1 AND id <= $2 AND read_at IS NULL",
    )
    .bind(user.0)
    .bind(last)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A review item whose people have not been told, or a delivery that planners should know of.
#[derive(Debug, Clone, FromRow)]
pub struct Untold {
    /// Review or work order.
    pub id: i64,
    /// The alert.
    pub alert_id: Option<i64>,
    /// The site.
    pub site_id: i64,
    /// Tag of the asset.
    pub tag: String,
    /// Failure mode code.
    pub failure_mode: String,
    /// When an answer, or the work order, is due.
    pub due: DateTime<Utc>,
    /// Role asked, or delivery state.
    pub word: String,
}

/// Takes review items whose people have not been told and marks them as told.
///
/// # Errors
/// What the database says.
pub async fn take_untold_reviews(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Untold>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "WITH picked AS (
            SELECT id FROM review WHERE status = 'pending' AND told_at IS NULL
            ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
         ), taken AS (
            UPDATE review r SET told_at = $2 FROM picked WHERE r.id = picked.id
            RETURNING r.id, r.alert_id, r.site_id, r.due, r.asked_role
         )
         SELECT t.id, t.alert_id, t.site_id, s.tag, a.failure_mode, t.due, t.asked_role AS word
         FROM taken t JOIN alert a ON a.id = t.alert_id JOIN asset s ON s.id = a.asset_id
         ORDER BY t.site_id, t.id",
    )
    .bind(limit)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// Takes work orders that are not in their CMMS past their deadline (R21), marking them as shouted
/// about.
///
/// # Errors
/// What the database says.
pub async fn take_late(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Untold>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "WITH picked AS (
            SELECT id FROM work_order
            WHERE delivery_state IN ('queued', 'sending', 'unknown') AND deadline <= $2
              AND shouted_at IS NULL
            ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
         ), taken AS (
            UPDATE work_order w SET shouted_at = $2 FROM picked WHERE w.id = picked.id
            RETURNING w.id, w.alert_id, w.site_id, w.asset_id, w.failure_mode, w.deadline,
                      w.delivery_state
         )
         SELECT t.id, t.alert_id, t.site_id, s.tag, t.failure_mode, t.deadline AS due,
                t.delivery_state AS word
         FROM taken t JOIN asset s ON s.id = t.asset_id ORDER BY t.site_id, t.id",
    )
    .bind(limit)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// Takes work orders whose delivery failed, marking them as told.
///
/// # Errors
/// What the database says.
pub async fn take_failed(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Untold>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "WITH picked AS (
            SELECT id FROM work_order
            WHERE delivery_state IN ('rejected', 'needs_person', 'dead')
              AND failure_told_at IS NULL
            ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
         ), taken AS (
            UPDATE work_order w SET failure_told_at = $2 FROM picked WHERE w.id = picked.id
            RETURNING w.id, w.alert_id, w.site_id, w.asset_id, w.failure_mode, w.deadline,
                      w.delivery_state
         )
         SELECT t.id, t.alert_id, t.site_id, s.tag, t.failure_mode, t.deadline AS due,
                t.delivery_state AS word
         FROM taken t JOIN asset s ON s.id = t.asset_id ORDER BY t.site_id, t.id",
    )
    .bind(limit)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// A mail to be sent.
#[derive(Debug, Clone, FromRow)]
pub struct Mail {
    /// The mail.
    pub id: i64,
    /// To whom.
    pub address: String,
    /// Their name.
    pub name: String,
    /// Subject, one line.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Tries so far.
    pub attempts: i32,
}

/// Takes mails that are due and pushes their next try ahead by a minute, so that a worker that dies
/// while sending does not lose them.
///
/// # Errors
/// What the database says.
pub async fn take_mail(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Mail>, Error> {
    Ok(sqlx::query_as(
        "WITH picked AS (
            SELECT id FROM mail WHERE sent_at IS NULL AND next_at <= now()
            ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED
         )
         UPDATE mail m SET attempts = m.attempts + 1, next_at = now() + interval '1 minute'
         FROM picked, app_user u WHERE m.id = picked.id AND u.id = m.user_id
         RETURNING m.id, u.email AS address, u.name, m.subject, m.body, m.attempts",
    )
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Writes how a mail fared; `retry` is the wait before the next try, `None` gives up. The text of a
/// mail that is done is forgotten: it may hold a link that only its reader should have.
///
/// # Errors
/// What the database says.
pub async fn mail_done(
    tx: &mut ScopedTx,
    mail: i64,
    outcome: Result<(), (String, Option<TimeDelta>)>,
) -> Result<(), Error> {
    match outcome {
        Ok(()) => {
            sqlx::query("UPDATE mail SET sent_at = now(), next_at = NULL, body = '' WHERE id = $1")
                .bind(mail)
                .execute(tx.conn())
                .await?;
        }
        Err((error, retry)) => {
            let seconds = retry.map(|wait| wait.num_milliseconds() as f64 / 1000.0);
            sqlx::query(
                "UPDATE mail SET error_text = $2, next_at = now() + make_interval(secs => $3),
                        body = CASE WHEN $3::float8 IS NULL THEN '' ELSE body END
                 WHERE id = $1",
            )
            .bind(mail)
            .bind(error)
            .bind(seconds)
            .execute(tx.conn())
            .await?;
        }
    }
    Ok(())
}
