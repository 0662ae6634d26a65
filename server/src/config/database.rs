use std::path::PathBuf;

use super::reader::Reader;
use super::{Problem, Secret};

/// Section `[database]`: which Postgres. Without a `url` the program runs its own.
#[derive(Debug, Clone)]
pub struct Database {
    /// `database.url` (also `DATABASE_URL`): the app role.
    pub url: Option<Secret>,
    /// `database.owner_url`: the role that migrations run as; the app role when absent.
    pub owner_url: Option<Secret>,
    /// `database.allow_owner`: start although the app role owns the tables or is a superuser.
    pub allow_owner: bool,
    /// `database.connections`: at most so many at once.
    pub connections: u32,
    /// `database.binaries`: folder of the Postgres programs for the private cluster.
    pub binaries: Option<PathBuf>,
}

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let url = address(reader, "database.url");
        let owner_url = address(reader, "database.owner_url");
        if owner_url.is_some() && url.is_none() {
            reader.problem("database.owner_url", "means nothing without database.url");
        }
        let connections = reader.parsed("database.connections", "a number").unwrap_or(40);
        if !(4..=1000).contains(&connections) {
            reader.problem("database.connections", "4 to 1000 are possible");
        }
        Self {
            url,
            owner_url,
            allow_owner: reader.flag("database.allow_owner").unwrap_or(false),
            connections,
            binaries: reader.path("database.binaries"),
        }
    }
}

fn address(reader: &mut Reader, key: &str) -> Option<Secret> {
    let url = reader.secret(key)?;
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.expose().starts_with(scheme)) {
        reader.problem(key, Problem::POSTGRES_URL);
    }
    Some(url)
}
