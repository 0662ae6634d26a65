//! The built-in book: from intent to verdict.

use std::time::Instant;

use domain::permission::Role;
use domain::work_order::{Closure, WorkOrderStatus};
use services::work_orders::{Transition, detail, get, transition};
use services::{Caller, Error};
use store::Scope;

use crate::plant::Plant;
use domain::ids::WorkOrderId;

const UNFINISHED: &str = "SELECT count(*) FROM work_order WHERE delivery_state <> 'created'";

async fn step(
    plant: &Plant,
    caller: &Caller,
    id: WorkOrderId,
    to: &str,
    change: serde_json::Value,
) -> Result<(), Error> {
    let mut tx = plant.services.store.begin(&Scope::All, caller.actor).await.unwrap();
    let version: i64 =
        plant.number("SELECT version::bigint FROM work_order ORDER BY id LIMIT 1").await;
    let mut body = serde_json::json!({ "to": to, "version": version });
    body.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap_or_default());
    let wanted: Transition = serde_json::from_value(body).unwrap();
    transition(&mut tx, caller, id, wanted).await?;
    tx.commit().await.unwrap();
    Ok(())
}

fn closure() -> serde_json::Value {
    serde_json::json!({ "closure": {
        "actual_failure_mode": "spindle_bearing_outer_race", "action": "replaced SBC-1050",
        "labour_hours": 6.5, "cost": 4200.0, "currency": "usd",
        "parts": [{ "part": "SBC-1050", "quantity": 1.0 }],
    }})
}

fn code(result: Result<(), Error>) -> String {
    match result.unwrap_err() {
        Error::Conflict { code, .. } => code.to_owned(),
        Error::Denied => "denied".to_owned(),
        Error::Invalid(fields) => fields[0].path.clone(),
        other => panic!("{other:?}"),
    }
}

async fn created(plant: &Plant) -> WorkOrderId {
    let id = plant.order().await;
    let worker = plant.deliver_to_book().await;
    plant.until_none(UNFINISHED).await;
    worker.stop().await;
    id
}

#[tokio::test]
async fn a_work_order_goes_through_the_book_to_its_verdict() {
    let plant = Plant::new(1).await;
    let id = created(&plant).await;
    let planner = plant.person(Role::Planner).await;
    let technician = plant.person(Role::Technician).await;
    let none = serde_json::json!({});
    assert_eq!(code(step(&plant, &technician, id, "approved", none.clone()).await), "denied");
    step(&plant, &planner, id, "approved", none.clone()).await.unwrap();
    assert_eq!(code(step(&plant, &planner, id, "assigned", none.clone()).await), "assigned_to");
    let to = serde_json::json!({ "assigned_to": "P. Raman" });
    step(&plant, &planner, id, "assigned", to).await.unwrap();
    assert_eq!(
        code(step(&plant, &technician, id, "closed", closure()).await),
        "illegal_transition"
    );
    step(&plant, &technician, id, "in_progress", none.clone()).await.unwrap();
    assert_eq!(code(step(&plant, &technician, id, "closed", none.clone()).await), "closure");
    step(&plant, &technician, id, "closed", closure()).await.unwrap();

    let mut tx = plant.services.store.begin_system().await.unwrap();
    let order = get(&mut tx, id).await.unwrap();
    assert_eq!(order.title, "Spindle bearing fault, M1: replace rear bearing set");
    assert_eq!(order.status, WorkOrderStatus::Closed);
    assert_eq!(order.assigned_to.as_deref(), Some("P. Raman"));
    let number = order.cmms_number.clone().unwrap();
    assert!(number.starts_with("WO-1000"), "{number}");
    let kept: Closure = order.closure.clone().unwrap();
    assert_eq!((kept.labour_hours, kept.currency.as_deref()), (Some(6.5), Some("USD")));
    let told: Vec<&str> = order.timeline.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(
        told,
        ["queued", "sent", "created", "approved", "assigned", "started", "closed", "verdict"]
    );
    assert_eq!(order.timeline[6].actor, "Dana technician");
    assert_eq!(order.timeline[6].detail, "Closed: replaced SBC-1050, 6.5 h");
    assert_eq!(order.timeline[7].detail, "Prediction confirmed, failure prevented");
    let detail = detail(&mut tx, &technician, id).await.unwrap();
    assert_eq!((detail.outcome.as_deref(), detail.prevented), (Some("confirmed"), true));
    assert_eq!(detail.allowed.to, [WorkOrderStatus::InProgress]);
    drop(tx);

    step(&plant, &technician, id, "in_progress", none).await.unwrap();
    assert_eq!(plant.text("SELECT state || coalesce(outcome, '') FROM alert").await, "work_order");
}

#[tokio::test]
async fn a_stale_version_and_a_foreign_cmms_are_refused() {
    let plant = Plant::new(1).await;
    let id = created(&plant).await;
    let planner = plant.person(Role::Planner).await;
    let stale = serde_json::json!({ "version": 99 });
    assert_eq!(code(step(&plant, &planner, id, "approved", stale).await), "stale_version");
    plant
        .run(
            "WITH k AS (UPDATE connection SET system = 'maximo' RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'connection.edit', 'connection', id FROM k",
        )
        .await;
    let none = serde_json::json!({});
    assert_eq!(code(step(&plant, &planner, id, "approved", none).await), "owned_by_cmms");
}

#[tokio::test]
async fn a_cancelled_work_order_defers_the_case() {
    let plant = Plant::new(1).await;
    let id = created(&plant).await;
    let planner = plant.person(Role::Planner).await;
    step(&plant, &planner, id, "cancelled", serde_json::json!({})).await.unwrap();
    assert_eq!(plant.text("SELECT state || ' ' || outcome FROM alert").await, "closed deferred");
}

#[tokio::test]
async fn a_closure_is_checked_field_by_field() {
    let plant = Plant::new(1).await;
    let id = created(&plant).await;
    let planner = plant.person(Role::Planner).await;
    for to in ["approved", "in_progress"] {
        step(&plant, &planner, id, to, serde_json::json!({})).await.unwrap();
    }
    let bad = serde_json::json!({ "closure": {
        "actual_failure_mode": "gremlins", "cost": 12.0, "labour_hours": -1.0,
        "failed_at": "2026-01-02T00:00:00Z", "restored_at": "2026-01-01T00:00:00Z",
    }});
    let Err(Error::Invalid(problems)) = step(&plant, &planner, id, "closed", bad).await else {
        panic!("accepted");
    };
    let mut paths: Vec<&str> = problems.iter().map(|p| p.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "closure.actual_failure_mode",
            "closure.currency",
            "closure.labour_hours",
            "closure.restored_at"
        ]
    );
}

/// Prints figures; run by hand: `cargo nextest run -p workers --run-ignored all figures`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn figures_of_the_book() {
    let plant = Plant::new(2_000).await;
    let alerts = plant.alerts().await;
    let worker = plant.deliver_to_book().await;
    let mut took = Vec::new();
    for alert in &alerts[..100] {
        let start = Instant::now();
        plant.intend(&[*alert]).await;
        plant.until_none(UNFINISHED).await;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    eprintln!("intent to created: p50 {:?}, p95 {:?}", took[50], took[95]);
    let start = Instant::now();
    for set in alerts[100..].chunks(50) {
        plant.intend(set).await;
    }
    let intended = start.elapsed();
    plant.until_none(UNFINISHED).await;
    eprintln!("1900 work orders: intended in {intended:?}, created in {:?}", start.elapsed());
    worker.stop().await;
}
