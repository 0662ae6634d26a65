//! Fiix: one address, the operation in the body, a signed query, errors in 200s.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare};
use crate::cmms::world::{LedgerEntry, World, pick, text};

const APP: &str = "macmmsackp39f0c1";
const ACCESS: &str = "macmmsaakp88d2e7";
const SECRET: &str = "fiix-secret-4be1907a";
const SITE: i64 = 5001;
/// Rows of a page at most.
const MOST: usize = 100;
const STATUSES: [(i64, &str); 8] = [
    (176_990, "Requested"),
    (176_991, "Draft"),
    (176_992, "Open"),
    (176_993, "Assigned"),
    (176_994, "Work In Progress"),
    (176_995, "On Hold"),
    (176_996, "Closed, Completed"),
    (176_997, "Closed, Incomplete"),
];
const PRIORITIES: [(i64, &str); 5] = [
    (107_310, "Highest"),
    (107_312, "High"),
    (107_313, "Medium"),
    (107_314, "Low"),
    (107_315, "Lowest"),
];

/// Classes the double knows, as its tables call them.
const CLASSES: [&str; 11] = [
    "Asset",
    "WorkOrder",
    "WorkOrderAsset",
    "WorkOrderPart",
    "WorkOrderTask",
    "WorkOrderStatus",
    "Priority",
    "AssetOfflineTracker",
    "File",
    "FileContents",
    "WorkOrderUser",
];

pub(super) struct Fiix;

impl Face for Fiix {
    fn about(&self) -> Value {
        json!({
            "settings": {"site_id": SITE},
            "secrets": {"app_key": APP, "access_key": ACCESS, "secret_key": SECRET},
            "order": {"asset": "102", "failure_code": "31", "spare_parts": [{"part": "901", "quantity": 2.0}, {"part": "902", "quantity": 1.0}]},
            "expect": {"priority": "107312"},
            "closure": {"labour_hours": 2.25, "part": "901", "action": "Replaced the bearing"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            world.add("Asset", json!({
                "id": 100 + machine.number, "strName": machine.name, "strCode": machine.tag, "strSerialNumber": machine.serial,
                "strBarcode": machine.barcode, "strMake": machine.manufacturer, "strModel": machine.model, "intSuperCategorySysCode": 2,
                "intSiteID": SITE, "intUpdated": world.now().timestamp_millis(),
            }));
        }
        for (id, name, kind) in
            [(900, "Stores", 1), (901, "Bearing 6205-2RS", 5), (902, "Seal 40", 5)]
        {
            world.add("Asset", json!({"id": id, "strName": name, "intSuperCategorySysCode": kind, "intUpdated": world.now().timestamp_millis()}));
        }
        for (id, name) in STATUSES {
            world.add("WorkOrderStatus", json!({"id": id, "strName": name}));
        }
        for (id, name) in PRIORITIES {
            world.add("Priority", json!({"id": id, "strName": name}));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        let kind = call.json().map(|body| text(&body["_maCn"])).unwrap_or_default();
        matches!(kind.as_str(), "AddRequest" | "ChangeRequest" | "RemoveRequest")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => error("SERVER_REQUEST_UNPACK", 1010, &format!("Invalid signature. {message}")),
            403 => error("SERVER_REQUEST_PROCESS", 1020, &format!("Access denied. {message}")),
            _ => error("SERVER_REQUEST_PROCESS", 1030, message),
        }
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::json(
            429,
            &json!({"error": {"leg": "SERVER_REQUEST_PROCESS", "code": 1100, "message": "Too many requests", "object": {"P_CLIENT_AUTO_RETRY_WAIT_ADVISORY_MS": seconds * 1_000}}}),
        )
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.method != "POST" || call.path.first().map(String::as_str) != Some("api") {
            return Answer::text(404, "text/plain", "Not found");
        }
        let signed = format!("{}{}", call.header("host").unwrap_or_default(), call.target);
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())
            .map(|mac| mac.chain_update(signed).finalize().into_bytes());
        let right =
            mac.is_ok_and(|mac| call.header("authorization") == Some(hex::encode(mac).as_str()));
        if !right || call.param("appKey") != Some(APP) || call.param("accessKey") != Some(ACCESS) {
            return self.fail(401, "");
        }
        let Some(body) = call.json() else {
            return error("SERVER_REQUEST_UNPACK", 1000, "The request is not JSON");
        };
        let kind = text(&body["_maCn"]);
        if kind == "RpcRequest" {
            return Answer::json(200, &json!({"_maCn": "RpcResponse", "object": "Pong"}));
        }
        let class = text(&body["className"]);
        let Some(class) = CLASSES.into_iter().find(|known| *known == class) else {
            return error("SERVER_REQUEST_PROCESS", 1001, &format!("Unknown class {class}"));
        };
        match kind.as_str() {
            "AddRequest" => add(world, class, &body),
            "ChangeRequest" => change(world, class, &body),
            "FindRequest" => find(world, class, &body),
            "FindByIdRequest" => {
                let row =
                    world.find(class, "id", &text(&body["id"])).map(|row| shown(world, row, &body));
                Answer::json(
                    200,
                    &row.map_or_else(
                        || json!({"_maCn": "FindByIdResponse"}),
                        |row| json!({"_maCn": "FindByIdResponse", "object": row}),
                    ),
                )
            }
            _ => error("SERVER_REQUEST_UNPACK", 1002, "Unknown request"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("WorkOrder")
            .iter()
            .map(|row| {
                let id = text(&row["id"]);
                let children = |class: &'static str| {
                    world
                        .rows(class)
                        .iter()
                        .filter(|child| text(&child["intWorkOrderID"]) == id)
                        .cloned()
                        .collect::<Vec<_>>()
                };
                let assets: Vec<String> = children("WorkOrderAsset")
                    .iter()
                    .map(|child| text(&child["intAssetID"]))
                    .collect();
                let due = row["dtmSuggestedCompletionDate"]
                    .as_i64()
                    .and_then(chrono::DateTime::from_timestamp_millis);
                LedgerEntry {
                    reference: text(&row["strAdminNotes"]),
                    title: text(&row["strDescription"]),
                    description: text(&row["strDescription"]),
                    asset: assets.join(","),
                    priority: text(&row["intPriorityID"]),
                    status: text(&row["intWorkOrderStatusID"]),
                    due: due.map(|due| due.to_rfc3339()).unwrap_or_default(),
                    failure_code: text(&row["intRCAProblemID"]),
                    parts: children("WorkOrderPart")
                        .iter()
                        .map(|child| {
                            (
                                text(&child["intPartID"]),
                                child["qtySuggestedQuantity"].as_f64().unwrap_or_default(),
                            )
                        })
                        .collect(),
                    files: children("File").iter().map(|child| text(&child["strName"])).collect(),
                    id,
                }
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let now = world.now().timestamp_millis();
        let Some(row) = world.find_mut("WorkOrder", "id", id) else { return false };
        let status = match act {
            "start" => 176_994,
            "close" => 176_996,
            "cancel" => 176_997,
            _ => return false,
        };
        row.insert("intWorkOrderStatusID".to_owned(), json!(status));
        row.insert("intUpdated".to_owned(), json!(now));
        if act == "close" {
            row.insert("dtmDateCompleted".to_owned(), json!(now));
            row.insert("strCompletionNotes".to_owned(), closure["action"].clone());
            let number: i64 = id.parse().unwrap_or_default();
            world.add("WorkOrderTask", json!({"id": number * 10, "intWorkOrderID": number, "dblTimeSpentHours": closure["labour_hours"]}));
            world.add("AssetOfflineTracker", json!({"id": number * 10 + 1, "intWorkOrderID": number, "dblProductionHoursAffected": 0.5}));
            for part in world.rows_mut("WorkOrderPart").iter_mut().filter(|part| {
                part["intWorkOrderID"] == number
                    && text(&part["intPartID"]) == text(&closure["part"])
            }) {
                part["qtyActualQuantityUsed"] = json!(1);
            }
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let now = world.now().timestamp_millis();
        world
            .find_mut("Asset", "id", asset)
            .map(|row| row.insert("intUpdated".to_owned(), json!(now)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let mut row = json!({"intSiteID": SITE, "intWorkOrderStatusID": 176_992, "strDescription": order.title});
        if let Ok(code) = order.failure_code.parse::<i64>() {
            row["intRCAProblemID"] = json!(code);
        }
        let fields = "id";
        add(world, "WorkOrder", &json!({"object": row, "fields": fields}));
        let id = world.rows("WorkOrder").last()?["id"].clone();
        let asset = json!({"intWorkOrderID": id, "intAssetID": order.asset.parse::<i64>().ok()?});
        Some(add(world, "WorkOrderAsset", &json!({"object": asset, "fields": fields})))
    }
}

fn error(leg: &str, code: i64, message: &str) -> Answer {
    Answer::json(
        200,
        &json!({"error": {"leg": leg, "code": code, "message": message, "stackTrace": "at com.ma.…"}}),
    )
}

/// The fields asked for; `dv_` is the text behind an id, lists of children are derived.
fn shown(world: &World, row: &Value, body: &Value) -> Value {
    let fields = text(&body["fields"]);
    if fields == "*" {
        return row.clone();
    }
    let names: Vec<&str> = fields.split(',').collect();
    let mut shown = pick(row, &names);
    for name in names {
        if let Some(field) = name.strip_prefix("dv_") {
            let table = if field == "intPriorityID" { "Priority" } else { "WorkOrderStatus" };
            if let Some(known) = world.find(table, "id", &text(&row[field])) {
                shown[name] = known["strName"].clone();
            }
        }
        if name == "strAssetIds" {
            let children = world
                .rows("WorkOrderAsset")
                .iter()
                .filter(|child| child["intWorkOrderID"] == row["id"]);
            shown[name] = json!(
                children.map(|child| text(&child["intAssetID"])).collect::<Vec<_>>().join(",")
            );
        }
    }
    shown
}

fn add(world: &mut World, class: &'static str, body: &Value) -> Answer {
    let Value::Object(mut row) = body["object"].clone() else {
        return error("SERVER_REQUEST_PROCESS", 1003, "No object");
    };
    let missing = |field: &str| row.get(field).is_none_or(Value::is_null);
    if class == "WorkOrder" && (missing("intSiteID") || missing("intWorkOrderStatusID")) {
        return error(
            "SERVER_REQUEST_PROCESS",
            1004,
            "intSiteID and intWorkOrderStatusID are required",
        );
    }
    for (field, table) in
        [("intAssetID", "Asset"), ("intPartID", "Asset"), ("intWorkOrderID", "WorkOrder")]
    {
        if let Some(value) = row.get(field)
            && world.find(table, "id", &text(value)).is_none()
        {
            let what = format!("{field} {} does not exist", text(value));
            return error("SERVER_REQUEST_PROCESS", 1005, &what);
        }
    }
    let id = world.number(class, if class == "WorkOrder" { 991 } else { 70_001 });
    row.insert("id".to_owned(), json!(id));
    if class == "WorkOrder" {
        row.insert("strCode".to_owned(), json!((id + 1_050).to_string()));
        row.insert("dtmDateCreated".to_owned(), json!(world.now().timestamp_millis()));
    }
    row.insert("intUpdated".to_owned(), json!(world.now().timestamp_millis()));
    let row = world.add(class, Value::Object(row));
    Answer::json(
        200,
        &json!({"_maCn": "AddResponse", "object": shown(world, &row, body), "count": 1}),
    )
}

fn change(world: &mut World, class: &'static str, body: &Value) -> Answer {
    let fields = text(&body["changeFields"]);
    let now = world.now().timestamp_millis();
    let Some(row) = world.find_mut(class, "id", &text(&body["object"]["id"])) else {
        return error("SERVER_REQUEST_PROCESS", 1006, "The object does not exist");
    };
    for field in fields.split(',') {
        row.insert(field.to_owned(), body["object"][field].clone());
    }
    row.insert("intUpdated".to_owned(), json!(now));
    Answer::json(
        200,
        &json!({"_maCn": "ChangeResponse", "object": {"id": body["object"]["id"]}, "count": 1}),
    )
}

fn find(world: &World, class: &'static str, body: &Value) -> Answer {
    let mut rows: Vec<&Value> = world.rows(class).iter().collect();
    for filter in body["filters"].as_array().into_iter().flatten() {
        let parameters = filter["parameters"].as_array().cloned().unwrap_or_default();
        let Some(test) = test(&text(&filter["ql"]), parameters) else {
            return error("SERVER_REQUEST_PROCESS", 1007, "The ql cannot be read");
        };
        rows.retain(|row| test(row));
    }
    let order = text(&body["orderBy"]);
    if !order.is_empty() {
        rows.sort_by(|a, b| compare(&text(&a[&order]), &text(&b[&order])));
    }
    let number = |name: &str| body[name].as_u64().and_then(|n| usize::try_from(n).ok());
    let page = rows
        .iter()
        .skip(number("startIndex").unwrap_or(0))
        .take(number("maxObjects").unwrap_or(MOST).min(MOST));
    let objects: Vec<Value> = page.map(|row| shown(world, row, body)).collect();
    Answer::json(
        200,
        &json!({"_maCn": "FindResponse", "objects": objects, "totalObjects": rows.len()}),
    )
}

type Test = Box<dyn Fn(&Value) -> bool>;

/// `a = ? AND b IN (?,?)` with its parameters.
fn test(ql: &str, parameters: Vec<Value>) -> Option<Test> {
    let mut given = parameters.into_iter();
    let mut tests: Vec<Test> = Vec::new();
    for part in ql.split(" AND ") {
        let (field, rest) = part.trim().split_once(' ')?;
        let field = field.to_owned();
        if rest.trim_start().starts_with("IN ") {
            let values: Vec<String> =
                given.by_ref().take(rest.matches('?').count()).map(|value| text(&value)).collect();
            tests.push(Box::new(move |row| values.contains(&text(&row[&field]))));
        } else {
            let op = rest.trim().strip_suffix('?')?.trim().to_owned();
            let condition = Condition { field, op, value: text(&given.next()?) };
            tests.push(Box::new(move |row| condition.holds(row)));
        }
    }
    Some(Box::new(move |row| tests.iter().all(|test| test(row))))
}
