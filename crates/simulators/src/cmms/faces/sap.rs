//! SAP PM: OData version 2, CSRF tokens bound to cookies, ETags, function imports, numbers as text.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::closure::Closure;
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare, split_outside};
use crate::cmms::webhooks::{Change, Hook};
use crate::cmms::world::{LedgerEntry, World, text};

const USER: &str = "MWRIGHT";
const PASSWORD: &str = "sap-pass-81c4e0f2";
const PLANT: &str = "1010";
/// A machine with two time segments in the register.
const SEGMENTED: u64 = 3;
/// Longest confirmation text.
const CONFIRMATION: usize = 40;
const SESSION: &str = "SAP_SESSIONID_S4H_100";

#[derive(Default)]
pub(super) struct Sap {
    sessions: u64,
    /// Work is a notification, whose order a planner makes.
    notifications: bool,
}

impl Sap {
    /// A plant that keeps orders to itself.
    pub(super) fn of_notifications() -> Self {
        Self { notifications: true, ..Self::default() }
    }
}

impl Face for Sap {
    fn about(&self) -> Value {
        let mut about = json!({
            "settings": {"client": "100", "plant": PLANT, "work_center": "RES-0100", "code_group": "PUMP", "currency": "EUR"},
            "secrets": {"user": USER, "password": PASSWORD},
            "order": {"asset": "10000002", "failure_code": "0010"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 4.5, "part": "6205-2RS", "action": "Bearing replaced"},
        });
        if self.notifications
            && let Some(settings) = about["settings"].as_object_mut()
        {
            settings.remove("work_center");
        }
        about
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let equipment = equipment_id(machine.number);
            let stamp = world.stamp();
            let row = |until: &str, name: String| {
                json!({
                    "Equipment": equipment, "ValidityEndDate": until, "EquipmentName": name, "ManufacturerSerialNumber": machine.serial,
                    "TechnicalObjectSortCode": machine.tag, "InventoryNumber": machine.barcode, "AssetManufacturerName": machine.manufacturer,
                    "ManufacturerPartTypeName": machine.model, "OperationStartDate": format!("{}T00:00:00Z", machine.installed), "ABCIndicator": "A",
                    "MaintenancePlant": PLANT, "EquipmentIsInactive": machine.retired, "EquipmentIsMarkedForDeletion": false, "LastChangeDateTime": stamp,
                    "SuperordinateEquipment": machine.parent.map(equipment_id).unwrap_or_default(),
                })
            };
            if machine.number == SEGMENTED {
                world.add(
                    "equipment",
                    row("2020-12-31T00:00:00Z", "An older time segment".to_owned()),
                );
            }
            world.add("equipment", row("9999-12-31T00:00:00Z", machine.name.clone()));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.header("x-csrf-token").is_some_and(|token| token.eq_ignore_ascii_case("fetch"))
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        error(status, "PM/001", message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::text(503, "text/plain", "Service Unavailable")
            .with("retry-after", seconds.to_string())
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if call.basic() != Some((USER.to_owned(), PASSWORD.to_owned())) {
            return Answer::text(
                401,
                "text/html",
                "<html><body>Anmeldung fehlgeschlagen</body></html>",
            )
            .with("www-authenticate", "Basic realm=\"SAP\"");
        }
        if self.is_sign_in(call) {
            self.sessions += 1;
            let (session, token) =
                (format!("SID{:08}", self.sessions), format!("csrf-{:08}==", self.sessions * 7919));
            world.notes.insert(session.clone(), token.clone());
            return Answer::json(200, &json!({"d": {"EntitySets": []}}))
                .with("x-csrf-token", token)
                .with("set-cookie", format!("{SESSION}={session}; path=/; secure; HttpOnly"))
                .with("set-cookie", "sap-usercontext=sap-client=100; path=/");
        }
        if self.is_write(call) {
            let known = call.cookie(SESSION).and_then(|session| world.notes.get(session));
            if known.is_none() || known.map(String::as_str) != call.header("x-csrf-token") {
                return Answer::text(403, "text/plain", "CSRF token validation failed")
                    .with("x-csrf-token", "Required");
            }
        }
        let words = call.segments();
        let [_, _, _, _, service, entity] = words.as_slice() else {
            return error(404, "005056A509B11EE1B9A8FEC11C21578E", "Service not found");
        };
        let (set, key) = match entity.split_once('(') {
            Some((set, rest)) => {
                (set, rest.strip_suffix(')').map(|key| key.trim_matches('\'').to_owned()))
            }
            None => (*entity, None),
        };
        match (call.method.as_str(), *service, set, key) {
            ("GET", "API_EQUIPMENT", "Equipment", None) => list(call, world, "equipment"),
            ("GET", "API_MAINTNOTIFICATION", "MaintenanceNotification", None) => {
                list(call, world, "notification")
            }
            ("GET", "API_MAINTNOTIFICATION", "MaintenanceNotification", Some(key)) => {
                one(world, "notification", "MaintenanceNotification", &key)
            }
            ("POST", "API_MAINTNOTIFICATION", "MaintenanceNotification", None) => {
                notify(call, world)
            }
            ("GET", "API_MAINTENANCEORDER;v=0002", "MaintenanceOrder", None) => {
                list(call, world, "order")
            }
            ("GET", "API_MAINTENANCEORDER;v=0002", "MaintenanceOrder", Some(key)) => {
                one(world, "order", "MaintenanceOrder", &key)
            }
            ("POST", "API_MAINTENANCEORDER;v=0002", "MaintenanceOrder", None) => order(call, world),
            ("PATCH", "API_MAINTENANCEORDER;v=0002", "MaintenanceOrder", Some(key)) => {
                patch(call, world, &key)
            }
            ("POST", "API_MAINTENANCEORDER;v=0002", function, None) => {
                transition(call, world, function)
            }
            ("GET", "API_MAINTORDERCONFIRMATION", "MaintOrderConfirmation", None) => {
                list(call, world, "confirmation")
            }
            ("GET", "API_MATERIAL_DOCUMENT_SRV", "A_MaterialDocumentItem", None) => {
                list(call, world, "issue")
            }
            ("POST", "API_CV_ATTACHMENT_SRV", "AttachmentContentSet", None) => attach(call, world),
            ("GET", "API_CV_ATTACHMENT_SRV", "GetAllOriginals", None) => originals(call, world),
            _ => error(404, "005056A509B11EE1B9A8FEC11C21578E", "Resource not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        if self.notifications {
            return world.rows("notification").iter().map(notified).collect();
        }
        world
            .rows("order")
            .iter()
            .map(|row| {
                let notification = world
                    .find(
                        "notification",
                        "MaintenanceNotification",
                        &text(&row["MaintenanceNotification"]),
                    )
                    .cloned()
                    .unwrap_or_default();
                let components =
                    row["to_MaintenanceOrderOperation"][0]["to_MaintOrderOpComponent_2"].as_array();
                LedgerEntry {
                    reference: text(&notification["MaintNotifExtReferenceNumber"]),
                    id: text(&row["MaintenanceOrder"]),
                    title: text(&row["MaintenanceOrderDesc"]),
                    description: text(&notification["MaintNotifLongTextForEdit"]),
                    asset: text(&row["Equipment"]),
                    priority: text(&row["MaintPriority"]),
                    status: text(&row["SystemStatusText"]),
                    due: date(&row["MaintOrdBasicEndDateTime"]),
                    failure_code: text(
                        &notification["to_Item"]["results"][0]["MaintNotificationDamageCode"],
                    ),
                    parts: components
                        .into_iter()
                        .flatten()
                        .map(|part| {
                            (
                                text(&part["Product"]),
                                text(&part["MaintOrdOpCompRequiredQuantity"])
                                    .parse()
                                    .unwrap_or_default(),
                            )
                        })
                        .collect(),
                    files: row["files"].as_array().into_iter().flatten().map(text).collect(),
                }
            })
            .collect()
    }

    fn approve(&mut self, world: &mut World, id: &str) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "MaintenanceOrder", id) else { return false };
        row.insert("SystemStatusText".to_owned(), json!("REL MANC PRC"));
        stamped(row, &stamp);
        true
    }

    fn assign(&mut self, world: &mut World, id: &str, who: &str) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "MaintenanceOrder", id) else { return false };
        row.insert("MaintOrdPersonResponsible".to_owned(), json!(who));
        stamped(row, &stamp);
        true
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let id = match self.notifications {
            true => match plan(world, id, act) {
                Some(order) => order,
                None => return false,
            },
            false => id.to_owned(),
        };
        let id = id.as_str();
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "MaintenanceOrder", id) else { return false };
        let status = match act {
            "start" => "PCNF PRC",
            "close" => "TECO CNF PRC",
            "cancel" => "DLFL",
            _ => return false,
        };
        row.insert("SystemStatusText".to_owned(), json!(status));
        stamped(row, &stamp);
        if act == "close" {
            let closure = Closure::read(closure);
            let finished = closure.finished.clone().unwrap_or(stamp);
            row.insert("MainWorkCompletedDateTime".to_owned(), json!(v2(&finished)));
            let notification = row.get("MaintenanceNotification").map(text).unwrap_or_default();
            confirm(world, id, &closure);
            report(world, &notification, &closure);
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = world.stamp();
        let rows = world.rows_mut("equipment").iter_mut();
        let found = rows.filter(|row| {
            row["Equipment"] == *asset && text(&row["ValidityEndDate"]).starts_with("9999")
        });
        found.map(|row| row["LastChangeDateTime"] = json!(stamp)).count() > 0
    }

    fn by_hand(&mut self, world: &mut World, by_hand: &ByHand) -> Option<Answer> {
        let damage = json!([{"MaintNotificationDamageCode": by_hand.failure_code}]);
        let notification = notify(
            &Call::inside(&json!({
                "NotificationText": by_hand.title, "TechnicalObject": by_hand.asset, "to_Item": damage,
            })),
            world,
        );
        if notification.status >= 300 {
            return Some(notification);
        }
        if self.notifications {
            return Some(notification);
        }
        let made =
            world.rows("notification").last().map(|row| row["MaintenanceNotification"].clone());
        let body = json!({
            "MaintenanceOrderDesc": by_hand.title, "Equipment": by_hand.asset, "MaintenancePlanningPlant": PLANT,
            "MaintenanceNotification": made,
        });
        Some(order(&Call::inside(&body), world))
    }

    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        (!self.notifications).then_some(("order", "MaintenanceOrder"))
    }

    /// What an event broker forwards: the key and nothing else.
    fn hook(&self, change: &Change<'_>) -> Vec<Hook> {
        let what = if change.before.is_some() { "Changed" } else { "Created" };
        vec![Hook::json(&json!({
            "specversion": "1.0", "type": format!("sap.s4.beh.maintenanceorder.v1.MaintenanceOrder.{what}.v1"),
            "source": "/default/sap.s4.beh/S4H", "id": format!("event-{}", change.number), "time": change.at.to_rfc3339(),
            "datacontenttype": "application/json", "data": {"MaintenanceOrder": change.row["MaintenanceOrder"]},
        }))]
    }
}

fn equipment_id(number: u64) -> String {
    (10_000_000 + number).to_string()
}

/// Hours are confirmed in pieces, one of them reversed again; parts are issued.
fn confirm(world: &mut World, order: &str, closure: &Closure) {
    let mut texts = pieces(&closure.action).into_iter();
    let hours = closure.labour_hours;
    let (last, before) = if hours > 1.0 { (1.0, hours - 1.0) } else { (hours, 0.0) };
    let mut confirmed = vec![(before, false, String::new()), (9.0, true, String::new())];
    confirmed.push((last, false, texts.next().unwrap_or_default()));
    confirmed.extend(texts.map(|text| (0.0, false, text)));
    for (quantity, reversed, text) in confirmed {
        let number = world.number("confirmation", 8000).to_string();
        world.add("confirmation", json!({
            "MaintOrderConf": number, "MaintenanceOrder": order, "ActualWorkQuantity": format!("{quantity:.1}"), "ActualWorkQuantityUnit": "HR",
            "IsReversed": reversed, "ConfirmationText": text,
        }));
    }
    for (part, quantity) in &closure.parts {
        world.add("issue", json!({"OrderID": order, "GoodsMovementType": "261", "Material": part, "QuantityInEntryUnit": format!("{quantity:.3}")}));
    }
}

/// A text in lines that a confirmation holds, cut at commas.
fn pieces(text: &str) -> Vec<String> {
    let words = text.split(", ").map(|piece| piece.chars().take(CONFIRMATION).collect());
    words.filter(|piece: &String| !piece.is_empty()).collect()
}

/// What was found, and how long the machine stood.
fn report(world: &mut World, notification: &str, closure: &Closure) {
    let row = world.find_mut("notification", "MaintenanceNotification", notification);
    let Some(row) = row else { return };
    if let Some(hours) = closure.downtime_hours {
        row.insert("MaintObjectDowntimeDuration".to_owned(), json!(format!("{hours:.1}")));
    }
    if let Some(code) = &closure.failure_code {
        let item = json!({"results": [{"MaintNotificationDamageCode": code}]});
        row.insert("to_Item".to_owned(), item);
    }
}

/// A notification as the ledger shows it.
fn notified(row: &Value) -> LedgerEntry {
    LedgerEntry {
        reference: text(&row["MaintNotifExtReferenceNumber"]),
        id: text(&row["MaintenanceNotification"]),
        title: text(&row["NotificationText"]),
        description: text(&row["MaintNotifLongTextForEdit"]),
        asset: text(&row["TechnicalObject"]),
        priority: text(&row["MaintPriority"]),
        status: text(&row["NotifProcessingPhase"]),
        failure_code: text(&row["to_Item"]["results"][0]["MaintNotificationDamageCode"]),
        ..LedgerEntry::default()
    }
}

/// A planner moves a notification on, making its order; gives the order.
fn plan(world: &mut World, id: &str, act: &str) -> Option<String> {
    let phase = match act {
        "start" => "3",
        "close" => "4",
        "cancel" => "5",
        _ => return None,
    };
    let stamp = world.stamp();
    let row = world.find_mut("notification", "MaintenanceNotification", id)?;
    row.insert("NotifProcessingPhase".to_owned(), json!(phase));
    stamped(row, &stamp);
    let (title, equipment) = (row["NotificationText"].clone(), row["TechnicalObject"].clone());
    if let Some(order) = world.find("order", "MaintenanceNotification", id) {
        return Some(text(&order["MaintenanceOrder"]));
    }
    let number = world.number("order", 4_000_100).to_string();
    world.add("order", json!({
        "MaintenanceOrder": number, "MaintenanceOrderDesc": title, "Equipment": equipment, "MaintenancePlanningPlant": PLANT,
        "MaintenanceNotification": id, "SystemStatusText": "REL MANC PRC",
    }));
    Some(number)
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": {"code": code, "message": {"lang": "en", "value": message}, "innererror": {"errordetails": [{"code": code, "message": message, "severity": "error"}]}}}),
    )
}

/// RFC 3339 as `/Date(ms)/`.
fn v2(stamp: &str) -> String {
    let ms =
        DateTime::parse_from_rfc3339(stamp).map(|time| time.timestamp_millis()).unwrap_or_default();
    format!("/Date({ms}+0000)/")
}

fn date(value: &Value) -> String {
    let inner = text(value).trim_start_matches("/Date(").trim_end_matches(")/").parse().ok();
    inner
        .and_then(DateTime::from_timestamp_millis)
        .map(|time| time.to_rfc3339())
        .unwrap_or_default()
}

fn stamped(row: &mut Map<String, Value>, stamp: &str) {
    let version = row.get("etag").and_then(Value::as_u64).unwrap_or_default() + 1;
    row.insert("etag".to_owned(), json!(version));
    row.insert("LastChangeDateTime".to_owned(), json!(stamp));
}

/// An entity as the wire has it.
fn shown(row: &Value) -> Value {
    let mut row = row.clone();
    if let Value::Object(map) = &mut row {
        map.remove("files");
        for (key, value) in map.iter_mut() {
            if (key.ends_with("DateTime") || key.ends_with("Date"))
                && value.as_str().is_some_and(|text| text.contains('T') && text.ends_with('Z'))
            {
                *value = json!(v2(value.as_str().unwrap_or_default()));
            }
        }
        if let Some(etag) = map.remove("etag") {
            map.insert("__metadata".to_owned(), json!({"etag": format!("W/\"{etag}\"")}));
        }
    }
    row
}

fn one(world: &World, kind: &'static str, field: &str, key: &str) -> Answer {
    match world.find(kind, field, key) {
        Some(row) => Answer::json(200, &json!({"d": shown(row)}))
            .with("etag", format!("W/\"{}\"", row["etag"])),
        None => error(404, "/IWBEP/CM_MGW_RT/020", "Resource not found"),
    }
}

fn list(call: &Call, world: &World, kind: &'static str) -> Answer {
    let filter = call.param("$filter").unwrap_or_default();
    let order = call.param("$orderby").unwrap_or_default();
    if filter.contains("SystemStatusText") || order.contains("SystemStatusText") {
        return error(400, "/IWBEP/CM_MGW_RT/176", "Property SystemStatusText is not filterable");
    }
    let Ok(conditions) = conditions(filter) else {
        return error(400, "/IWBEP/CX_MGW_BUSI_EXCEPTION", "Invalid filter");
    };
    let mut rows: Vec<&Value> =
        world.rows(kind).iter().filter(|row| conditions.iter().all(|one| one.holds(row))).collect();
    if !order.is_empty() {
        rows.sort_by(|a, b| compare(&text(&a[order]), &text(&b[order])));
    }
    let page = rows
        .iter()
        .skip(call.number("$skip").unwrap_or(0))
        .take(call.number("$top").unwrap_or(5_000));
    let mut body = json!({"results": page.map(|row| shown(row)).collect::<Vec<_>>()});
    if call.param("$inlinecount") == Some("allpages") {
        body["__count"] = json!(rows.len().to_string());
    }
    Answer::json(200, &json!({"d": body}))
}

/// `A eq 'x' and B ge datetimeoffset'…'`
fn conditions(filter: &str) -> Result<Vec<Condition>, ()> {
    let parts =
        split_outside(filter, " and ", '\'').into_iter().filter(|part| !part.trim().is_empty());
    parts
        .map(|part| {
            let mut words = part.trim().splitn(3, ' ');
            let (Some(field), Some(op), Some(value)) = (words.next(), words.next(), words.next())
            else {
                return Err(());
            };
            if !matches!(op, "eq" | "ne" | "gt" | "ge" | "lt" | "le") {
                return Err(());
            }
            let dated = value.starts_with("datetime");
            let value = value.trim_start_matches("datetimeoffset").trim_start_matches("datetime");
            let value = value
                .strip_prefix('\'')
                .and_then(|value| value.strip_suffix('\''))
                .unwrap_or(value)
                .replace("''", "'");
            let naive = dated && value.len() == 19;
            Ok(Condition {
                field: field.to_owned(),
                op: op.to_owned(),
                value: if naive { format!("{value}Z") } else { value },
            })
        })
        .collect()
}

fn too_long(body: &Value, limits: &[(&str, usize)]) -> Option<Answer> {
    let (field, most) =
        limits.iter().find(|(field, most)| text(&body[*field]).chars().count() > *most)?;
    Some(error(
        400,
        "/IWBEP/CM_MGW_RT/049",
        &format!("Property '{field}' exceeds its maximum length of {most}"),
    ))
}

fn has_equipment(world: &World, equipment: &Value) -> Option<Answer> {
    let known = world.find("equipment", "Equipment", &text(equipment)).is_some();
    (!known).then(|| error(400, "IE/003", &format!("Equipment {} does not exist", text(equipment))))
}

fn notify(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else {
        return error(400, "/IWBEP/CM_MGW_RT/001", "Malformed JSON");
    };
    let body = Value::Object(row.clone());
    let limits = [
        ("NotificationText", 40),
        ("MaintNotifExtReferenceNumber", 20),
        ("MaintNotifLongTextForEdit", 1333),
        ("MaintPriority", 1),
    ];
    if let Some(refused) =
        too_long(&body, &limits).or_else(|| has_equipment(world, &body["TechnicalObject"]))
    {
        return refused;
    }
    if text(&body["NotificationText"]).is_empty() {
        return error(400, "IM/401", "Fill in the notification text");
    }
    let number = world.number("notification", 10_000_300).to_string();
    row.insert("MaintenanceNotification".to_owned(), json!(number));
    let items = row.remove("to_Item").unwrap_or_else(|| json!([]));
    row.insert("to_Item".to_owned(), json!({"results": items}));
    row.insert("MaintObjectDowntimeDuration".to_owned(), json!("1.5"));
    row.insert("NotifProcessingPhase".to_owned(), json!("1"));
    row.insert("CreationDate".to_owned(), json!(world.stamp()));
    stamped(&mut row, &world.stamp());
    let row = world.add("notification", Value::Object(row));
    Answer::json(201, &json!({"d": shown(&row)}))
}

fn order(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else {
        return error(400, "/IWBEP/CM_MGW_RT/001", "Malformed JSON");
    };
    let body = Value::Object(row.clone());
    let limits = [
        ("MaintenanceOrderDesc", 40),
        ("MaintenanceOrderType", 4),
        ("MainWorkCenter", 8),
        ("Equipment", 18),
    ];
    if let Some(refused) =
        too_long(&body, &limits).or_else(|| has_equipment(world, &body["Equipment"]))
    {
        return refused;
    }
    if body["MaintenancePlanningPlant"] != PLANT {
        return error(400, "IW/117", "Planning plant is not maintained");
    }
    if world
        .find("notification", "MaintenanceNotification", &text(&body["MaintenanceNotification"]))
        .is_none()
    {
        return error(400, "IW/205", "The notification does not exist");
    }
    let number = world.number("order", 4_000_100).to_string();
    row.insert("MaintenanceOrder".to_owned(), json!(number));
    row.insert("SystemStatusText".to_owned(), json!("CRTD MANC NMAT PRC"));
    row.insert("CreationDate".to_owned(), json!(world.stamp()));
    stamped(&mut row, &world.stamp());
    let row = world.add("order", Value::Object(row));
    Answer::json(201, &json!({"d": shown(&row)}))
}

fn etag_problem(call: &Call, row: &Map<String, Value>) -> Option<Answer> {
    let current = format!("W/\"{}\"", row.get("etag").cloned().unwrap_or_default());
    match call.header("if-match") {
        None => Some(error(428, "/IWBEP/CM_MGW_RT/025", "If-Match is required")),
        Some("*") => None,
        Some(given) if given == current => None,
        Some(_) => Some(error(412, "/IWBEP/CM_MGW_RT/026", "Precondition failed")),
    }
}

fn patch(call: &Call, world: &mut World, key: &str) -> Answer {
    let Some(Value::Object(body)) = call.json() else {
        return error(400, "/IWBEP/CM_MGW_RT/001", "Malformed JSON");
    };
    let stamp = world.stamp();
    if let Some(refused) = too_long(&Value::Object(body.clone()), &[("MaintenanceOrderDesc", 40)]) {
        return refused;
    }
    let Some(row) = world.find_mut("order", "MaintenanceOrder", key) else {
        return error(404, "/IWBEP/CM_MGW_RT/020", "Resource not found");
    };
    if let Some(refused) = etag_problem(call, row) {
        return refused;
    }
    row.extend(body);
    stamped(row, &stamp);
    Answer::empty(204)
}

fn transition(call: &Call, world: &mut World, function: &str) -> Answer {
    let key = call.param("MaintenanceOrder").unwrap_or_default().trim_matches('\'').to_owned();
    let stamp = world.stamp();
    let Some(row) = world.find_mut("order", "MaintenanceOrder", &key) else {
        return error(404, "IW/010", "The order does not exist");
    };
    if let Some(refused) = etag_problem(call, row) {
        return refused;
    }
    let now = row.get("SystemStatusText").map(text).unwrap_or_default();
    let first = now.split(' ').next().unwrap_or_default();
    let next = match (function, first) {
        ("ReleaseMaintenanceOrder", "CRTD") => "REL MANC PRC",
        ("SetMaintOrdToTechCompleted", "REL" | "PCNF" | "CNF") => "TECO CNF PRC",
        ("SetMaintOrderToDoNotExecute", "CRTD" | "REL") => "DLFL",
        (
            "ReleaseMaintenanceOrder"
            | "SetMaintOrdToTechCompleted"
            | "SetMaintOrderToDoNotExecute",
            _,
        ) => {
            return error(400, "IW/093", &format!("Transition is not allowed in status {first}"));
        }
        _ => return error(404, "/IWBEP/CM_MGW_RT/018", "Function import not found"),
    };
    row.insert("SystemStatusText".to_owned(), json!(next));
    stamped(row, &stamp);
    Answer::json(200, &json!({"d": {function: {"MaintenanceOrder": ""}}}))
}

fn originals(call: &Call, world: &World) -> Answer {
    let quoted = |name: &str| call.param(name).unwrap_or_default().trim_matches('\'').to_owned();
    if quoted("BusinessObjectTypeName") != "BUS2007" {
        return error(404, "CV/001", "Object not found");
    }
    let key = quoted("LinkedSAPObjectKey");
    let row = world.find("order", "MaintenanceOrder", key.trim_start_matches('0'));
    let files = row.and_then(|row| row["files"].as_array()).into_iter().flatten();
    let results: Vec<Value> = files.map(|name| json!({"FileName": name})).collect();
    Answer::json(200, &json!({"d": {"results": results}}))
}

fn attach(call: &Call, world: &mut World) -> Answer {
    let key =
        call.header("linkedsapobjectkey").unwrap_or_default().trim_start_matches('0').to_owned();
    let name = call.header("slug").unwrap_or_default().to_owned();
    let Some(row) = world.find_mut("order", "MaintenanceOrder", &key) else {
        return error(404, "CV/001", "Object not found");
    };
    if let Value::Array(files) = row.entry("files").or_insert_with(|| json!([])) {
        files.push(json!(name));
    }
    Answer::json(201, &json!({"d": {"FileName": name}}))
}
