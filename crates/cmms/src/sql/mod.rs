//! The way to a database: to an address the owner allows, one statement per connection, values only
//! as parameters. Reads run in a read-only session, writes in a transaction of their own, so that a
//! refusal has changed nothing.

#[cfg(feature = "mssql")]
mod mssql;
mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
mod postgres;

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::egress::{Egress, Tls};
use crate::manifest::{Class, Driver, Sql, SqlTls, Statement};

/// The most rows of an answer that are read.
const MOST_ROWS: usize = 10_000;

/// A value with its type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bound {
    Text(Option<String>),
    Int(Option<i64>),
    Number(Option<f64>),
    Bool(Option<bool>),
    Time(Option<DateTime<Utc>>),
}

/// A statement and the values of its parameters, in their order.
pub(crate) struct Question<'a> {
    pub(crate) statement: &'a Statement,
    pub(crate) values: Vec<Bound>,
}

/// Who asks.
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
    /// For a connection string.
    #[cfg_attr(not(feature = "odbc"), expect(dead_code, reason = "only ODBC has one"))]
    pub(crate) settings: Value,
}

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Value>,
    /// Rows that were changed.
    pub(crate) count: u64,
}

impl Found {
    /// Takes a row, as long as there are not too many.
    fn take(&mut self, row: Value) -> Result<(), Failure> {
        if self.rows.len() >= MOST_ROWS {
            return Err(Failure::Unknown(format!("the answer has more than {MOST_ROWS} rows")));
        }
        self.rows.push(row);
        Ok(())
    }
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// No connection; nothing was asked.
    #[error("no connection: {0}")]
    NotSent(String),
    /// User or password are not accepted; nothing was asked.
    #[error("{0}")]
    Unauthorised(String),
    /// The database refused it and took everything back.
    #[error("{message}")]
    Refused { state: String, number: i64, message: String },
    /// It cannot be told what happened.
    #[error("{0}")]
    Unknown(String),
}

impl Failure {
    /// What a refusal usually means.
    pub(crate) fn class(&self) -> Class {
        let Self::Refused { state, number, .. } = self else { return Class::Unknown };
        match (state.as_str(), number) {
            ("23505", _) | (_, 1062 | 2601 | 2627) => Class::Duplicate,
            ("42501", _) | (_, 1044 | 1045 | 1142 | 1143 | 1227 | 1370) => Class::Unauthorised,
            ("55P03" | "57014" | "70100", _) | (_, 1205 | 1213 | 1969 | 3024) => Class::Transient,
            ("25006", _) | (_, 1292 | 1364 | 1366 | 1792 | 50_000..) => Class::Final,
            (state, _) => match state.get(..2) {
                Some("28") => Class::Unauthorised,
                Some("40") => Class::Transient,
                Some("0A" | "21" | "22" | "23" | "42" | "44" | "45" | "P0") => Class::Final,
                _ => Class::Unknown,
            },
        }
    }
}

/// Where one call goes, checked.
struct Target<'a> {
    sql: &'a Sql,
    host: String,
    address: SocketAddr,
    database: &'a str,
    login: &'a Login,
    authority: Option<&'a [u8]>,
    timeout: Duration,
}

impl Target<'_> {
    /// What a driver connects to: the checked address, or the name where the certificate must be its.
    fn name(&self) -> String {
        match self.sql.tls {
            SqlTls::Verify => self.host.clone(),
            SqlTls::Encrypt | SqlTls::Off => self.address.ip().to_string(),
        }
    }

    fn millis(&self) -> u128 {
        self.timeout.as_millis().max(1)
    }
}

/// A database that a manifest describes.
pub(crate) struct Database {
    url: Url,
    name: String,
    egress: Egress,
    authority: Option<Vec<u8>>,
    timeout: Duration,
}

impl Database {
    /// A way to a database at `scheme://host:port/name`.
    pub(crate) fn new(
        url: &Url,
        egress: Egress,
        tls: &Tls,
        timeout: Duration,
    ) -> Result<Self, String> {
        let name = url.path().trim_matches('/').to_owned();
        if url.host().is_none() || url.port().is_none() || name.is_empty() || name.contains('/') {
            return Err(format!("`{url}` is no database: `scheme://host:port/name`"));
        }
        Ok(Self { url: url.clone(), name, egress, authority: tls.authority.clone(), timeout })
    }

    /// Asks once, and waits no longer than the time-out.
    pub(crate) async fn ask(
        &self,
        sql: &Sql,
        login: &Login,
        question: &Question<'_>,
    ) -> Result<Found, Failure> {
        let target = self.target(sql, login).await?;
        match sql.driver {
            Driver::Postgres => postgres::ask(&target, question).await,
            Driver::Mysql => mysql::ask(&target, question).await,
            #[cfg(feature = "mssql")]
            Driver::Mssql => mssql::ask(&target, question).await,
            #[cfg(feature = "odbc")]
            Driver::Odbc => odbc::ask(&target, question).await,
            #[cfg(not(all(feature = "mssql", feature = "odbc")))]
            driver => Err(left_out(driver)),
        }
    }

    /// Shows that a login is accepted.
    pub(crate) async fn log_in(
        &self,
        sql: &Sql,
        login: &Login,
        writes: bool,
    ) -> Result<(), Failure> {
        let target = self.target(sql, login).await?;
        match sql.driver {
            Driver::Postgres => postgres::log_in(&target, writes).await,
            Driver::Mysql => mysql::log_in(&target, writes).await,
            #[cfg(feature = "mssql")]
            Driver::Mssql => mssql::log_in(&target, writes).await,
            #[cfg(feature = "odbc")]
            Driver::Odbc => odbc::log_in(&target, writes).await,
            #[cfg(not(all(feature = "mssql", feature = "odbc")))]
            driver => Err(left_out(driver)),
        }
    }

    async fn target<'a>(&'a self, sql: &'a Sql, login: &'a Login) -> Result<Target<'a>, Failure> {
        let not_sent = |error: crate::egress::Refused| Failure::NotSent(error.to_string());
        let addresses = self.egress.admit_database(&self.url).await.map_err(not_sent)?;
        let first = addresses.first().copied();
        Ok(Target {
            sql,
            host: self.url.host_str().unwrap_or_default().to_owned(),
            address: first.ok_or_else(|| Failure::NotSent("no address".to_owned()))?,
            database: &self.name,
            login,
            authority: self.authority.as_deref(),
            timeout: self.timeout,
        })
    }
}

#[cfg(not(all(feature = "mssql", feature = "odbc")))]
fn left_out(driver: Driver) -> Failure {
    Failure::NotSent(format!("this program was built without the driver {driver:?}"))
}

/// Connects within the time-out.
async fn connected<T, E>(
    timeout: Duration,
    of: impl Future<Output = Result<T, E>>,
    failure: impl Fn(E) -> Failure,
) -> Result<T, Failure> {
    match tokio::time::timeout(timeout, of).await {
        Ok(outcome) => outcome.map_err(failure),
        Err(_) => Err(Failure::NotSent("no answer in time".to_owned())),
    }
}

/// Asks within the time-out; what is late may still happen.
async fn answered(
    timeout: Duration,
    of: impl Future<Output = Result<Found, Failure>>,
) -> Result<Found, Failure> {
    match tokio::time::timeout(timeout, of).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::Unknown("no answer in time".to_owned())),
    }
}

/// Why a connection could not be made.
fn unconnected(error: sqlx::Error) -> Failure {
    match &error {
        sqlx::Error::Database(refused)
            if refused.code().is_some_and(|code| code.starts_with("28")) =>
        {
            Failure::Unauthorised(refused.message().to_owned())
        }
        _ => Failure::NotSent(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        for (state, number, class) in [
            ("23505", 0, Class::Duplicate),
            ("23000", 1062, Class::Duplicate),
            ("23000", 1452, Class::Final),
            ("23503", 0, Class::Final),
            ("45000", 1644, Class::Final),
            ("42501", 0, Class::Unauthorised),
            ("42000", 1142, Class::Unauthorised),
            ("28P01", 0, Class::Unauthorised),
            ("40P01", 0, Class::Transient),
            ("HY000", 1205, Class::Transient),
            ("25006", 1792, Class::Final),
            ("XX000", 0, Class::Unknown),
            ("HY000", 0, Class::Unknown),
        ] {
            let failure =
                Failure::Refused { state: state.to_owned(), number, message: String::new() };
            assert_eq!(failure.class(), class, "{state} {number}");
        }
    }
}
