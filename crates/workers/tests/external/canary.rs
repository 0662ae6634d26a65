//! A canary in every secret field is in no table, log, view or export, whatever goes wrong (S11).

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::permission::Role;
use domain::views::audit::AuditAsk;
use domain::views::work_orders::WorkOrderFilter;
use secrecy::SecretString;
use serde_json::json;
use services::connections::{self, set_secret};
use services::work_orders::{self, WorkOrderSheet};
use services::{Caller, Grant};
use sqlx::{Connection, PgConnection, Row};
use store::{Actor, Scope};
use tracing_subscriber::fmt::MakeWriter;

use crate::world::{Cmms, World, rule, until};

const CANARY: &str = "canary-5e1f9b2c77";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_anybody_can_read_holds_a_secret_whatever_the_cmms_echoes() {
    let log = Log::default();
    let all_of_it = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    all_of_it.with_ansi(false).with_writer(log.clone()).init();
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
    let log = log.text();
    assert!(log.contains("DEBUG") && leaking(&log).is_empty(), "{:?}", leaking(&log));
    let shown = shown(&world, cmms).await;
    assert!(shown.len() > 8 && shown.iter().all(|text| text.len() > 2));
    for text in shown {
        assert!(leaking(&text).is_empty(), "{text}");
    }
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What pages, API and exports of the connection and its work orders are made of.
async fn shown(world: &World, cmms: &Cmms) -> Vec<String> {
    let admin = administrator(world).await;
    let mut tx = world.services.store.begin(&Scope::All, admin.actor).await.unwrap();
    let id = cmms.connection;
    let mut shown = vec![
        format!("{:?}", connections::list(&mut tx, &admin).await.unwrap()),
        format!("{:?}", connections::show(&mut tx, &admin, id).await.unwrap()),
        format!("{:?}", connections::calls(&mut tx, &admin, id, true, None).await.unwrap()),
        format!("{:?}", connections::stopped(&mut tx, &admin, id).await.unwrap()),
    ];
    let asked = AuditAsk { zone: "UTC".to_owned(), ..AuditAsk::default() };
    let audit = services::audit::page(&mut tx, &admin, &asked).await.unwrap();
    shown.push(format!("{audit:?}"));
    let orders: Vec<i64> = sqlx::query_scalar("SELECT id FROM work_order ORDER BY id")
        .fetch_all(world.services.store.pool())
        .await
        .unwrap();
    for order in orders {
        let order = domain::ids::WorkOrderId(order);
        let detail = work_orders::detail(&mut tx, &admin, order).await.unwrap();
        shown.push(serde_json::to_string(&detail).unwrap());
        let api = work_orders::get(&mut tx, order).await.unwrap();
        shown.push(serde_json::to_string(&api).unwrap());
    }
    let mut sheet = WorkOrderSheet::new(WorkOrderFilter::default());
    let part = services::export::begin(&mut tx, &admin, &mut sheet, "").await.unwrap();
    shown.push(format!("{part:?}"));
    shown
}

async fn administrator(world: &World) -> Caller {
    let id: i64 = sqlx::query_scalar(
        "WITH u AS (INSERT INTO app_user (email, email_key, name, status)
                    VALUES ('a@example.com', 'a@example.com', 'Ada', 'active') RETURNING id),
              audited AS (INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                          SELECT 'system', 'user.create', 'app_user', id FROM u)
         SELECT id FROM u",
    )
    .fetch_one(world.services.store.pool())
    .await
    .unwrap();
    let grants = Role::Admin.permissions().iter();
    Caller {
        actor: Actor::User(domain::ids::UserId(id)),
        name: "Ada".to_owned(),
        source: None,
        grants: grants.map(|&permission| Grant { permission, scope: Scope::All }).collect(),
    }
}

/// Audit rows for whatever this test changes by hand.
async fn audited(world: &World) -> Vec<store::AuditEntry> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT generate_series(1, 50)::bigint")
        .fetch_all(world.services.store.pool())
        .await
        .unwrap();
    ids.into_iter().map(|id| store::AuditEntry::new("test.change", "secret", id)).collect()
}

/// Lines of a text where the canary shows in any of its forms.
fn leaking(text: &str) -> Vec<&str> {
    use base64::Engine;
    let forms =
        [CANARY.to_owned(), base64::engine::general_purpose::STANDARD.encode(CANARY), hex(CANARY)];
    text.lines().filter(|line| forms.iter().any(|form| line.contains(form))).collect()
}

/// Every row of every table as text, where the canary shows.
async fn leaks(url: &str) -> Vec<String> {
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
            if !leaking(&text).is_empty() {
                leaks.push(format!("{table}: {text}"));
            }
        }
    }
    leaks
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
