//! JD Edwards: tokens bound to a device, orchestrations of the customer, a data service with dotted
//! names going in and underscores coming out, padded texts and days instead of times.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::world::{LedgerEntry, World, text};

const USER: &str = "MWRIGHT";
const PASSWORD: &str = "jde-pass-b7710c";
const CREATE: &str = "PDM_CreateWorkOrder";
const STATUS: &str = "PDM_SetWorkOrderStatus";
const BRANCH: &str = "         M30";
/// Rows of an answer at most, whatever is asked for.
const MOST: usize = 500;
/// Sessions of a user at a time.
const MOST_SESSIONS: usize = 2_000;

#[derive(Default)]
pub(super) struct Jde {
    tokens: u64,
}

impl Face for Jde {
    fn about(&self) -> Value {
        json!({
            "settings": {"branch": "M30", "currency": "USD"},
            "secrets": {"user": USER, "password": PASSWORD},
            "order": {"asset": "30002", "failure_code": "BRG"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 3.25, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let (number, today) = (30_000 + machine.number, day(world));
            world.add("F1201", json!({
                "NUMB": number, "APID": format!("{:<12}", machine.tag), "ASID": format!("{:<25}", machine.serial), "AAID": number,
                "DL01": format!("{:<30}", machine.name), "LOC": format!("{:<20}", "SHOP"), "EQST": if machine.retired { "DS" } else { "AV" },
                "DAJ": machine.installed.replace('-', ""), "UPMJ": today,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method == "POST"
            && call.path.iter().any(|word| word == "orchestrator")
            && !self.is_sign_in(call)
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.path.iter().any(|word| word == "tokenrequest")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        error(if status == 401 { 444 } else { status }, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        error(429, "Too many requests").with("retry-after", seconds.to_string())
    }

    fn sessions(&self, world: &World) -> usize {
        world.notes.len()
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        let words = call.segments();
        if call.method == "POST"
            && call.header("content-type").is_none_or(|kind| !kind.starts_with("application/json"))
        {
            return error(415, "Unsupported Media Type");
        }
        let device = call.header("jde-ais-auth-device").unwrap_or_default();
        match (call.method.as_str(), words.as_slice()) {
            ("POST", ["jderest", "v2", "tokenrequest"]) => return self.token(call, world),
            ("POST", ["jderest", "v2", "tokenrequest", "logout"]) => {
                world.notes.remove(call.header("jde-ais-auth").unwrap_or_default());
                return Answer::json(200, &json!({"status": "SUCCESS"}));
            }
            _ => {}
        }
        let token = call.header("jde-ais-auth").and_then(|token| world.notes.get(token));
        if token.is_none_or(|bound| bound != device) {
            return error(444, "Invalid or expired token");
        }
        match (call.method.as_str(), words.as_slice()) {
            ("GET", ["jderest", "v2" | "v3", "discover"]) => discover(),
            ("GET", ["jderest", "v2", "dataservice", "table", table]) => browse(call, world, table),
            ("POST", ["jderest", "v2" | "v3", "orchestrator", name]) => {
                let Some(body) = call.json() else { return error(400, "Invalid JSON") };
                match *name {
                    CREATE => create(&inputs(&body), world),
                    STATUS => set_status(&inputs(&body), world),
                    name => error(404, &format!("Orchestration {name} does not exist")),
                }
            }
            _ => error(404, "Not Found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let rows = world.rows("F4801").iter();
        rows.map(|row| {
            let parts = world.rows("F3111").iter().filter(|part| part["DOCO"] == row["DOCO"]);
            LedgerEntry {
                reference: trimmed(&row["VR01"]),
                id: text(&row["DOCO"]),
                title: trimmed(&row["DL01"]),
                description: text(&row["GT48"]),
                asset: text(&row["NUMB"]),
                priority: text(&row["PRTS"]),
                status: trimmed(&row["SRST"]),
                due: text(&row["due"]),
                failure_code: trimmed(&row["WR01"]),
                parts: parts
                    .map(|part| (trimmed(&part["CPIL"]), part["UORG"].as_f64().unwrap_or_default()))
                    .collect(),
                ..LedgerEntry::default()
            }
        })
        .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let status = match act {
            "start" => "40",
            "close" => "99",
            "cancel" => "98",
            _ => return false,
        };
        let today = day(world);
        if !put_status(world, id, status) {
            return false;
        }
        if act == "close" {
            if let Some(row) = world.find_mut("F4801", "DOCO", id) {
                row.insert("STRX".to_owned(), json!(today));
                row.insert("HRSA".to_owned(), closure["labour_hours"].clone());
                row.insert("AMTA".to_owned(), json!(185.4));
                row.insert("DL02".to_owned(), json!(format!("{:<30}", text(&closure["action"]))));
            }
            let part = format!("{:<26}", text(&closure["part"]));
            world.add("F3111", json!({"DOCO": id.parse::<u64>().unwrap_or_default(), "CPIL": part, "UORG": 0.0, "TRQT": 1}));
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let today = day(world);
        world
            .find_mut("F1201", "NUMB", asset)
            .map(|row| row.insert("UPMJ".to_owned(), json!(today)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let body = json!({"EquipmentNumber": order.asset, "Description": order.title, "FailureCode": order.failure_code});
        Some(create(&body, world))
    }
}

impl Jde {
    fn token(&mut self, call: &Call, world: &mut World) -> Answer {
        let body = call.json().unwrap_or_default();
        if body["username"] != USER || body["password"] != PASSWORD {
            return error(403, "Authorization Failure");
        }
        if world.notes.len() >= MOST_SESSIONS {
            return error(500, "The maximum number of sessions of this user is reached");
        }
        self.tokens += 1;
        let token = format!("044kqQ{:020}MDE5", self.tokens * 15_485_863);
        world.notes.insert(token.clone(), text(&body["deviceName"]));
        Answer::json(
            200,
            &json!({
                "username": USER, "environment": "JPD920", "role": "*ALL", "jasserver": "http://jas.internal",
                "userInfo": {"token": token, "dateFormat": "MDE", "langPref": "  "}, "userAuthorized": true,
            }),
        )
    }
}

fn error(status: u16, message: &str) -> Answer {
    let body = json!({"message": message, "exception": "com.oracle.e1.rest", "errorText": message, "status": status});
    Answer::json(status, &body)
}

/// A failed business rule is a 200.
fn broken_rule(what: &str) -> Answer {
    Answer::json(
        200,
        &json!({"errors": [{"CODE": "018A", "TITLE": what, "errorText": what}], "warnings": []}),
    )
}

fn discover() -> Answer {
    let known = [
        (CREATE, ["CorrelationId", "EquipmentNumber", "Description", "Priority"].as_slice()),
        (STATUS, ["WorkOrderNumber", "Status"].as_slice()),
    ];
    let known = known.map(|(name, inputs)| {
        let inputs: Value =
            inputs.iter().map(|name| json!({"name": name, "type": "String"})).collect();
        json!({"name": name, "inputFormat": "Generic", "inputs": inputs})
    });
    Answer::json(200, &json!({"orchestrations": known}))
}

/// Both input formats as one.
fn inputs(body: &Value) -> Value {
    match body["inputs"].as_array() {
        Some(inputs) => {
            let pairs = inputs.iter().map(|one| (text(&one["name"]), one["value"].clone()));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        None => body.clone(),
    }
}

fn trimmed(value: &Value) -> String {
    text(value).trim().to_owned()
}

fn day(world: &World) -> String {
    world.now().format("%Y%m%d").to_string()
}

/// Whole seconds of a day as HHMMSS, without leading zeros.
fn time(world: &World) -> u64 {
    world.now().format("%H%M%S").to_string().parse().unwrap_or_default()
}

fn put_status(world: &mut World, id: &str, status: &str) -> bool {
    let (today, time) = (day(world), time(world));
    let Some(row) = world.find_mut("F4801", "DOCO", id) else { return false };
    row.insert("SRST".to_owned(), json!(status));
    row.insert("UPMJ".to_owned(), json!(today));
    row.insert("TDAY".to_owned(), json!(time));
    true
}

fn create(body: &Value, world: &mut World) -> Answer {
    if world.find("F1201", "NUMB", &text(&body["EquipmentNumber"])).is_none() {
        return broken_rule("Equipment Number Invalid");
    }
    let title = text(&body["Description"]);
    if title.is_empty() || title.chars().count() > 30 {
        return broken_rule("Description Invalid");
    }
    let reference = text(&body["CorrelationId"]);
    let (number, today, time) = (world.number("F4801", 451_200), day(world), time(world));
    world.add("F4801", json!({
        "DOCO": number, "DCTO": "WO", "SRST": "20", "NUMB": text(&body["EquipmentNumber"]).parse::<u64>().unwrap_or_default(),
        "DL01": format!("{title:<30}"), "VR01": format!("{reference:<25}"), "WR01": format!("{:<3}", text(&body["FailureCode"])),
        "TYPS": "6", "PRTS": body["Priority"], "DRQJ": text(&body["RequestedDate"]).replace('-', ""), "MMCU": BRANCH, "ANP": 0, "GT48": body["LongText"], "due": body["RequestedDate"],
        "TRDJ": today, "UPMJ": today, "TDAY": time, "HRSA": 0, "AMTA": 0, "DL02": " ".repeat(30),
    }));
    for part in body["Parts"].as_array().into_iter().flatten() {
        let item = format!("{:<26}", text(&part["Item"]));
        world.add(
            "F3111",
            json!({"DOCO": number, "CPIL": item, "UORG": part["Quantity"], "TRQT": 0}),
        );
    }
    Answer::json(
        200,
        &json!({"WorkOrderNumber": number, "Status": "20", "AlreadyExisted": false, "warnings": []}),
    )
}

fn set_status(body: &Value, world: &mut World) -> Answer {
    match put_status(world, &text(&body["WorkOrderNumber"]), &text(&body["Status"])) {
        true => Answer::json(
            200,
            &json!({"WorkOrderNumber": body["WorkOrderNumber"], "Status": body["Status"]}),
        ),
        false => broken_rule("Work Order Number Invalid"),
    }
}

fn browse(call: &Call, world: &World, table: &str) -> Answer {
    let Some(table) = ["F1201", "F4801", "F3111"].into_iter().find(|known| *known == table) else {
        return error(500, &format!("The table {table} does not exist"));
    };
    let alias = |name: &str| {
        name.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned)
    };
    let mut rows: Vec<&Value> = world.rows(table).iter().collect();
    for filter in call.query.iter().filter(|(key, _)| key == "$filter").map(|(_, value)| value) {
        let mut words = filter.splitn(3, ' ');
        let (Some(field), Some(op), Some(value)) =
            (words.next().and_then(alias), words.next(), words.next())
        else {
            return error(500, &format!("The filter {filter} is not valid"));
        };
        let value = american(value).unwrap_or_else(|| value.trim().to_owned());
        rows.retain(|row| {
            let order = compare(&trimmed(&row[&field]), &value);
            match op {
                "EQ" => order.is_eq(),
                "NE" => order.is_ne(),
                "LT" => order.is_lt(),
                "LE" => order.is_le(),
                "GT" => order.is_gt(),
                "GE" => order.is_ge(),
                _ => false,
            }
        });
    }
    let limit = call.number("$limit").unwrap_or(100).min(MOST);
    let fields: Vec<String> = call
        .query
        .iter()
        .filter(|(key, _)| key == "$field")
        .filter_map(|(_, value)| alias(value))
        .collect();
    let shown = rows.iter().take(limit).map(|row| {
        let pairs = fields.iter().map(|field| (format!("{table}_{field}"), row[field].clone()));
        Value::Object(pairs.collect::<Map<_, _>>())
    });
    let shown: Vec<Value> = shown.collect();
    let summary = json!({"records": shown.len(), "moreRecords": rows.len() > limit});
    let form = format!("fs_DATABROWSE_{table}");
    Answer::json(
        200,
        &json!({form: {"title": "Data Browser", "data": {"gridData": {"columns": {}, "rowset": shown, "summary": summary}}, "errors": [], "warnings": []}}),
    )
}

/// A date as the user writes it.
fn american(text: &str) -> Option<String> {
    let date = chrono::NaiveDate::parse_from_str(text.trim(), "%m/%d/%Y").ok()?;
    Some(date.format("%Y%m%d").to_string())
}
