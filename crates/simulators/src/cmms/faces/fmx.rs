//! FMX: bare arrays, ignored parameters, projections, two calls to create, now and then a page that
//! is all there is.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::world::{LedgerEntry, World, text};

const EMAIL: &str = "api@plant.example";
const PASSWORD: &str = "fmx-pass-92c4aa";
const BUILDING: i64 = 42;
const TYPE: i64 = 302_890;
const DESCRIPTION: i64 = 4001;
const REFERENCE: i64 = 4077;
/// Wrong passwords in a row that lock the account.
const MOST_WRONG: u32 = 20;

#[derive(Default)]
pub(super) struct Fmx {
    wrong: u32,
    refusals: usize,
}

impl Face for Fmx {
    fn about(&self) -> Value {
        json!({
            "settings": {
                "building_id": BUILDING, "request_type_id": TYPE, "description_field_id": DESCRIPTION, "ref_field_id": REFERENCE,
                "serial_field_id": 5001, "manufacturer_field_id": 5002, "model_field_id": 5003, "currency": "USD",
            },
            "secrets": {"email": EMAIL, "password": PASSWORD},
            "order": {"asset": "2002"},
            "expect": {"priority": "High"},
            "closure": {"labour_hours": 1.5, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = world.stamp();
            world.add("equipment", json!({
                "id": 2_000 + machine.number, "tag": machine.tag, "buildingID": BUILDING, "equipmentTypeID": 7, "locationResourceID": 77,
                "assetCondition": if machine.retired { 5 } else { 2 }, "editedTimestampUtc": stamp,
                "customFields": [
                    {"customFieldID": 5001, "value": machine.serial}, {"customFieldID": 5002, "value": machine.manufacturer},
                    {"customFieldID": 5003, "value": machine.model},
                ],
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        Answer::json(status, &json!({"message": message}))
    }

    fn too_many(&self, seconds: u32) -> Answer {
        self.fail(429, "Too many requests").with("retry-after", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.basic() != Some((EMAIL.to_owned(), PASSWORD.to_owned())) {
            self.wrong += 1;
            return self.fail(401, "Invalid e-mail or password");
        }
        if self.wrong > MOST_WRONG {
            return self.fail(401, "The account is locked");
        }
        self.wrong = 0;
        let words = call.segments();
        let words: &[&str] = words.strip_prefix(["api", "v1"].as_slice()).unwrap_or(&[]);
        match (call.method.as_str(), words) {
            ("GET", ["buildings"]) => {
                Answer::json(200, &json!([{"id": BUILDING, "name": "Plant One"}]))
            }
            ("GET", ["equipment"]) => list(call, world.rows("equipment")),
            ("GET", ["maintenance-requests", "post-options"]) => Answer::json(
                200,
                &json!({"systemFields": [{"key": "name", "label": "Name", "isRequired": true, "isPermitted": true, "maximumLength": 200}], "customFields": [{"customFieldID": DESCRIPTION}, {"customFieldID": REFERENCE}]}),
            ),
            ("GET", ["maintenance-requests"]) => list(call, world.rows("request")),
            ("GET", ["maintenance-requests", id]) => match world.find("request", "id", id) {
                Some(row) => Answer::json(200, &shown(call, row)),
                None => self.fail(404, "Not found"),
            },
            ("POST", ["maintenance-requests"]) => self.create(call, world),
            ("POST", ["maintenance-requests", id, "assignments"]) => self.assign(call, world, id),
            ("PUT", ["maintenance-requests", id]) => self.change(call, world, id),
            _ => self.fail(404, "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let rows = world.rows("request").iter();
        rows.map(|row| LedgerEntry {
            reference: custom(row, REFERENCE),
            id: text(&row["id"]),
            title: text(&row["name"]),
            description: custom(row, DESCRIPTION),
            asset: text(&row["equipmentItemIDs"][0]),
            priority: text(&row["priorityLevel"]),
            status: text(&row["status"]),
            due: text(&row["dueDate"]),
            ..LedgerEntry::default()
        })
        .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("request", "id", id) else { return false };
        let (status, kind) = match act {
            "start" => ("Responded", "Respond"),
            "close" => ("Resolved", "Resolve"),
            "cancel" => ("Canceled", "Cancel"),
            _ => return false,
        };
        row.insert("status".to_owned(), json!(status));
        row.insert("editedTimeUtc".to_owned(), json!(stamp));
        let mut action = json!({"id": stamp, "kind": kind, "createdTimeUtc": stamp});
        if act == "close" {
            action["notes"] = closure["action"].clone();
            action["laborHours"] = closure["labour_hours"].clone();
            action["cost"] = json!(55);
            action["inventoryUsed"] = json!([{"sku": closure["part"], "quantity": 1}]);
        }
        if let Value::Array(actions) = row.entry("actions").or_insert_with(|| json!([])) {
            actions.push(action);
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = world.stamp();
        world
            .find_mut("equipment", "id", asset)
            .map(|row| row.insert("editedTimestampUtc".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let body = json!({
            "name": order.title, "buildingID": BUILDING, "requestTypeID": TYPE, "equipmentItemIDs": [order.asset.parse::<i64>().ok()?],
        });
        Some(self.create(&Call::inside(&body), world))
    }
}

impl Fmx {
    /// One of the five shapes that its refusals have.
    fn refuse(&mut self, message: &str) -> Answer {
        self.refusals += 1;
        let body = match self.refusals % 5 {
            0 => json!({"modelState": message}),
            1 => json!({"message": message}),
            2 => json!({"error": message}),
            3 => json!({"errors": [message]}),
            _ => json!({"validationErrors": [message]}),
        };
        Answer::json(400, &body)
    }

    fn create(&mut self, call: &Call, world: &mut World) -> Answer {
        let Some(Value::Object(mut row)) = call.json() else {
            return self.refuse("The body is not valid JSON");
        };
        if row.get("name").map(text).unwrap_or_default().is_empty()
            || row.get("buildingID") != Some(&json!(BUILDING))
        {
            return self.refuse("name and buildingID are required");
        }
        if ["priorityLevel", "assignedUsers"].iter().any(|field| row.contains_key(*field)) {
            return self.refuse("Assignments have a call of their own");
        }
        let items = row.get("equipmentItemIDs").and_then(Value::as_array).cloned();
        if items.into_iter().flatten().any(|id| world.find("equipment", "id", &text(&id)).is_none())
        {
            return self.refuse("The equipment item does not exist");
        }
        let (id, stamp) = (world.number("request", 1_001), world.stamp());
        for (field, value) in [
            ("id", json!(id)),
            ("status", json!("Pending")),
            ("createdTimeUtc", json!(stamp)),
            ("editedTimeUtc", json!(stamp)),
            ("actions", json!([])),
        ] {
            row.insert(field.to_owned(), value);
        }
        world.add("request", Value::Object(row));
        Answer::json(201, &json!({"id": id}))
    }

    fn assign(&mut self, call: &Call, world: &mut World, id: &str) -> Answer {
        let body = call.json().unwrap_or_default();
        let stamp = world.stamp();
        let Some(row) = world.find_mut("request", "id", id) else {
            return self.fail(404, "Not found");
        };
        for field in ["assignedUsers", "priorityLevel"] {
            row.insert(field.to_owned(), body[field].clone());
        }
        row.insert("editedTimeUtc".to_owned(), json!(stamp));
        Answer::json(200, &json!({"id": id}))
    }

    fn change(&mut self, call: &Call, world: &mut World, id: &str) -> Answer {
        let body = call.json().and_then(|body| body.as_object().cloned()).unwrap_or_default();
        let stamp = world.stamp();
        let Some(row) = world.find_mut("request", "id", id) else {
            return self.fail(404, "Not found");
        };
        row.extend(body);
        row.insert("editedTimeUtc".to_owned(), json!(stamp));
        Answer::json(200, &json!({"id": id}))
    }
}

fn custom(row: &Value, field: i64) -> String {
    let fields = row["customFields"].as_array().into_iter().flatten();
    fields.filter(|one| one["customFieldID"] == field).map(|one| text(&one["value"])).collect()
}

fn list(call: &Call, rows: &[Value]) -> Answer {
    let (offset, limit) =
        (call.number("offset").unwrap_or(0), call.number("limit").unwrap_or(200).max(1));
    let page = rows.iter().skip(offset).take(limit).map(|row| shown(call, row));
    Answer::json(200, &page.collect::<Value>())
}

/// The fields of the projection that there are; what is misspelt is left out silently.
fn shown(call: &Call, row: &Value) -> Value {
    match call.param("fields") {
        Some(fields) => project(row, fields),
        None => {
            let mut row = row.clone();
            if let Value::Object(map) = &mut row
                && let Some(Value::Array(actions)) = map.remove("actions")
            {
                let ids = actions.iter().map(|action| action["id"].clone());
                map.insert("actionIDs".to_owned(), ids.collect());
            }
            row
        }
    }
}

fn project(value: &Value, fields: &str) -> Value {
    if let Value::Array(items) = value {
        return items.iter().map(|item| project(item, fields)).collect();
    }
    let mut shown = Map::new();
    for field in split(fields) {
        let (name, inner) = match field.split_once('(') {
            Some((name, inner)) => (name, inner.strip_suffix(')')),
            None => (field, None),
        };
        if let Some(found) = value.get(name) {
            let found = inner.map_or_else(|| found.clone(), |inner| project(found, inner));
            shown.insert(name.to_owned(), found);
        }
    }
    Value::Object(shown)
}

/// At commas outside parentheses.
fn split(fields: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (place, letter) in fields.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&fields[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&fields[start..]);
    parts
}
