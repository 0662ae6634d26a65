//! A home-made CMMS with a plain REST interface: what the generic profile expects of one.

use serde_json::{Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::world::{LedgerEntry, World, text};

const TOKEN: &str = "generic-token-5518fa";

pub(super) struct Generic;

impl Face for Generic {
    fn about(&self) -> Value {
        json!({
            "secrets": {"token": TOKEN},
            "order": {"asset": "E-2"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 3.0, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = world.stamp();
            world.add("asset", json!({
                "id": format!("E-{}", machine.number), "name": machine.name, "serialNumber": machine.serial, "barcode": machine.barcode,
                "manufacturer": machine.manufacturer, "model": machine.model, "installDate": machine.installed, "location": "Hall 2",
                "retired": machine.retired, "updatedAt": stamp,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        refuse(status, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        self.fail(429, "slow down").with("retry-after", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.bearer() != Some(TOKEN) {
            return self.fail(401, "who are you?");
        }
        match (call.method.as_str(), call.segments().as_slice()) {
            ("GET", ["assets"]) => list(call, world.rows("asset")),
            ("GET", ["work-orders"]) => list(call, world.rows("order")),
            ("GET", ["work-orders", id]) => match world.find("order", "id", id) {
                Some(row) => Answer::json(200, row),
                None => self.fail(404, "no such work order"),
            },
            ("POST", ["work-orders"]) => create(call, world),
            ("PATCH", ["work-orders", id]) => {
                let Some(Value::Object(body)) = call.json() else {
                    return self.fail(400, "no JSON");
                };
                let stamp = world.stamp();
                match world.find_mut("order", "id", id) {
                    Some(row) => {
                        row.extend(body);
                        row.insert("updatedAt".to_owned(), json!(stamp));
                        Answer::json(200, &Value::Object(row.clone()))
                    }
                    None => self.fail(404, "no such work order"),
                }
            }
            _ => self.fail(404, "no such path"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("order")
            .iter()
            .map(|row| LedgerEntry {
                reference: text(&row["externalId"]),
                id: text(&row["id"]),
                title: text(&row["title"]),
                description: text(&row["description"]),
                asset: text(&row["assetId"]),
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
        let status = match act {
            "start" => "In Progress",
            "close" => "Closed",
            "cancel" => "Cancelled",
            _ => return false,
        };
        row.insert("status".to_owned(), json!(status));
        row.insert("updatedAt".to_owned(), json!(stamp));
        if act == "close" {
            row.insert("resolution".to_owned(), closure["action"].clone());
            row.insert("labourHours".to_owned(), closure["labour_hours"].clone());
            row.insert("cost".to_owned(), json!(120.0));
            row.insert("partsUsed".to_owned(), json!([{"number": closure["part"], "quantity": 1}]));
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
        let body = json!({"title": order.title, "assetId": order.asset});
        Some(create(&Call::inside(&body), world))
    }
}

fn list(call: &Call, rows: &[Value]) -> Answer {
    let since = call.param("updatedSince").unwrap_or_default();
    let rows = rows
        .iter()
        .filter(|row| since.is_empty() || compare(&text(&row["updatedAt"]), since).is_ge());
    let rows = rows.filter(|row| {
        call.param("externalId").is_none_or(|reference| row["externalId"] == *reference)
    });
    let rows: Vec<&Value> = rows.collect();
    let page: Vec<&&Value> = rows
        .iter()
        .skip(call.number("offset").unwrap_or(0))
        .take(call.number("limit").unwrap_or(50).min(200))
        .collect();
    Answer::json(200, &json!({"items": page, "total": rows.len()}))
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else {
        return refuse(400, "no JSON");
    };
    if row.get("title").map(text).unwrap_or_default().is_empty() {
        return refuse(422, "title is needed");
    }
    let asset = row.get("assetId").map(text).unwrap_or_default();
    if !asset.is_empty() && world.find("asset", "id", &asset).is_none() {
        return refuse(422, &format!("asset {asset} is not known"));
    }
    let (id, stamp) = (world.number("order", 100), world.stamp());
    for (field, value) in [
        ("id", json!(id)),
        ("number", json!(format!("WO-{id}"))),
        ("status", json!("Open")),
        ("createdAt", json!(stamp)),
        ("updatedAt", json!(stamp)),
    ] {
        row.insert(field.to_owned(), value);
    }
    let row = world.add("order", Value::Object(row));
    Answer::json(201, &row)
}
