//! ERPNext 15 (Frappe): documents by name, 417 for every validation, times in the site's zone,
//! names that are used again, unknown fields dropped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{FixedOffset, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare};
use crate::cmms::webhooks::{Change, Hook, hmac};
use crate::cmms::world::{LedgerEntry, World, pick, text};

const KEY: &str = "erp-key-92ab13";
const SECRET: &str = "erp-secret-c0771e5d";
const USER: &str = "pdm-bot@example.com";
const REF: &str = "millwright_ref";
/// Asia/Kolkata, which is the zone of a site that sets none.
const ZONE: i32 = 5 * 3600 + 1800;
const REPAIR_FIELDS: [&str; 17] = [
    "name",
    "creation",
    "modified",
    "docstatus",
    "asset",
    "failure_date",
    "repair_status",
    "completion_date",
    "description",
    "actions_performed",
    "downtime",
    "repair_cost",
    "total_repair_cost",
    "stock_items",
    "company",
    REF,
    "asset_name",
];
const ASSET_FIELDS: [&str; 11] = [
    "name",
    "asset_name",
    "item_code",
    "item_name",
    "asset_category",
    "location",
    "status",
    "docstatus",
    "available_for_use_date",
    "modified",
    "creation",
];
const FILE_FIELDS: [&str; 4] = ["name", "file_name", "attached_to_doctype", "attached_to_name"];

pub(super) struct ErpNext;

impl Face for ErpNext {
    fn about(&self) -> Value {
        json!({
            "settings": {"currency": "EUR"},
            "secrets": {"api_key": KEY, "api_secret": SECRET},
            "order": {"asset": "ACC-ASS-2026-00002"},
            "closure": {"action": "Replaced DE bearing", "downtime": "4.5"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = local(world);
            world.add("Asset", json!({
                "name": format!("ACC-ASS-2026-{:05}", machine.number), "asset_name": machine.name, "item_code": machine.model, "item_name": machine.model,
                "asset_category": "Machines", "location": "Hall 2", "status": if machine.retired { "Scrapped" } else { "Submitted" }, "docstatus": 1,
                "available_for_use_date": machine.installed, "modified": stamp, "creation": stamp,
            }));
        }
        let stamp = local(world);
        world.add("Asset", json!({"name": "ACC-ASS-2026-00099", "asset_name": "A draft", "item_code": "X", "status": "Draft", "docstatus": 0, "modified": stamp}));
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => error(401, "AuthenticationError", ""),
            403 => error(403, "PermissionError", message),
            _ => error(417, "ValidationError", message),
        }
    }

    fn too_many(&self, seconds: u32) -> Answer {
        error(429, "TooManyRequests", "Too Many Requests").with("retry-after", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        let words = call.segments();
        if words.as_slice() == ["api", "method", "ping"] {
            return Answer::json(200, &json!({"message": "pong"}));
        }
        match call.header("authorization") {
            Some(given) if given == format!("token {KEY}:{SECRET}") => {}
            Some(_) => return self.fail(401, ""),
            None => {
                return error(
                    403,
                    "PermissionError",
                    "User <strong>Guest</strong> does not have doctype access via role permission",
                );
            }
        }
        match (call.method.as_str(), words.as_slice()) {
            ("GET", ["api", "method", "frappe.auth.get_logged_user"]) => {
                Answer::json(200, &json!({"message": USER}))
            }
            ("GET", ["api", "method", "frappe.utils.change_log.get_versions"]) => Answer::json(
                200,
                &json!({"message": {"frappe": {"version": "15.44.2"}, "erpnext": {"version": "15.109.0"}}}),
            ),
            ("GET", ["api", "method", "frappe.client.get_count"]) => {
                let doctype = call.param("doctype").unwrap_or_default();
                match (known(doctype), filters(call)) {
                    (Some((kind, _)), Ok(filters)) => {
                        let count = world
                            .rows(kind)
                            .iter()
                            .filter(|row| filters.iter().all(|one| one.holds(row)))
                            .count();
                        Answer::json(200, &json!({"message": count}))
                    }
                    _ => error(404, "DoesNotExistError", &format!("DocType {doctype} not found")),
                }
            }
            ("GET", ["api", "resource", doctype]) => list(call, world, doctype),
            ("GET", ["api", "resource", doctype, name]) => {
                match known(doctype).and_then(|(kind, _)| world.find(kind, "name", name)) {
                    Some(row) => Answer::json(200, &json!({"data": row})),
                    None => error(404, "DoesNotExistError", &format!("{doctype} {name} not found")),
                }
            }
            ("POST", ["api", "resource", "Asset Repair"]) => create(call, world),
            ("POST", ["api", "resource", "File"]) => attach(call, world),
            ("PUT", ["api", "resource", "Asset Repair", name]) => change(call, world, name),
            ("DELETE", ["api", "resource", "Asset Repair", name]) => remove(world, name),
            (_, ["api", "resource", doctype, ..]) => {
                error(404, "DoesNotExistError", &format!("DocType {doctype} not found"))
            }
            _ => error(404, "DoesNotExistError", "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("Asset Repair")
            .iter()
            .map(|row| {
                let files = world
                    .rows("File")
                    .iter()
                    .filter(|file| file["attached_to_name"] == row["name"]);
                LedgerEntry {
                    reference: text(&row[REF]),
                    id: text(&row["name"]),
                    title: text(&row["description"]),
                    description: text(&row["description"]),
                    asset: text(&row["asset"]),
                    status: format!("{} {}", text(&row["repair_status"]), row["docstatus"]),
                    files: files.map(|file| text(&file["file_name"])).collect(),
                    ..LedgerEntry::default()
                }
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = local(world);
        let Some(row) = world.find_mut("Asset Repair", "name", id) else { return false };
        match act {
            "start" => {}
            "close" => {
                row.insert("repair_status".to_owned(), json!("Completed"));
                row.insert(
                    "completion_date".to_owned(),
                    json!(stamp.split('.').next().unwrap_or_default()),
                );
                row.insert(
                    "actions_performed".to_owned(),
                    json!(format!(
                        "{} 6310-2Z. Root cause: lubrication.",
                        text(&closure["action"])
                    )),
                );
                row.insert("downtime".to_owned(), closure["downtime"].clone());
                row.insert("repair_cost".to_owned(), json!(180.0));
                row.insert("total_repair_cost".to_owned(), json!(180.0));
                row.insert("docstatus".to_owned(), json!(1));
            }
            "cancel" => drop(row.insert("repair_status".to_owned(), json!("Cancelled"))),
            _ => return false,
        }
        row.insert("modified".to_owned(), json!(stamp));
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = local(world);
        world
            .find_mut("Asset", "name", asset)
            .map(|row| row.insert("modified".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let body = json!({"asset": order.asset, "failure_date": local(world)[..19], "description": order.title});
        Some(create(&Call::inside(&body), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("Asset Repair", "name"))
    }

    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        let body =
            pick(change.row, &["name", "repair_status", "docstatus", "modified"]).to_string();
        let signature = STANDARD.encode(hmac(change.secret, body.as_bytes()));
        let hook = Hook { headers: Vec::new(), body: body.into_bytes() };
        vec![hook.with("x-frappe-webhook-signature", signature)]
    }
}

/// Naive, in the site's zone.
fn local(world: &World) -> String {
    let zone = FixedOffset::east_opt(ZONE);
    let now = zone.map(|zone| world.now().with_timezone(&zone).naive_local()).unwrap_or_default();
    now.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

fn known(doctype: &str) -> Option<(&'static str, &'static [&'static str])> {
    match doctype {
        "Asset" => Some(("Asset", &ASSET_FIELDS)),
        "Asset Repair" => Some(("Asset Repair", &REPAIR_FIELDS)),
        "File" => Some(("File", &FILE_FIELDS)),
        _ => None,
    }
}

/// The message as JSON in JSON.
fn error(status: u16, kind: &str, message: &str) -> Answer {
    let mut body = json!({"exc_type": kind, "exc": "[\"Traceback (most recent call last)\"]"});
    if status != 404 {
        body["exception"] = json!(format!("frappe.exceptions.{kind}: {message}"));
    }
    if !message.is_empty() {
        let inner = json!({"message": message, "title": "Message", "indicator": "red", "raise_exception": 1}).to_string();
        body["_server_messages"] = json!(json!([inner]).to_string());
    }
    Answer::json(status, &body)
}

fn filters(call: &Call) -> Result<Vec<Condition>, String> {
    let given: Vec<Vec<Value>> = match call.param("filters") {
        None => Vec::new(),
        Some(given) => serde_json::from_str(given).map_err(|error| error.to_string())?,
    };
    given
        .into_iter()
        .map(|one| match one.as_slice() {
            [field, op, value] => {
                Ok(Condition { field: text(field), op: text(op), value: text(value) })
            }
            _ => Err("a filter has three parts".to_owned()),
        })
        .collect()
}

fn list(call: &Call, world: &World, doctype: &str) -> Answer {
    let Some((kind, fields)) = known(doctype) else {
        return error(404, "DoesNotExistError", &format!("DocType {doctype} not found"));
    };
    let asked: Vec<String> = call
        .param("fields")
        .and_then(|given| serde_json::from_str(given).ok())
        .unwrap_or_else(|| vec!["name".to_owned()]);
    let filters = match filters(call) {
        Ok(filters) => filters,
        Err(what) => return error(417, "ValidationError", &what),
    };
    let used = asked.iter().map(String::as_str).chain(filters.iter().map(|one| one.field.as_str()));
    if let Some(odd) = used.into_iter().find(|field| !fields.contains(field)) {
        return error(417, "DataError", &format!("Field not permitted in query: {odd}"));
    }
    let mut rows: Vec<&Value> =
        world.rows(kind).iter().filter(|row| filters.iter().all(|one| one.holds(row))).collect();
    for part in call.param("order_by").unwrap_or("modified desc").split(',').rev().map(str::trim) {
        let (field, way) = part.split_once(' ').unwrap_or((part, "asc"));
        rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
        if way == "desc" {
            rows.reverse();
        }
    }
    let length = match call.number("limit_page_length") {
        None => 20,
        Some(0) => usize::MAX,
        Some(length) => length,
    };
    let asked: Vec<&str> =
        asked.iter().map(String::as_str).filter(|field| *field != "stock_items").collect();
    let page = rows.into_iter().skip(call.number("limit_start").unwrap_or(0)).take(length);
    Answer::json(200, &json!({"data": page.map(|row| pick(row, &asked)).collect::<Vec<_>>()}))
}

/// A time that the database takes.
fn bad_date(row: &Map<String, Value>) -> Option<Answer> {
    let fields = ["failure_date", "completion_date"].into_iter();
    let bad = fields
        .filter_map(|field| Some((field, row.get(field)?.as_str()?)))
        .find(|(_, date)| NaiveDateTime::parse_from_str(date, "%Y-%m-%d %H:%M:%S").is_err());
    let (field, date) = bad?;
    Some(error(
        500,
        "OperationalError",
        &format!("Incorrect datetime value: '{date}' for column `{field}`"),
    ))
}

fn bad_status(row: &Map<String, Value>) -> Option<Answer> {
    let status = row.get("repair_status").map(text)?;
    let known = ["Pending", "Completed", "Cancelled"].contains(&status.as_str());
    (!known).then(|| error(417, "ValidationError", &format!(" Repair Status cannot be \"{status}\". It should be one of \"Pending\", \"Completed\", \"Cancelled\"")))
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(given)) = call.json() else {
        return error(500, "JSONDecodeError", "Expecting value");
    };
    let mut row: Map<String, Value> =
        given.into_iter().filter(|(key, _)| REPAIR_FIELDS.contains(&key.as_str())).collect();
    let asset = row.get("asset").map(text);
    let Some(known) = asset.as_ref().and_then(|asset| world.find("Asset", "name", asset)).cloned()
    else {
        return error(
            404,
            "DoesNotExistError",
            &format!("Asset {} not found", asset.unwrap_or_else(|| "None".to_owned())),
        );
    };
    if let Some(refused) = bad_date(&row).or_else(|| bad_status(&row)) {
        return refused;
    }
    if !row.contains_key("failure_date") {
        return error(417, "MandatoryError", "Failure Date is mandatory");
    }
    if matches!(text(&known["status"]).as_str(), "Sold" | "Scrapped") {
        return error(417, "ValidationError", "Asset Repair cannot be made for this asset");
    }
    if let Some(reference) = row
        .get(REF)
        .map(text)
        .filter(|reference| world.find("Asset Repair", REF, reference).is_some())
    {
        return error(417, "UniqueValidationError", &format!("{REF} must be unique: {reference}"));
    }
    let stamp = local(world);
    row.entry("repair_status").or_insert(json!("Pending"));
    for (field, value) in [
        ("docstatus", json!(0)),
        ("creation", json!(stamp)),
        ("modified", json!(stamp)),
        ("repair_cost", json!(0.0)),
        ("total_repair_cost", json!(0.0)),
        ("stock_items", json!([])),
        ("company", json!("Plant One")),
        ("asset_name", known["asset_name"].clone()),
    ] {
        row.insert(field.to_owned(), value);
    }
    let name = format!("ACC-ASR-2026-{:05}", next_name(world));
    row.insert("name".to_owned(), json!(name));
    if row["repair_status"] == "Pending"
        && let Some(asset) = asset.and_then(|asset| world.find_mut("Asset", "name", &asset))
    {
        asset.insert("status".to_owned(), json!("Out of Order"));
    }
    let row = world.add("Asset Repair", Value::Object(row));
    Answer::json(200, &json!({"data": row}))
}

/// One more than the highest there is: a deleted newest gives its number away.
fn next_name(world: &World) -> u64 {
    let numbers = world
        .rows("Asset Repair")
        .iter()
        .filter_map(|row| text(&row["name"]).rsplit('-').next()?.parse::<u64>().ok());
    numbers.max().unwrap_or(5) + 1
}

fn change(call: &Call, world: &mut World, name: &str) -> Answer {
    let Some(Value::Object(given)) = call.json() else {
        return error(500, "JSONDecodeError", "Expecting value");
    };
    let given: Map<String, Value> =
        given.into_iter().filter(|(key, _)| REPAIR_FIELDS.contains(&key.as_str())).collect();
    let stamp = local(world);
    if let Some(refused) = bad_date(&given).or_else(|| bad_status(&given)) {
        return refused;
    }
    let Some(row) = world.find_mut("Asset Repair", "name", name) else {
        return error(404, "DoesNotExistError", &format!("Asset Repair {name} not found"));
    };
    if given.get("modified").is_some_and(|modified| Some(modified) != row.get("modified")) {
        return error(
            417,
            "TimestampMismatchError",
            "Error: Document has been modified after you have opened it. Please refresh to get the latest document.",
        );
    }
    if row["docstatus"] == 1 && given.keys().any(|key| key != "docstatus" && key != "modified") {
        return error(
            417,
            "UpdateAfterSubmitError",
            "Not allowed to change <strong>Actions performed</strong> after submission",
        );
    }
    let status = given
        .get("repair_status")
        .or_else(|| row.get("repair_status"))
        .map(text)
        .unwrap_or_default();
    if given.get("docstatus").is_some_and(|state| *state == 1) && status == "Pending" {
        return error(417, "ValidationError", "Please update Repair Status.");
    }
    let completed = given.get("completion_date").map(text);
    if completed.is_some_and(|date| date < row.get("failure_date").map(text).unwrap_or_default()) {
        return error(
            417,
            "ValidationError",
            "Completion Date can not be before Failure Date. Please adjust the dates accordingly.",
        );
    }
    row.extend(given);
    row.insert("modified".to_owned(), json!(stamp));
    let row = Value::Object(row.clone());
    if status != "Pending"
        && let Some(asset) = world.find_mut("Asset", "name", &text(&row["asset"]))
    {
        asset.insert("status".to_owned(), json!("Submitted"));
    }
    Answer::json(200, &json!({"data": row}))
}

fn remove(world: &mut World, name: &str) -> Answer {
    let rows = world.rows_mut("Asset Repair");
    match rows.iter().position(|row| row["name"] == *name) {
        Some(place) if rows[place]["docstatus"] == 0 => {
            rows.remove(place);
            Answer::json(202, &json!({"data": "ok"}))
        }
        Some(_) => error(417, "ValidationError", "Submitted Record cannot be deleted."),
        None => error(404, "DoesNotExistError", &format!("Asset Repair {name} not found")),
    }
}

fn attach(call: &Call, world: &mut World) -> Answer {
    let Some(mut body) = call.json() else {
        return error(500, "JSONDecodeError", "Expecting value");
    };
    body["name"] = json!(format!("f00d{:04x}", world.number("File", 1)));
    let row = world.add("File", body);
    Answer::json(200, &json!({"data": pick(&row, &["name", "file_name"])}))
}
