//! Oracle Fusion Maintenance: bearer tokens of an identity domain, `items` and `hasMore`, ids beyond
//! 2^53, children below children, numbers that are unique in an organisation.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare};
use crate::cmms::world::{LedgerEntry, World, text};

const CLIENT: &str = "fusion-client-b2";
const SECRET: &str = "fusion-secret-66d0a1";
const ORGANIZATION: &str = "M1";
/// Beyond 2^53, as the real ones are.
const FIRST_ID: u64 = 300_000_123_456_789_012;

#[derive(Default)]
pub(super) struct Oracle {
    tokens: u64,
}

impl Face for Oracle {
    fn about(&self) -> Value {
        json!({
            "settings": {"organization": ORGANIZATION, "token_url": "/oauth2/v1/token", "standard_operation_id": 55},
            "secrets": {"client_id": CLIENT, "client_secret": SECRET},
            "order": {"asset": "PMP-102"},
            "expect": {"priority": "2"},
            "closure": {"action": "REPLACED"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let mut row = json!({
                "AssetId": FIRST_ID + machine.number, "AssetNumber": format!("PMP-10{}", machine.number), "Description": machine.name,
                "SerialNumber": machine.serial, "ItemNumber": machine.model, "InServiceDate": format!("{}T00:00:00+00:00", machine.installed), "LastUpdateDate": world.stamp(),
            });
            if machine.retired {
                row["AssetEndDate"] = json!("2025-01-01");
            }
            world.add("asset", row);
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn is_sign_in(&self, call: &Call) -> bool {
        call.path.last().is_some_and(|last| last == "token")
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        adf(status, message)
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::text(503, "text/plain", "Service Unavailable")
            .with("retry-after", seconds.to_string())
    }

    fn sign_out(&mut self, world: &mut World) {
        world.notes.clear();
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        if self.is_sign_in(call) {
            let form = call.form();
            let is = |field: &str, value: &str| form.get(field).map(text).as_deref() == Some(value);
            if !is("client_id", CLIENT)
                || !is("client_secret", SECRET)
                || !is("scope", "urn:opc:resource:consumer::all")
            {
                return Answer::json(
                    401,
                    &json!({"error": "invalid_client", "error_description": "Client authentication failed."}),
                );
            }
            self.tokens += 1;
            let token = format!("eyJ4NXQ.{:010}", self.tokens * 6_151);
            world.notes.insert(token.clone(), String::new());
            return Answer::json(
                200,
                &json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600}),
            );
        }
        if !call.bearer().is_some_and(|token| world.notes.contains_key(token)) {
            return Answer::empty(401);
        }
        let words = call.segments();
        let words: &[&str] = words
            .strip_prefix(["fscmRestApi", "resources", "11.13.18.05"].as_slice())
            .unwrap_or(&[]);
        match (call.method.as_str(), words) {
            ("GET", ["installedBaseAssets"]) => list(call, world, "asset", &[]),
            ("GET", ["maintenanceWorkOrders"]) => list(call, world, "order", &[]),
            ("GET", ["assetFailureEvents"]) => list(call, world, "event", &[]),
            ("GET", ["maintenanceWorkOrders", id]) => {
                match world.find("order", "WorkOrderId", id) {
                    Some(row) => Answer::json(200, row),
                    None => Answer::text(404, "text/plain", "Not Found"),
                }
            }
            ("POST", ["maintenanceWorkOrders"]) => create(call, world),
            ("PATCH", ["maintenanceWorkOrders", id]) => change(call, world, id),
            ("DELETE", _) => adf(405, "The method is not allowed"),
            ("GET", ["maintenanceWorkOrders", id, "child", "WorkOrderOperation"]) => {
                list(call, world, "operation", &[("WorkOrderId", id)])
            }
            ("POST", ["maintenanceWorkOrders", id, "child", "WorkOrderOperation"]) => {
                child(call, world, "operation", id, "WorkOrderOperationId", id)
            }
            (
                "GET",
                [
                    "maintenanceWorkOrders",
                    _,
                    "child",
                    "WorkOrderOperation",
                    operation,
                    "child",
                    "WorkOrderOperationMaterial",
                ],
            ) => list(call, world, "material", &[("Operation", operation)]),
            (
                "POST",
                [
                    "maintenanceWorkOrders",
                    id,
                    "child",
                    "WorkOrderOperation",
                    operation,
                    "child",
                    "WorkOrderOperationMaterial",
                ],
            ) => child(call, world, "material", id, "WorkOrderOperationMaterialId", operation),
            _ => Answer::text(404, "text/plain", "Not Found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("order")
            .iter()
            .map(|row| {
                let id = text(&row["WorkOrderId"]);
                let parts =
                    world.rows("material").iter().filter(|part| text(&part["WorkOrderId"]) == id);
                LedgerEntry {
                    reference: text(&row["WorkOrderNumber"]),
                    title: text(&row["WorkOrderDescription"]),
                    description: text(&row["WorkOrderDescription"]),
                    asset: text(&row["AssetNumber"]),
                    priority: text(&row["WorkOrderPriority"]),
                    status: text(&row["WorkOrderStatusCode"]),
                    due: text(&row["PlannedCompletionDate"]),
                    parts: parts
                        .map(|part| {
                            (
                                text(&part["ItemNumber"]),
                                part["Quantity"].as_f64().unwrap_or_default(),
                            )
                        })
                        .collect(),
                    id,
                    ..LedgerEntry::default()
                }
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = world.stamp();
        let Some(row) = world.find_mut("order", "WorkOrderId", id) else { return false };
        match act {
            "start" => drop(row.insert("ActualStartDate".to_owned(), json!(stamp))),
            "close" => {
                row.insert("WorkOrderStatusCode".to_owned(), json!("ORA_COMPLETED"));
                row.insert("ActualCompletionDate".to_owned(), json!(stamp));
                world.add("event", json!({"WorkOrderId": id, "failureInstances": [{"FailureCode": "VIB", "ResolutionCode": closure["action"]}]}));
            }
            "cancel" => drop(row.insert("WorkOrderStatusCode".to_owned(), json!("ORA_CANCELED"))),
            _ => return false,
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = world.stamp();
        world
            .find_mut("asset", "AssetNumber", asset)
            .map(|row| row.insert("LastUpdateDate".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let number = format!("HAND-{}", world.number("by hand", 1));
        let body = json!({
            "OrganizationCode": ORGANIZATION, "WorkOrderNumber": number, "WorkOrderDescription": order.title, "AssetNumber": order.asset,
        });
        Some(create(&Call::inside(&body), world))
    }
}

fn adf(status: u16, detail: &str) -> Answer {
    Answer::json(
        status,
        &json!({"title": "Bad Request", "status": status.to_string(), "o:errorDetails": [{"detail": detail, "o:errorCode": "27018"}]}),
    )
}

/// `A=b;C>d`
fn list(call: &Call, world: &World, kind: &'static str, of: &[(&str, &str)]) -> Answer {
    let mut conditions = Vec::new();
    for part in call.param("q").unwrap_or_default().split(';').filter(|part| !part.is_empty()) {
        let Some(place) = part.find(['=', '>', '<']) else {
            return adf(400, "URL request parameter q is not valid.");
        };
        conditions.push(Condition {
            field: part[..place].to_owned(),
            op: part[place..=place].to_owned(),
            value: part[place + 1..].to_owned(),
        });
    }
    let mut rows: Vec<&Value> = world
        .rows(kind)
        .iter()
        .filter(|row| {
            conditions.iter().all(|one| one.holds(row))
                && of.iter().all(|(field, value)| text(&row[*field]) == *value)
        })
        .collect();
    if let Some(order) = call.param("orderBy") {
        let (field, way) = order.split_once(':').unwrap_or((order, "asc"));
        rows.sort_by(|a, b| compare(&text(&a[field]), &text(&b[field])));
        if way == "desc" {
            rows.reverse();
        }
    }
    let (limit, offset) =
        (call.number("limit").unwrap_or(25).min(500), call.number("offset").unwrap_or(0));
    let items: Vec<&Value> = rows.iter().skip(offset).take(limit).copied().collect();
    Answer::json(
        200,
        &json!({"count": items.len(), "hasMore": rows.len() > offset + limit, "limit": limit, "offset": offset, "items": items, "links": []}),
    )
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else {
        return adf(400, "The payload is not valid JSON.");
    };
    if row.get("OrganizationCode").map(text).as_deref() != Some(ORGANIZATION) {
        return Answer::text(400, "text/plain", "The organization is not valid.");
    }
    if world
        .find("asset", "AssetNumber", &row.get("AssetNumber").map(text).unwrap_or_default())
        .is_none()
    {
        return Answer::text(
            400,
            "text/plain",
            "The asset number is not valid. Enter a valid asset number.",
        );
    }
    let number = row.get("WorkOrderNumber").map(text).unwrap_or_default();
    if world.find("order", "WorkOrderNumber", &number).is_some() {
        return Answer::text(
            400,
            "text/plain",
            format!("The work order {number} already exists in organization {ORGANIZATION}."),
        );
    }
    let id = world.number("order", FIRST_ID);
    row.insert("WorkOrderId".to_owned(), json!(id));
    row.entry("WorkOrderStatusCode").or_insert(json!("ORA_UNRELEASED"));
    let row = world.add("order", Value::Object(row));
    Answer::json(201, &row).with(
        "location",
        format!(
            "https://fusion.internal/fscmRestApi/resources/11.13.18.05/maintenanceWorkOrders/{id}"
        ),
    )
}

fn child(
    call: &Call,
    world: &mut World,
    kind: &'static str,
    order: &str,
    key: &str,
    of: &str,
) -> Answer {
    let Some(Value::Object(mut row)) = call.json() else {
        return adf(400, "The payload is not valid JSON.");
    };
    if world.find("order", "WorkOrderId", order).is_none() {
        return Answer::text(404, "text/plain", "Not Found");
    }
    let id = world.number(kind, FIRST_ID + 500);
    row.insert(key.to_owned(), json!(id));
    row.insert("WorkOrderId".to_owned(), json!(order));
    row.insert("Operation".to_owned(), json!(of));
    let row = world.add(kind, Value::Object(row));
    Answer::json(201, &row)
}

fn change(call: &Call, world: &mut World, id: &str) -> Answer {
    let body: Map<String, Value> =
        call.json().and_then(|body| body.as_object().cloned()).unwrap_or_default();
    let Some(row) = world.find_mut("order", "WorkOrderId", id) else {
        return Answer::text(404, "text/plain", "Not Found");
    };
    if let Some(next) = body.get("WorkOrderStatusCode").map(text) {
        let now = text(&row["WorkOrderStatusCode"]);
        if matches!(now.as_str(), "ORA_CLOSED" | "ORA_CANCELED") && next != now {
            return adf(400, &format!("The status cannot change from {now} to {next}."));
        }
    }
    row.extend(body);
    Answer::json(200, &Value::Object(row.clone()))
}
