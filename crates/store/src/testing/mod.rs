//! A migrated database per test, on a throwaway cluster that the tests of this machine share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::embedded::{APP_ROLE, OWNER_ROLE, SUPERUSER, Throwaway};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");
static COUNT: AtomicU32 = AtomicU32::new(0);
/// Databases of dead test processes that each new test clears away.
const REAP: usize = 3;
const MEMORY_MIN: u64 = 2 * 1024 * 1024 * 1024;

/// A database of one test. It is removed by a later test, once this process has ended.
#[derive(Debug)]
pub struct TestDb {
    /// The address for the app role.
    pub url: String,
    /// The address for the owner role.
    pub owner_url: String,
    /// The address for the superuser, for breaking things by hand.
    pub superuser_url: String,
}

/// Makes a migrated database: a copy of a template that is made once for each set of migrations.
///
/// # Panics
/// When there is no Postgres on this machine or the migrations fail: no test can run then.
pub async fn database() -> TestDb {
    let path = place();
    let cluster = Throwaway::share(&path).await.expect("a Postgres cluster for tests");
    let mut admin = PgConnection::connect(&cluster.url(SUPERUSER, "postgres"))
        .await
        .expect("a connection to the cluster for tests");
    let template = template(&cluster, &mut admin).await;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER_ROLE}")).await;
    reap(&mut admin).await;
    admin.close().await.expect("the connection closes");
    TestDb {
        url: cluster.url(APP_ROLE, &name),
        owner_url: cluster.url(OWNER_ROLE, &name),
        superuser_url: cluster.url(SUPERUSER, &name),
    }
}

/// In memory where there is room, because making a database writes hundreds of files.
fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory)
        .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) > MEMORY_MIN);
    let base = if room { memory.to_path_buf() } else { std::env::temp_dir() };
    base.join(format!("millwright-test-{}", rustix::process::geteuid().as_raw()))
}

async fn template(cluster: &Throwaway, admin: &mut PgConnection) -> String {
    let name = template_name();
    if exists(admin, &name).await {
        return name;
    }
    let _lock = Throwaway::alone(&cluster.root().join("template.lock")).await.expect("a lock");
    if exists(admin, &name).await {
        return name;
    }
    let unfinished = format!("{name}_new");
    run(admin, format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
    run(admin, format!("CREATE DATABASE {unfinished} OWNER {OWNER_ROLE}")).await;
    crate::migrate::run(&cluster.url(OWNER_ROLE, &unfinished), APP_ROLE)
        .await
        .expect("the migrations run on an empty database");
    run(admin, format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    name
}

/// One template for each content of the migrations folder.
fn template_name() -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for migration in MIGRATIONS.iter() {
        hash.update(&*migration.checksum);
    }
    format!("template_{}", hex::encode(&hash.finalize()[..8]))
}

async fn exists(admin: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(admin)
        .await
        .expect("the list of databases")
}

async fn reap(admin: &mut PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%'")
            .fetch_all(&mut *admin)
            .await
            .expect("the list of databases");
    let dead = names.into_iter().filter(|name| {
        let pid = name.split('_').nth(1).unwrap_or_default();
        !std::path::Path::new("/proc").join(pid).exists()
    });
    for name in dead.take(REAP) {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let _ = sqlx::query(AssertSqlSafe(drop)).execute(&mut *admin).await;
    }
}

async fn run(admin: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement))
        .execute(admin)
        .await
        .expect("a statement on the cluster for tests");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_test_gets_a_database_of_its_own() {
        let (one, other) = (database().await, database().await);
        assert_ne!(one.url, other.url);
        let mut owner = PgConnection::connect(&one.owner_url).await.expect("owner connects");
        run(&mut owner, "CREATE TABLE here_only (id int)".to_owned()).await;
        let mut app = PgConnection::connect(&other.url).await.expect("app connects");
        let seen: bool = sqlx::query_scalar("SELECT to_regclass('here_only') IS NOT NULL")
            .fetch_one(&mut app)
            .await
            .expect("an answer");
        assert!(!seen);
    }

    #[tokio::test]
    async fn the_app_role_owns_nothing_and_is_no_superuser() {
        let db = database().await;
        let mut app = PgConnection::connect(&db.url).await.expect("app connects");
        let (superuser, owned): (bool, i64) = sqlx::query_as(
            "SELECT rolsuper, (SELECT count(*) FROM pg_class WHERE relowner = r.oid) \
             FROM pg_roles r WHERE rolname = current_user",
        )
        .fetch_one(&mut app)
        .await
        .expect("an answer");
        assert!(!superuser);
        assert_eq!(owned, 0);
    }
}
