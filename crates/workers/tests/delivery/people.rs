//! Work orders people raise, and deliveries they decide about.

use domain::alert::Origin;
use domain::ids::SiteId;
use domain::permission::Role;
use domain::views::work_orders::WorkOrderFilter;
use domain::work_order::{DeliveryState, WorkOrderStatus};
use services::work_orders::{Raise, Raised, attachment, detail, get, list, page, raise, skip};
use services::{Caller, Error};
use store::Scope;

use crate::plant::Plant;

fn wanted(change: serde_json::Value) -> Raise {
    let mut body = serde_json::json!({
        "asset": " m1 ", "failure_mode": "tool_wear", "priority": 3, "title": "Change the tool",
    });
    body.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    serde_json::from_value(body).unwrap()
}

async fn raised(
    plant: &Plant,
    caller: &Caller,
    wanted: Raise,
    key: Option<&str>,
) -> Result<Raised, Error> {
    let mut tx = plant.services.store.begin(&Scope::All, caller.actor).await.unwrap();
    let raised = raise(&mut tx, caller, wanted, key).await?;
    tx.commit().await.unwrap();
    Ok(raised)
}

#[tokio::test]
async fn a_person_raises_one_with_trend_graph_and_notes() {
    let plant = Plant::new(1).await;
    plant
        .run(
            "WITH s AS (INSERT INTO source (name) VALUES ('plant') RETURNING id), audited AS (
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 SELECT 'system', 'source.create', 'source', id FROM s), p AS (
                 INSERT INTO sensor_point (source_id, path, unit)
                 SELECT id, 'M1/spindle/load', '%' FROM s RETURNING id)
             INSERT INTO telemetry (point_id, at, value)
             SELECT id, now() - n * interval '1 hour', 40 + n FROM p, generate_series(1, 48) n",
        )
        .await;
    let supervisor = plant.person(Role::Supervisor).await;
    let order = wanted(serde_json::json!({
        "notes": "Chatter since the morning", "evidence": [{ "point": "M1/spindle/load" }],
    }));
    let new = raised(&plant, &supervisor, order.clone(), Some("k-1")).await.unwrap();
    assert!(new.created);
    let mut tx = plant.services.store.begin_system().await.unwrap();
    let seen = detail(&mut tx, &supervisor, new.id).await.unwrap();
    assert_eq!(seen.failure_code.as_deref(), Some("TWL-04"));
    assert_eq!((seen.row.priority.get(), seen.requested_by.as_str()), (3, "Dana supervisor"));
    let names: Vec<&str> = seen.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["Trend M1 spindle load.svg", "Notes.txt"]);
    let (_, kind, content) = attachment(&mut tx, new.id, seen.attachments[0].id).await.unwrap();
    let svg = String::from_utf8(content).unwrap();
    assert!(kind == "image/svg+xml" && svg.contains("var(--chart-1"), "{svg}");
    drop(tx);
    let again = raised(&plant, &supervisor, order, Some("k-2")).await.unwrap();
    assert_eq!((again.id, again.created), (new.id, false));
    assert_eq!(plant.text("SELECT origin || ' ' || state FROM alert").await, "person work_order");
}

#[tokio::test]
async fn raising_answers_the_open_question_of_a_review() {
    let plant = Plant::new(1).await;
    plant.alerts().await;
    plant
        .run(
            "WITH a AS (UPDATE alert SET state = 'waiting_review' RETURNING id, site_id), r AS (
                 INSERT INTO review (alert_id, site_id, status, due)
                 SELECT id, site_id, 'pending', now() FROM a RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'test', 'alert', id FROM a
             UNION ALL SELECT 'system', 'test', 'review', id FROM r",
        )
        .await;
    let supervisor = plant.person(Role::Supervisor).await;
    let order = wanted(serde_json::json!({ "failure_mode": "spindle_bearing_fault" }));
    assert!(raised(&plant, &supervisor, order, None).await.unwrap().created);
    assert_eq!(plant.text("SELECT status FROM review").await, "superseded");
    assert_eq!(plant.number("SELECT count(*) FROM alert").await, 1);
}

#[tokio::test]
async fn every_problem_of_a_request_is_listed_and_rights_are_asked() {
    let plant = Plant::new(1).await;
    let supervisor = plant.person(Role::Supervisor).await;
    let bad = wanted(serde_json::json!({ "asset": "M9", "failure_mode": "ghosts", "title": " " }));
    let Err(Error::Invalid(problems)) = raised(&plant, &supervisor, bad, None).await else {
        panic!("accepted");
    };
    let paths: Vec<&str> = problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["failure_mode", "title", "asset"]);
    let operator = plant.person(Role::Operator).await;
    let refused = raised(&plant, &operator, wanted(serde_json::json!({})), None).await;
    assert!(matches!(refused, Err(Error::Denied)));
}

#[tokio::test]
async fn a_delivery_that_gave_up_can_be_given_up_by_a_planner_only() {
    let plant = Plant::new(1).await;
    let id = plant.order().await;
    let act = async |role| {
        let caller = plant.person(role).await;
        let mut tx = plant.services.store.begin(&Scope::All, caller.actor).await.unwrap();
        skip(&mut tx, &caller, id).await?;
        tx.commit().await.unwrap();
        Ok::<(), Error>(())
    };
    let running = act(Role::Planner).await;
    assert!(matches!(running, Err(Error::Conflict { code: "not_stopped", .. })));
    plant
        .run(
            "WITH w AS (UPDATE work_order SET delivery_state = 'dead' RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'test', 'work_order', id FROM w",
        )
        .await;
    assert!(matches!(act(Role::Technician).await, Err(Error::Denied)));
    act(Role::Planner).await.unwrap();
    let state = "SELECT w.status || ' ' || w.delivery_state || ' ' || a.outcome
                 FROM work_order w JOIN alert a ON a.id = w.alert_id";
    let expected = format!("cancelled {} deferred", DeliveryState::Dead);
    assert_eq!(plant.text(state).await, expected);
}

#[tokio::test]
async fn lists_filter_page_and_keep_to_the_sites_of_the_reader() {
    let plant = Plant::new(5).await;
    let alerts = plant.alerts().await;
    plant.intend(&alerts).await;
    let mut tx = plant.services.store.begin_system().await.unwrap();
    let drafts = WorkOrderFilter {
        status: vec![WorkOrderStatus::Draft],
        origin: vec![Origin::Rule],
        delivery: vec![DeliveryState::Queued],
        q: "bearing".to_owned(),
        ..WorkOrderFilter::default()
    };
    let first = list(&mut tx, &drafts, 2).await.unwrap();
    assert_eq!((first.items.len(), first.total), (2, 5));
    let after = first.next.as_ref().map(|id| id.parse().unwrap());
    let rest = page(&mut tx, &WorkOrderFilter { after, ..drafts.clone() }, 50).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (3, None));
    assert!(rest.items.iter().all(|order| order.timeline[0].what == "queued"));
    let of_one = WorkOrderFilter { alert: Some(alerts[0]), ..WorkOrderFilter::default() };
    assert_eq!(list(&mut tx, &of_one, 50).await.unwrap().total, 1);
    let wildcard = WorkOrderFilter { q: "%".to_owned(), ..WorkOrderFilter::default() };
    assert_eq!(list(&mut tx, &wildcard, 50).await.unwrap().total, 0);
    drop(tx);
    let elsewhere = Scope::Sites(vec![SiteId(0)]);
    let mut tx = plant.services.store.begin(&elsewhere, store::Actor::System).await.unwrap();
    assert_eq!(list(&mut tx, &WorkOrderFilter::default(), 50).await.unwrap().total, 0);
    assert!(matches!(get(&mut tx, first.items[0].id).await, Err(Error::NotFound)));
}
