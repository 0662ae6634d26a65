use chrono::{DateTime, Utc};
use domain::ids::{SiteId, UserId};
use domain::permission::Role;
use domain::views::users::PeopleFilter;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A person as the list shows them.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PersonRow {
    /// Who.
    pub id: i64,
    /// How the person is called on screen.
    pub name: String,
    /// Address.
    pub email: String,
    /// `invited`, `active` or `disabled`.
    pub status: String,
    /// When the person last did something here.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Since when there is an account.
    pub created_at: DateTime<Utc>,
    /// Until when the newest unused link can be used.
    pub link_until: Option<DateTime<Utc>>,
}

macro_rules! matching {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ", $select, " FROM app_user u
             WHERE ($1::bigint[] IS NULL OR EXISTS (SELECT FROM role_grant g WHERE g.user_id = u.id
                    AND (g.site_id IS NULL OR g.site_id = ANY($1))))
               AND ($2::text IS NULL OR strpos(lower(u.name), $2) > 0 OR strpos(u.email_key, $2) > 0)
               AND ($3::text IS NULL OR u.status = $3)
               AND (($4::text IS NULL AND $5::bigint IS NULL AND $6::bigint IS NULL)
                    OR EXISTS (SELECT FROM role_grant g WHERE g.user_id = u.id
                        AND ($4 IS NULL OR g.role = $4) AND ($5 IS NULL OR g.custom_role_id = $5)
                        AND ($6 IS NULL OR g.site_id IS NULL OR g.site_id = $6)
                        AND ($1 IS NULL OR g.site_id IS NULL OR g.site_id = ANY($1))))",
            $rest
        )
    };
}

/// A page of the people the caller may see, by name: all of them, or those who may something at
/// the caller's sites.
///
/// # Errors
/// When the query fails.
pub async fn people(
    tx: &mut ScopedTx,
    filter: &PeopleFilter,
    limit: i64,
) -> Result<Vec<PersonRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(matching!(
        "u.id, u.name, u.email, u.status, u.last_seen_at, u.created_at,
         (SELECT max(t.expires_at) FROM setup_token t WHERE t.user_id = u.id
            AND t.used_at IS NULL AND t.expires_at > now()) AS link_until",
        " AND ($7::bigint IS NULL OR (lower(u.name), u.id) >
               (SELECT lower(a.name), a.id FROM app_user a WHERE a.id = $7))
          ORDER BY lower(u.name), u.id LIMIT $8"
    ))
    .bind(sites)
    .bind(filter.q.as_deref().map(|q| q.trim().to_lowercase()))
    .bind(filter.state.map(|s| s.as_str()))
    .bind(filter.role.and_then(|r| r.built_in()).map(Role::as_str))
    .bind(filter.role.and_then(|r| r.custom()).map(|id| id.0))
    .bind(filter.site.map(|s| s.0))
    .bind(filter.after.map(|id| id.0))
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// How many people a list has.
///
/// # Errors
/// When the query fails.
pub async fn count_people(tx: &mut ScopedTx, filter: &PeopleFilter) -> Result<i64, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_scalar(matching!("count(*)", ""))
        .bind(sites)
        .bind(filter.q.as_deref().map(|q| q.trim().to_lowercase()))
        .bind(filter.state.map(|s| s.as_str()))
        .bind(filter.role.and_then(|r| r.built_in()).map(Role::as_str))
        .bind(filter.role.and_then(|r| r.custom()).map(|id| id.0))
        .bind(filter.site.map(|s| s.0))
        .fetch_one(tx.conn())
        .await?)
}

/// One person, if the caller may see them.
///
/// # Errors
/// When the query fails.
pub async fn person(tx: &mut ScopedTx, id: UserId) -> Result<Option<PersonRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT u.id, u.name, u.email, u.status, u.last_seen_at, u.created_at,
                (SELECT max(t.expires_at) FROM setup_token t WHERE t.user_id = u.id
                   AND t.used_at IS NULL AND t.expires_at > now()) AS link_until
         FROM app_user u
         WHERE u.id = $1 AND ($2::bigint[] IS NULL OR EXISTS (
             SELECT FROM role_grant g WHERE g.user_id = u.id
               AND (g.site_id IS NULL OR g.site_id = ANY($2))))",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// Names of the people the caller may see who can sign in or will be able to, for menus.
///
/// # Errors
/// When the query fails.
pub async fn people_names(tx: &mut ScopedTx, limit: i64) -> Result<Vec<(i64, String)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT u.id, u.name FROM app_user u
         WHERE ($1::bigint[] IS NULL OR EXISTS (SELECT FROM role_grant g WHERE g.user_id = u.id
                AND (g.site_id IS NULL OR g.site_id = ANY($1))))
         ORDER BY lower(u.name), u.id LIMIT $2",
    )
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// The sites the caller may touch, by name.
///
/// # Errors
/// When the query fails.
pub async fn site_names(tx: &mut ScopedTx) -> Result<Vec<(i64, String)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT s.id, a.name FROM site s JOIN asset a ON a.id = s.id
         WHERE $1::bigint[] IS NULL OR s.id = ANY($1) ORDER BY lower(a.name), s.id",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// The site of an asset within the caller's sites, by the key of its tag.
///
/// # Errors
/// When the query fails.
pub async fn site_of_tag(
    tx: &mut ScopedTx,
    tag_key: &str,
) -> Result<Option<(SiteId, String)>, Error> {
    let sites = tx.sites();
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT s.id, s.name FROM asset a JOIN asset s ON s.id = a.site_id
         WHERE a.tag_key = $1 AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))",
    )
    .bind(tag_key)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(id, name)| (SiteId(id), name)))
}
