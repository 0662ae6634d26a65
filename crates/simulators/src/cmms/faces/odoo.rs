//! Odoo Maintenance: one small object store behind the JSON-RPC of 17 and the JSON-2 of 19.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::compare;
use crate::cmms::webhooks::{Change, Hook};
use crate::cmms::world::{LedgerEntry, World, pick, text};

const DATABASE: &str = "cmms";
const USER: &str = "millwright";
const KEY: &str = "odoo-key-6d0f13b97ac2";
const UID: i64 = 2;
/// Stages as a tenant has them: an extra one, and ids out of order.
const STAGES: [(i64, &str, bool); 5] = [
    (5, "New Request", false),
    (9, "In Progress", false),
    (2, "Waiting for parts", false),
    (7, "Repaired", true),
    (4, "Scrap", true),
];
const MODELS: [&str; 6] = [
    "maintenance.request",
    "maintenance.equipment",
    "maintenance.stage",
    "ir.model.data",
    "mail.message",
    "ir.attachment",
];
const REQUEST_FIELDS: [&str; 15] = [
    "name",
    "equipment_id",
    "maintenance_type",
    "priority",
    "description",
    "schedule_date",
    "duration",
    "stage_id",
    "kanban_state",
    "user_id",
    "archive",
    "close_date",
    "done",
    "write_date",
    "create_date",
];

pub(super) struct Odoo {
    /// 17 or 19.
    pub(super) version: u32,
}

/// Name of the exception, and its message.
struct Raised(&'static str, String);

type Outcome = Result<Option<Value>, Raised>;

impl Face for Odoo {
    fn about(&self) -> Value {
        let mut about = json!({
            "settings": {"database": DATABASE},
            "secrets": {"key": KEY},
            "order": {"asset": "12"},
            "expect": {"priority": "3"},
            "closure": {"labour_hours": 2.5, "action": "Replaced DE bearing"},
        });
        if self.version < 19 {
            about["secrets"]["user"] = json!(USER);
        }
        about
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = naive(world);
            world.add("maintenance.equipment", json!({
                "id": 10 + machine.number, "name": machine.name, "serial_no": machine.serial, "model": machine.model,
                "effective_date": machine.installed, "active": !machine.retired, "write_date": stamp,
            }));
        }
        for (id, name, done) in STAGES {
            world.add(
                "maintenance.stage",
                json!({"id": id, "name": name, "done": done, "fold": done, "sequence": id}),
            );
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        let method = match self.version {
            19 => call.path.last().cloned().unwrap_or_default(),
            _ => call.json().map(|body| text(&body["params"]["args"][4])).unwrap_or_default(),
        };
        matches!(
            method.as_str(),
            "create" | "load" | "write" | "archive_equipment_request" | "message_post"
        )
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        self.version < 19 && call.json().is_some_and(|body| body["params"]["service"] == "common")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        let name = match status {
            401 => "odoo.exceptions.AccessDenied",
            403 => "odoo.exceptions.AccessError",
            _ => "odoo.exceptions.ValidationError",
        };
        if self.version < 19 {
            return raised17(&Value::from(1), &Raised(name, message.to_owned()));
        }
        raised19(if status == 400 { 422 } else { status }, name, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::text(429, "text/html", "<html><body>Too Many Requests</body></html>")
            .with("retry-after", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        match (self.version, call.method.as_str(), call.segments().as_slice()) {
            (_, "GET", ["web", "health"]) => Answer::json(200, &json!({"status": "pass"})),
            (17, "POST", ["jsonrpc"]) => rpc(call, world),
            (19, "GET", ["web", "version"]) => Answer::json(
                200,
                &json!({"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}),
            ),
            (19, "POST", ["json", "2", model, method]) => json2(call, world, model, method),
            (19, _, ["json", "2", ..]) => raised19(
                404,
                "werkzeug.exceptions.NotFound",
                "Did you mean POST /json/2/<model>/<method>?",
            ),
            _ => Answer::text(404, "text/html", "<html><body>Not Found</body></html>"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("maintenance.request")
            .iter()
            .map(|row| {
                let id = text(&row["id"]);
                let known =
                    world.rows("ir.model.data").iter().find(|data| text(&data["res_id"]) == id);
                let files =
                    world.rows("ir.attachment").iter().filter(|file| text(&file["res_id"]) == id);
                LedgerEntry {
                    reference: known
                        .map(|data| text(&data["name"]).replace('_', "-").to_uppercase())
                        .unwrap_or_default(),
                    title: text(&row["name"]),
                    description: text(&row["description"]),
                    asset: if row["equipment_id"] == false {
                        String::new()
                    } else {
                        text(&row["equipment_id"])
                    },
                    priority: text(&row["priority"]),
                    status: text(&row["stage_id"]),
                    due: text(&row["schedule_date"]),
                    files: files.map(|file| text(&file["name"])).collect(),
                    id,
                    ..LedgerEntry::default()
                }
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let (ids, vals) = (
            json!([id.parse::<i64>().unwrap_or_default()]),
            match act {
                "start" => json!({"stage_id": 9}),
                "close" => json!({"stage_id": 7, "duration": closure["labour_hours"]}),
                "cancel" => json!({"archive": true}),
                _ => return false,
            },
        );
        if act == "close" {
            let number = world.number("mail.message", 81);
            let body =
                format!("<p>{} 6310-2Z. Root cause: lubrication.</p>", text(&closure["action"]));
            world.add("mail.message", json!({"id": number, "model": "maintenance.request", "res_id": ids[0], "message_type": "comment", "body": body}));
            let number = world.number("mail.message", 81);
            world.add("mail.message", json!({"id": number, "model": "maintenance.request", "res_id": ids[0], "message_type": "notification", "body": "<p>Status changed</p>"}));
        }
        write(world, "maintenance.request", &ids, &vals).is_ok()
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = naive(world);
        world
            .find_mut("maintenance.equipment", "id", asset)
            .map(|row| row.insert("write_date".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let asset = order.asset.parse::<i64>().ok()?;
        let vals = json!({"name": order.title, "equipment_id": asset});
        Some(match create(world, "maintenance.request", &vals) {
            Ok(id) => Answer::json(200, &json!(id)),
            Err(Raised(_, message)) => self.fail(422, &message),
        })
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        Some(("maintenance.request", "id"))
    }

    /// Every inner write tells, so the same is told several times.
    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        let fields =
            ["close_date", "duration", "equipment_id", "id", "name", "stage_id", "write_date"];
        let mut body = pick(change.row, &fields);
        body["_action"] = json!("Send Webhook Notification(#181)");
        body["_id"] = change.row["id"].clone();
        body["_model"] = json!("maintenance.request");
        body["write_date"] = json!(format!("{}.279089", text(&change.row["write_date"])));
        vec![Hook::json(&body); if self.version < 19 { 3 } else { 4 }]
    }
}

fn naive(world: &World) -> String {
    world.now().format("%Y-%m-%d %H:%M:%S").to_string()
}

fn rpc(call: &Call, world: &mut World) -> Answer {
    let Some(body) = call.json() else {
        return Answer::text(400, "text/html", "<h1>Bad Request</h1>");
    };
    let (id, params) = (body["id"].clone(), &body["params"]);
    let args = params["args"].as_array().cloned().unwrap_or_default();
    let arg = |place: usize| args.get(place).cloned().unwrap_or_default();
    let result =
        |value: Value| Answer::json(200, &json!({"jsonrpc": "2.0", "id": id, "result": value}));
    match (text(&params["service"]).as_str(), text(&params["method"]).as_str()) {
        ("common", "version") => {
            return result(
                json!({"server_version": "17.0", "server_version_info": [17, 0, 0, "final", 0, ""], "server_serie": "17.0", "protocol_version": 1}),
            );
        }
        ("common", "authenticate") if arg(0) != DATABASE => {
            let message = format!(
                "connection to server failed: FATAL:  database \"{}\" does not exist\n",
                text(&arg(0))
            );
            return raised17(&id, &Raised("psycopg2.OperationalError", message));
        }
        ("common", "authenticate") => {
            return result(if arg(1) == USER && arg(2) == KEY { json!(UID) } else { json!(false) });
        }
        ("object", "execute_kw") if arg(0) == DATABASE && arg(1) == UID && arg(2) == KEY => {}
        _ => {
            return raised17(
                &id,
                &Raised("odoo.exceptions.AccessDenied", "Access Denied".to_owned()),
            );
        }
    }
    let (model, method, given, named) = (text(&arg(3)), text(&arg(4)), arg(5), arg(6));
    let mut named = named.as_object().cloned().unwrap_or_default();
    let order: &[&str] = match method.as_str() {
        "search_read" => &["domain", "fields"],
        "search_count" => &["domain"],
        "read" => &["ids", "fields"],
        "write" => &["ids", "vals"],
        "load" => &["fields", "data"],
        "create" => &["vals"],
        _ => &["ids"],
    };
    for (name, value) in order.iter().zip(given.as_array().into_iter().flatten()) {
        named.insert((*name).to_owned(), value.clone());
    }
    if method == "create"
        && let Some(vals) = named.remove("vals")
    {
        named.insert("vals_list".to_owned(), json!([vals]));
    }
    match execute(world, &model, &method, &named) {
        Ok(Some(Value::Array(ids))) if method == "create" => {
            result(ids.into_iter().next().unwrap_or_default())
        }
        Ok(Some(value)) => result(value),
        Ok(None) => Answer::json(200, &json!({"jsonrpc": "2.0", "id": id})),
        Err(raised) => raised17(&id, &raised),
    }
}

fn raised17(id: &Value, Raised(name, message): &Raised) -> Answer {
    Answer::json(
        200,
        &json!({"jsonrpc": "2.0", "id": id, "error": {"code": 200, "message": "Odoo Server Error", "data": {
            "name": name, "debug": "Traceback (most recent call last):\n  File \"/opt/odoo/http.py\"", "message": message, "arguments": [message], "context": {},
        }}}),
    )
}

fn raised19(status: u16, name: &str, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": "Traceback (most recent call last):\n  File \"/opt/odoo/http.py\""}),
    )
}

fn json2(call: &Call, world: &mut World, model: &str, method: &str) -> Answer {
    match call.bearer() {
        Some(KEY) => {}
        Some(_) => return raised19(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"),
        None => {
            return raised19(
                401,
                "werkzeug.exceptions.Unauthorized",
                "User not authenticated, use an API Key with a Bearer Authorization header.",
            );
        }
    }
    let Some(Value::Object(named)) = call.json() else {
        return raised19(400, "werkzeug.exceptions.BadRequest", "could not parse the body as json");
    };
    if (model, method) == ("res.users", "context_get") {
        return Answer::json(200, &json!({"lang": "en_US", "tz": "Europe/Brussels", "uid": UID}));
    }
    if method.starts_with('_') {
        return raised19(
            403,
            "odoo.exceptions.AccessError",
            &format!("Private methods (such as '{model}.{method}') cannot be called remotely."),
        );
    }
    if method == "create" && named.contains_key("ids") {
        return raised19(
            422,
            "werkzeug.exceptions.UnprocessableEntity",
            &format!("cannot call {model}.create with ids"),
        );
    }
    match execute(world, model, method, &named) {
        Ok(value) => Answer::json(200, &value.unwrap_or_default()),
        Err(Raised(name, message)) => {
            let status = match name {
                "odoo.exceptions.MissingError" | "werkzeug.exceptions.NotFound" => 404,
                "odoo.exceptions.AccessError" => 403,
                _ if name.starts_with("builtins.") => 500,
                _ => 422,
            };
            raised19(status, name, &message)
        }
    }
}

fn execute(world: &mut World, model: &str, method: &str, named: &Map<String, Value>) -> Outcome {
    let Some(model) = MODELS.into_iter().find(|known| *known == model) else {
        return Err(Raised(
            "werkzeug.exceptions.NotFound",
            format!("the model '{model}' does not exist"),
        ));
    };
    let known = [
        "domain",
        "fields",
        "ids",
        "vals",
        "vals_list",
        "data",
        "order",
        "limit",
        "offset",
        "context",
        "load",
        "body",
        "message_type",
        "subtype_xmlid",
    ];
    if let Some(odd) = named.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Raised(
            "builtins.TypeError",
            format!("BaseModel._read_format() got an unexpected keyword argument '{odd}'"),
        ));
    }
    let nothing = Value::Null;
    let arg = |name: &str| named.get(name).unwrap_or(&nothing);
    match method {
        "search_read" => {
            let mut rows = search(world, model, arg("domain"), arg("context"))?;
            sort(&mut rows, &text(arg("order")));
            let number = |name: &str| arg(name).as_u64().and_then(|n| usize::try_from(n).ok());
            let page = rows
                .into_iter()
                .skip(number("offset").unwrap_or(0))
                .take(number("limit").unwrap_or(usize::MAX));
            Ok(Some(page.map(|row| shown(world, model, &row, arg("fields"))).collect()))
        }
        "search_count" => {
            Ok(Some(json!(search(world, model, arg("domain"), arg("context"))?.len())))
        }
        "read" => {
            let ids: Vec<String> = arg("ids").as_array().into_iter().flatten().map(text).collect();
            let rows = ids.iter().filter_map(|id| world.find(model, "id", id));
            Ok(Some(rows.map(|row| shown(world, model, row, arg("fields"))).collect()))
        }
        "write" => write(world, model, arg("ids"), arg("vals")).map(|()| Some(json!(true))),
        "create" => {
            let lists = arg("vals_list").as_array().cloned().unwrap_or_default();
            lists
                .iter()
                .map(|vals| create(world, model, vals))
                .collect::<Result<Vec<i64>, _>>()
                .map(|ids| Some(json!(ids)))
        }
        "load" => load(world, model, arg("fields"), arg("data")).map(Some),
        "archive_equipment_request" => {
            write(world, model, arg("ids"), &json!({"archive": true})).map(|()| None)
        }
        "message_post" => {
            let number = world.number("mail.message", 81);
            let body = format!("<p>{}</p>", text(arg("body")));
            world.add("mail.message", json!({"id": number, "model": model, "res_id": arg("ids")[0], "message_type": "comment", "body": body}));
            Ok(Some(json!([number])))
        }
        _ => Err(Raised(
            "werkzeug.exceptions.NotFound",
            format!("The method '{model}.{method}' does not exist"),
        )),
    }
}

fn search(
    world: &World,
    model: &'static str,
    domain: &Value,
    context: &Value,
) -> Result<Vec<Value>, Raised> {
    let mut triples = Vec::new();
    for triple in domain.as_array().into_iter().flatten() {
        let [field, op, value] = triple.as_array().map(Vec::as_slice).unwrap_or_default() else {
            return Err(Raised("builtins.ValueError", format!("Invalid leaf {triple}")));
        };
        triples.push((text(field), text(op), value.clone()));
    }
    let says_active =
        triples.iter().any(|(field, ..)| field == "active") || context["active_test"] == false;
    let rows = world.rows(model).iter().filter(|row| {
        (says_active || row.get("active").is_none_or(|active| active != false))
            && triples.iter().all(|(field, op, value)| matches(world, row, field, op, value))
    });
    Ok(rows.cloned().collect())
}

fn matches(world: &World, row: &Value, field: &str, op: &str, value: &Value) -> bool {
    let found = if field == "stage_id.done" {
        world
            .find("maintenance.stage", "id", &text(&row["stage_id"]))
            .map(|stage| stage["done"].clone())
            .unwrap_or_default()
    } else {
        row[field].clone()
    };
    let order = compare(&text(&found), &text(value));
    match op {
        "=" => found == *value,
        "!=" => found != *value,
        ">=" => order.is_ge(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        "<" => order.is_lt(),
        "in" => value.as_array().is_some_and(|list| list.contains(&found)),
        _ => false,
    }
}

fn sort(rows: &mut [Value], order: &str) {
    for part in order.split(',').rev().map(str::trim).filter(|part| !part.is_empty()) {
        let (field, way) = part.split_once(' ').unwrap_or((part, "asc"));
        rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
        if way == "desc" {
            rows.reverse();
        }
    }
}

/// Many2ones as `[id, label]`, nothing as `false`.
fn shown(world: &World, model: &str, row: &Value, fields: &Value) -> Value {
    let mut out = json!({"id": row["id"]});
    let all: Vec<String> =
        row.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let asked: Vec<String> =
        fields.as_array().map(|list| list.iter().map(text).collect()).unwrap_or(all);
    for field in asked {
        let value = &row[&field];
        let label = |table: &'static str| {
            world.find(table, "id", &text(value)).map(|one| json!([value, one["name"]]))
        };
        out[&field] = match (model, field.as_str()) {
            ("maintenance.request", "equipment_id") => {
                label("maintenance.equipment").unwrap_or(json!(false))
            }
            ("maintenance.request", "user_id") if value.is_number() => {
                json!([value, "Mitchell Admin"])
            }
            ("maintenance.request", "stage_id") => {
                label("maintenance.stage").unwrap_or(json!(false))
            }
            ("maintenance.request", "done") => world
                .find("maintenance.stage", "id", &text(&row["stage_id"]))
                .map(|stage| stage["done"].clone())
                .unwrap_or_default(),
            _ if value.is_null() => json!(false),
            _ => value.clone(),
        };
    }
    out
}

fn check(world: &World, model: &str, vals: &Map<String, Value>) -> Result<(), Raised> {
    if model != "maintenance.request" {
        return Ok(());
    }
    if let Some(odd) =
        vals.keys().find(|key| !REQUEST_FIELDS.contains(&key.as_str()) && *key != "id")
    {
        return Err(Raised("builtins.ValueError", format!("Invalid field '{odd}' in '{model}'")));
    }
    let date = vals.get("schedule_date").map(text).unwrap_or_default();
    let none = date.is_empty() || date == "false";
    if !none && chrono::NaiveDateTime::parse_from_str(&date, "%Y-%m-%d %H:%M:%S").is_err() {
        let message = format!("time data '{date}' does not match format '%Y-%m-%d %H:%M:%S'");
        return Err(Raised("builtins.ValueError", message));
    }
    let priority = vals.get("priority").map(text);
    if priority.is_some_and(|priority| !["0", "1", "2", "3"].contains(&priority.as_str())) {
        return Err(Raised(
            "builtins.ValueError",
            "Wrong value for maintenance.request.priority".to_owned(),
        ));
    }
    match vals.get("equipment_id").filter(|id| **id != false) {
        Some(id) if world.find("maintenance.equipment", "id", &text(id)).is_none() => Err(Raised(
            "odoo.exceptions.ValidationError",
            "The operation cannot be completed: another model requires the record.".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn create(world: &mut World, model: &'static str, vals: &Value) -> Result<i64, Raised> {
    let mut row = vals.as_object().cloned().unwrap_or_default();
    check(world, model, &row)?;
    if model == "maintenance.request" {
        if row.get("name").map(text).unwrap_or_default().is_empty() {
            return Err(Raised("odoo.exceptions.ValidationError", "The operation cannot be completed: Missing required value for the field 'Subjects' (name).".to_owned()));
        }
        for (field, value) in [
            ("stage_id", json!(5)),
            ("kanban_state", json!("normal")),
            ("archive", json!(false)),
            ("user_id", json!(false)),
            ("equipment_id", json!(false)),
            ("close_date", json!(false)),
            ("priority", json!("1")),
            ("duration", json!(0.0)),
            ("create_date", json!(naive(world))),
        ] {
            row.entry(field).or_insert(value);
        }
    }
    let id = world.number(model, if model == "maintenance.request" { 19 } else { 500 });
    row.insert("id".to_owned(), json!(id));
    row.insert("write_date".to_owned(), json!(naive(world)));
    world.add(model, Value::Object(row));
    Ok(i64::try_from(id).unwrap_or_default())
}

fn write(world: &mut World, model: &'static str, ids: &Value, vals: &Value) -> Result<(), Raised> {
    let vals = vals.as_object().cloned().unwrap_or_default();
    check(world, model, &vals)?;
    let (stamp, today) = (naive(world), world.now().format("%Y-%m-%d").to_string());
    let done = vals
        .get("stage_id")
        .and_then(|stage| STAGES.iter().find(|(id, ..)| *stage == *id))
        .map(|(_, _, done)| *done);
    for id in ids.as_array().into_iter().flatten().map(text) {
        let Some(row) = world.find_mut(model, "id", &id) else {
            return Err(Raised(
                "odoo.exceptions.MissingError",
                format!(
                    "Record does not exist or has been deleted.\n(Record: {model}({id},), User: {UID})"
                ),
            ));
        };
        row.extend(vals.clone());
        if let Some(done) = done {
            row.insert("close_date".to_owned(), if done { json!(today) } else { json!(false) });
            row.insert("kanban_state".to_owned(), json!("normal"));
        }
        row.insert("write_date".to_owned(), json!(stamp));
    }
    Ok(())
}

/// The same external id twice is the same record, its fields overwritten.
fn load(
    world: &mut World,
    model: &'static str,
    fields: &Value,
    data: &Value,
) -> Result<Value, Raised> {
    let names: Vec<String> = fields.as_array().into_iter().flatten().map(text).collect();
    let mut ids = Vec::new();
    for cells in data.as_array().into_iter().flatten() {
        let mut vals = Map::new();
        let mut external = String::new();
        for (name, cell) in names.iter().zip(cells.as_array().into_iter().flatten().map(text)) {
            match name.as_str() {
                "id" => external = cell,
                _ if cell.is_empty() => {}
                "equipment_id/.id" => match world.find("maintenance.equipment", "id", &cell) {
                    Some(row) => drop(vals.insert("equipment_id".to_owned(), row["id"].clone())),
                    None => {
                        let message = format!(
                            "No matching record found for database id '{cell}' in field 'Equipment'"
                        );
                        return Ok(
                            json!({"ids": false, "messages": [{"type": "error", "record": 0, "rows": {"from": 0, "to": 0}, "field": "equipment_id", "message": message}], "nextrow": 0}),
                        );
                    }
                },
                name => drop(vals.insert(name.to_owned(), json!(cell))),
            }
        }
        let (module, name) = external.split_once('.').unwrap_or(("__import__", &external));
        let known = world
            .rows("ir.model.data")
            .iter()
            .find(|row| row["module"] == *module && row["name"] == *name)
            .map(|row| row["res_id"].clone());
        match known {
            Some(id) => {
                write(world, model, &json!([id]), &Value::Object(vals))?;
                ids.push(id);
            }
            None => {
                let id = create(world, model, &Value::Object(vals))?;
                let number = world.number("ir.model.data", 11_584);
                world.add("ir.model.data", json!({"id": number, "module": module, "name": name, "model": model, "res_id": id, "complete_name": external}));
                ids.push(json!(id));
            }
        }
    }
    Ok(json!({"ids": ids, "messages": [], "nextrow": 0}))
}
