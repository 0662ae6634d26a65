//! Mappings: tried with real alerts, refused while they do not fit, fixed in queued work orders.

#![allow(missing_docs, clippy::unwrap_used)]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "alerts/plant.rs"]
mod plant;

use domain::alert::{Origin, Priority};
use domain::ids::{AlertId, ConnectionId, WorkOrderId};
use domain::views::mapping::{FieldSource, FieldState, FieldView, MappingView};
use plant::Plant;
use serde_json::Value;
use services::connections::mapping::{accept_suggestions, publish, set_field, set_value, show};
use services::connections::render_shadow;
use services::work_orders::{Amendment, Intent, amend, intend, retry};
use services::{Caller, Error};
use sqlx::PgPool;
use store::Actor;
use store::connections::mapping::{CodeRow, take_codes};

struct Desk {
    plant: Plant,
    superuser: PgPool,
    connection: ConnectionId,
}

impl Desk {
    /// Two machines whose site's work orders go to a Maximo; the first is paired.
    async fn new() -> Self {
        let plant = Plant::new(2, "critical").await;
        let superuser = PgPool::connect(&plant.superuser_url).await.unwrap();
        let mut tx = superuser.begin().await.unwrap();
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut *tx)
            .await
            .unwrap();
        let connection: i64 = sqlx::query_scalar(
            "INSERT INTO connection (slug, name, system, state, base_url)
             VALUES ('maximo', 'Maximo', 'maximo', 'live', 'http://127.0.0.1:1') RETURNING id",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        for statement in [
            "INSERT INTO connection_site SELECT $1, id FROM site",
            "UPDATE site SET connection_id = $1",
            "INSERT INTO cmms_asset (connection_id, cmms_id, tag, name, retired, sync_id)
             VALUES ($1, 'EQ-1', 'EQ-1', 'Mill 1', false, 1)",
            "INSERT INTO asset_sync (connection_id, kind, state, asked_kind, started_at, updated_at)
             VALUES ($1, 'full', 'done', 'system', now(), now())",
            "INSERT INTO asset_plan (connection_id, sync_id, made_at, records, linked, equal)
             SELECT $1, id, now(), 1, 1, 1 FROM asset_sync",
            "INSERT INTO asset_link (connection_id, cmms_id, asset_id, method, score, linked_kind, linked_at)
             SELECT $1, 'EQ-1', id, 'hand', 100, 'system', now() FROM asset WHERE tag = 'M1'",
        ] {
            sqlx::query(statement).bind(connection).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = plant.tx().await;
        services::rules::ensure_defaults(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        Self { plant, superuser, connection: ConnectionId(connection) }
    }

    async fn field(&self, field: &str, source: &str, cut: bool) -> Result<(), Error> {
        let mut tx = self.plant.tx().await;
        let source = FieldSource { source: source.to_owned(), cut };
        set_field(&mut tx, &Caller::system(), "maximo", field, source).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    async fn value(&self, map: &str, ours: &str, theirs: &str) {
        let mut tx = self.plant.tx().await;
        set_value(&mut tx, &Caller::system(), "maximo", map, ours, theirs).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn publish(&self) -> Result<i32, Error> {
        let mut tx = self.plant.tx().await;
        let version = publish(&mut tx, &Caller::system(), "maximo", "first").await?;
        tx.commit().await.unwrap();
        Ok(version)
    }

    async fn show(&self) -> MappingView {
        let mut tx = self.plant.tx().await;
        show(&mut tx, &Caller::system(), "maximo", None).await.unwrap()
    }

    /// Statements that need no audit.
    async fn owner(&self, statements: &[&'static str]) {
        let mut tx = self.superuser.begin().await.unwrap();
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut *tx)
            .await
            .unwrap();
        for statement in statements {
            sqlx::query(*statement).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn intend(&self, alert: AlertId) -> WorkOrderId {
        let mut intent = Intent::new(alert, Origin::Rule, Actor::System, Priority::HIGH);
        intent.recommended_action = Some("replace the tool".to_owned());
        let mut tx = self.plant.tx().await;
        let made = intend(&mut tx, vec![intent]).await.unwrap();
        tx.commit().await.unwrap();
        made[0].work_order_id
    }

    /// What shadow would have sent: body, mapping, and why it could not have been sent.
    async fn in_shadow(&self) -> Vec<(Value, i32, Option<String>)> {
        let mut tx = self.plant.tx().await;
        render_shadow(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        sqlx::query_as("SELECT request, mapping_version, problem FROM shadow_order ORDER BY id")
            .fetch_all(&self.superuser)
            .await
            .unwrap()
    }

    async fn requests(&self) -> Vec<(Value, i32, Option<String>)> {
        sqlx::query_as("SELECT request, mapping_version, failure_code FROM work_order ORDER BY id")
            .fetch_all(&self.superuser)
            .await
            .unwrap()
    }
}

fn of<'a>(view: &'a MappingView, name: &str) -> &'a FieldView {
    view.fields.iter().find(|field| field.name == name).unwrap()
}

#[tokio::test]
async fn each_field_shows_what_a_real_alert_gives_and_whether_it_fits() {
    let desk = Desk::new().await;
    desk.plant.send("e1", "M1", 0.9, 200.0).await;
    let view = desk.show().await;
    assert_eq!(view.fields[0].name, "title", "what is required comes first");
    let title = of(&view, "title");
    assert_eq!((title.state, title.live.as_deref()), (FieldState::Fits, Some("Tool wear, M1")));
    assert_eq!(of(&view, "asset").live.as_deref(), Some("EQ-1"));
    assert_eq!(of(&view, "failure_code").state, FieldState::Empty);
    let codes = view.maps.iter().find(|map| map.name == "failure_code").unwrap();
    assert_eq!((codes.unmapped, codes.rows[0].uses), (1, 1));
    assert!(view.rendered.unwrap().contains("EQ-1"));
    assert!(view.blocking.is_empty() && view.draft.is_none() && view.live == 0);
}

#[tokio::test]
async fn publishing_is_refused_while_a_required_field_is_empty() {
    let desk = Desk::new().await;
    let nothing = desk.publish().await.unwrap_err();
    assert!(matches!(nothing, Error::Conflict { code: "nothing_drafted", .. }), "{nothing:?}");
    desk.field("title", "", false).await.unwrap();
    let refused = desk.publish().await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { code: "mapping_incomplete", .. }), "{refused:?}");
    desk.plant.send("e1", "M1", 0.9, 200.0).await;
    desk.field("title", "${prediction.description}", false).await.unwrap();
    assert_eq!(of(&desk.show().await, "title").state, FieldState::Missing);
    assert!(desk.publish().await.is_err());
    desk.field("title", "${asset.name}: ${alert.failure_mode}", false).await.unwrap();
    assert_eq!(desk.publish().await.unwrap(), 1);
    assert_eq!(desk.show().await.live, 1);
}

#[tokio::test]
async fn what_is_too_long_or_of_another_type_is_refused_and_a_cut_shows() {
    let desk = Desk::new().await;
    desk.plant.send("e1", "M1", 0.9, 200.0).await;
    let long = "x".repeat(120);
    desk.field("title", &long, false).await.unwrap();
    let title = of(&desk.show().await, "title").clone();
    assert_eq!((title.state, title.letters), (FieldState::TooLong, 120));
    assert!(desk.publish().await.is_err());
    desk.field("title", &long, true).await.unwrap();
    let title = of(&desk.show().await, "title").clone();
    assert_eq!((title.state, title.letters), (FieldState::Cut, 120));
    let live = title.live.unwrap();
    assert!(live.chars().count() == 100 && live.ends_with('…'));
    desk.field("due", "${asset.tag}", false).await.unwrap();
    assert_eq!(of(&desk.show().await, "due").state, FieldState::WrongType);
    let refused = desk.publish().await.unwrap_err();
    assert!(refused.to_string().contains("due: is not of the type"), "{refused}");
    assert!(desk.field("failure_code", "A", true).await.is_err(), "codes are never cut");
}

#[tokio::test]
async fn a_source_that_does_not_read_or_names_what_is_not_known_is_refused_at_once() {
    let desk = Desk::new().await;
    for (field, source) in [
        ("title", "${asset.tag"),
        ("title", "${secret.api_key}"),
        ("title", "${asset.tag | no_such_filter}"),
        ("asset", "${asset.tag}"),
        ("no_such_field", "x"),
    ] {
        let refused = desk.field(field, source, false).await.unwrap_err();
        assert!(matches!(refused, Error::Invalid(_)), "{field} {source}");
    }
}

#[tokio::test]
async fn a_queued_work_order_keeps_the_mapping_that_rendered_it() {
    let desk = Desk::new().await;
    desk.field("title", "One: ${asset.name}", false).await.unwrap();
    desk.value("failure_code", "tool_wear", "TW-1").await;
    desk.value("priority", "2", "7").await;
    assert_eq!(desk.publish().await.unwrap(), 1);
    desk.plant.send("e1", "M1", 0.9, 200.0).await;
    desk.plant.decide().await;
    let first = desk.requests().await;
    let (body, version, code) = &first[0];
    assert_eq!((body["asset"].as_str(), *version), (Some("EQ-1"), 1));
    assert_eq!(body["title"], "One: Mill 1");
    assert_eq!((body["failure_code"].as_str(), code.as_deref()), (Some("TW-1"), Some("TW-1")));
    assert_eq!(body["value_maps"]["priority"]["2"], 7);
    desk.field("title", "Two: ${asset.name}", false).await.unwrap();
    desk.value("failure_code", "tool_wear", "TW-2").await;
    assert_eq!(desk.publish().await.unwrap(), 2);
    desk.plant.send("e2", "M2", 0.9, 200.0).await;
    desk.plant.decide().await;
    let after = desk.requests().await;
    assert_eq!(after[0], first[0], "R8");
    assert_eq!((after[1].0["title"].as_str(), after[1].1), (Some("Two: Mill 2"), 2));
    assert_eq!(after[1].0["asset"], Value::Null, "M2 is not paired");
    let maps: Value = sqlx::query_scalar("SELECT maps FROM connection WHERE id = $1")
        .bind(desk.connection.0)
        .fetch_one(&desk.superuser)
        .await
        .unwrap();
    assert_eq!(maps["failure_mode"]["TW-2"], "tool_wear", "closures come back in our words");
    assert!(maps.get("failure_code").is_none());
}

#[tokio::test]
async fn failure_codes_are_suggested_by_name_and_taken_over_when_asked() {
    let desk = Desk::new().await;
    desk.plant.send("e1", "M1", 0.9, 200.0).await;
    let mut tx = desk.plant.tx().await;
    let row = |code: &str, name: &str| CodeRow {
        code: code.to_owned(),
        name: name.to_owned(),
        parent: None,
    };
    let codes = [row("TWL-04", "TOOL WEAR"), row("PMP-05", "Cavitation")];
    take_codes(&mut tx, desk.connection, &codes).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = desk.plant.tx().await;
    assert_eq!(accept_suggestions(&mut tx, &Caller::system(), "maximo").await.unwrap(), 1);
    tx.commit().await.unwrap();
    let view = desk.show().await;
    let map = view.maps.iter().find(|map| map.name == "failure_code").unwrap();
    assert_eq!((map.rows[0].theirs.as_deref(), map.unmapped), (Some("TWL-04"), 0));
    assert_eq!(of(&view, "failure_code").live.as_deref(), Some("TWL-04"));
    assert_eq!(view.codes.len(), 2);
}

#[tokio::test]
async fn a_published_version_cannot_be_changed() {
    let desk = Desk::new().await;
    desk.field("title", "${asset.name}", false).await.unwrap();
    desk.publish().await.unwrap();
    let changed =
        sqlx::query("UPDATE field_mapping SET fields = '{}'").execute(&desk.superuser).await;
    assert!(changed.unwrap_err().to_string().contains("never changed"));
}

const BESIDE: [&str; 2] = [
    "UPDATE connection SET state = 'shadow' WHERE system = 'maximo'",
    "UPDATE site SET connection_id = (SELECT id FROM connection WHERE system = 'book')",
];

#[tokio::test]
async fn shadow_shows_exactly_what_going_live_sends() {
    let desk = Desk::new().await;
    desk.owner(&BESIDE).await;
    desk.field("title", "Shadow: ${asset.name}", false).await.unwrap();
    desk.value("failure_code", "tool_wear", "TW-1").await;
    desk.value("priority", "2", "7").await;
    desk.publish().await.unwrap();
    let alert = desk.plant.send("e1", "M1", 0.9, 200.0).await;
    desk.intend(alert).await;
    let shown = desk.in_shadow().await;
    assert_eq!((shown.len(), shown[0].1, shown[0].2.as_deref()), (1, 1, None));
    assert_eq!(shown[0].0["asset"], "EQ-1");
    assert_ne!(desk.requests().await[0].0, shown[0].0, "the book gets its own");
    desk.owner(&[
        "DELETE FROM shadow_order",
        "DELETE FROM delivery_lane",
        "DELETE FROM work_order",
        "UPDATE alert SET state = 'open', work_order_id = NULL",
        "UPDATE connection SET state = 'live' WHERE system = 'maximo'",
        "UPDATE site SET connection_id = (SELECT id FROM connection WHERE system = 'maximo')",
    ])
    .await;
    desk.intend(alert).await;
    assert_eq!(desk.requests().await[0].0, shown[0].0);
}

#[tokio::test]
async fn shadow_says_why_nothing_could_have_been_sent() {
    let desk = Desk::new().await;
    desk.owner(&BESIDE).await;
    let unpaired = desk.plant.send("e1", "M2", 0.9, 200.0).await;
    desk.intend(unpaired).await;
    let shown = desk.in_shadow().await;
    assert_eq!(shown[0].0["asset"], Value::Null);
    assert!(shown[0].2.as_deref().unwrap().contains("not linked"), "{:?}", shown[0].2);
}

#[tokio::test]
async fn a_replay_of_what_was_rejected_sends_the_asset_linked_meanwhile() {
    let desk = Desk::new().await;
    let alert = desk.plant.send("e1", "M2", 0.9, 200.0).await;
    let order = desk.intend(alert).await;
    let before = desk.requests().await[0].0.clone();
    assert_eq!(before["asset"], Value::Null);
    desk.owner(&[
        "UPDATE work_order SET delivery_state = 'rejected', error_code = 'asset_not_linked'",
        "INSERT INTO cmms_asset (connection_id, cmms_id, tag, name, retired, sync_id)
         SELECT id, 'EQ-2', 'EQ-2', 'Mill 2', false, 1 FROM connection WHERE system = 'maximo'",
        "INSERT INTO asset_link (connection_id, cmms_id, asset_id, method, score, linked_kind, linked_at)
         SELECT k.id, 'EQ-2', a.id, 'hand', 100, 'system', now()
         FROM connection k, asset a WHERE k.system = 'maximo' AND a.tag = 'M2'",
    ])
    .await;
    let mut tx = desk.plant.tx().await;
    retry(&mut tx, &Caller::system(), order).await.unwrap();
    tx.commit().await.unwrap();
    let after = desk.requests().await[0].0.clone();
    assert_eq!(after["asset"], "EQ-2");
    assert_eq!(after["external_ref"], before["external_ref"]);
    let queued = "SELECT count(*) FROM work_order WHERE delivery_state = 'queued'";
    assert_eq!(desk.plant.count(queued).await, 1);
}

#[tokio::test]
async fn a_replay_of_what_may_be_there_sends_the_bytes_it_sent_before() {
    let desk = Desk::new().await;
    let alert = desk.plant.send("e1", "M1", 0.9, 200.0).await;
    let order = desk.intend(alert).await;
    let before = desk.requests().await;
    for state in ["dead", "needs_person"] {
        let stop = match state {
            "dead" => "UPDATE work_order SET delivery_state = 'dead'",
            _ => "UPDATE work_order SET delivery_state = 'needs_person'",
        };
        desk.owner(&[stop]).await;
        desk.field("title", "Another", false).await.unwrap();
        desk.publish().await.unwrap();
        let mut tx = desk.plant.tx().await;
        retry(&mut tx, &Caller::system(), order).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(desk.requests().await, before, "{state}");
    }
}

#[tokio::test]
async fn what_was_refused_is_said_differently_and_sent_under_its_reference() {
    let desk = Desk::new().await;
    let alert = desk.plant.send("e1", "M1", 0.9, 200.0).await;
    let order = desk.intend(alert).await;
    let before = desk.requests().await[0].0.clone();
    let words = |title: &str| Amendment {
        title: title.to_owned(),
        description: "As the CMMS wants it".to_owned(),
        priority: Priority::LOW,
    };
    let amend = async |amendment| {
        let mut tx = desk.plant.tx().await;
        amend(&mut tx, &Caller::system(), order, amendment).await?;
        tx.commit().await.unwrap();
        Ok::<_, Error>(())
    };
    for (state, expected) in [
        ("UPDATE work_order SET delivery_state = 'queued'", "not_stopped"),
        ("UPDATE work_order SET delivery_state = 'dead'", "may_be_there"),
    ] {
        desk.owner(&[state]).await;
        let refused = amend(words("Look at it")).await;
        assert!(matches!(refused, Err(Error::Conflict { code, .. }) if code == expected));
    }
    desk.owner(&["UPDATE work_order SET delivery_state = 'rejected', error_code = 'invalid_body'"])
        .await;
    assert!(matches!(amend(words("  ")).await, Err(Error::Invalid(_))));
    assert_eq!(desk.requests().await[0].0, before, "nothing changes by a refusal");

    amend(words("Look at it")).await.unwrap();
    let after = desk.requests().await[0].0.clone();
    assert_eq!(after["title"], "Look at it");
    assert_eq!(after["external_ref"], before["external_ref"]);
    assert_ne!(after["priority"], before["priority"]);
    let queued = "SELECT count(*) FROM work_order WHERE delivery_state = 'queued' AND priority = 4";
    assert_eq!(desk.plant.count(queued).await, 1);
    let told = "SELECT count(*) FROM audit_event WHERE action = 'work_order.amend'
                AND detail #>> '{after,title}' = 'Look at it'";
    assert_eq!(desk.plant.count(told).await, 1);
}
