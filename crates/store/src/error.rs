//! What can go wrong between us and the database.

use sqlx::migrate::MigrateError;

/// A failed query, in the words the layers above act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A named constraint refused the row.
    #[error("constraint {0} refused the row")]
    Constraint(String, #[source] sqlx::Error),
    /// The database cannot be reached, is starting, or is out of connections: try again later.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A row is there but makes no sense to this program.
    #[error("row of {table} is corrupt: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// Anything else.
    #[error("query failed")]
    Query(#[source] sqlx::Error),
    /// Migrations could not be applied.
    #[error("migration failed")]
    Migrate(#[source] MigrateError),
    /// Migrations are missing and nobody who may run them is known.
    #[error(
        "the database lacks migrations of this program: give database.owner_url, or run `millwright migrate` with it"
    )]
    NotMigrated,
    /// The database was migrated by a newer program.
    #[error(
        "the database is newer than this program (migration {0}); use the newer program, or restore a backup"
    )]
    NewerDatabase(i64),
}

impl Error {
    /// The constraint that refused the row, if one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint(name, _) => Some(name),
            _ => None,
        }
    }

    /// Whether the same work would do in a new transaction: deadlock or serialization failure.
    pub fn is_contention(&self) -> bool {
        let (Self::Query(error) | Self::Constraint(_, error)) = self else { return false };
        let code = error.as_database_error().and_then(|e| e.code());
        matches!(code.as_deref(), Some("40001" | "40P01"))
    }

    /// A row that makes no sense.
    pub fn corrupt(table: &'static str, what: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, what: what.to_string() }
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)
                if is_unavailable(&cause) =>
            {
                Self::Unavailable(cause)
            }
            other => Self::Migrate(other),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) {
            return Self::Unavailable(error);
        }
        match error.as_database_error().and_then(|db| db.constraint()).map(str::to_owned) {
            Some(name) => Self::Constraint(name, error),
            None => Self::Query(error),
        }
    }
}

/// Whether the database cannot be reached, is starting or stopping, or is out of resources.
fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        // 08 connection, 53 resources, 57 operator intervention (shutdown, starting up)
        sqlx::Error::Database(db) => {
            db.code().is_some_and(|code| ["08", "53", "57"].contains(&&code[..2]))
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        _ => false,
    }
}
