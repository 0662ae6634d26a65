//! A canary in every secret field is in no table, whatever goes wrong (S11).

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use services::Caller;
use services::connections::set_secret;
use sqlx::{Connection, PgConnection, Row};

use crate::world::{World, rule, until};

const CANARY: &str = "canary-5e1f9b2c77";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_holds_a_secret_whatever_the_cmms_echoes() {
    let (world, all) = World::new(&["maximo"], 3).await;
    let cmms = &all[0];
    let vault = world.services.settings.vault.clone();
    let mut tx = world.services.store.begin_system().await.unwrap();
    for field in ["api_key", "webhook", "client_certificate"] {
        // The first secret of a field is in use at once, the next one waits: both are there.
        for _ in 0..2 {
            let value = SecretString::from(CANARY);
            set_secret(&mut tx, &vault, &Caller::system(), cmms.connection, field, &value, None)
                .await
                .unwrap();
        }
    }
    services::connections::promote(&mut tx, cmms.connection).await.unwrap();
    store::secrets::discard(&mut tx, cmms.connection, "client_certificate", "current")
        .await
        .unwrap();
    tx.audit(audited(&world).await).await.unwrap();
    tx.commit().await.unwrap();
    cmms.script(&[
        rule("any", 0, 1, json!("echo")),
        rule("any", 1, 1, json!("login_page")),
        rule("any", 2, 1, json!("error_after")),
        rule("any", 3, 100, json!("echo")),
    ])
    .await;
    world.order(cmms, 3).await;
    let worker = world.deliver(&all);
    until("calls were made", Duration::from_secs(30), || async {
        world.number("SELECT count(*) FROM api_transaction").await >= 3
    })
    .await;
    worker.stop().await;
    let leaks = leaks(&world.db.superuser_url).await;
    assert!(leaks.is_empty(), "{leaks:?}");
}

/// Audit rows for whatever this test changes by hand.
async fn audited(world: &World) -> Vec<store::AuditEntry> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT generate_series(1, 50)::bigint")
        .fetch_all(world.services.store.pool())
        .await
        .unwrap();
    ids.into_iter().map(|id| store::AuditEntry::new("test.change", "secret", id)).collect()
}

/// Every row of every table as text, where the canary shows in any of its forms.
async fn leaks(url: &str) -> Vec<String> {
    use base64::Engine;
    let forms =
        [CANARY.to_owned(), base64::engine::general_purpose::STANDARD.encode(CANARY), hex(CANARY)];
    let mut conn = PgConnection::connect(url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(tables.len() > 30);
    let mut leaks = Vec::new();
    for table in tables {
        let query = format!("SELECT t::text FROM \"{table}\" t");
        for row in sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(&mut conn).await.unwrap() {
            let text: String = row.get(0);
            if forms.iter().any(|form| text.contains(form)) {
                leaks.push(format!("{table}: {text}"));
            }
        }
    }
    leaks
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
