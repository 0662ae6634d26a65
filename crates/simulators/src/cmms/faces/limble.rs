//! Limble: tasks, unix seconds, bare arrays, ids in a `Location` header, empty answers to changes.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::webhooks::{Change, Hook, hmac};
use crate::cmms::world::{LedgerEntry, World, text};

const CLIENT: &str = "limble-client-07";
const SECRET: &str = "limble-secret-e19b52";
const LOCATION: i64 = 163;

pub(super) struct Limble;

impl Face for Limble {
    fn about(&self) -> Value {
        json!({
            "settings": {"location_id": LOCATION, "team_id": 77},
            "secrets": {"client_id": CLIENT, "client_secret": SECRET},
            "order": {"asset": "10742"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 1.75, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            world.add("asset", json!({
                "assetID": 10_740 + machine.number, "name": machine.name, "parentAssetID": 0, "locationID": LOCATION,
                "startedOn": 1_500_000_000, "lastEdited": world.now().timestamp(),
            }));
        }
        world.add("task", json!({"taskID": 8_100, "name": "Template: greasing", "locationID": LOCATION, "template": true, "status": 0, "createdDate": 1}));
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        Answer::json(status, &json!({"message": message}))
    }

    fn too_many(&self, seconds: u32) -> Answer {
        self.fail(429, "Rate limit exceeded")
            .with("x-ratelimit-minute-remaining", "0")
            .with("x-ratelimit-minute-ttl", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.basic() != Some((CLIENT.to_owned(), SECRET.to_owned())) {
            return self.fail(401, "Unauthorized");
        }
        let words: Vec<&str> =
            call.segments().into_iter().filter(|word| !word.is_empty()).collect();
        match (call.method.as_str(), words.as_slice()) {
            ("GET", ["v2", "me"]) => Answer::json(
                200,
                &json!({"customerName": "Plant One", "customerPlan": "Enterprise"}),
            ),
            ("GET", ["v2", "assets"]) => list(call, world, "asset"),
            ("GET", ["v2", "tasks"]) => list(call, world, "task"),
            ("GET", ["v2", "tasks", "labor"]) => list(call, world, "labor"),
            ("GET", ["v2", "tasks", id, "parts"]) => Answer::json(
                200,
                &world
                    .rows("part")
                    .iter()
                    .filter(|row| text(&row["taskID"]) == *id)
                    .cloned()
                    .collect(),
            ),
            ("POST", ["v2", "tasks"]) => create(call, world),
            ("PATCH", ["v2", "tasks", id]) => change(call, world, id),
            _ => self.fail(404, "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let rows = world.rows("task").iter().filter(|row| row["template"] != true);
        rows.map(|row| LedgerEntry {
            reference: text(&row["meta1"]),
            id: text(&row["taskID"]),
            title: text(&row["name"]),
            description: text(&row["description"]),
            asset: if row["assetID"] == 0 { String::new() } else { text(&row["assetID"]) },
            priority: text(&row["priority"]),
            status: text(&row["status"]),
            due: row["due"]
                .as_i64()
                .and_then(|due| chrono::DateTime::from_timestamp(due, 0))
                .map(|due| due.to_rfc3339())
                .unwrap_or_default(),
            ..LedgerEntry::default()
        })
        .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let now = world.now().timestamp();
        let Some(row) = world.find_mut("task", "taskID", id) else { return false };
        match act {
            "start" => {}
            "close" => {
                row.insert("status".to_owned(), json!(1));
                row.insert("dateCompleted".to_owned(), json!(now));
                row.insert("completionNotes".to_owned(), closure["action"].clone());
                row.insert("downtime".to_owned(), json!(1_800));
                let seconds = closure["labour_hours"].as_f64().unwrap_or_default() * 3600.0;
                world.add("labor", json!({"taskID": id.parse::<i64>().unwrap_or_default(), "timeSpent": seconds as i64, "dateLogged": now}));
                world.add("part", json!({"taskID": id, "partID": 5, "partName": closure["part"], "quantity": 1, "usedPrice": 12}));
            }
            _ => return false,
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let now = world.now().timestamp();
        world
            .find_mut("asset", "assetID", asset)
            .map(|row| row.insert("lastEdited".to_owned(), json!(now)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let body = json!({
            "name": order.title, "assetID": order.asset.parse::<i64>().ok()?, "locationID": LOCATION, "type": 2,
            "due": world.now().timestamp() + 86_400,
        });
        Some(create(&Call::inside(&body), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("task", "taskID"))
    }

    /// Signed over time and token; the body is not covered.
    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        let status = match change.before {
            None => "CREATED",
            Some(before) if before["status"] != change.row["status"] => {
                match change.row["status"].as_i64() {
                    Some(1) => "COMPLETE",
                    _ => "COMPLETED TASK REOPENED",
                }
            }
            Some(_) => "CHANGED TASK DESCRIPTION",
        };
        let (time, token) =
            (change.at.timestamp().to_string(), format!("token-{:08x}", change.number));
        let key = hex::encode(Sha256::digest(SECRET));
        let signature = hex::encode(hmac(&key, format!("{time}{token}").as_bytes()));
        let body = json!({"taskID": change.row["taskID"], "status": status, "category": "task", "user": "bob@plant.example"});
        let hook = Hook::json(&body).with("signature", signature);
        vec![hook.with("timestamp", time).with("token", token)]
    }
}

fn list(call: &Call, world: &World, kind: &'static str) -> Answer {
    let key = if kind == "asset" { "assetID" } else { "taskID" };
    let ids: Option<Vec<&str>> = call.param("tasks").map(|ids| ids.split(',').collect());
    let mut rows: Vec<&Value> = world
        .rows(kind)
        .iter()
        .filter(|row| ids.as_ref().is_none_or(|ids| ids.contains(&text(&row[key]).as_str())))
        .collect();
    let order = call.param("orderBy").unwrap_or(key);
    let field = order.trim_start_matches('-');
    rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
    if order.starts_with('-') {
        rows.reverse();
    }
    let (limit, page) =
        (call.number("limit").unwrap_or(100).max(1), call.number("page").unwrap_or(1).max(1));
    Answer::json(200, &rows.into_iter().skip((page - 1) * limit).take(limit).cloned().collect())
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else { return refuse(400, "Malformed JSON") };
    if ["name", "locationID", "due", "type"].iter().any(|field| !row.contains_key(*field)) {
        return refuse(422, "name, locationID, due and type are required");
    }
    if !row["due"].is_i64() && !row["due"].is_u64() {
        return refuse(400, "due must be a number");
    }
    if row.contains_key("statusID")
        || row.contains_key("assignment") != row.contains_key("assignmentType")
    {
        return refuse(
            400,
            "assignment and assignmentType belong together; statusID is not accepted",
        );
    }
    if row
        .get("assetID")
        .is_some_and(|asset| *asset != 0 && world.find("asset", "assetID", &text(asset)).is_none())
    {
        return refuse(422, "The asset does not exist");
    }
    let (id, now) = (world.number("task", 8_203), world.now().timestamp());
    let team = row.remove("assignment");
    row.remove("assignmentType");
    for (field, value) in [
        ("taskID", json!(id)),
        ("status", json!(0)),
        ("createdDate", json!(now)),
        ("lastEdited", json!(now)),
        ("dateCompleted", json!(0)),
        ("template", json!(false)),
        ("userID", json!(0)),
        ("teamID", team.unwrap_or(json!(0))),
    ] {
        row.insert(field.to_owned(), value);
    }
    world.add("task", Value::Object(row));
    Answer::empty(201).with("location", format!("https://api.limblecmms.com/v2/tasks/?tasks={id}"))
}

fn change(call: &Call, world: &mut World, id: &str) -> Answer {
    let Some(Value::Object(body)) = call.json() else { return refuse(400, "Malformed JSON") };
    if body.get("status").is_some_and(|status| *status == 1)
        && !(body.contains_key("assignment") && body.contains_key("assignmentType"))
    {
        return refuse(400, "assignment and assignmentType are required to close");
    }
    let now = world.now().timestamp();
    match world.find_mut("task", "taskID", id) {
        Some(row) => {
            row.extend(body);
            row.insert("lastEdited".to_owned(), json!(now));
            Answer::empty(200)
        }
        None => refuse(404, "The task does not exist"),
    }
}
