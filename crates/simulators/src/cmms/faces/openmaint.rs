//! openMAINT: sessions, ids that differ per installation, a workflow whose task ids change at every
//! step, and 200s that are no success.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::world::{LedgerEntry, World, text};

const USER: &str = "mwright";
const PASSWORD: &str = "openmaint-pass-77e0b1";
const REQUESTER: i64 = 9_001;
const SITE: i64 = 9_100;
const TASKS: [&str; 4] = ["Opening", "Assignment", "Execution", "Accounting"];

#[derive(Default)]
pub(super) struct OpenMaint {
    sessions: u64,
}

impl Face for OpenMaint {
    fn about(&self) -> Value {
        json!({
            "settings": {"requester_id": REQUESTER, "site_id": SITE, "currency": "EUR"},
            "secrets": {"user": USER, "password": PASSWORD},
            "order": {"asset": "7002", "failure_code": "bearing"},
            "expect": {"priority": "high"},
            "closure": {"labour_hours": 1.5, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = world.stamp();
            world.add("CI", json!({
                "_id": 7_000 + machine.number, "_type": "Equipment", "_beginDate": stamp, "Code": machine.tag, "Description": machine.name,
                "SerialNumber": machine.serial, "Brand": 31, "_Brand_description": machine.manufacturer, "Model": machine.model,
                "InstallationDate": machine.installed, "_Room_description": "Hall 2",
            }));
        }
        // ids of this installation
        let shift = world.now().timestamp().rem_euclid(89) * 10;
        for (kind, codes) in [
            ("COMMON - Priority", ["urgent", "high", "medium", "low"].as_slice()),
            ("CorrectiveMaint - Type", ["Corrective", "Predictive"].as_slice()),
            ("CorrectiveMaint - Category", ["bearing", "seal"].as_slice()),
        ] {
            for code in codes {
                let id = world.number("lookup", 1) + 3_000 + shift.unsigned_abs();
                world.add("lookup", json!({"_id": id, "_type": kind, "code": code, "description": code, "active": true}));
            }
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.method == "POST" && call.path.last().is_some_and(|last| last == "sessions")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        fault(if status == 403 { 401 } else { status }, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        fault(429, "too many requests").with("retry-after", seconds.to_string())
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        let words = call.segments();
        let Some(words) = words.strip_prefix(["services", "rest", "v3"].as_slice()) else {
            return fault(404, "resource not found");
        };
        if let ("POST", ["sessions"]) = (call.method.as_str(), words) {
            return self.log_in(call, world);
        }
        let session = call.header("cmdbuild-authorization").unwrap_or_default();
        if !world.notes.contains_key(session) {
            return fault(401, "user not logged in");
        }
        match (call.method.as_str(), words) {
            ("GET", ["sessions", "current"]) => {
                found(json!({"username": USER, "role": "Millwright"}))
            }
            ("GET", ["processes", "CorrectiveMaint"]) => {
                found(json!({"_id": "CorrectiveMaint", "_can_start": true}))
            }
            ("GET", ["processes", "CorrectiveMaint", "start_activities"]) => listed(
                call,
                vec![json!({"_id": "CM01-Opening", "description": "Opening", "writable": true})],
            ),
            ("GET", ["lookup_types", kind, "values"]) => {
                let rows = world.rows("lookup").iter().filter(|row| row["_type"] == **kind);
                listed(call, rows.cloned().collect())
            }
            ("GET", ["classes", class, "cards"]) => {
                let table = ["CI", "LabourAccMov", "WrhMovementRow"]
                    .into_iter()
                    .find(|known| known == class);
                match table {
                    Some(table) => listed(call, world.rows(table).to_vec()),
                    None => fault(404, &format!("class not found for name = {class}")),
                }
            }
            ("GET", ["processes", "CorrectiveMaint", "instances"]) => {
                let rows = world.rows("order").iter().map(|row| instance(call, world, row));
                listed(call, rows.collect())
            }
            ("GET", ["processes", "CorrectiveMaint", "instances", id]) => {
                match world.find("order", "_id", id) {
                    Some(row) => found(instance(call, world, row)),
                    None => fault(404, &format!("card not found for id = {id}")),
                }
            }
            ("POST", ["processes", "CorrectiveMaint", "instances"]) => open(call, world),
            ("PUT", ["processes", "CorrectiveMaint", "instances", id]) => advance(call, world, id),
            ("DELETE", ["processes", "CorrectiveMaint", "instances", id]) => abort(world, id),
            ("POST", ["processes", "CorrectiveMaint", "instances", id, "attachments"]) => {
                attach(call, world, id)
            }
            _ => fault(404, "resource not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let code = |id: &Value| {
            let found = world.rows("lookup").iter().find(|row| row["_id"] == *id);
            found.map(|row| text(&row["code"])).unwrap_or_default()
        };
        let rows = world.rows("order").iter();
        rows.map(|row| LedgerEntry {
            reference: text(&row["ExternalRef"]),
            id: text(&row["_id"]),
            title: text(&row["ShortDescr"]),
            description: text(&row["ProcessNotes"]),
            asset: text(&row["CI"]),
            priority: code(&row["Priority"]),
            failure_code: code(&row["Category"]),
            status: format!("{} {}", text(&row["_flowStatus"]), text(&row["task"])),
            files: row["files"].as_array().into_iter().flatten().map(text).collect(),
            ..LedgerEntry::default()
        })
        .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "_id", id) else { return false };
        row.insert("_beginDate".to_owned(), json!(stamp));
        match act {
            "start" => {
                put_task(row, 2);
                row.insert("ExecStartDate".to_owned(), json!(stamp));
            }
            "close" => {
                put_task(row, 3);
                row.entry("ExecStartDate").or_insert(json!(stamp));
                row.insert("ExecEndDate".to_owned(), json!(stamp));
                row.insert("_Outcome_description".to_owned(), closure["action"].clone());
                world.add("LabourAccMov", json!({"_id": 1, "MaintProcess": id, "Description": "Work", "Quantity": closure["labour_hours"], "UnitPrice": 60, "TotalAmount": 90}));
                world.add("WrhMovementRow", json!({"_id": 2, "MaintProcess": id, "Consumable": 44, "_Consumable_code": closure["part"], "Quantity": 1}));
            }
            "cancel" => drop(row.insert("_flowStatus".to_owned(), json!("ABORTED"))),
            _ => return false,
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = world.stamp();
        world
            .find_mut("CI", "_id", asset)
            .map(|row| row.insert("_beginDate".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let lookup = |world: &World, code: &str| {
            world.find("lookup", "code", code).map(|row| row["_id"].clone()).unwrap_or_default()
        };
        let (kind, priority, category) = (
            lookup(world, "Corrective"),
            lookup(world, "medium"),
            lookup(world, &order.failure_code),
        );
        let body = json!({
            "ShortDescr": order.title, "CI": order.asset.parse::<i64>().ok()?, "Requester": REQUESTER, "Site": SITE, "_advance": true,
            "Type": kind, "Priority": priority, "Category": category,
        });
        Some(open(&Call::inside(&body), world))
    }
}

impl OpenMaint {
    fn log_in(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.param("scope") != Some("service") {
            return fault(400, "missing or invalid scope");
        }
        let body = call.json().unwrap_or_default();
        if body["username"] != USER || body["password"] != PASSWORD {
            return fault(401, "invalid login credentials");
        }
        self.sessions += 1;
        let id = format!("s{:024x}", u128::from(self.sessions) * 0x9E37_79B9_7F4A_7C15);
        world.notes.insert(id.clone(), String::new());
        let shown = if call.param("returnId") == Some("true") { id } else { "current".to_owned() };
        found(
            json!({"_id": shown, "username": USER, "role": "Millwright", "availableRoles": ["Millwright"]}),
        )
    }
}

fn fault(status: u16, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"success": false, "messages": [{"level": "ERROR", "show_user": true, "message": message}]}),
    )
}

fn found(data: Value) -> Answer {
    Answer::json(200, &json!({"success": true, "data": data}))
}

/// `and`, `or` and simple conditions.
fn holds(filter: &Value, row: &Value) -> bool {
    for (word, all) in [("and", true), ("or", false)] {
        if let Some(filters) = filter[word].as_array() {
            let mut filters = filters.iter().map(|one| holds(one, row));
            return if all { filters.all(|one| one) } else { filters.any(|one| one) };
        }
    }
    let simple = &filter["simple"];
    let name = text(&simple["attribute"]);
    let field = if name == "BeginDate" { "_beginDate" } else { name.as_str() };
    let (value, order) = (text(&simple["value"][0]), text(&row[field]));
    let order = (compare(&order, &value), order);
    match text(&simple["operator"]).as_str() {
        "equal" => order.1 == value,
        "notequal" => order.1 != value,
        "greater" => order.0.is_gt(),
        "less" => order.0.is_lt(),
        "contain" => order.1.contains(&value),
        "in" => {
            simple["value"].as_array().is_some_and(|all| all.iter().any(|one| text(one) == order.1))
        }
        _ => false,
    }
}

/// Without a limit, everything; `offset` is not heard.
fn listed(call: &Call, mut rows: Vec<Value>) -> Answer {
    if let Some(filter) = call.param("filter") {
        let Ok(filter) = serde_json::from_str::<Value>(filter) else {
            return fault(400, "invalid filter");
        };
        rows.retain(|row| holds(&filter["attribute"], row));
    }
    let total = rows.len();
    let (start, limit) =
        (call.number("start").unwrap_or(0), call.number("limit").unwrap_or(usize::MAX));
    let data: Vec<Value> = rows.into_iter().skip(start).take(limit).collect();
    Answer::json(200, &json!({"success": true, "data": data, "meta": {"total": total}}))
}

fn put_task(row: &mut Map<String, Value>, place: usize) {
    let number = row.get("step").and_then(Value::as_u64).unwrap_or_default() + 1;
    row.insert("step".to_owned(), json!(number));
    row.insert("place".to_owned(), json!(place));
    row.insert("task".to_owned(), json!(TASKS[place]));
}

/// The id of the task it waits at; another one after every step.
fn task_id(row: &Value) -> String {
    format!("t{}-{}", text(&row["_id"]), text(&row["step"]))
}

fn instance(call: &Call, world: &World, row: &Value) -> Value {
    let mut shown = row.clone();
    let category = world.rows("lookup").iter().find(|one| one["_id"] == row["Category"]);
    shown["_Category_code"] = category.map(|one| one["code"].clone()).unwrap_or_default();
    if call.param("include_tasklist") == Some("true") {
        let open = row["_flowStatus"] == "OPEN";
        let place = row["place"].as_u64().unwrap_or_default();
        let task = json!({"_id": task_id(row), "_definition": format!("CM{:02}-{}", place + 1, text(&row["task"])), "writable": true});
        shown["_tasklist"] = if open { json!([task]) } else { json!([]) };
    }
    if let Value::Object(map) = &mut shown {
        for field in ["step", "place", "task", "files"] {
            map.remove(field);
        }
    }
    shown
}

fn open(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else { return fault(400, "invalid payload") };
    for field in ["ShortDescr", "Requester", "Type", "Site", "Priority"] {
        if row.get(field).map(text).unwrap_or_default().is_empty() {
            return fault(400, &format!("missing required attribute {field}"));
        }
    }
    let asset = row.get("CI").map(text).unwrap_or_default();
    if !asset.is_empty() && world.find("CI", "_id", &asset).is_none() {
        return fault(400, &format!("invalid reference CI = {asset}"));
    }
    let (id, stamp) = (world.number("order", 51_200), world.stamp());
    let advanced = row.get("_advance") == Some(&json!(true));
    for (field, value) in [
        ("_id", json!(id)),
        ("_type", json!("CorrectiveMaint")),
        ("Number", json!(format!("CM.2026.{:04}", id - 51_199))),
        ("_flowStatus", json!("OPEN")),
        ("_beginDate", json!(stamp)),
    ] {
        row.insert(field.to_owned(), value);
    }
    row.entry("OpeningDate").or_insert(json!(stamp));
    put_task(&mut row, usize::from(advanced));
    let row = world.add("order", Value::Object(row));
    found(
        json!({"_id": id, "_type": "CorrectiveMaint", "Number": row["Number"], "_flowStatus": "WAITING_FOR_USER_TASK"}),
    )
}

/// `Action` as text is stored as nothing, and the step is taken all the same.
fn advance(call: &Call, world: &mut World, id: &str) -> Answer {
    let body = call.json().and_then(|body| body.as_object().cloned()).unwrap_or_default();
    let stamp = world.stamp();
    let Some(activity) = body.get("_activity").map(text) else {
        return fault(400, "must set 'activity' param");
    };
    let current = world.find("order", "_id", id).map(task_id);
    let Some(row) = world.find_mut("order", "_id", id) else {
        return fault(404, &format!("card not found for id = {id}"));
    };
    if current.as_ref() != Some(&activity) {
        return fault(500, "task instance is no longer active");
    }
    for (field, value) in body.iter().filter(|(field, _)| !field.starts_with('_')) {
        let kept = if field == "Action" && value.is_string() { Value::Null } else { value.clone() };
        row.insert(field.clone(), kept);
    }
    row.insert("_beginDate".to_owned(), json!(stamp));
    if body.get("_advance") == Some(&json!(true)) {
        let place = row.get("place").and_then(Value::as_u64).unwrap_or_default();
        match usize::try_from(place).unwrap_or_default() + 1 {
            next if next < TASKS.len() => put_task(row, next),
            _ => drop(row.insert("_flowStatus".to_owned(), json!("COMPLETED"))),
        }
    }
    found(json!({"_id": row["_id"], "_flowStatus": "WAITING_FOR_USER_TASK"}))
}

fn abort(world: &mut World, id: &str) -> Answer {
    let stamp = world.stamp();
    let Some(row) = world.find_mut("order", "_id", id) else {
        return fault(404, &format!("card not found for id = {id}"));
    };
    row.insert("_flowStatus".to_owned(), json!("ABORTED"));
    row.insert("_beginDate".to_owned(), json!(stamp));
    Answer::json(200, &json!({"success": true}))
}

/// The same file name twice is refused.
fn attach(call: &Call, world: &mut World, id: &str) -> Answer {
    let body = String::from_utf8_lossy(&call.body).into_owned();
    let name = body.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next());
    let name = name.unwrap_or_default().to_owned();
    let Some(row) = world.find_mut("order", "_id", id) else {
        return fault(404, &format!("card not found for id = {id}"));
    };
    let Value::Array(files) = row.entry("files").or_insert_with(|| json!([])) else {
        return fault(500, "no attachments");
    };
    if name.is_empty() || files.contains(&json!(name)) {
        return fault(500, "the file name is missing, or there already");
    }
    files.push(json!(name));
    found(json!({"_id": files.len(), "name": name}))
}
