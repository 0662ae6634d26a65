//! Applies the migrations, as the owner, under a lock; then gives the app role its rights.

use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::Error;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Brings the database behind `owner_url` to this program's version. `app_role` may be the owner
/// itself; otherwise it gets data rights, and none to change the audit log.
///
/// # Errors
/// [`Error::NewerDatabase`] when a newer program was here; else what the database said.
pub async fn run(owner_url: &str, app_role: &str) -> Result<(), Error> {
    let mut conn = PgConnection::connect(owner_url).await?;
    refuse_newer(&mut conn).await?;
    MIGRATOR.run(&mut conn).await?;
    let owner: String = sqlx::query_scalar("SELECT current_user").fetch_one(&mut conn).await?;
    if owner != app_role {
        grant(&mut conn, app_role).await?;
    }
    conn.close().await?;
    Ok(())
}

/// The newest migration this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0)
}

async fn refuse_newer(conn: &mut PgConnection) -> Result<(), Error> {
    let known = newest();
    conn.ensure_migrations_table("_sqlx_migrations").await?;
    let newest: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(conn).await?;
    match newest {
        Some(version) if version > known => Err(Error::NewerDatabase(version)),
        _ => Ok(()),
    }
}

/// The rights of the app role. Functions of extensions are not ours to give; everybody has them.
async fn grant(conn: &mut PgConnection, app_role: &str) -> Result<(), Error> {
    let role = format!("\"{}\"", app_role.replace('"', "\"\""));
    let functions: Option<String> = sqlx::query_scalar(
        "SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')",
    )
    .fetch_one(&mut *conn)
    .await?;
    let functions = functions
        .map(|list| format!("GRANT EXECUTE ON FUNCTION {list} TO {role};"))
        .unwrap_or_default();
    let statements = format!(
        "GRANT USAGE ON SCHEMA public TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
         {functions}
         REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM {role};
         REVOKE INSERT, UPDATE, DELETE ON installation, _sqlx_migrations FROM {role}"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(conn).await?;
    Ok(())
}
