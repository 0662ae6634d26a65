//! Atlas CMMS: tokens whose end is a 500, a search language, a PATCH that empties what it omits.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare};
use crate::cmms::webhooks::{Change, Hook, hmac};
use crate::cmms::world::{LedgerEntry, World, text};

const EMAIL: &str = "millwright@plant.example";
const PASSWORD: &str = "atlas-pass-7710fe";
const REF_FIELD: i64 = 12;

#[derive(Default)]
pub(super) struct Atlas {
    tokens: u64,
}

impl Face for Atlas {
    fn about(&self) -> Value {
        json!({
            "settings": {"ref_field_id": REF_FIELD, "currency": "EUR"},
            "secrets": {"email": EMAIL, "password": PASSWORD},
            "order": {"asset": "202"},
            "expect": {"priority": "HIGH"},
            "closure": {"labour_hours": 1.5, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = world.stamp();
            world.add("asset", json!({
                "id": 200 + machine.number, "customId": format!("A{:06}", machine.number), "name": machine.name, "serialNumber": machine.serial,
                "barCode": machine.barcode, "manufacturer": machine.manufacturer, "model": machine.model, "inServiceDate": format!("{}T00:00:00Z", machine.installed),
                "archived": machine.retired, "status": "OPERATIONAL", "createdAt": stamp, "updatedAt": stamp,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET" && call.path.last().is_none_or(|last| last != "search")
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.path.first().is_some_and(|first| first == "auth") && call.method == "POST"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        failed(status, message)
    }

    fn too_many(&self, _: u32) -> Answer {
        Answer::json(429, &json!({"error": "Rate limit exceeded", "message": "Too many requests"}))
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        let words = call.segments();
        if let ("POST", ["auth", "signin"]) = (call.method.as_str(), words.as_slice()) {
            let body = call.json().unwrap_or_default();
            if body["email"] != EMAIL || body["password"] != PASSWORD {
                return failed(403, "Invalid credentials");
            }
            self.tokens += 1;
            let token = format!("eyJhbGciOi.{:08}.sig", self.tokens * 104_729);
            world.notes.insert(token.clone(), String::new());
            return Answer::json(
                200,
                &json!({"accessToken": token, "refreshToken": "r", "tokenType": "Bearer"}),
            );
        }
        match call.bearer() {
            Some(token) if world.notes.contains_key(token) => {}
            Some(_) => return failed(500, "Expired or invalid JWT token"),
            None => return failed(403, "Access denied"),
        }
        match (call.method.as_str(), words.as_slice()) {
            ("GET", ["auth", "me"]) => Answer::json(200, &json!({"id": 1, "email": EMAIL})),
            ("POST", ["assets", "search"]) => search(call, world, "asset"),
            ("POST", ["work-orders", "search"]) => search(call, world, "order"),
            ("POST", ["work-orders"]) => create(call, world),
            ("GET", ["work-orders", id]) => match world.find("order", "id", id) {
                Some(row) => Answer::json(200, row),
                None => failed(404, "Not found"),
            },
            ("PATCH", ["work-orders", id]) => replace(call, world, id),
            ("PATCH", ["work-orders", id, "change-status"]) => status(call, world, id),
            (
                "GET",
                [kind @ ("labors" | "part-quantities" | "additional-costs"), "work-order", id],
            ) => {
                let table = if *kind == "labors" {
                    "labors"
                } else if *kind == "part-quantities" {
                    "part-quantities"
                } else {
                    "additional-costs"
                };
                let rows = world.rows(table).iter().filter(|row| text(&row["order"]) == *id);
                Answer::json(200, &rows.cloned().collect())
            }
            _ => failed(404, "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("order")
            .iter()
            .map(|row| LedgerEntry {
                reference: text(&row["customFieldValues"][0]["value"]),
                id: text(&row["id"]),
                title: text(&row["title"]),
                description: text(&row["description"]),
                asset: text(&row["asset"]["id"]),
                priority: text(&row["priority"]),
                status: text(&row["status"]),
                due: text(&row["dueDate"]),
                ..LedgerEntry::default()
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "id", id) else { return false };
        match act {
            "start" => drop(row.insert("status".to_owned(), json!("IN_PROGRESS"))),
            "cancel" => drop(row.insert("archived".to_owned(), json!(true))),
            "close" => {
                row.insert("status".to_owned(), json!("COMPLETE"));
                row.insert("feedback".to_owned(), closure["action"].clone());
                row.insert("completedOn".to_owned(), json!(stamp));
            }
            _ => return false,
        }
        row.insert("updatedAt".to_owned(), json!(stamp));
        if act == "close" {
            let seconds = closure["labour_hours"].as_f64().unwrap_or_default() * 3600.0;
            world.add("labors", json!({"order": id, "duration": seconds as i64, "cost": 60}));
            world.add(
                "part-quantities",
                json!({"order": id, "quantity": 1, "part": {"id": 4, "name": closure["part"]}}),
            );
            world.add(
                "additional-costs",
                json!({"order": id, "cost": 12.5, "description": "Grease"}),
            );
        }
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
        let asset = json!({"id": order.asset.parse::<i64>().ok()?});
        Some(create(&Call::inside(&json!({"title": order.title, "asset": asset})), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("order", "id"))
    }

    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        let row = change.row;
        let event = match change.before {
            None => "NEW_WORK_ORDER",
            Some(before) if before["status"] != row["status"] => "WORK_ORDER_STATUS_CHANGE",
            Some(_) => "WORK_ORDER_CHANGE",
        };
        let hook = Hook::json(&json!({
            "workOrderId": row["id"], "workOrderTitle": row["title"], "previousStatus": change.was("status"),
            "newStatus": row["status"], "occurredAt": change.at.to_rfc3339(), "companyId": 1,
        }));
        let signature = hex::encode(hmac(change.secret, &hook.body));
        let id = format!("00000000-0000-4000-8000-{:012x}", change.number);
        let hook = hook.with("x-webhook-signature", signature);
        let hook = hook.with("x-webhook-timestamp", change.at.timestamp_millis().to_string());
        vec![hook.with("x-webhook-id", id).with("x-webhook-event", event)]
    }
}

fn failed(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"success": false, "message": message}))
}

fn search(call: &Call, world: &World, kind: &'static str) -> Answer {
    let body = call.json().unwrap_or_default();
    let mut rows: Vec<&Value> = world.rows(kind).iter().collect();
    for filter in body["filterFields"].as_array().into_iter().flatten() {
        let (field, op, value) =
            (text(&filter["field"]), text(&filter["operation"]), text(&filter["value"]));
        let dated = filter["enumName"] == "JS_DATE";
        match (field.as_str(), op.as_str()) {
            ("customFieldValues.value", "eq") => {
                rows.retain(|row| {
                    row["customFieldValues"]
                        .as_array()
                        .is_some_and(|values| values.iter().any(|one| one["value"] == *value))
                });
            }
            ("updatedAt", "ge" | "le") if dated => rows.retain(|row| {
                Condition { field: field.clone(), op: op.clone(), value: value.clone() }.holds(row)
            }),
            ("id" | "status" | "title", "eq") => rows.retain(|row| text(&row[&field]) == value),
            _ => return failed(400, &format!("Unknown field or operation: {field} {op}")),
        }
    }
    let sort = text(&body["sortField"]);
    rows.sort_by(|a, b| compare(&text(&a[&sort]), &text(&b[&sort])));
    let number = |name: &str, other: u64| {
        usize::try_from(body[name].as_u64().unwrap_or(other)).unwrap_or_default()
    };
    let (page, size) = (number("pageNum", 0), number("pageSize", 10).max(1));
    let content: Vec<&Value> = rows.iter().skip(page * size).take(size).copied().collect();
    let pages = rows.len().div_ceil(size);
    Answer::json(
        200,
        &json!({"content": content, "totalElements": rows.len(), "totalPages": pages, "number": page, "size": size, "first": page == 0, "last": page + 1 >= pages}),
    )
}

fn problem(world: &World, body: &Value) -> Option<Answer> {
    if text(&body["title"]).is_empty() {
        return Some(failed(400, "title must not be null"));
    }
    let asset = &body["asset"];
    if !asset.is_null()
        && (asset["id"].is_null() || world.find("asset", "id", &text(&asset["id"])).is_none())
    {
        return Some(failed(404, "Asset not found"));
    }
    let priority = text(&body["priority"]);
    (!["", "NONE", "LOW", "MEDIUM", "HIGH"].contains(&priority.as_str()))
        .then(|| failed(400, "Unknown priority"))
}

/// The base fields as a body gives them, what it omits being empty.
fn base(body: &Value) -> Map<String, Value> {
    let mut row = Map::new();
    for field in [
        "title",
        "description",
        "dueDate",
        "estimatedStartDate",
        "asset",
        "location",
        "team",
        "primaryUser",
    ] {
        row.insert(field.to_owned(), body[field].clone());
    }
    row.insert(
        "priority".to_owned(),
        if body["priority"].is_null() { json!("NONE") } else { body["priority"].clone() },
    );
    row.insert("archived".to_owned(), json!(body["archived"] == true));
    row.insert(
        "customFieldValues".to_owned(),
        body["customFields"].as_array().cloned().unwrap_or_default().into(),
    );
    row
}

fn create(call: &Call, world: &mut World) -> Answer {
    let body = call.json().unwrap_or_default();
    if let Some(refused) = problem(world, &body) {
        return refused;
    }
    let (id, stamp) = (world.number("order", 41), world.stamp());
    let mut row = base(&body);
    for (field, value) in [
        ("id", json!(id)),
        ("customId", json!(format!("WO{id:06}"))),
        ("status", json!("OPEN")),
        ("createdAt", json!(stamp)),
        ("updatedAt", json!(stamp)),
        ("feedback", Value::Null),
    ] {
        row.insert(field.to_owned(), value);
    }
    let row = world.add("order", Value::Object(row));
    Answer::json(200, &row)
}

fn replace(call: &Call, world: &mut World, id: &str) -> Answer {
    let body = call.json().unwrap_or_default();
    if let Some(refused) = problem(world, &body) {
        return refused;
    }
    let stamp = world.stamp();
    let Some(row) = world.find_mut("order", "id", id) else { return failed(404, "Not found") };
    row.extend(base(&body));
    row.insert("updatedAt".to_owned(), json!(stamp));
    Answer::json(200, &Value::Object(row.clone()))
}

/// Feedback and signature become what the body has, nothing included.
fn status(call: &Call, world: &mut World, id: &str) -> Answer {
    let body = call.json().unwrap_or_default();
    let stamp = world.stamp();
    let Some(row) = world.find_mut("order", "id", id) else { return failed(404, "Not found") };
    row.insert("status".to_owned(), body["status"].clone());
    row.insert("feedback".to_owned(), body["feedback"].clone());
    row.insert(
        "completedOn".to_owned(),
        if body["status"] == "COMPLETE" { json!(stamp) } else { Value::Null },
    );
    row.insert("updatedAt".to_owned(), json!(stamp));
    Answer::json(200, &Value::Object(row.clone()))
}
