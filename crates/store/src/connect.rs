//! Connections of the app role, and what that role may not be.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection};

use crate::{Error, Store, migrate};

/// Nobody waits longer for a connection: an honest 503 is better than a queue.
const ACQUIRE: Duration = Duration::from_secs(2);
/// A connection that rested for longer is tried before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Migrations of two processes that start at once run one after the other.
const MIGRATION_LOCK: i64 = 0x4d69_6c6c_7772;

/// The role the program works as.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// It is a superuser, bypasses row security, or owns our tables: the database could not protect
    /// the audit log from it.
    pub powerful: bool,
}

impl Store {
    /// Opens at most `connections` connections to `url`, one of them at once.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("millwright")
            .options([("statement_timeout", "60s")]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .min_connections(connections.min(4))
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(
                    async move { Ok(meta.idle_for < TRUSTED_FOR || conn.ping().await.is_ok()) },
                )
            })
            .connect_with(options)
            .await?;
        Ok(Self::new(pool))
    }

    /// Closes all connections, waiting for those in use.
    pub async fn close(&self) {
        self.pool().close().await;
    }
}

/// Who the program is to the database behind `url`.
///
/// # Errors
/// When the database does not answer.
pub async fn role(url: &str) -> Result<Role, Error> {
    let mut conn = PgConnection::connect(url).await?;
    let (name, powerful) = sqlx::query_as(
        "SELECT current_user::text, r.rolsuper OR r.rolbypassrls OR EXISTS (
             SELECT 1 FROM pg_class c
             WHERE c.oid = to_regclass('audit_event') AND pg_has_role(c.relowner, 'USAGE'))
         FROM pg_roles r WHERE r.rolname = current_user",
    )
    .fetch_one(&mut conn)
    .await?;
    conn.close().await?;
    Ok(Role { name, powerful })
}

/// Runs the migrations as the owner, one process at a time, and gives the app role its rights.
///
/// # Errors
/// As [`migrate::run`].
pub async fn prepare(owner_url: &str, app_role: &str) -> Result<(), Error> {
    let mut guard = PgConnection::connect(owner_url).await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATION_LOCK).execute(&mut guard).await?;
    let result = migrate::run(owner_url, app_role).await;
    guard.close().await?;
    result
}

/// Refuses a database without all migrations of this program, when nobody may run them.
///
/// # Errors
/// [`Error::NotMigrated`], or what the database said.
pub async fn require_migrated(url: &str) -> Result<(), Error> {
    let mut conn = PgConnection::connect(url).await?;
    let there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut conn)
        .await?;
    let newest: Option<i64> = if there {
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut conn).await?
    } else {
        None
    };
    conn.close().await?;
    let (newest, known) = (newest.unwrap_or(0), migrate::newest());
    match newest.cmp(&known) {
        std::cmp::Ordering::Less => Err(Error::NotMigrated),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(Error::NewerDatabase(newest)),
    }
}
