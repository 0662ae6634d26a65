//! UpKeep: a session token in a header of its own, `success` envelopes, ids of ten letters.

use serde_json::{Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::webhooks::{Change, Hook};
use crate::cmms::world::{LedgerEntry, World, text};

const EMAIL: &str = "millwright@plant.example";
const PASSWORD: &str = "upkeep-pass-3390ce";

#[derive(Default)]
pub(super) struct UpKeep {
    sessions: u64,
}

impl Face for UpKeep {
    fn about(&self) -> Value {
        json!({
            "settings": {"category": "Damage", "currency": "USD"},
            "secrets": {"email": EMAIL, "password": PASSWORD},
            "order": {"asset": asset_id(2), "spare_parts": [{"part": "wfhn43LMh3", "quantity": 2.0}, {"part": "wfhn43LMh4", "quantity": 1.0}]},
            "expect": {"priority": "3"},
            "closure": {"labour_hours": 2.0, "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = world.stamp();
            world.add("asset", json!({
                "id": asset_id(machine.number), "name": machine.name, "serial": machine.serial, "barcode": machine.barcode,
                "manufacturer": machine.manufacturer, "model": machine.model, "status": "active", "createdAt": stamp, "updatedAt": stamp,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.path.last().is_some_and(|last| last == "auth")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        failed(status, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        failed(429, "Too many requests").with("retry-after", seconds.to_string())
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        let words = call.segments();
        let words: &[&str] = words.strip_prefix(["api", "v2"].as_slice()).unwrap_or(&[]);
        if let ("POST", ["auth"]) = (call.method.as_str(), words) {
            let given = call.json().unwrap_or_else(|| Value::Object(call.form()));
            if given["email"] != EMAIL || given["password"] != PASSWORD {
                return failed(401, "Wrong e-mail or password");
            }
            self.sessions += 1;
            let token = format!("r:{:032x}", u128::from(self.sessions) * 0x9E37_79B9_7F4A_7C15);
            world.notes.insert(token.clone(), String::new());
            return ok(json!({"sessionToken": token, "expiresAt": "2099-01-01T00:00:00.000Z"}));
        }
        if !call.header("session-token").is_some_and(|token| world.notes.contains_key(token)) {
            return failed(401, "Session is invalid or has expired");
        }
        match (call.method.as_str(), words) {
            ("GET", ["assets"]) => list(call, world, "asset"),
            ("GET", ["work-orders"]) => list(call, world, "order"),
            ("GET", ["work-orders", id]) => match world.find("order", "id", id) {
                Some(row) => ok(row.clone()),
                None => failed(404, "Not found"),
            },
            ("POST", ["work-orders"]) => create(call, world),
            ("PATCH", ["work-orders", id]) => {
                let body = call.json().unwrap_or_default();
                let stamp = world.stamp();
                match world.find_mut("order", "id", id) {
                    Some(row) => {
                        row.extend(body.as_object().cloned().unwrap_or_default());
                        row.insert("updatedAt".to_owned(), json!(stamp));
                        ok(Value::Object(row.clone()))
                    }
                    None => failed(404, "Not found"),
                }
            }
            _ => failed(404, "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("order")
            .iter()
            .map(|row| {
                let title = text(&row["title"]);
                let parts = row["parts"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .zip(row["respectivePartQuantityUsed"].as_array().into_iter().flatten());
                LedgerEntry {
                    reference: title
                        .rsplit_once('[')
                        .map(|(_, rest)| rest.trim_end_matches(']').to_owned())
                        .unwrap_or_default(),
                    id: text(&row["id"]),
                    description: text(&row["description"]),
                    asset: text(&row["asset"]),
                    priority: text(&row["priority"]),
                    status: text(&row["status"]),
                    due: text(&row["dueDate"]),
                    parts: parts
                        .map(|(part, quantity)| (text(part), quantity.as_f64().unwrap_or_default()))
                        .collect(),
                    title,
                    ..LedgerEntry::default()
                }
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "id", id) else { return false };
        match act {
            "start" => drop(row.insert("status".to_owned(), json!("inProgress"))),
            "close" => {
                row.insert("status".to_owned(), json!("complete"));
                row.insert("dateCompleted".to_owned(), json!(stamp));
                row.insert(
                    "time".to_owned(),
                    json!(closure["labour_hours"].as_f64().unwrap_or_default() * 60.0),
                );
                row.insert("cost".to_owned(), json!(40));
                row.insert(
                    "formItems".to_owned(),
                    json!([{"formName": "Work done", "formValue": closure["action"]}]),
                );
            }
            _ => return false,
        }
        row.insert("updatedAt".to_owned(), json!(stamp));
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = world.stamp();
        world
            .find_mut("asset", "id", asset)
            .map(|row| row.insert("updatedAt".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        Some(create(&Call::inside(&json!({"title": order.title, "asset": order.asset})), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("order", "id"))
    }

    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        let event = match change.before {
            None => "WORK_ORDER_CREATED",
            Some(before) if before["status"] != change.row["status"] => "WORK_ORDER_STATUS_UPDATED",
            Some(_) => "WORK_ORDER_UPDATED",
        };
        vec![Hook::json(&json!({"event": event, "id": change.row["id"]}))]
    }
}

fn asset_id(number: u64) -> String {
    format!("gHhn43LM{number:02}")
}

fn ok(result: Value) -> Answer {
    Answer::json(200, &json!({"success": true, "result": result}))
}

fn failed(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"success": false, "message": message}))
}

fn list(call: &Call, world: &World, kind: &'static str) -> Answer {
    let since = call.param("updatedAtGreaterThanOrEqualTo").unwrap_or_default();
    let rows = world
        .rows(kind)
        .iter()
        .filter(|row| since.is_empty() || compare(&text(&row["updatedAt"]), since).is_ge());
    let mut rows: Vec<&Value> =
        rows.filter(|row| call.param("title").is_none_or(|title| row["title"] == *title)).collect();
    let (field, way) = call
        .param("orderBy")
        .unwrap_or("createdAt DESC")
        .split_once(' ')
        .unwrap_or(("createdAt", "DESC"));
    rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
    if way == "DESC" {
        rows.reverse();
    }
    let (offset, limit) =
        (call.number("offset").unwrap_or(0), call.number("limit").unwrap_or(25).min(100));
    if offset > 0 && offset >= rows.len() {
        return failed(404, "No more results");
    }
    Answer::json(
        200,
        &json!({"success": true, "results": rows.iter().skip(offset).take(limit).collect::<Vec<_>>()}),
    )
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else { return failed(400, "Malformed JSON") };
    if row.get("title").map(text).unwrap_or_default().is_empty() {
        return failed(400, "title is required");
    }
    if row.get("asset").is_some_and(|asset| world.find("asset", "id", &text(asset)).is_none()) {
        return failed(400, "asset does not exist");
    }
    if row.get("category").is_some_and(|category| *category != "Damage") {
        return failed(400, "category is not configured");
    }
    let count = |field: &str| row.get(field).and_then(Value::as_array).map(Vec::len);
    if count("parts") != count("respectivePartQuantityUsed") {
        return failed(400, "parts and respectivePartQuantityUsed differ in length");
    }
    let (number, stamp) = (world.number("order", 150), world.stamp());
    for (field, value) in [
        ("id", json!(format!("HW2I37{number:04}"))),
        ("workOrderNo", json!(number.to_string())),
        ("status", json!("open")),
        ("createdAt", json!(stamp)),
        ("updatedAt", json!(stamp)),
    ] {
        row.insert(field.to_owned(), value);
    }
    let row = world.add("order", Value::Object(row));
    ok(row)
}
