//! What comes in broken, too large, twice or about nothing we know, and the answer it gets.

use domain::permission::KeyScope;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use services::{Caller, assets};

use super::world::{Answer, World};

const ASSETS: &str = "tag,kind,parent\nP,site,\nM-1,machine,P\nM-2,machine,P\n";
const PREDICTIONS: &str = "/api/v1/predictions";

struct Plant {
    world: World,
    key: String,
}

impl Plant {
    async fn new() -> Self {
        let world = World::new().await;
        let mut tx = world.state.services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(ASSETS.as_bytes()).unwrap();
        assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        tx.commit().await.unwrap();
        let scopes = [KeyScope::Predictions, KeyScope::Telemetry, KeyScope::Read, KeyScope::Assets];
        let key = world.key(&scopes, None).await;
        Self { world, key }
    }

    async fn post(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.send(PREDICTIONS, "application/json", body, &[]).await
    }

    async fn send(
        &self,
        path: &str,
        kind: &str,
        body: impl Into<Vec<u8>>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::post(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.world.send(request.body(body.into().into()).unwrap()).await
    }

    async fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.world.state.services.store.begin_system().await.unwrap().now()
    }

    /// A good prediction with some fields changed (`null` removes one).
    async fn message(&self, event: &str, changes: Value) -> Value {
        let now = self.now().await.format("%Y-%m-%dT%H:00:00Z").to_string();
        let mut message = json!({
            "event_id": event, "asset": "M-1", "failure_mode": "tool_wear", "confidence": 0.8,
            "rul_hours": 100, "observed_at": now, "model": { "name": "m" },
        });
        for (field, value) in changes.as_object().unwrap() {
            if value.is_null() {
                message.as_object_mut().unwrap().remove(field);
            } else {
                message[field] = value.clone();
            }
        }
        message
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.world.state.services.store.pool()).await.unwrap()
    }
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{answer:?}");
    assert_eq!(answer.json()["code"], code, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_place_and_stores_nothing() {
    let plant = Plant::new().await;
    for body in ["", "{", "{\"a\":1,}", "\u{FEFF}{}", "{\"event_id\":\"x\"", "nonsense"] {
        let answer = plant.post(body).await;
        refused(&answer, 400, "malformed_json");
        assert!(answer.json()["line"].is_u64() && answer.json()["column"].is_u64(), "{body}");
    }
    refused(&plant.post([b"[".repeat(33), b"]".repeat(33)].concat()).await, 400, "too_deep");
    refused(&plant.post(b"[".repeat(100_000)).await, 400, "too_deep");
    refused(&plant.post(b"{\"event_id\":\"\xff\"}".as_slice()).await, 400, "invalid_encoding");
    refused(&plant.post("{\"event_id\":\"\\ud800\"}").await, 400, "invalid_encoding");
    for dtd in [
        "<!DOCTYPE p [<!ENTITY a \"aaaa\">]><prediction><event_id>&a;</event_id></prediction>",
        "<!DOCTYPE p SYSTEM \"file:///etc/passwd\"><prediction/>",
    ] {
        let answer = plant.send(PREDICTIONS, "application/xml", dtd, &[]).await;
        refused(&answer, 400, "dtd_forbidden");
    }
    assert_eq!(plant.count("SELECT count(*) FROM event_key").await, 0);
}

#[tokio::test]
async fn other_types_and_sizes_are_refused_before_they_are_read() {
    let plant = Plant::new().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "text/csv"] {
        let answer = plant.send(PREDICTIONS, kind, "{}", &[]).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    let packed = [("content-encoding", "gzip")];
    let answer = plant.send(PREDICTIONS, "application/json", "{}", &packed).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let padding = "x".repeat(1024 * 1024);
    let large = plant.message("big", json!({ "padding": padding })).await.to_string();
    refused(&plant.post(large).await, 413, "body_too_large");
    refused(&plant.post(vec![b' '; 10 * 1024 * 1024 + 1]).await, 413, "body_too_large");
    let many = json!({ "predictions": vec![json!({}); 1_001] });
    refused(&plant.post(many.to_string()).await, 413, "batch_too_large");
}

#[tokio::test]
async fn a_batch_of_many_megabytes_is_taken() {
    let plant = Plant::new().await;
    let mut items = Vec::new();
    for i in 0..300 {
        let text = "x".repeat(14 * 1024);
        items.push(plant.message(&format!("e{i}"), json!({ "description": text })).await);
    }
    let answer = plant.post(json!({ "predictions": items }).to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json()["code"]);
    assert_eq!(plant.count("SELECT count(*) FROM prediction").await, 300);
}

#[tokio::test]
async fn values_that_make_no_sense_are_listed_with_their_paths() {
    let plant = Plant::new().await;
    for (changes, path, code) in [
        (json!({ "confidence": 87 }), "confidence", "confidence_out_of_range"),
        (json!({ "confidence": 1.2 }), "confidence", "confidence_out_of_range"),
        (json!({ "confidence": -0.1 }), "confidence", "confidence_out_of_range"),
        (json!({ "confidence": "0.9" }), "confidence", "wrong_type"),
        (json!({ "confidence": null }), "confidence", "missing"),
        (json!({ "rul_hours": -8761 }), "rul_hours", ""),
        (json!({ "observed_at": "1999-12-31T23:59:59Z" }), "observed_at", ""),
        (json!({ "observed_at": "2026-01-01T00:00:00" }), "observed_at", ""),
        (json!({ "colour": "red" }), "colour", "unknown_field"),
        (json!({ "asset": "M\u{200B}1" }), "asset", "zero_width_character"),
        (json!({ "asset": "M\r\n1" }), "asset", ""),
        (json!({ "attributes": { "a": [1] } }), "attributes.a", ""),
    ] {
        let answer = plant.post(plant.message("e", changes.clone()).await.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes} {answer:?}");
        let body = answer.json();
        let error = body["errors"].as_array().unwrap().iter().find(|e| e["path"] == path);
        let error = error.unwrap_or_else(|| panic!("{changes}: {body}"));
        assert!(code.is_empty() || error["code"] == code, "{changes}: {body}");
    }
    for number in ["1e999", "-1e999", "NaN", "Infinity"] {
        let text = plant.message("e", json!({ "confidence": 7 })).await.to_string();
        let answer = plant.post(text.replace(":7", &format!(":{number}"))).await;
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{answer:?}");
        assert!(answer.body.contains("not_finite"), "{answer:?}");
    }
    let both = json!({ "confidence": "x", "asset": null, "observed_at": "yesterday" });
    let answer = plant.post(plant.message("e", both).await.to_string()).await;
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 3, "{answer:?}");
    assert_eq!(answer.json()["code"], "invalid");
    assert_eq!(plant.count("SELECT count(*) FROM event_key").await, 0);

    let overdue = plant.message("overdue", json!({ "rul_hours": -24 })).await;
    assert_eq!(plant.post(overdue.to_string()).await.status, StatusCode::ACCEPTED);
    let stored = "SELECT count(*) FROM prediction WHERE overdue AND rul_hours = 0";
    assert_eq!(plant.count(stored).await, 1);
}

#[tokio::test]
async fn what_is_not_known_waits_in_quarantine_and_what_is_old_opens_nothing() {
    let plant = Plant::new().await;
    let ahead = (plant.now().await + chrono::TimeDelta::minutes(6)).to_rfc3339();
    let old = (plant.now().await - chrono::TimeDelta::days(8)).to_rfc3339();
    for (event, changes, reason) in [
        ("a", json!({ "asset": "NOBODY" }), "unknown_asset"),
        ("b", json!({ "failure_mode": "gremlins" }), "unknown_failure_mode"),
        ("c", json!({ "observed_at": ahead }), "future_timestamp"),
        ("d", json!({ "asset": "' OR 1=1--" }), "unknown_asset"),
        ("e", json!({ "asset": "../../etc/passwd" }), "unknown_asset"),
        ("f", json!({ "asset": "\u{41c}-1" }), "unknown_asset"),
    ] {
        let message = plant.message(event, changes).await.to_string();
        let first = plant.post(message.clone()).await;
        assert_eq!(first.status, StatusCode::ACCEPTED, "{first:?}");
        let body = first.json();
        assert_eq!(body["quarantined"], reason, "{body}");
        assert!(body["alert_id"].is_null() && body["duplicate"] == false, "{body}");
        let again = plant.post(message).await;
        assert_eq!(again.status, StatusCode::OK);
        assert_eq!(again.json()["quarantined"], reason);
        assert_eq!(
            (again.json()["duplicate"].clone(), &again.json()["id"]),
            (json!(true), &body["id"])
        );
    }
    let stale = plant.message("s", json!({ "observed_at": old })).await;
    let answer = plant.post(stale.to_string()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!((&answer.json()["stale"], &answer.json()["alert_id"]), (&json!(true), &Value::Null));
    assert_eq!(plant.count("SELECT count(*) FROM alert").await, 0);
}

#[tokio::test]
async fn the_same_event_is_a_duplicate_in_either_encoding_and_other_content_a_conflict() {
    let plant = Plant::new().await;
    let message = plant.message("e", json!({})).await;
    let first = plant.post(message.to_string()).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{first:?}");
    assert_eq!(first.json()["duplicate"], false);
    assert!(first.json()["alert_id"].is_i64());
    let observed = message["observed_at"].as_str().unwrap();
    let xml = format!(
        "<prediction><model><name>m</name></model><asset>M-1</asset><confidence>0.80</confidence>\
         <failure_mode>tool_wear</failure_mode><rul_hours>100</rul_hours>\
         <observed_at>{observed}</observed_at><event_id>e</event_id></prediction>"
    );
    let again = plant.send(PREDICTIONS, "application/xml", xml, &[]).await;
    assert_eq!(again.status, StatusCode::OK, "{again:?}");
    assert_eq!(
        (again.json()["duplicate"].clone(), &again.json()["id"]),
        (json!(true), &first.json()["id"])
    );
    let other = plant.message("e", json!({ "confidence": 0.81 })).await;
    refused(&plant.post(other.to_string()).await, 409, "event_id_reused");
    let id = &first.json()["id"];
    let seen =
        plant.world.call(Method::GET, &format!("{PREDICTIONS}/{id}"), Some(&plant.key), "").await;
    assert_eq!((seen.status, seen.json()["confidence"].clone()), (StatusCode::OK, json!(0.8)));
    assert_eq!(seen.json()["asset"]["tag"], "M-1");
    let absent =
        plant.world.call(Method::GET, &format!("{PREDICTIONS}/999999"), Some(&plant.key), "").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn in_a_batch_each_item_gets_the_answer_it_would_have_had_alone() {
    let plant = Plant::new().await;
    let used = plant.message("used", json!({})).await;
    plant.post(used.to_string()).await;
    let batch = json!({ "predictions": [
        plant.message("new", json!({ "asset": "M-2" })).await,
        plant.message("bad", json!({ "confidence": 2 })).await,
        used,
        plant.message("used", json!({ "confidence": 0.5 })).await,
        plant.message("lost", json!({ "asset": "NOBODY" })).await,
        plant.message("new", json!({ "asset": "M-2" })).await,
    ]});
    let answer = plant.post(batch.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let results = answer.json()["results"].clone();
    let results = results.as_array().unwrap();
    let statuses: Vec<i64> = results.iter().map(|r| r["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [202, 422, 200, 409, 202, 200]);
    let indexes: Vec<i64> = results.iter().map(|r| r["index"].as_i64().unwrap()).collect();
    assert_eq!(indexes, [0, 1, 2, 3, 4, 5]);
    assert_eq!(results[1]["code"], "confidence_out_of_range");
    assert_eq!(results[3]["code"], "event_id_reused");
    assert_eq!(results[4]["quarantined"], "unknown_asset");
    assert_eq!(results[5]["id"], results[0]["id"]);
    let empty = plant.post("{\"predictions\":[]}").await;
    assert_eq!((empty.status, empty.json()), (StatusCode::OK, json!({ "results": [] })));
}

#[tokio::test]
async fn an_idempotency_key_repeats_the_answer_and_refuses_other_content() {
    let plant = Plant::new().await;
    let key = [("idempotency-key", "k-1")];
    let body = plant.message("e", json!({})).await.to_string();
    let first = plant.send(PREDICTIONS, "application/json", body.clone(), &key).await;
    let again = plant.send(PREDICTIONS, "application/json", body, &key).await;
    assert_eq!((first.status, again.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_eq!(first.json(), again.json());
    let other = plant.message("f", json!({})).await.to_string();
    let answer = plant.send(PREDICTIONS, "application/json", other, &key).await;
    refused(&answer, 422, "idempotency_mismatch");
}

#[tokio::test]
async fn telemetry_takes_the_good_points_and_lists_the_bad() {
    let plant = Plant::new().await;
    let now = plant.now().await.to_rfc3339();
    let body = json!({ "points": [
        { "point": "M-1/vib", "ts": now, "value": 1.5 },
        { "point": "M-1/vib", "ts": now, "value": 1.5, "quality": "good" },
        { "point": "M-1/vib", "ts": "2026-01-01T00:00:00", "value": 1.5 },
        { "point": "M-1/vib", "ts": now, "value": "1.5" },
        { "point": "", "ts": now, "value": 1 },
        { "point": "x/y", "ts": now, "value": 1, "quality": "splendid" },
    ]});
    let path = "/api/v1/telemetry";
    let answer = plant.send(path, "application/json", body.to_string(), &[]).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    let body = answer.json();
    assert_eq!(
        (&body["stored"], &body["duplicates"], &body["rejected"]),
        (&json!(1), &json!(1), &json!(4))
    );
    assert_eq!(body["errors"][0]["path"], "points[2].ts");
    let many = json!({ "points": vec![json!({}); 10_001] }).to_string();
    refused(&plant.send(path, "application/json", many, &[]).await, 413, "batch_too_large");
}

#[tokio::test]
async fn assets_are_imported_from_csv_and_json_and_listed() {
    let plant = Plant::new().await;
    let path = "/api/v1/assets/import";
    let csv = "tag,kind,parent\nM-9,machine,P\nX,machine,NOWHERE\n";
    let dry = plant.send(&format!("{path}?dry_run=true"), "text/csv", csv, &[]).await;
    assert_eq!(
        (dry.json()["created"].clone(), dry.json()["dry_run"].clone()),
        (json!(1), json!(true))
    );
    assert_eq!(dry.json()["errors"][0]["code"], "unknown_parent");
    let done = plant.send(path, "text/csv", csv, &[]).await;
    assert_eq!((done.status, done.json()["created"].clone()), (StatusCode::OK, json!(1)));
    let json = "[{\"tag\":\"m-9\",\"name\":\"Drill\"}]";
    let again = plant.send(path, "application/json", json, &[]).await;
    assert_eq!(again.json()["updated"], 1, "{again:?}");
    refused(&plant.send(path, "application/json", "[{", &[]).await, 400, "malformed_json");
    let list = plant.world.call(Method::GET, "/api/v1/assets?limit=2", Some(&plant.key), "").await;
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    let next = list.json()["next"].as_str().unwrap().to_owned();
    let rest = format!("/api/v1/assets?after={next}");
    let rest = plant.world.call(Method::GET, &rest, Some(&plant.key), "").await;
    assert_eq!(rest.json()["items"][1]["name"], "Drill", "{rest:?}");
    assert!(rest.json()["next"].is_null());
    let odd =
        plant.world.call(Method::GET, "/api/v1/assets?sort=1;DROP", Some(&plant.key), "").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_replay_needs_a_person_and_acts_once() {
    let plant = Plant::new().await;
    let lost = plant.message("e", json!({ "asset": "M-7" })).await;
    let id = plant.post(lost.to_string()).await.json()["id"].clone();
    let path = format!("/api/v1/quarantine/{id}/replay");
    let machine = plant.world.call(Method::POST, &path, Some(&plant.key), "").await;
    assert_eq!(machine.status, StatusCode::FORBIDDEN);
    let role = domain::permission::Role::IntegrationAdmin;
    let person = plant.world.person("ines@plant.example", role, None).await;
    let key = plant.world.key(&[KeyScope::Decide], Some(person)).await;
    let early = plant.world.call(Method::POST, &path, Some(&key), "").await;
    refused(&early, 409, "still_quarantined");
    let csv = "tag,kind,parent\nM-7,machine,P\n";
    plant.send("/api/v1/assets/import", "text/csv", csv, &[]).await;
    let first = plant.world.call(Method::POST, &path, Some(&key), "").await;
    let again = plant.world.call(Method::POST, &path, Some(&key), "").await;
    assert_eq!((first.status, again.status), (StatusCode::ACCEPTED, StatusCode::OK));
    assert_eq!(first.json()["alert_id"], again.json()["alert_id"]);
    assert_eq!(plant.count("SELECT sum(predictions)::bigint FROM alert").await, 1);
}
