//! Dynamics 365 Asset Management: Entra tokens, OData version 4, companies, sentinel dates, errors
//! as infologs in a 500, and nothing that says when it changed.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare, split_outside};
use crate::cmms::world::{LedgerEntry, World, text};

const CLIENT: &str = "d365-client-5f01";
const SECRET: &str = "d365-secret-27ce9b";
const COMPANY: &str = "usmf";
const NEVER: &str = "1900-01-01T12:00:00Z";
const SETS: [(&str, &str); 5] = [
    ("AssetMaintenanceAssetsV3", "MaintenanceAssetId"),
    ("AssetMaintenanceWorkOrderTablesV2", "WorkOrderId"),
    ("AssetMaintenanceWorkOrderLinesV2", "LineNumber"),
    ("AssetMaintenanceWorkOrderLineHourConsumptions", "Line"),
    ("AssetMaintenanceWorkOrderLineProductConsumptions", "Line"),
];

#[derive(Default)]
pub(super) struct Dynamics {
    tokens: u64,
}

impl Face for Dynamics {
    fn about(&self) -> Value {
        json!({
            "settings": {"company": COMPANY, "token_url": "/tenant/oauth2/v2.0/token"},
            "secrets": {"client_id": CLIENT, "client_secret": SECRET},
            "order": {"asset": "PP-102"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 3.0, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            world.add(SETS[0].0, json!({
                "dataAreaId": COMPANY, "MaintenanceAssetId": format!("PP-10{}", machine.number), "Name": machine.name, "SerialId": machine.serial,
                "ProductId": machine.manufacturer, "ModelId": machine.model, "FunctionalLocationId": "HALL-2", "AcquisitionDate": NEVER,
                "MaintenanceAssetLifecycleStateId": if machine.retired { "Retired" } else { "Active" },
            }));
        }
        world.add(SETS[0].0, json!({"dataAreaId": "demf", "MaintenanceAssetId": "PP-102", "Name": "Another company's", "AcquisitionDate": NEVER}));
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.path.last().is_some_and(|last| last == "token")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        error(status, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        error(429, "Too many requests").with("retry-after", seconds.to_string())
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if self.is_sign_in(call) {
            let form = call.form();
            let scoped =
                form.get("scope").map(text).is_some_and(|scope| scope.ends_with("/.default"));
            if form.get("client_id").map(text).as_deref() != Some(CLIENT)
                || form.get("client_secret").map(text).as_deref() != Some(SECRET)
                || !scoped
            {
                return Answer::json(
                    401,
                    &json!({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}),
                );
            }
            self.tokens += 1;
            let token = format!("eyJ0eXAi.{:010}.sig", self.tokens * 7_919);
            world.notes.insert(token.clone(), String::new());
            return Answer::json(
                200,
                &json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token}),
            );
        }
        if !call.bearer().is_some_and(|token| world.notes.contains_key(token)) {
            return error(401, "The token has expired");
        }
        let words = call.segments();
        let ["data", entity] = words.as_slice() else {
            return error(404, "No HTTP resource was found");
        };
        let (set, key) = match entity.split_once('(') {
            Some((set, key)) => (set, Some(key.trim_end_matches(')'))),
            None => (*entity, None),
        };
        let Some((set, name)) = SETS.into_iter().find(|(known, _)| *known == set) else {
            return error(404, "No HTTP resource was found");
        };
        let key = key.map(|key| {
            let parts = key.split(',').filter_map(|part| part.split_once('='));
            parts
                .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
                .collect::<Vec<_>>()
        });
        if call.param("cross-company") != Some("true") && call.method != "POST" && key.is_some() {
            return error(404, "No resource was found in the default company");
        }
        match (call.method.as_str(), key) {
            ("GET", None) => list(call, world, set),
            ("GET", Some(key)) => match world
                .rows(set)
                .iter()
                .find(|row| key.iter().all(|(name, value)| text(&row[name]) == *value))
            {
                Some(row) => Answer::json(200, &tagged(row)),
                None => error(404, "No resource was found"),
            },
            ("POST", None) if name == "WorkOrderId" => header(call, world),
            ("POST", None) if name == "LineNumber" => line(call, world),
            ("PATCH", Some(key)) if name == "WorkOrderId" => patch(call, world, &key),
            _ => error(405, "The method is not allowed"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows(SETS[1].0)
            .iter()
            .map(|row| {
                let lines: Vec<&Value> = world
                    .rows(SETS[2].0)
                    .iter()
                    .filter(|line| line["WorkOrderId"] == row["WorkOrderId"])
                    .collect();
                let description = text(&row["Description"]);
                LedgerEntry {
                    reference: description.split(' ').next().unwrap_or_default().to_owned(),
                    id: text(&row["WorkOrderId"]),
                    title: description,
                    description: lines
                        .iter()
                        .map(|line| text(&line["WorkOrderJobInternalNote"]))
                        .collect(),
                    asset: lines
                        .iter()
                        .map(|line| text(&line["MaintenanceAssetId"]))
                        .collect::<Vec<_>>()
                        .join(","),
                    priority: text(&row["ServiceLevel"]),
                    status: text(&row["WorkOrderLifecycleStateId"]),
                    due: text(&row["ExpectedEnd"]),
                    ..LedgerEntry::default()
                }
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut(SETS[1].0, "WorkOrderId", id) else { return false };
        let state = match act {
            "start" => "InProgress",
            "close" => "Completed",
            "cancel" => "Cancelled",
            _ => return false,
        };
        row.insert("WorkOrderLifecycleStateId".to_owned(), json!(state));
        if act == "start" {
            row.insert("ActualStart".to_owned(), json!(stamp));
        }
        if act == "close" {
            row.insert("ActualEnd".to_owned(), json!(stamp));
            row.insert("Active".to_owned(), json!("No"));
            let hours = closure["labour_hours"].as_f64().unwrap_or_default();
            for (line, (hours, posted)) in
                [(hours + 1.0, "Yes"), (-1.0, "Yes"), (8.0, "No")].into_iter().enumerate()
            {
                world.add(SETS[3].0, json!({"dataAreaId": COMPANY, "WorkOrderId": id, "Line": line, "Hours": hours, "Posted": posted}));
            }
            world.add(SETS[4].0, json!({"dataAreaId": COMPANY, "WorkOrderId": id, "Line": 1, "ItemNumber": closure["part"], "Quantity": 2}));
            for line in
                world.rows_mut(SETS[2].0).iter_mut().filter(|line| line["WorkOrderId"] == *id)
            {
                line["WorkOrderJobMaintenanceWorkerRemarks"] = closure["action"].clone();
            }
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.find(SETS[0].0, "MaintenanceAssetId", asset).is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        header(&Call::inside(&json!({"dataAreaId": COMPANY, "Description": order.title})), world);
        let id = world.rows(SETS[1].0).last()?["WorkOrderId"].clone();
        let body = json!({"dataAreaId": COMPANY, "WorkOrderId": id, "LineNumber": 1, "MaintenanceAssetId": order.asset});
        Some(line(&Call::inside(&body), world))
    }
}

fn error(status: u16, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": {"code": "", "message": "An error has occurred.", "innererror": {"message": message, "type": "", "stacktrace": ""}}}),
    )
}

/// A business error.
fn infolog(what: &str) -> Answer {
    error(
        500,
        &format!(
            "Write failed for table row of type 'EntAssetWorkOrderTable'. Infolog: Warning: {what}"
        ),
    )
}

fn tagged(row: &Value) -> Value {
    let mut row = row.clone();
    row["@odata.etag"] = json!("W/\"JzEsNTYzNzE0NDU3NjsxLDU2Mzcn\"");
    row
}

fn list(call: &Call, world: &World, set: &'static str) -> Answer {
    let filter = call.param("$filter").unwrap_or_default();
    let mut conditions = Vec::new();
    for part in
        split_outside(filter, " and ", '\'').into_iter().filter(|part| !part.trim().is_empty())
    {
        let mut words = part.trim().splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some(field), Some(op @ ("eq" | "ne" | "gt" | "ge" | "lt" | "le")), Some(value)) => {
                conditions.push(Condition {
                    field: field.to_owned(),
                    op: op.to_owned(),
                    value: value.trim_matches('\'').replace("''", "'"),
                });
            }
            _ => return error(400, "The query specified in the URI is not valid."),
        }
    }
    let everywhere = call.param("cross-company") == Some("true");
    let mut rows: Vec<&Value> = world
        .rows(set)
        .iter()
        .filter(|row| {
            (everywhere || row["dataAreaId"] == COMPANY)
                && conditions.iter().all(|one| one.holds(row))
        })
        .collect();
    for field in call
        .param("$orderby")
        .unwrap_or_default()
        .split(',')
        .rev()
        .filter(|field| !field.is_empty())
    {
        rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
    }
    let page = rows
        .into_iter()
        .skip(call.number("$skip").unwrap_or(0))
        .take(call.number("$top").unwrap_or(10_000));
    Answer::json(
        200,
        &json!({"@odata.context": "$metadata", "value": page.map(tagged).collect::<Vec<_>>()}),
    )
}

fn header(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else { return error(400, "Malformed JSON") };
    if row.contains_key("WorkOrderId") {
        return infolog("Number sequence does not allow manual numbers.");
    }
    if row.get("Description").map(text).unwrap_or_default().chars().count() > 60 {
        return error(400, "The field Description must be a string with a maximum length of 60.");
    }
    let number = format!("WO-{:06}", world.number("header", 123));
    for (field, value) in [
        ("WorkOrderId", json!(number)),
        ("WorkOrderLifecycleStateId", json!("New")),
        ("ActualStart", json!(NEVER)),
        ("ActualEnd", json!(NEVER)),
        ("Active", json!("Yes")),
    ] {
        row.insert(field.to_owned(), value);
    }
    let row = world.add(SETS[1].0, Value::Object(row));
    Answer::json(201, &tagged(&row))
}

fn line(call: &Call, world: &mut World) -> Answer {
    let Some(row) = call.json() else { return error(400, "Malformed JSON") };
    let asset = text(&row["MaintenanceAssetId"]);
    if !world
        .rows(SETS[0].0)
        .iter()
        .any(|known| known["MaintenanceAssetId"] == *asset && known["dataAreaId"] == COMPANY)
    {
        return infolog(&format!("The value '{asset}' in field 'Maintenance asset' is not found."));
    }
    if world.find(SETS[1].0, "WorkOrderId", &text(&row["WorkOrderId"])).is_none() {
        return infolog("The work order does not exist.");
    }
    let taken = world.rows(SETS[2].0).iter().any(|known| {
        known["WorkOrderId"] == row["WorkOrderId"] && known["LineNumber"] == row["LineNumber"]
    });
    if taken {
        return infolog("The record already exists.");
    }
    let row = world.add(SETS[2].0, row);
    Answer::json(201, &tagged(&row))
}

fn patch(call: &Call, world: &mut World, key: &[(String, String)]) -> Answer {
    let body: Map<String, Value> =
        call.json().and_then(|body| body.as_object().cloned()).unwrap_or_default();
    let id = key
        .iter()
        .find(|(name, _)| name == "WorkOrderId")
        .map(|(_, id)| id.clone())
        .unwrap_or_default();
    let Some(row) = world.find_mut(SETS[1].0, "WorkOrderId", &id) else {
        return error(404, "No resource was found");
    };
    if let Some(next) = body.get("NextWorkOrderLifecycleStateId").map(text) {
        let now = text(&row["WorkOrderLifecycleStateId"]);
        if now == "Completed"
            || !["Released", "Scheduled", "InProgress", "Completed", "Cancelled"]
                .contains(&next.as_str())
        {
            return infolog(&format!("The state cannot change from {now} to {next}."));
        }
        row.insert(
            "Active".to_owned(),
            json!(if matches!(next.as_str(), "Completed" | "Cancelled") { "No" } else { "Yes" }),
        );
        row.insert("WorkOrderLifecycleStateId".to_owned(), json!(next));
    }
    row.extend(body.into_iter().filter(|(key, _)| key != "NextWorkOrderLifecycleStateId"));
    Answer::empty(204)
}
