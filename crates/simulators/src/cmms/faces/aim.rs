//! AssetWorks AiM: tables read over REST without pages, documents written by SOAP after a number was
//! reserved, empty columns that are missing.

use serde_json::{Map, Value, json};

use super::Face;
use crate::cmms::call::{Answer, Call};
use crate::cmms::control::ByHand;
use crate::cmms::world::{LedgerEntry, World, text};

const USER: &str = "mwright";
const PASSWORD: &str = "aim-pass-1d90ce";
const CLOSURE: &str = "MW_CLOSURE";
/// Values of an IN list at most.
const MOST_VALUES: usize = 2_000;
const TABLES: [(&str, &[&str]); 4] = [
    (
        "AeAAssetE",
        &[
            "assetTag",
            "description",
            "assetType",
            "assetGroup",
            "statusCode",
            "bldg",
            "serialNo",
            "manufacturer",
            "modelNo",
            "editDate",
        ],
    ),
    (
        "AePProE",
        &[
            "proposal",
            "description",
            "longDesc",
            "statusCode",
            "priCode",
            "orderType",
            "entDate",
            "editDate",
            "compDate",
            "extRef",
        ],
    ),
    (
        "AePPhsE",
        &[
            "proposal",
            "sortCode",
            "description",
            "assetTag",
            "shop",
            "priCode",
            "probCode",
            "dueDate",
            "statusCode",
            "entDate",
        ],
    ),
    ("AePProS", &["proposal", "shopPerson"]),
];

pub(super) struct Aim;

impl Face for Aim {
    fn about(&self) -> Value {
        json!({
            "settings": {"shop": "MECH", "closure_query": CLOSURE, "currency": "USD"},
            "secrets": {"user": USER, "password": PASSWORD},
            "order": {"asset": "VMC-1002", "failure_code": "BRG"},
            "expect": {"priority": "300 HIGH"},
            "closure": {"labour_hours": 2.0, "part": "6205-2RS", "action": "Bearing replaced"},
        })
    }

    fn fill(&mut self, world: &mut World) {
        for machine in world.machines() {
            let stamp = stamp(world);
            world.add("AeAAssetE", json!({
                "assetTag": machine.tag, "description": machine.name, "assetType": "SERIALIZED", "assetGroup": "CNC", "bldg": "H2",
                "serialNo": machine.serial, "manufacturer": machine.manufacturer, "modelNo": machine.model,
                "statusCode": if machine.retired { "DISPOSED" } else { "ACTIVE" }, "editDate": stamp,
            }));
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        call.method != "GET"
    }

    fn fail(&self, status: u16, message: &str) -> Answer {
        Answer::json(status, &json!({"message": message}))
    }

    fn too_many(&self, seconds: u32) -> Answer {
        Answer::text(429, "text/plain", "Too Many Requests")
            .with("retry-after", seconds.to_string())
    }

    fn answer(&mut self, call: &Call, world: &mut World) -> Answer {
        match call.basic() {
            Some((user, word)) if user == USER && word == PASSWORD => {}
            Some(_) => return self.fail(401, "Invalid user or password"),
            None => return Answer::empty(302).with("location", "/fmax/screen/LOGIN"),
        }
        match (call.method.as_str(), call.segments().as_slice()) {
            ("GET", ["fmax", "api", "v3", "iq-reports", "custom-resource"]) => read(call, world),
            ("POST", ["fmax", "services", "WorkOrder"]) => soap(call, world),
            _ => self.fail(404, "Not found"),
        }
    }

    fn ledger(&self, world: &World) -> Vec<LedgerEntry> {
        let rows = world.rows("AePProE").iter();
        rows.map(|row| {
            let id = text(&row["proposal"]);
            let phase = world.find("AePPhsE", "proposal", &id).cloned().unwrap_or_default();
            LedgerEntry {
                reference: text(&row["extRef"]),
                title: text(&row["description"]),
                description: text(&row["longDesc"]),
                asset: text(&phase["assetTag"]),
                priority: text(&phase["priCode"]),
                status: text(&row["statusCode"]),
                due: text(&phase["dueDate"]),
                failure_code: text(&phase["probCode"]),
                id,
                ..LedgerEntry::default()
            }
        })
        .collect()
    }

    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool {
        let now = stamp(world);
        let status = match act {
            "start" => "WORK IN PROGRESS",
            "close" => "CLOSED",
            "cancel" => "CANCELED",
            _ => return false,
        };
        for table in ["AePPhsE", "AePProE"] {
            let Some(row) = world.find_mut(table, "proposal", id) else { return false };
            row.insert("statusCode".to_owned(), json!(status));
            row.insert("editDate".to_owned(), json!(now));
            if act == "close" {
                row.insert("compDate".to_owned(), json!(now));
            }
        }
        if act == "close" {
            world.add("closure", json!({"proposal": id, "kind": "labor", "laborHours": closure["labour_hours"], "actionTaken": closure["action"], "cost": 90}));
            world.add("closure", json!({"proposal": id, "kind": "part", "partNo": closure["part"], "quantity": 1, "cost": 25}));
        }
        true
    }

    fn touch(&mut self, world: &mut World, asset: &str) -> bool {
        world.tick(600);
        let now = stamp(world);
        world
            .find_mut("AeAAssetE", "assetTag", asset)
            .map(|row| row.insert("editDate".to_owned(), json!(now)))
            .is_some()
    }

    fn by_hand(&mut self, world: &mut World, order: &ByHand) -> Option<Answer> {
        let proposal = reserve(world);
        let fields = [
            ("proposal", proposal.as_str()),
            ("statusCode", "OPEN"),
            ("description", order.title.as_str()),
            ("assetTag", order.asset.as_str()),
            ("probCode", order.failure_code.as_str()),
            ("sortCode", "001"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(save(&fields, world))
    }
}

fn stamp(world: &World) -> String {
    world.now().format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

fn reserve(world: &mut World) -> String {
    let day = world.now().format("%y%m%d").to_string();
    format!("{day}-{:06}", world.number("proposal", 123))
}

fn read(call: &Call, world: &World) -> Answer {
    let limit = call.number("rowLimit").unwrap_or(1_000);
    let (rows, columns): (Vec<&Value>, Option<&[&str]>) = match call.param("filterName") {
        Some(name) if name == CLOSURE && call.param("screenName") == Some("PHASE_SEARCH") => {
            (world.rows("closure").iter().collect(), None)
        }
        Some(name) => {
            return Answer::json(
                400,
                &json!({"message": format!("The query {name} does not exist")}),
            );
        }
        None => {
            let name = call.param("tableName").unwrap_or_default();
            let Some((table, columns)) = TABLES.into_iter().find(|(known, _)| *known == name)
            else {
                return Answer::json(
                    400,
                    &json!({"message": format!("The table {name} does not exist")}),
                );
            };
            (world.rows(table).iter().collect(), Some(columns))
        }
    };
    let wanted: Vec<&str> =
        call.param("fields").map(|all| all.split(',').collect()).unwrap_or_default();
    let filters = call.query.iter().filter(|(key, _)| {
        !matches!(
            key.as_str(),
            "tableName"
                | "fields"
                | "rowLimit"
                | "filterName"
                | "screenName"
                | "date"
                | "timePeriod"
        )
    });
    let filters: Vec<(&str, Vec<&str>)> =
        filters.map(|(key, value)| (key.as_str(), value.split(',').collect())).collect();
    if let Some(columns) = columns {
        let named = wanted.iter().copied().chain(filters.iter().map(|(name, _)| *name));
        if let Some(name) = named.into_iter().find(|name| !columns.contains(name)) {
            return Answer::json(
                400,
                &json!({"message": format!("The column {name} does not exist")}),
            );
        }
    }
    if filters.iter().any(|(_, values)| values.len() > MOST_VALUES) {
        return Answer::json(400, &json!({"message": "Too many values"}));
    }
    let found: Vec<&Value> = rows
        .into_iter()
        .filter(|row| {
            filters.iter().all(|(name, values)| values.contains(&text(&row[*name]).as_str()))
        })
        .collect();
    let results = found.iter().take(limit).map(|row| {
        let all = row.as_object().into_iter().flatten();
        let there = all.filter(|(name, value)| {
            (wanted.is_empty() || wanted.contains(&name.as_str())) && !text(value).is_empty()
        });
        let fields = there.map(|(name, value)| (name.clone(), value.clone()));
        json!({"fields": fields.collect::<Map<_, _>>()})
    });
    Answer::json(
        200,
        &json!({"ResultSet": {"total": found.len(), "Results": results.collect::<Vec<_>>()}}),
    )
}

fn envelope(status: u16, body: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\"?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>{body}</S:Body></S:Envelope>"
    );
    Answer::text(status, "text/xml; charset=utf-8", text)
}

fn fault(what: &str) -> Answer {
    envelope(
        500,
        &format!(
            "<S:Fault><faultcode>S:Server</faultcode><faultstring>SCRIPT_ERROR HARD {what}</faultstring></S:Fault>"
        ),
    )
}

fn soap(call: &Call, world: &mut World) -> Answer {
    let body = String::from_utf8_lossy(&call.body).into_owned();
    match call.header("soapaction").unwrap_or_default().trim_matches('"') {
        "templateAePProE" => {
            let proposal = reserve(world);
            envelope(
                200,
                &format!(
                    "<templateAePProEResponse><AePProEDTO><proposal>{proposal}</proposal><orderType>CM</orderType></AePProEDTO></templateAePProEResponse>"
                ),
            )
        }
        "saveAePProE" => save(&leaves(&body), world),
        other => fault(&format!("the operation {other} is not known")),
    }
}

/// The elements that hold text, in their order.
fn leaves(xml: &str) -> Vec<(String, String)> {
    let mut leaves = Vec::new();
    for part in xml.split('<').skip(1) {
        let Some((tag, value)) = part.split_once('>') else { continue };
        let name = tag.split([' ', ':']).next_back().unwrap_or(tag);
        if !tag.starts_with(['/', '?']) && !tag.ends_with('/') && !value.trim().is_empty() {
            let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            leaves.push((name.to_owned(), value.replace("&apos;", "'").replace("&amp;", "&")));
        }
    }
    leaves
}

/// Fields of the header until the phase begins with its `sortCode` or asset.
fn save(fields: &[(String, String)], world: &mut World) -> Answer {
    let value = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let Some(proposal) = value("proposal") else { return fault("the number is missing") };
    let Some(asset) = value("assetTag") else {
        return fault("asset required before this phase status");
    };
    if world.find("AeAAssetE", "assetTag", asset).is_none() {
        return fault(&format!("the asset {asset} does not exist"));
    }
    let now = stamp(world);
    let row = |columns: &[&str]| {
        let pairs = fields.iter().filter(|(name, _)| columns.contains(&name.as_str()));
        let mut row: Map<String, Value> =
            pairs.map(|(name, value)| (name.clone(), json!(value))).collect();
        for field in ["entDate", "editDate"] {
            row.insert(field.to_owned(), json!(now));
        }
        Value::Object(row)
    };
    if world.find("AePProE", "proposal", proposal).is_some() {
        return fault(&format!("the work order {proposal} exists"));
    }
    let (header, phase) = (row(TABLES[1].1), row(TABLES[2].1));
    world.add("AePProE", header);
    world.add("AePPhsE", phase);
    envelope(200, "<saveAePProEResponse><result>OK</result></saveAePProEResponse>")
}
