//! Trend graphs follow their record, each once.

use std::time::Duration;

use serde_json::json;

use crate::world::{World, rule, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_follow_the_record_once_each_whatever_the_first_call_says() {
    let (world, all) = World::new(&["maximo"], 1).await;
    let cmms = &all[0];
    let order = world.order(cmms, 1).await[0];
    for name in ["Trend vib_rms.svg", "Notes.txt"] {
        sqlx::query(
            "INSERT INTO attachment (work_order_id, site_id, name, content_type, content)
             VALUES ($1, $2, $3, 'image/svg+xml', '<svg/>')",
        )
        .bind(order.0)
        .bind(cmms.site.0)
        .bind(name)
        .execute(world.services.store.pool())
        .await
        .unwrap();
    }
    cmms.script(&[rule("write", 1, 1, json!({"too_many": 1}))]).await;
    let worker = world.deliver(&all);
    until("both are sent", Duration::from_secs(60), || async {
        world.number("SELECT count(*) FROM attachment_delivery WHERE state = 'sent'").await == 2
    })
    .await;
    worker.stop().await;
    let ledger = cmms.ledger().await;
    let entry = ledger.iter().find(|one| !one.reference.is_empty()).unwrap();
    assert_eq!(entry.files.len(), 2, "{entry:?}");
}
