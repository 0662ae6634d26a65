//! MaintainX: opaque cursors, expand-gated fields, status on its own path, rate headers everywhere.

use serde_json::{Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::webhooks::{Change, Hook, hmac};
use crate::cmms::world::{LedgerEntry, World, text};

const KEY: &str = "mx-jwt-1b7e44d093";
const LABEL: &str = "Third Party Id";

pub(super) struct MaintainX;

impl Face for MaintainX {
    fn about(&self) -> Value {
        json!({
            "settings": {"organization_id": 321, "currency": "USD"},
            "secrets": {"api_key": KEY},
            "order": {"asset": "42", "spare_parts": [{"part": "963", "quantity": 2.0}, {"part": "964", "quantity": 1.0}]},
            "expect": {"priority": "HIGH"},
            "closure": {"labour_hours": 1.25, "part": "963"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = world.stamp();
            world.add("asset", json!({
                "id": 40 + machine.number, "name": machine.name, "serialNumber": machine.serial, "barcode": machine.barcode,
                "manufacturer": machine.manufacturer, "model": machine.model, "locationId": 611, "createdAt": stamp, "updatedAt": stamp,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => Answer::empty(401),
            403 => errors(403, message),
            _ => errors(status, message),
        }
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::json(
            429,
            &json!({"error": format!("Too many requests. Please retry in {seconds} seconds")}),
        )
        .with("x-rate-limit-limit", "100")
        .with("x-rate-limit-remaining", "0")
        .with("x-rate-limit-reset", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.bearer() != Some(KEY) {
            return Answer::empty(401);
        }
        if call.header("x-organization-id").is_none() {
            return Answer::json(400, &json!({"error": "OrganizationId was not provided"}));
        }
        let answer = match (call.method.as_str(), call.segments().as_slice()) {
            ("GET", ["v1", "assets"]) => list(call, world, "asset", "assets"),
            ("GET", ["v1", "workorders"]) => list(call, world, "order", "workOrders"),
            ("POST", ["v1", "workorders"]) => create(call, world),
            ("GET", ["v1", "workorders", id]) => match world.find("order", "id", id) {
                Some(row) => Answer::json(200, &json!({"workOrder": row})),
                None => Answer::json(404, &json!({"error": "Work order not found"})),
            },
            ("GET", ["v1", "workorders", id, "costs"]) => {
                let rows: Vec<Value> = world
                    .rows("cost")
                    .iter()
                    .filter(|row| text(&row["order"]) == *id)
                    .cloned()
                    .collect();
                let total: i64 = rows.iter().filter_map(|row| row["rowTotal"].as_i64()).sum();
                Answer::json(200, &json!({"costs": {"total": total, "rows": rows}}))
            }
            ("PATCH", ["v1", "workorders", id]) => {
                change(call, world, id, &["title", "description", "priority", "dueDate"])
            }
            ("PATCH", ["v1", "workorders", id, "status"]) => change(call, world, id, &["status"]),
            ("PUT", ["v1", "workorders", id, "attachments", name]) => attach(world, id, name),
            _ => Answer::json(404, &json!({"error": "Not found"})),
        };
        answer
            .with("x-rate-limit-limit", "100")
            .with("x-rate-limit-remaining", "99")
            .with("x-rate-limit-reset", "60")
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("order")
            .iter()
            .map(|row| LedgerEntry {
                reference: text(&row["extraFields"][LABEL]),
                id: text(&row["id"]),
                title: text(&row["title"]),
                description: text(&row["description"]),
                asset: text(&row["assetId"]),
                priority: text(&row["priority"]),
                status: text(&row["status"]),
                due: text(&row["dueDate"]),
                parts: row["partsUsed"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|part| {
                        (text(&part["partId"]), part["quantityUsed"].as_f64().unwrap_or_default())
                    })
                    .collect(),
                files: row["attachments"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|file| text(&file["filename"]))
                    .collect(),
                ..LedgerEntry::default()
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "id", id) else { return false };
        let status = match act {
            "start" => "IN_PROGRESS",
            "close" => "DONE",
            "cancel" => "CANCELED",
            _ => return false,
        };
        row.insert("status".to_owned(), json!(status));
        row.insert("updatedAt".to_owned(), json!(stamp));
        if act == "close" {
            row.insert("completedAt".to_owned(), json!(stamp));
            let seconds = closure["labour_hours"].as_f64().unwrap_or_default() * 3600.0;
            world.add("cost", json!({"order": id, "type": "TIME", "durationTotal": seconds as i64, "rowTotal": 7_500}));
            world.add("cost", json!({"order": id, "type": "PART", "partId": text(&closure["part"]).parse::<i64>().unwrap_or_default(), "quantity": 1, "rowTotal": 4_000}));
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
        let asset = order.asset.parse::<i64>().ok()?;
        Some(create(&Call::inside(&json!({"title": order.title, "assetId": asset})), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("order", "id"))
    }

    /// A cancellation is `DONE` with a sub-status.
    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        if change.call.and_then(|call| call.param("skipWebhook")) == Some("true") {
            return Vec::new();
        }
        let status = |value: &Value| match value.as_str() {
            Some(sub @ ("CANCELED" | "SKIPPED")) => (json!("DONE"), json!(sub)),
            _ => (value.clone(), Value::Null),
        };
        let (old, _) = status(change.was("status"));
        let (new, sub) = status(&change.row["status"]);
        let mut body = json!({
            "workOrderId": change.row["id"], "orgId": 321, "oldStatus": old, "newStatus": new, "occurredAt": change.at.to_rfc3339(),
        });
        if !sub.is_null() {
            body["newSubStatus"] = sub;
        }
        let hook = Hook::json(&body);
        let time = change.at.timestamp();
        let signed = [format!("{time}.").as_bytes(), &hook.body].concat();
        let signature = format!("t={time},v1={}", hex::encode(hmac(change.secret, &signed)));
        vec![hook.with("x-maintainx-webhook-body-signature", signature)]
    }
}

fn errors(status: u16, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"errors": [{"error": message, "fieldPath": "", "fieldValue": null}]}),
    )
}

/// Fields that need `expand`.
const GATED: [(&str, &str); 6] = [
    ("barcode", "barcode"),
    ("manufacturer", "manufacturer"),
    ("model", "model"),
    ("extraFields", "extra_fields"),
    ("asset", "asset"),
    ("assignees", "assignees"),
];

fn list(call: &Call, world: &World, kind: &'static str, name: &str) -> Answer {
    let limit = call.number("limit").unwrap_or(100);
    if !(1..=200).contains(&limit) {
        return Answer::json(400, &json!({"error": "limit must be between 1 and 200"}));
    }
    let since = call.param("updatedAt[gte]").unwrap_or_default();
    let mut rows: Vec<&Value> = world
        .rows(kind)
        .iter()
        .filter(|row| since.is_empty() || compare(&text(&row["updatedAt"]), since).is_ge())
        .collect();
    let sort = call.param("sort").unwrap_or("id");
    let field = sort.trim_start_matches('-');
    rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
    if sort.starts_with('-') {
        rows.reverse();
    }
    let start = call
        .param("cursor")
        .and_then(|cursor| cursor.strip_prefix("c-")?.parse::<usize>().ok())
        .unwrap_or(0);
    let expanded: Vec<&str> = call
        .query
        .iter()
        .filter(|(key, _)| key == "expand")
        .map(|(_, value)| value.as_str())
        .collect();
    let page = rows.iter().skip(start).take(limit).map(|row| {
        let mut row = (*row).clone();
        if let Value::Object(map) = &mut row {
            if let Some(asset) = map.remove("assetId") {
                map.insert("asset".to_owned(), json!({"id": asset}));
            }
            map.remove("externalData");
            map.retain(|key, _| {
                GATED.iter().all(|(field, word)| key != field || expanded.contains(word))
            });
        }
        row
    });
    let mut body = json!({name: page.collect::<Vec<_>>()});
    if rows.len() > start + limit {
        body["nextCursor"] = json!(format!("c-{}", start + limit));
        body["nextPageUrl"] =
            json!(format!("https://api.getmaintainx.com/v1/{name}?cursor=c-{}", start + limit));
    }
    Answer::json(200, &body)
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else { return errors(400, "Malformed JSON") };
    if row.get("title").map(text).unwrap_or_default().is_empty() {
        return errors(400, "title is required");
    }
    if row.get("assetId").is_some_and(|asset| world.find("asset", "id", &text(asset)).is_none()) {
        return errors(400, "Asset does not exist");
    }
    if row.contains_key("startDate") && !row.contains_key("dueDate") {
        return errors(400, "startDate needs dueDate");
    }
    let priority = row.get("priority").map(text).unwrap_or_default();
    if !["", "NONE", "LOW", "MEDIUM", "HIGH"].contains(&priority.as_str()) {
        return errors(400, "priority is not valid");
    }
    let (id, stamp) = (world.number("order", 98_765), world.stamp());
    for (field, value) in [
        ("id", json!(id)),
        ("sequentialId", json!(id - 98_000)),
        ("status", json!("OPEN")),
        ("createdAt", json!(stamp)),
        ("updatedAt", json!(stamp)),
    ] {
        row.insert(field.to_owned(), value);
    }
    world.add("order", Value::Object(row));
    Answer::json(200, &json!({"id": id}))
}

fn change(call: &Call, world: &mut World, id: &str, fields: &[&str]) -> Answer {
    let body = call.json().unwrap_or_default();
    let stamp = world.stamp();
    let Some(row) = world.find_mut("order", "id", id) else {
        return errors(404, "Work order not found");
    };
    for (key, value) in body.as_object().into_iter().flatten() {
        if !fields.contains(&key.as_str()) {
            return errors(400, &format!("{key} cannot be changed here"));
        }
        row.insert(key.clone(), value.clone());
    }
    row.insert("updatedAt".to_owned(), json!(stamp));
    Answer::json(200, &json!({"id": row["id"]}))
}

fn attach(world: &mut World, id: &str, name: &str) -> Answer {
    let Some(row) = world.find_mut("order", "id", id) else {
        return errors(404, "Work order not found");
    };
    if let Value::Array(files) = row.entry("attachments").or_insert_with(|| json!([])) {
        files.push(json!({"filename": name}));
    }
    Answer::json(201, &json!({"filename": name}))
}
