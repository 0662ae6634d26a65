//! Maintenance Connection: arrays in, `Results` and `Total` out, double quotes in filters, a 403 that
//! means "too many".

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::query::{Condition, compare, split_outside};
use crate::cmms::world::{LedgerEntry, World, text};

const CONNECTION: &str = "mc-connection-4d1";
const KEY: &str = "mc-api-key-88e20c";

pub(super) struct Connection;

impl Face for Connection {
    fn about(&self) -> Value {
        json!({
            "settings": {"repair_center": "PLANT1", "currency": "USD"},
            "secrets": {"connection_key": CONNECTION, "api_key": KEY},
            "order": {"asset": "P-102", "failure_code": "VIB"},
            "expect": {"priority": "2"},
            "closure": {"labour_hours": 2.5, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        let row = json!({"PK": 1, "ID": "HALL2", "Name": "Hall 2", "IsLocation": true, "LastModifiedDate": naive(world)});
        world.add("asset", row);
        for machine in world.machines() {
            let mut row = json!({
                "PK": 10 + machine.number, "ID": format!("P-10{}", machine.number), "Name": machine.name, "Serial": machine.serial, "Model": machine.model,
                "ManufacturerRef": {"PK": 1, "ID": "M", "Name": machine.manufacturer}, "InstallDate": format!("{}T00:00:00", machine.installed),
                "IsLocation": false, "Vicinity": "Hall 2", "LastModifiedDate": naive(world),
            });
            if machine.retired {
                row["DisposalDate"] = json!("2025-01-01T00:00:00");
            }
            world.add("asset", row);
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        Answer::json(status, &json!({"Message": message}))
    }

    fn too_many(&self, _: u32) -> Answer {
        Answer::text(
            403,
            "text/plain",
            "Exceeded Connections Limit: Only 200 requests per minute are allowed",
        )
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        match call.basic() {
            Some((connection, _)) if connection != CONNECTION => {
                return Answer::text(500, "text/plain", "ContainerResource was not found");
            }
            Some((_, key)) if key == KEY => {}
            _ => return self.fail(401, "Authorization has been denied for this request."),
        }
        let words: Vec<String> = call.path.iter().map(|word| word.to_lowercase()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match (call.method.as_str(), words.as_slice()) {
            ("GET", ["v8", "assets"]) => list(call, world, "asset"),
            ("GET", ["v8", "workorders"]) => list(call, world, "order"),
            ("GET", ["v8", "workorders", pk]) => match world.find("order", "PK", pk) {
                Some(row) => results(vec![row.clone()]),
                None => self.fail(404, "Work order not found"),
            },
            ("GET", ["v8", "workorders", pk, "laboractuals"]) => {
                results(children(world, "labor", pk))
            }
            ("GET", ["v8", "workorders", pk, "partactuals"]) => {
                results(children(world, "part", pk))
            }
            ("POST", ["v8", "workorders"]) => create(call, world),
            ("PUT", ["v8", "workorders", pk]) => change(call, world, pk),
            ("DELETE", _) => self.fail(501, "Not implemented"),
            _ => self.fail(404, "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        world
            .rows("order")
            .iter()
            .map(|row| LedgerEntry {
                reference: text(&row["UDFChar1"]),
                id: text(&row["PK"]),
                title: text(&row["Reason"]),
                description: text(&row["Instructions"]),
                asset: text(&row["AssetRef"]["ID"]),
                priority: text(&row["PriorityDetails"]["Value"]),
                status: text(&row["StatusDetails"]["Value"]),
                due: text(&row["TargetDate"]),
                failure_code: text(&row["ProblemRef"]["ID"]),
                ..LedgerEntry::default()
            })
            .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let stamp = naive(world);
        let Some(row) = world.find_mut("order", "PK", id) else { return false };
        let status = match act {
            "start" => "RESPONDED",
            "close" => "CLOSED",
            "cancel" => "CANCELED",
            _ => return false,
        };
        row.insert(
            "StatusDetails".to_owned(),
            json!({"Value": status, "Description": status.to_lowercase()}),
        );
        row.insert("LastModifiedDate".to_owned(), json!(stamp));
        if act == "close" {
            row.insert("CompleteDate".to_owned(), json!(stamp));
            row.insert("LaborReport".to_owned(), closure["action"].clone());
            world.add("labor", json!({"order": id, "RegularHours": closure["labour_hours"], "TotalHours": closure["labour_hours"], "TotalCost": 150.0, "LastModifiedDate": stamp}));
            world.add("part", json!({"order": id, "PartRef": {"PK": 7, "ID": closure["part"], "Name": null}, "QuantityActual": 1, "TotalCost": 12.0}));
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let stamp = naive(world);
        world
            .find_mut("asset", "ID", asset)
            .map(|row| row.insert("LastModifiedDate".to_owned(), json!(stamp)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let body = json!([{
            "Reason": order.title, "AssetRef": {"ID": order.asset}, "ProblemRef": {"ID": order.failure_code},
        }]);
        Some(create(&Call::inside(&body), world))
    }
}

fn naive(world: &World) -> String {
    world.now().format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"Message": message}))
}

fn results(rows: Vec<Value>) -> Answer {
    Answer::json(200, &json!({"Total": rows.len(), "Results": rows}))
}

fn children(world: &World, kind: &'static str, pk: &str) -> Vec<Value> {
    world.rows(kind).iter().filter(|row| text(&row["order"]) == pk).cloned().collect()
}

fn list(call: &Call, world: &World, kind: &'static str) -> Answer {
    let mut conditions = Vec::new();
    for part in split_outside(call.param("$filter").unwrap_or_default(), " and ", '"')
        .into_iter()
        .filter(|part| !part.trim().is_empty())
    {
        let mut words = part.trim().splitn(3, ' ');
        let (Some(field), Some(op), Some(value)) = (words.next(), words.next(), words.next())
        else {
            return refuse(400, "The filter is not valid");
        };
        if value.starts_with('\'') {
            return refuse(
                400,
                &format!(
                    "{} is not a valid filter property on a WorkOrder",
                    value.trim_matches('\'')
                ),
            );
        }
        conditions.push(Condition {
            field: field.to_owned(),
            op: op.to_owned(),
            value: value.trim_matches('"').to_owned(),
        });
    }
    let mut rows: Vec<&Value> =
        world.rows(kind).iter().filter(|row| conditions.iter().all(|one| one.holds(row))).collect();
    let order = call.param("$orderby").unwrap_or("PK");
    rows.sort_by(|a, b| compare(&text(&a[order]), &text(&b[order])));
    let page = rows
        .iter()
        .skip(call.number("$skip").unwrap_or(0))
        .take(call.number("$top").unwrap_or(50).min(500));
    Answer::json(200, &json!({"Results": page.collect::<Vec<_>>(), "Total": rows.len()}))
}

fn create(call: &Call, world: &mut World) -> Answer {
    let Some(Value::Array(given)) = call.json() else { return refuse(400, "An array is expected") };
    if given.len() > 200 {
        return refuse(400, "At most 200 records");
    }
    let mut made = Vec::new();
    for row in given {
        let Value::Object(mut row) = row else { return refuse(400, "An object is expected") };
        let asset = row.get("AssetRef").map(|asset| text(&asset["ID"])).unwrap_or_default();
        if !asset.is_empty() && world.find("asset", "ID", &asset).is_none() {
            return refuse(400, &format!("AssetRef {asset} could not be resolved"));
        }
        let pk = world.number("order", 4_711);
        let stamp = naive(world);
        for (field, value) in [
            ("PK", json!(pk)),
            ("ID", json!((pk + 5_741).to_string())),
            ("IsOpen", json!(true)),
            ("IsAssigned", json!(false)),
            ("LastModifiedDate", json!(stamp)),
        ] {
            row.insert(field.to_owned(), value);
        }
        made.push(world.add("order", Value::Object(row)));
    }
    results(made)
}

fn change(call: &Call, world: &mut World, pk: &str) -> Answer {
    let body: Map<String, Value> =
        call.json().and_then(|body| body.as_object().cloned()).unwrap_or_default();
    let stamp = naive(world);
    let Some(row) = world.find_mut("order", "PK", pk) else {
        return refuse(404, "Work order not found");
    };
    row.extend(body);
    row.insert("LastModifiedDate".to_owned(), json!(stamp));
    results(vec![Value::Object(row.clone())])
}
