//! Calendars of sites, and their crews.

use domain::ids::SiteId;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A site with its calendar.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CalendarRow {
    /// The site.
    pub id: i64,
    /// Its tag.
    pub tag: String,
    /// Its name.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// The calendar as written.
    pub calendar: Value,
    /// Counts up with every save.
    pub calendar_version: i32,
}

macro_rules! calendar {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, a.tag, a.name, s.time_zone, s.calendar, s.calendar_version
             FROM site s JOIN asset a ON a.id = s.id
             WHERE s.id = $1 AND ($2::bigint[] IS NULL OR s.id = ANY($2)) ",
            $rest
        )
    };
}

/// One site of the scope.
///
/// # Errors
/// What the database says.
pub async fn calendar(tx: &mut ScopedTx, site: SiteId) -> Result<Option<CalendarRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(calendar!("")).bind(site.0).bind(sites).fetch_optional(tx.conn()).await?)
}

/// The same, locked.
///
/// # Errors
/// What the database says.
pub async fn lock_calendar(tx: &mut ScopedTx, site: SiteId) -> Result<Option<CalendarRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(calendar!("FOR UPDATE OF s"))
        .bind(site.0)
        .bind(sites)
        .fetch_optional(tx.conn())
        .await?)
}

/// A crew of a site.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CrewRow {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// As people say it.
    pub name: String,
    /// Who they are, how to reach them.
    pub note: String,
    /// No longer offered.
    pub retired: bool,
}

/// Crews of a site of the scope, those in use first.
///
/// # Errors
/// What the database says.
pub async fn crews(tx: &mut ScopedTx, site: SiteId) -> Result<Vec<CrewRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, site_id, name, note, retired FROM crew
         WHERE site_id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))
         ORDER BY retired, name_key",
    )
    .bind(site.0)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// One crew of a site of the scope, locked.
///
/// # Errors
/// What the database says.
pub async fn lock_crew(tx: &mut ScopedTx, id: i64) -> Result<Option<CrewRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, site_id, name, note, retired FROM crew
         WHERE id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2)) FOR UPDATE",
    )
    .bind(id)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// Adds a crew, or brings a retired one of that name back; answers its id and whether it was
/// there in use already. Needs an audit row for `crew` when it was not.
///
/// # Errors
/// What the database says.
pub async fn add_crew(
    tx: &mut ScopedTx,
    site: SiteId,
    name: &str,
    note: Option<&str>,
) -> Result<(i64, bool), Error> {
    let there: Option<(i64, bool)> = sqlx::query_as(
        "SELECT id, retired FROM crew WHERE site_id = $1 AND name_key = lower($2) FOR UPDATE",
    )
    .bind(site.0)
    .bind(name)
    .fetch_optional(tx.conn())
    .await?;
    match there {
        Some((id, false)) => Ok((id, true)),
        Some((id, true)) => {
            sqlx::query(
                "UPDATE crew SET retired = false, name = $2, note = coalesce($3, note) WHERE id = $1",
            )
            .bind(id)
            .bind(name)
            .bind(note)
            .execute(tx.conn())
            .await?;
            Ok((id, false))
        }
        None => {
            let id = sqlx::query_scalar(
                "INSERT INTO crew (site_id, name, name_key, note)
                 VALUES ($1, $2, lower($2), coalesce($3, '')) RETURNING id",
            )
            .bind(site.0)
            .bind(name)
            .bind(note)
            .fetch_one(tx.conn())
            .await?;
            Ok((id, false))
        }
    }
}

/// Changes a crew; needs an audit row for `crew`.
///
/// # Errors
/// [`Error::Constraint`] `crew_site_id_name_key_key` when the site has a crew of that name.
pub async fn update_crew(tx: &mut ScopedTx, crew: &CrewRow) -> Result<(), Error> {
    sqlx::query(
        "UPDATE crew SET name = $2, name_key = lower($2), note = $3, retired = $4 WHERE id = $1",
    )
    .bind(crew.id)
    .bind(&crew.name)
    .bind(&crew.note)
    .bind(crew.retired)
    .execute(tx.conn())
    .await?;
    Ok(())
}
