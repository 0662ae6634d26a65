//! eMaint: one path, rows of tables, PUT creates and POST updates, filters as JSON in a text.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::world::{LedgerEntry, World, pick, text};

const AGENT: &str = "EmaintXT_Plant1_8842";
const ACCOUNT: &str = "PLANT1";
const USER: &str = "mwright";
const PASSWORD: &str = "emaint-pass-60be11";
/// Tables, their key and their columns.
const TABLES: [(&str, &str, &[&str]); 3] = [
    (
        "COMPINFO",
        "compid",
        &[
            "compid",
            "comp_desc",
            "serial_no",
            "mfr",
            "model_no",
            "in_service",
            "parent_id",
            "location",
            "crit",
            "comp_stat",
            "last_edit",
        ],
    ),
    (
        "WORK",
        "wo",
        &[
            "wo",
            "compid",
            "brief_desc",
            "detail_desc",
            "wo_type",
            "wo_status",
            "priority",
            "prob_code",
            "cause_code",
            "action_txt",
            "date_wo",
            "date_due",
            "date_comp",
            "downtime",
            "assignto",
            "ext_ref",
            "last_edit",
        ],
    ),
    ("WOCHARGE", "charge", &["charge", "wo", "chg_type", "hours", "item", "qty", "cost"]),
];

#[derive(Default)]
pub(super) struct Emaint {
    tokens: u64,
}

impl Face for Emaint {
    fn about(&self) -> Value {
        json!({
            "settings": {"user_agent": AGENT, "account": ACCOUNT, "currency": "USD"},
            "secrets": {"user": USER, "password": PASSWORD},
            "order": {"asset": "VMC-1002", "failure_code": "BRG"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 2.5, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = stamp(world);
            world.add("COMPINFO", json!({
                "compid": machine.tag, "comp_desc": machine.name, "serial_no": machine.serial, "mfr": machine.manufacturer,
                "model_no": machine.model, "in_service": machine.installed, "location": "HALL 2", "crit": "A",
                "comp_stat": if machine.retired { "R" } else { "A" }, "last_edit": stamp,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.param("q").is_some_and(|method| matches!(method, "Record" | "UploadDocument"))
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.param("q") == Some("Login")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        refuse(status, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        refuse(429, "Too many requests").with("retry-after", seconds.to_string())
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.segments() != ["wc.dll"] || !call.target.contains("?x3~api~") {
            return Answer::text(404, "text/html", "<h1>Not found</h1>");
        }
        let agent = call.header("xt-useragent").unwrap_or_default();
        if self.is_sign_in(call) {
            let body = call.json().unwrap_or_default();
            if body["account"] != ACCOUNT || body["user"] != USER || body["password"] != PASSWORD {
                return refuse(401, "Invalid credentials");
            }
            self.tokens += 1;
            let token = format!("eyJlbWFpbnQ.{:08}.sig", self.tokens * 6_151);
            world.notes.insert(token.clone(), agent.to_owned());
            return Answer::json(200, &json!({"token": token}));
        }
        if call.bearer().and_then(|token| world.notes.get(token)).is_none_or(|known| known != agent)
        {
            return refuse(401, "The token is not valid");
        }
        let Some(body) = call.json() else { return refuse(400, "The body is not valid JSON") };
        match (call.method.as_str(), call.param("q").unwrap_or_default()) {
            ("POST", "GetAnyData") => select(&body, world),
            ("PUT", "Record") => create(&body, world),
            ("POST", "Record") => change(&body, world),
            ("POST", "UploadDocument") => {
                world.add("document", body);
                saved("1")
            }
            ("DELETE", "Record") => refuse(405, "The method is not allowed"),
            _ => refuse(405, "The method is not implemented"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let rows = world.rows("WORK").iter();
        rows.map(|row| {
            let id = text(&row["wo"]);
            let folder = format!("WORK/{id}");
            let files = world.rows("document").iter().filter(|file| file["folder"] == *folder);
            LedgerEntry {
                reference: text(&row["ext_ref"]),
                title: text(&row["brief_desc"]),
                description: text(&row["detail_desc"]),
                asset: text(&row["compid"]),
                priority: text(&row["priority"]),
                status: text(&row["wo_status"]),
                due: text(&row["date_due"]),
                failure_code: text(&row["prob_code"]),
                files: files.map(|file| text(&file["filename"])).collect(),
                id,
                ..LedgerEntry::default()
            }
        })
        .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let now = stamp(world);
        let Some(row) = world.find_mut("WORK", "wo", id) else { return false };
        let status = match act {
            "start" => "W",
            "close" => "H",
            "cancel" => "X",
            _ => return false,
        };
        row.insert("wo_status".to_owned(), json!(status));
        row.insert("last_edit".to_owned(), json!(now));
        if act == "close" {
            row.insert("date_comp".to_owned(), json!(now));
            row.insert("action_txt".to_owned(), closure["action"].clone());
            row.insert("downtime".to_owned(), json!("0.75"));
            let hours = text(&closure["labour_hours"]);
            for (kind, hours, item, quantity) in
                [("L", hours, Value::Null, ""), ("P", String::new(), closure["part"].clone(), "1")]
            {
                let charge = world.number("WOCHARGE", 1);
                world.add("WOCHARGE", json!({
                    "charge": charge.to_string(), "wo": id, "chg_type": kind, "hours": if hours.is_empty() { Value::Null } else { json!(hours) },
                    "item": item, "qty": quantity, "cost": "40.00",
                }));
            }
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let now = stamp(world);
        world
            .find_mut("COMPINFO", "compid", asset)
            .map(|row| row.insert("last_edit".to_owned(), json!(now)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let row = json!({
            "compid": order.asset, "brief_desc": order.title, "prob_code": order.failure_code, "wo_status": "O",
        });
        Some(create(&json!({"table": "WORK", "payload": row}), world))
    }
}

fn stamp(world: &World) -> String {
    world.now().format("%Y-%m-%d %H:%M:%S").to_string()
}

fn envelope(valid: bool, message: &str, data: Value, id: &str) -> Value {
    json!({"valid": valid.to_string(), "message": message, "data": data, "id": id})
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &envelope(false, message, json!(""), ""))
}

fn saved(id: &str) -> Answer {
    Answer::json(200, &envelope(true, "Record Saved Successfully!", json!(""), id))
}

fn table(
    body: &Value,
) -> Result<&'static (&'static str, &'static str, &'static [&'static str]), Answer> {
    let name = text(&body["table"]);
    TABLES
        .iter()
        .find(|(table, ..)| *table == name)
        .ok_or_else(|| refuse(400, &format!("The table {name} does not exist")))
}

/// The first column that the table does not have.
fn unknown<'a>(columns: &[&str], mut names: impl Iterator<Item = &'a str>) -> Option<Answer> {
    let name = names.find(|name| !name.is_empty() && !columns.contains(name))?;
    Some(refuse(400, &format!("The column {name} does not exist")))
}

/// Whether a group or a condition holds; an unknown operator is an error.
fn holds(filter: &Value, row: &Value) -> Result<bool, String> {
    if let Some(filters) = filter["filters"].as_array() {
        let all = filters.iter().map(|one| holds(one, row)).collect::<Result<Vec<_>, _>>()?;
        return Ok(match text(&filter["logic"]).as_str() {
            "Or" => all.contains(&true),
            _ => !all.contains(&false),
        });
    }
    let (found, value) = (text(&row[text(&filter["field"])]), text(&filter["value"]));
    let order = compare(&found, &value);
    Ok(match text(&filter["operator"]).as_str() {
        "eq" => found == value,
        "neq" => found != value,
        "startswith" => found.starts_with(&value),
        "notstartswith" => !found.starts_with(&value),
        "endswith" => found.ends_with(&value),
        "contains" => found.contains(&value),
        "containany" => value.split(',').any(|one| one == found),
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "lt" => order.is_lt(),
        "lte" => order.is_le(),
        other => return Err(format!("The operator {other} is not known")),
    })
}

fn select(body: &Value, world: &World) -> Answer {
    let (name, key, columns) = match table(body) {
        Ok(table) => table,
        Err(refused) => return refused,
    };
    let wanted = text(&body["columns"]);
    if let Some(refused) = unknown(columns, wanted.split(',')) {
        return refused;
    }
    let filter = match &body["filter"] {
        Value::String(filter) if filter.is_empty() => json!({"filters": []}),
        Value::String(filter) => match serde_json::from_str::<Value>(filter) {
            Ok(filter) if filter["filters"].is_array() => filter,
            _ => return refuse(400, "The filter is not a group of conditions"),
        },
        _ => return refuse(400, "The filter must be a string"),
    };
    let mut rows = Vec::new();
    for row in world.rows(name) {
        match holds(&filter, row) {
            Ok(true) => rows.push(row),
            Ok(false) => {}
            Err(why) => return refuse(400, &why),
        }
    }
    let sort = body["sortBy"][0]["field"].as_str().unwrap_or(key);
    rows.sort_by(|a, b| compare(&text(&a[sort]), &text(&b[sort])));
    let number = |field: &str, other: u64| {
        usize::try_from(body[field].as_u64().unwrap_or(other)).unwrap_or(1).max(1)
    };
    let (page, size) = (number("pageNumber", 1), number("pageSize", 500));
    let wanted: Vec<&str> = match wanted.as_str() {
        "" => columns.to_vec(),
        wanted => wanted.split(',').collect(),
    };
    let data = rows.into_iter().skip((page - 1) * size).take(size).map(|row| pick(row, &wanted));
    Answer::json(200, &envelope(true, "", data.collect(), ""))
}

fn known_asset(row: &Map<String, Value>, world: &World) -> Option<Answer> {
    let asset = row.get("compid").map(text)?;
    let known = asset.is_empty() || world.find("COMPINFO", "compid", &asset).is_some();
    (!known).then(|| {
        Answer::json(
            200,
            &envelope(false, &format!("The asset {asset} does not exist"), json!(""), ""),
        )
    })
}

fn create(body: &Value, world: &mut World) -> Answer {
    let (name, key, columns) = match table(body) {
        Ok(table) => table,
        Err(refused) => return refused,
    };
    let Some(mut row) = body["payload"].as_object().cloned() else {
        return refuse(400, "The payload is missing");
    };
    if let Some(refused) =
        unknown(columns, row.keys().map(String::as_str)).or_else(|| known_asset(&row, world))
    {
        return refused;
    }
    let (id, now) = (world.number(name, 10_452).to_string(), stamp(world));
    for (field, value) in [(*key, &id), ("last_edit", &now), ("date_wo", &now)] {
        row.insert(field.to_owned(), json!(value));
    }
    world.add(name, Value::Object(row));
    saved(&id)
}

fn change(body: &Value, world: &mut World) -> Answer {
    let (name, key, columns) = match table(body) {
        Ok(table) => table,
        Err(refused) => return refused,
    };
    let given = body["payload"].as_object().cloned().unwrap_or_default();
    if let Some(refused) = unknown(columns, given.keys().map(String::as_str)) {
        return refused;
    }
    let (id, now) = (text(&body["id"]), stamp(world));
    let Some(row) = world.find_mut(name, key, &id) else {
        return refuse(404, "The record does not exist");
    };
    row.extend(given);
    row.insert("last_edit".to_owned(), json!(now));
    saved(&id)
}
