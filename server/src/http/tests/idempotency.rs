use std::collections::BTreeMap;

use axum::body::Body;
use domain::permission::KeyScope;
use http::{Request, StatusCode};

use super::world::{Answer, World};

const SITE: &str = r#"[{"tag":"RFD2","kind":"site","name":"Rockford"}]"#;
const OTHER: &str = r#"[{"tag":"RFD3","kind":"site","name":"Rockford 3"}]"#;

async fn import(world: &World, key: &str, once: &str, body: &'static str) -> Answer {
    let request = Request::post("/api/v1/assets/import")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .header("idempotency-key", once)
        .body(Body::from(body))
        .unwrap();
    world.send(request).await
}

#[tokio::test]
async fn a_write_repeated_in_parallel_happens_once_and_later_gives_the_same_answer() {
    let world = World::new().await;
    let key = world.key(&[KeyScope::Assets], None).await;
    let calls = (0..8).map(|_| import(&world, &key, "once", SITE));
    let mut statuses = BTreeMap::new();
    let mut first = None;
    for answer in futures::future::join_all(calls).await {
        *statuses.entry(answer.status.as_u16()).or_insert(0) += 1;
        match answer.status {
            StatusCode::OK => first = Some(answer.json()),
            _ => assert_eq!(answer.json()["code"], "idempotency_running", "{answer:?}"),
        }
    }
    let first = first.unwrap_or_else(|| panic!("nobody got through: {statuses:?}"));
    let again = import(&world, &key, "once", SITE).await;
    assert_eq!(again.json(), first);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let imports: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_event WHERE entity = 'asset' AND entity_id IN (SELECT id FROM asset)",
    )
    .fetch_one(world.state.services.store.pool())
    .await
    .unwrap();
    assert_eq!(imports, 1);
}

#[tokio::test]
async fn a_key_is_bound_to_its_content_and_its_caller() {
    let world = World::new().await;
    let key = world.key(&[KeyScope::Assets], None).await;
    assert_eq!(import(&world, &key, "once", SITE).await.status, StatusCode::OK);
    let mismatch = import(&world, &key, "once", OTHER).await;
    assert_eq!(mismatch.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(mismatch.json()["code"], "idempotency_mismatch");
    let admin = world.person("ada@plant.example", domain::permission::Role::Admin, None).await;
    let somebody = world.key(&[KeyScope::Assets], Some(admin)).await;
    let theirs = import(&world, &somebody, "once", OTHER).await;
    assert_eq!(theirs.status, StatusCode::OK);
    assert_eq!(theirs.header("idempotency-replayed"), "");
    let bad = import(&world, &key, &"x".repeat(256), SITE).await;
    assert_eq!(bad.json()["code"], "idempotency_key_invalid");
}
