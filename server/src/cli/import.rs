use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use domain::asset::AssetKey;
use domain::calendar::CalendarSpec;
use domain::ids::SiteId;
use domain::policy::Policy;
use serde_json::json;
use services::assets::{from_csv, from_json, import};
use services::rules;
use services::work_orders::import as history;
use store::ScopedTx;

use super::{Common, connection, desk};

/// Takes in files.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Assets as CSV or JSON: good rows are taken, bad ones reported.
    Assets {
        /// The file.
        file: PathBuf,
        /// Only says what would happen.
        #[arg(long)]
        dry_run: bool,
    },
    /// Work orders of a CMMS as CSV or JSON, by a map of its columns.
    WorkOrders {
        /// The file.
        file: PathBuf,
        /// The map, TOML or JSON.
        #[arg(long, value_name = "FILE")]
        map: PathBuf,
        /// Only says what would happen.
        #[arg(long)]
        dry_run: bool,
    },
    /// A connection as TOML: made, in shadow, when there is none of its name; else changed to what
    /// the file says.
    Connection {
        /// The file.
        file: PathBuf,
        /// Where the CMMS is, in place of what the file says.
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
    },
    /// Calendars as JSON: an object of site tags.
    Calendars {
        /// The file.
        file: PathBuf,
    },
    /// A policy as TOML or JSON: for one site, else for every connection.
    Policy {
        /// The file.
        file: PathBuf,
        /// The site that gets it as its override.
        #[arg(long, value_name = "TAG")]
        site: Option<String>,
    },
}

pub(super) async fn run(command: Import, common: &Common) -> Result<()> {
    match command {
        Import::Assets { file, dry_run } => assets(&file, dry_run, common).await,
        Import::WorkOrders { file, map, dry_run } => {
            work_orders(&file, &map, dry_run, common).await
        }
        Import::Connection { file, base_url } => {
            connection::from_file(&file, base_url, common).await
        }
        Import::Calendars { file } => calendars(&file, common).await,
        Import::Policy { file, site } => policy(&file, site.as_deref(), common).await,
    }
}

async fn assets(file: &Path, dry_run: bool, common: &Common) -> Result<()> {
    let bytes = read(file)?;
    let rows = if is_json(file) { from_json(&bytes)? } else { from_csv(&bytes)? };
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let report = import(&mut tx, &desk.caller, rows, dry_run).await?;
        if !dry_run {
            tx.commit().await?;
        }
        for error in &report.errors {
            let tag = error.tag.as_deref().unwrap_or("");
            eprintln!("row {} {tag}: {}: {}", error.row, error.path, error.message);
        }
        let line = format!(
            "{}{} rows: {} new, {} changed, {} as before, {} errors",
            if dry_run { "nothing written; " } else { "" },
            report.rows,
            report.created,
            report.updated,
            report.unchanged,
            report.errors.len(),
        );
        desk::say(common.json, &line, &json!(report));
        match report.errors.len() {
            0 => Ok(()),
            errors => bail!("{errors} problem(s) in {}; the other rows are fine", file.display()),
        }
    })
    .await
}

async fn work_orders(file: &Path, map: &Path, dry_run: bool, common: &Common) -> Result<()> {
    let text = String::from_utf8(read(map)?)
        .map_err(|_| anyhow!("{} is not written in UTF-8", map.display()))?;
    let columns = history::map(&text)?;
    let bytes = read(file)?;
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let report = history::import(&mut tx, &desk.caller, &bytes, is_json(file), &columns)
            .await
            .map_err(|error| named(error, "connection", &columns.connection))?;
        if !dry_run {
            tx.commit().await?;
        }
        for error in &report.errors {
            eprintln!("row {}: {}: {}", error.row, error.column, error.message);
        }
        let line = format!(
            "{}{} rows: {} new or changed, {} of them ours, {} errors",
            if dry_run { "nothing written; " } else { "" },
            report.rows,
            report.changed,
            report.ours,
            report.errors.len(),
        );
        desk::say(common.json, &line, &json!(report));
        match report.errors.len() {
            0 => Ok(()),
            errors => bail!("{errors} problem(s) in {}; the other rows are fine", file.display()),
        }
    })
    .await
}

async fn calendars(file: &Path, common: &Common) -> Result<()> {
    let calendars: BTreeMap<String, CalendarSpec> = parse(file)?;
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        for (site, calendar) in &calendars {
            rules::set_calendar(&mut tx, site, calendar.clone())
                .await
                .map_err(|error| named(error, "site", site))?;
        }
        tx.commit().await?;
        let line = format!("{} calendar(s) set", calendars.len());
        desk::say(common.json, &line, &json!({ "calendars": calendars.len() }));
        Ok(())
    })
    .await
}

async fn policy(file: &Path, site: Option<&str>, common: &Common) -> Result<()> {
    let policy = policy_of(file)?;
    let reason = format!("imported from {}", file.display());
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let mut published = Vec::new();
        if let Some(site) = site {
            let version = rules::publish_for_site(&mut tx, site, &policy, &reason)
                .await
                .map_err(|error| named(error, "site", site))?;
            published.push(version);
        } else {
            for connection in store::rules::connections(&mut tx).await? {
                let version = rules::publish(&mut tx, connection, None, &policy, &reason).await?;
                published.push(version);
            }
        }
        tx.commit().await?;
        let ids: Vec<_> = published
            .iter()
            .map(|(id, version)| json!({ "id": id.0, "version": version }))
            .collect();
        let line = format!("policy {:?} published", policy.name);
        desk::say(common.json, &line, &json!({ "policies": ids }));
        Ok(())
    })
    .await
}

/// Reads a policy; every slip is named with its line.
fn policy_of(file: &Path) -> Result<Policy> {
    let text = String::from_utf8(read(file)?)
        .map_err(|_| anyhow!("{} is not written in UTF-8", file.display()))?;
    rules::from_text(&text).map_err(|errors| {
        let lines: Vec<String> = errors
            .iter()
            .map(|error| format!("{}:{}: {}", file.display(), error.line, error.message))
            .collect();
        anyhow!(lines.join("\n"))
    })
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T> {
    serde_json::from_slice(&read(file)?)
        .with_context(|| format!("{} is not what is expected", file.display()))
}

/// "Not found" alone does not say what.
fn named(error: services::Error, what: &str, name: &str) -> anyhow::Error {
    match error {
        services::Error::NotFound => anyhow!("there is no {what} {name}"),
        other => other.into(),
    }
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// The sites with these tags; `None` for no tags: every site.
pub(super) async fn sites(tx: &mut ScopedTx, tags: &[String]) -> Result<Option<Vec<SiteId>>> {
    if tags.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::with_capacity(tags.len());
    for tag in tags {
        let key = AssetKey::normalise(tag).map_err(|_| anyhow!("{tag:?} is no tag"))?;
        let site = store::rules::site_by_tag(tx, key.as_str()).await?;
        found.push(site.ok_or_else(|| anyhow!("there is no site {tag}"))?.0);
    }
    Ok(Some(found))
}
