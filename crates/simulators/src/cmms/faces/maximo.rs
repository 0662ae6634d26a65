//! IBM Maximo: object structures over JSON, API key or cookies, a where-language, synonyms.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::closure::Closure;
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare, split_outside};
use crate::cmms::webhooks::{Change, Hook};
use crate::cmms::world::{LedgerEntry, World, pick, text};

const KEY: &str = "maximo-key-3f9a71c0d2";
const SITE: &str = "BEDFORD";
/// Page-size ceiling, `mxe.oslc.maxpagesize`.
const LARGEST_PAGE: usize = 500;
/// Seconds that a transaction id is remembered.
const REMEMBERED: i64 = 300;
/// What an hour of labour costs.
const HOURLY_RATE: f64 = 65.0;
const STATUSES: [(&str, &str); 7] = [
    ("WAPPR", "Waiting on Approval"),
    ("APPR", "Approved"),
    ("WMATL", "Waiting on Material"),
    ("INPRG", "In Progress"),
    ("COMP", "Completed"),
    ("CLOSE", "Closed"),
    ("CAN", "Canceled"),
];

/// Failure codes: code, name, place of the one above, type.
const FAILURES: [(&str, &str, u32, &str); 20] = [
    ("PUMPS", "pumps", 0, ""),
    ("VIBR", "vibr", 1, "PROBLEM"),
    ("WEAR", "wear", 2, "CAUSE"),
    ("REPLACE", "replace", 3, "REMEDY"),
    ("MACHTOOL", "Machine tools", 0, ""),
    ("SPB-01", "Spindle bearing fault", 5, "PROBLEM"),
    ("SPT-02", "Spindle overheating", 5, "PROBLEM"),
    ("DRB-03", "Drawbar fault", 5, "PROBLEM"),
    ("TWL-04", "Tool wear", 5, "PROBLEM"),
    ("TCH-05", "Tool changer fault", 5, "PROBLEM"),
    ("BLS-06", "Backlash growth", 5, "PROBLEM"),
    ("SRV-07", "Servo fault", 5, "PROBLEM"),
    ("CLP-08", "Clamping pressure loss", 5, "PROBLEM"),
    ("HYD-09", "Hydraulic leak", 5, "PROBLEM"),
    ("CPW-10", "Coolant pump wear", 5, "PROBLEM"),
    ("FLT-11", "Filter clogged", 5, "PROBLEM"),
    ("WHL-12", "Wheel imbalance", 5, "PROBLEM"),
    ("NFF", "No fault found", 5, "PROBLEM"),
    ("ADJUST", "Adjusted", 6, "REMEDY"),
    ("INSPECT", "Inspected", 18, "REMEDY"),
];

#[derive(Default)]
pub(super) struct Maximo;

impl Face for Maximo {
    fn about(&self) -> Value {
        json!({
            "path": "/maximo",
            "settings": {"site_id": SITE, "storeroom": "CENTRAL", "currency": "USD"},
            "secrets": {"api_key": KEY},
            "order": {"asset": "VMC-1002", "failure_code": "VIBR"},
            "expect": {"priority": "2", "reference_length": 10},
            "closure": {"labour_hours": 3.5, "part": "6205-2RS", "action": "REPLACE"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        let machines = world.machines();
        let tags: HashMap<u64, String> =
            machines.iter().map(|machine| (machine.number, machine.tag.clone())).collect();
        for machine in machines {
            let mut row = json!({
                "assetnum": machine.tag, "siteid": SITE, "description": machine.name, "serialnum": machine.serial,
                "assettag": machine.barcode, "manufacturer": machine.manufacturer.to_uppercase(), "pluscmodelnum": machine.model,
                "installdate": format!("{}T00:00:00+00:00", machine.installed), "priority": machine.number, "location": "SHOP",
                "status": if machine.retired { "DECOMMISSIONED" } else { "OPERATING" }, "changedate": world.stamp(),
            });
            if let Some(parent) = machine.parent {
                row["parent"] = json!(tags[&parent]);
            }
            world.add("asset", row);
        }
        let other = json!({"assetnum": "VMC-1002", "siteid": "TEXAS", "description": "A namesake", "status": "OPERATING", "changedate": world.stamp()});
        world.add("asset", other);
        for (id, (code, name, parent, kind)) in (1..).zip(FAILURES) {
            let mut row =
                json!({"failurelist": id, "failurecode": code, "description": name, "type": kind});
            if parent > 0 {
                row["parent"] = json!(parent);
            }
            world.add("failure", row);
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        error(status, "BMXAA7901E", message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::text(429, "text/plain", "Too Many Requests")
            .with("retry-after", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.header("apikey") != Some(KEY) {
            return match call.header("apikey") {
                Some(_) => self.fail(401, "You cannot log in at this time."),
                None => Answer::empty(302).with("location", "/maximo/webclient/login/login.jsp"),
            };
        }
        let answer = match (call.method.as_str(), call.segments().as_slice()) {
            ("GET", ["maximo", "api" | "oslc", "whoami"]) => Answer::json(
                200,
                &json!({"loginID": "mwright", "displayName": "Millwright", "defaultSite": SITE}),
            ),
            ("GET", ["maximo", "api" | "oslc", "os", structure]) => match table(structure) {
                Some(table) => list(call, world, structure, table),
                None => error(404, "BMXAA8301E", "The object structure does not exist."),
            },
            ("POST", ["maximo", "api" | "oslc", "os", "mxapiwodetail"]) => create(call, world),
            ("GET", ["maximo", "api" | "oslc", "os", "mxapiwodetail", id]) => {
                match order(world, id) {
                    Some(row) => Answer::json(200, &shown(call, &row)),
                    None => missing(),
                }
            }
            ("POST", ["maximo", "api" | "oslc", "os", "mxapiwodetail", id]) => {
                change(call, world, id)
            }
            ("POST", ["maximo", "api" | "oslc", "os", "mxapiwodetail", id, "doclinks"]) => {
                attach(call, world, id)
            }
            ("GET", ["maximo", "api" | "oslc", "os", "mxapiwodetail", id, "doclinks"]) => {
                order(world, id).map_or_else(missing, |row| files(&row))
            }
            _ => error(404, "BMXAA0028E", "Not found."),
        };
        answer.with("set-cookie", "JSESSIONID=0001-maximo-session; Path=/; HttpOnly")
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let rows = world.rows("wo").iter();
        rows.map(|row| LedgerEntry {
            reference: text(&row["externalrefid"]),
            id: format!("{SITE}/{}", text(&row["wonum"])),
            title: text(&row["description"]),
            description: text(&row["description_longdescription"]),
            asset: text(&row["assetnum"]),
            priority: text(&row["wopriority"]),
            status: text(&row["status_maxvalue"]),
            due: text(&row["targcompdate"]),
            failure_code: text(&row["problemcode"]),
            parts: row["wpmaterial"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|part| (text(&part["itemnum"]), part["itemqty"].as_f64().unwrap_or_default()))
                .collect(),
            files: row["doclinks"].as_array().into_iter().flatten().map(text).collect(),
        })
        .collect()
    }

    fn approve(&mut self, world: &mut World, id: &str) -> bool {
        let stamp = world.stamp();
        let Some(row) = by_id(world, id) else { return false };
        set_status(row, "APPR", &stamp);
        true
    }

    fn assign(&mut self, world: &mut World, id: &str, who: &str) -> bool {
        let stamp = world.stamp();
        let Some(row) = by_id(world, id) else { return false };
        row.insert("lead".to_owned(), json!(who));
        touched(row, &stamp);
        true
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = by_id(world, id) else { return false };
        let status = match act {
            "start" => "INPRG",
            "close" => "COMP",
            "cancel" => "CAN",
            _ => return false,
        };
        set_status(row, status, &stamp);
        match act {
            "start" => drop(row.insert("actstart".to_owned(), json!(stamp))),
            "close" => record(row, &Closure::read(closure), &stamp),
            _ => {}
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = world.stamp();
        world
            .find_mut("asset", "assetnum", asset)
            .map(|row| row.insert("changedate".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let mut body = json!({"siteid": SITE, "description": order.title, "assetnum": order.asset});
        if !order.failure_code.is_empty() {
            body["problemcode"] = json!(order.failure_code);
        }
        Some(create(&Call::inside(&body), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("wo", "wonum"))
    }

    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        vec![Hook::json(&pick(change.row, &["wonum", "siteid", "status", "changedate"]))]
    }
}

fn table(structure: &str) -> Option<&'static str> {
    match structure {
        "mxapiwodetail" => Some("wo"),
        "mxapiasset" => Some("asset"),
        "mxapifailurelist" => Some("failure"),
        _ => None,
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"Error": {
            "reasonCode": code, "message": format!("{code} - {message}"), "statusCode": status.to_string(),
            "extendedError": {"moreInfo": {"href": format!("https://mx-internal.local/maximo/oslc/error/messages/{code}")}},
        }}),
    )
}

fn missing() -> Answer {
    error(404, "BMXAA8727E", "The OSLC resource was not found.")
}

fn rest_id(site: &str, wonum: &str) -> String {
    format!("_{}", STANDARD.encode(format!("{site}/{wonum}")).replace('=', "-"))
}

fn order(world: &World, id: &str) -> Option<Value> {
    world.find("wo", "wonum", &wonum(id)?).cloned()
}

fn wonum(id: &str) -> Option<String> {
    let key =
        String::from_utf8(STANDARD.decode(id.strip_prefix('_')?.replace('-', "=")).ok()?).ok()?;
    key.strip_prefix(&format!("{SITE}/")).map(str::to_owned)
}

/// `lean` names, or `spi:` ones; what was selected, and the marks every object has.
fn shown(call: &Call, row: &Value) -> Value {
    let select = call.param("oslc.select").or_else(|| call.header("properties")).unwrap_or("*");
    let names: Vec<&str> =
        select.split(',').map(|one| one.split('{').next().unwrap_or_default()).collect();
    let mut row = if select == "*" {
        row.clone()
    } else {
        pick(row, &[&names[..], &["status_maxvalue", "_rowstamp"]].concat())
    };
    if let Some((_, label)) = STATUSES.iter().find(|(status, _)| row["status_maxvalue"] == *status)
    {
        row["status_description"] = json!(label);
    }
    if call.param("lean") == Some("1") {
        return row;
    }
    let spaced = row
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (format!("spi:{key}"), value.clone()));
    Value::Object(spaced.collect())
}

fn list(call: &Call, world: &World, structure: &str, table: &'static str) -> Answer {
    let conditions = match call
        .param("oslc.where")
        .map(conditions)
        .unwrap_or_else(|| Ok(Vec::new()))
    {
        Ok(conditions) => conditions,
        Err(what) => {
            return error(400, "BMXAA8742E", &format!("The where clause is not valid: {what}."));
        }
    };
    let mut rows: Vec<&Value> = world
        .rows(table)
        .iter()
        .filter(|row| conditions.iter().all(|one| one.holds(row)))
        .collect();
    if let Some(order) = call.param("oslc.orderBy") {
        let Some(field) = order.strip_prefix(['+', '-']) else {
            return error(400, "BMXAA8743E", "The order by clause needs a sign.");
        };
        rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
        if order.starts_with('-') {
            rows.reverse();
        }
    }
    let size = call.number("oslc.pageSize").unwrap_or(rows.len().max(1));
    if size > LARGEST_PAGE || size == 0 {
        return error(400, "BMXAA8744E", "The page size is too large.");
    }
    let page = call.number("pageno").unwrap_or(1).max(1);
    let members: Vec<Value> =
        rows.iter().skip((page - 1) * size).take(size).map(|row| shown(call, row)).collect();
    let here = format!("https://mx-internal.local/maximo/api/os/{structure}");
    let mut info = json!({"href": here, "pagenum": page});
    if rows.len() > page * size {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        pairs
            .extend_pairs(call.query.iter().filter(|(key, _)| key != "pageno"))
            .append_pair("pageno", &(page + 1).to_string());
        info["nextPage"] = json!({"href": format!("{here}?{}", pairs.finish())});
    }
    let key = if call.param("lean") == Some("1") { "member" } else { "rdfs:member" };
    let mut body = Map::new();
    body.insert(key.to_owned(), Value::Array(members));
    body.insert("href".to_owned(), json!(here));
    body.insert(
        if key == "member" { "responseInfo" } else { "oslc:responseInfo" }.to_owned(),
        info,
    );
    Answer::json(200, &Value::Object(body))
}

/// `a="x" and b>="y"`: strings and times quoted, numbers bare.
fn conditions(clause: &str) -> Result<Vec<Condition>, String> {
    split_outside(clause, " and ", '"')
        .into_iter()
        .map(|part| {
            let part = part.trim();
            let op = [">=", "<=", "!=", "=", ">", "<"]
                .into_iter()
                .filter_map(|op| part.find(op).map(|place| (place, op)))
                .min_by_key(|(place, op)| (*place, 9 - op.len()));
            let (place, op) = op.ok_or_else(|| part.to_owned())?;
            let (field, value) = (part[..place].trim(), part[place + op.len()..].trim());
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let value = match quoted {
                Some(value) => value.replace("\\\"", "\"").replace("\\\\", "\\"),
                None if value.parse::<f64>().is_ok() => value.to_owned(),
                None => return Err(part.to_owned()),
            };
            Ok(Condition { field: field.to_owned(), op: op.to_owned(), value })
        })
        .collect()
}

/// What Maximo refuses about a work order's fields.
fn problem(world: &World, body: &Value) -> Option<Answer> {
    let long = |field: &str, most: usize| text(&body[field]).chars().count() > most;
    for (field, most) in [
        ("description", 100),
        ("externalrefid", 10),
        ("problemcode", 8),
        ("worktype", 5),
        ("sourcesysid", 10),
    ] {
        if long(field, most) {
            return Some(error(
                400,
                "BMXAA4128E",
                &format!(
                    "The value for {} is too long: at most {most} characters.",
                    field.to_uppercase()
                ),
            ));
        }
    }
    let asset = text(&body["assetnum"]);
    let known =
        world.rows("asset").iter().any(|row| row["assetnum"] == *asset && row["siteid"] == SITE);
    if !asset.is_empty() && !known {
        return Some(error(
            400,
            "BMXAA2661E",
            &format!("Asset {asset} is not a valid asset of site {SITE}."),
        ));
    }
    let code = text(&body["problemcode"]);
    if !code.is_empty()
        && !world
            .rows("failure")
            .iter()
            .any(|row| row["failurecode"] == *code && row["type"] == "PROBLEM")
    {
        return Some(error(400, "BMXAA2677E", &format!("{code} is not a valid problem code.")));
    }
    None
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else {
        return error(400, "BMXAA8745E", "The body is not valid JSON.");
    };
    if row.get("siteid").map(text).as_deref() != Some(SITE) {
        return error(400, "BMXAA4153E", "SITEID is not a valid site of this user.");
    }
    if let Some(transaction) = call.header("transactionid") {
        let now = world.now().timestamp();
        let known =
            world.notes.get(&format!("tx {transaction}")).and_then(|then| then.parse::<i64>().ok());
        if known.is_some_and(|then| now - then < REMEMBERED) {
            return error(409, "BMXAA9372E", "The transaction has been processed already.");
        }
    }
    if let Some(refused) = problem(world, &Value::Object(row.clone())) {
        return refused;
    }
    if let Some(transaction) = call.header("transactionid") {
        let now = world.now().timestamp();
        world.notes.insert(format!("tx {transaction}"), now.to_string());
    }
    let number = world.number("wo", 1001);
    let wonum = number.to_string();
    row.insert("wonum".to_owned(), json!(wonum));
    row.insert("workorderid".to_owned(), json!(number * 7));
    row.insert("reportdate".to_owned(), json!(world.stamp()));
    set_status(&mut row, "WAPPR", &world.stamp());
    let row = world.add("wo", Value::Object(row));
    let location =
        format!("https://mx-internal.local/maximo/api/os/mxapiwodetail/{}", rest_id(SITE, &wonum));
    let answer = match call.header("properties") {
        Some(_) => Answer::json(201, &shown(call, &row)),
        None => Answer::empty(201),
    };
    answer.with("location", location)
}

fn by_id<'a>(world: &'a mut World, id: &str) -> Option<&'a mut Map<String, Value>> {
    world.find_mut("wo", "wonum", id.rsplit('/').next().unwrap_or(id))
}

/// The code that a technician chooses for what was done.
fn remedy(action: &str) -> &str {
    let codes = FAILURES.iter().filter(|(.., kind)| *kind == "REMEDY");
    let known = codes.map(|(code, ..)| *code).find(|code| *code == action);
    known.unwrap_or_else(|| match action.split(' ').next().unwrap_or_default() {
        "Replaced" | "Changed" => "REPLACE",
        "Inspected" => "INSPECT",
        _ => "ADJUST",
    })
}

/// What a technician records on finishing: hours, material, the failure report, costs.
fn record(row: &mut Map<String, Value>, closure: &Closure, stamp: &str) {
    if let Some(code) = &closure.failure_code {
        row.insert("problemcode".to_owned(), json!(code));
    }
    let problem = row.get("problemcode").filter(|code| code.is_string()).cloned();
    let problem = problem.unwrap_or_else(|| json!("VIBR"));
    let material: Vec<Value> = closure
        .parts
        .iter()
        .map(|(part, quantity)| json!({"itemnum": part, "quantity": -quantity, "issuetype": "ISSUE"}))
        .collect();
    let (labour, parts) = match closure.cost {
        Some(cost) => {
            let labour = (closure.labour_hours * HOURLY_RATE).min(cost);
            (labour, cost - labour)
        }
        None => (210.0, 35.5),
    };
    for (key, value) in [
        ("actfinish", json!(closure.finished.as_deref().unwrap_or(stamp))),
        (
            "labtrans",
            json!([{"laborcode": "BOB", "craft": "MECH", "regularhrs": closure.labour_hours}]),
        ),
        ("matusetrans", json!(material)),
        (
            "failurereport",
            json!([{"type": "PROBLEM", "failurecode": problem}, {"type": "REMEDY", "failurecode": remedy(&closure.action)}]),
        ),
        ("actlabcost", json!(labour)),
        ("actmatcost", json!(parts)),
    ] {
        row.insert(key.to_owned(), value);
    }
    if let Some(started) = &closure.started {
        row.insert("actstart".to_owned(), json!(started));
    }
}

fn set_status(row: &mut Map<String, Value>, status: &str, stamp: &str) {
    for (key, value) in [("status", status), ("status_maxvalue", status), ("statusdate", stamp)] {
        row.insert(key.to_owned(), json!(value));
    }
    touched(row, stamp);
}

fn touched(row: &mut Map<String, Value>, stamp: &str) {
    let stamped =
        row.get("_rowstamp").and_then(|text| text.as_str()?.parse::<u64>().ok()).unwrap_or(47_000);
    row.insert("changedate".to_owned(), json!(stamp));
    row.insert("_rowstamp".to_owned(), json!((stamped + 1).to_string()));
}

fn change(call: &Call, world: &mut World, id: &str) -> Answer {
    if call.header("x-method-override") != Some("PATCH") {
        return error(405, "BMXAA8746E", "The method is not supported.");
    }
    let Some(Value::Object(body)) = call.json() else {
        return error(400, "BMXAA8745E", "The body is not valid JSON.");
    };
    let stamp = world.stamp();
    if let Some(refused) = problem(world, &Value::Object(body.clone())) {
        return refused;
    }
    let merge = call.header("patchtype") == Some("MERGE");
    let action = call.param("action") == Some("wsmethod:changeStatus");
    let Some(row) = wonum(id).and_then(|wonum| world.find_mut("wo", "wonum", &wonum)) else {
        return missing();
    };
    let now = row.get("status_maxvalue").map(text).unwrap_or_default();
    if matches!(now.as_str(), "CLOSE" | "CAN") {
        return error(400, "BMXAA4590E", "A closed or cancelled work order cannot be changed.");
    }
    if let Some(status) = body.get("status").map(text) {
        let known = STATUSES.iter().any(|(name, _)| *name == status);
        if !known || (now == "COMP" && status != "CLOSE") {
            return error(400, "BMXAA4591E", &format!("{now} cannot be changed to {status}."));
        }
        set_status(row, &status, &stamp);
    }
    if !action {
        if !merge {
            for child in ["wpmaterial", "wplabor", "doclinks"] {
                row.remove(child);
            }
        }
        row.extend(body.into_iter().filter(|(key, _)| key != "status"));
        row.insert("changedate".to_owned(), json!(stamp));
    }
    Answer::empty(204)
}

fn files(row: &Value) -> Answer {
    let files = row["doclinks"].as_array().into_iter().flatten();
    let members: Vec<Value> = files
        .map(|name| json!({"describedBy": {"docType": "Attachments", "fileName": name}}))
        .collect();
    Answer::json(200, &json!({"member": members}))
}

fn attach(call: &Call, world: &mut World, id: &str) -> Answer {
    let Some(name) = call.header("slug").map(str::to_owned) else {
        return error(400, "BMXAA8747E", "The slug header is missing.");
    };
    let Some(row) = wonum(id).and_then(|wonum| world.find_mut("wo", "wonum", &wonum)) else {
        return missing();
    };
    if let Value::Array(files) = row.entry("doclinks").or_insert_with(|| json!([])) {
        files.push(json!(name));
    }
    Answer::empty(201)
}
