//! What running Odoo 17, Odoo 19 and ERPNext 15 answered is the oracle: the doubles answer the
//! recorded calls in the same way, and the manifests read the recorded answers rightly.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use cmms::egress::Egress;
use cmms::engine::{Connection, ManifestClient};
use cmms::manifest;
use cmms::{CallError, CmmsClient, CreateOutcome, NewOrder};
use domain::ids::{SiteId, WorkOrderId};
use domain::work_order::WorkOrderStatus;
use secrecy::SecretString;
use serde_json::{Value, json};
use simulators::cmms::{Double, face};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ERPNEXT: &str = include_str!("../data/transcripts/erpnext.http.md");
const ODOO17: &str = include_str!("../data/transcripts/odoo17.http.md");
const ODOO19: &str = include_str!("../data/transcripts/odoo19-json2.http.md");

/// One recorded call and its answer.
struct Exchange {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    status: u16,
    answer: String,
}

fn exchange(transcript: &str, number: u32) -> Exchange {
    let start = transcript.find(&format!("\n### {number}. ")).unwrap_or_else(|| panic!("{number}"));
    let mut blocks = transcript[start..]
        .split("```http\n")
        .skip(1)
        .map(|block| block.split("\n```").next().unwrap());
    let (request, answer) = (blocks.next().unwrap(), blocks.next().unwrap());
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (first, rest) = answer.split_once('\n').unwrap();
    Exchange {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers.collect(),
        body: body.to_owned(),
        status: first.split(' ').nth(1).unwrap().parse().unwrap(),
        answer: rest.split_once("\n\n").map(|(_, body)| body.to_owned()).unwrap_or_default(),
    }
}

/// Sends a recorded call to a double, names replaced; gives status and answer.
async fn send(url: &str, exchange: &Exchange, names: &[(&str, &str)]) -> (u16, Value) {
    let swap =
        |text: &str| names.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let method = exchange.method.parse().unwrap();
    let mut request =
        reqwest::Client::new().request(method, format!("{url}{}", swap(&exchange.target)));
    for (name, value) in exchange.headers.iter().filter(|(name, _)| name != "Host") {
        request = request.header(name, swap(value));
    }
    let answer = request.body(swap(&exchange.body)).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

/// Where the shape of an answer differs from the recorded one; texts and numbers may differ, keys
/// that no double fills are left out.
fn differs(recorded: &Value, given: &Value, place: &str, left_out: &[&str]) -> Option<String> {
    match (recorded, given) {
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .filter(|(key, _)| !left_out.contains(&key.as_str()))
            .find_map(|(key, value)| match b.get(key) {
                Some(other) => differs(value, other, &format!("{place}.{key}"), left_out),
                None => Some(format!("{place}.{key} is missing")),
            }),
        (Value::Array(a), Value::Array(b)) => match (a.first(), b.first()) {
            (Some(a), Some(b)) => differs(a, b, &format!("{place}.0"), left_out),
            (None, _) | (_, None) => None,
        },
        (Value::Null, _) | (_, Value::Null) => (recorded.is_null() != given.is_null())
            .then(|| format!("{place}: {recorded} and {given}")),
        (a, b) => (std::mem::discriminant(a) != std::mem::discriminant(b))
            .then(|| format!("{place}: {recorded} and {given}")),
    }
}

async fn double(system: &str) -> Double {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = "2026-11-22T06:00:00Z".parse().unwrap();
    Double::start(face(system).unwrap(), "127.0.0.1:0", start).await.unwrap()
}

#[tokio::test]
async fn the_double_of_erpnext_answers_as_erpnext_did() {
    let double = double("erpnext").await;
    let names = [
        ("<key>:<secret>", "erp-key-92ab13:erp-secret-c0771e5d"),
        ("<key>:nope", "erp-key-92ab13:nope"),
        ("pdm_refc", "millwright_ref"),
    ];
    let left_out = [
        "owner",
        "modified_by",
        "idx",
        "naming_series",
        "capitalize_repair_cost",
        "stock_consumption",
        "increase_in_asset_life",
        "doctype",
        "exception",
        "_error_message",
        "_exc_source",
        "title",
        "branch",
        "description",
    ];
    // The administrator's and the weaker account's calls, and trimmed answers, are not replayed.
    for number in [
        1, 2, 3, 4, 5, 6, 8, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31, 32, 33,
        34, 35, 36, 37, 38, 39, 41, 42, 43, 51,
    ] {
        let recorded = exchange(ERPNEXT, number);
        let (status, answer) = send(&double.url(), &recorded, &names).await;
        assert_eq!(status, recorded.status, "{number}: {answer}");
        if let Ok(expected) = serde_json::from_str::<Value>(&recorded.answer) {
            assert_eq!(expected.get("exc_type"), answer.get("exc_type"), "{number}: {answer}");
            assert_eq!(differs(&expected, &answer, "", &left_out), None, "{number}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_double_of_odoo_17_answers_as_odoo_did() {
    let double = double("odoo17").await;
    let names = [
        ("\"cmms17\", \"admin\", \"admin\"", "\"cmms\", \"millwright\", \"odoo-key-6d0f13b97ac2\""),
        ("\"cmms17\"", "\"cmms\""),
        ("\"admin\"", "\"odoo-key-6d0f13b97ac2\""),
        ("[[15]", "[[19]"),
        ("[[21]]", "[[19]]"),
        ("\"res_id\", \"=\", 15", "\"res_id\", \"=\", 19"),
        ("\"stage_id\": 3", "\"stage_id\": 7"),
        ("\"stage_id\": 2", "\"stage_id\": 9"),
    ];
    let left_out = [
        "debug",
        "arguments",
        "rows",
        "moreinfo",
        "field_name",
        "date",
        "author_id",
        "subtype_id",
        "tracking_value_ids",
        "write_uid",
        "message",
    ];
    for number in [1, 2, 3, 4, 5, 6, 14, 23, 24, 26, 27, 28, 29, 30, 31, 32, 36, 37, 38, 49, 50, 51]
    {
        let recorded = exchange(ODOO17, number);
        let (status, answer) = send(&double.url(), &recorded, &names).await;
        assert_eq!(status, recorded.status, "{number}: {answer}");
        let expected: Value = serde_json::from_str(&recorded.answer).unwrap();
        assert_eq!(
            expected["error"]["data"]["name"], answer["error"]["data"]["name"],
            "{number}: {answer}"
        );
        assert_eq!(
            expected.get("result").is_some(),
            answer.get("result").is_some(),
            "{number}: {answer}"
        );
        assert_eq!(differs(&expected, &answer, "", &left_out), None, "{number}: {answer}");
    }
}

#[tokio::test]
async fn the_double_of_odoo_19_answers_as_odoo_did() {
    let double = double("odoo19").await;
    let names = [
        ("<admin-api-key>", "odoo-key-6d0f13b97ac2"),
        ("cmms19", "cmms"),
        ("\"equipment_id\": 9", "\"equipment_id\": 12"),
        ("\"9\"", "\"12\""),
        ("\"equipment_id\", \"=\", 9", "\"equipment_id\", \"=\", 12"),
        ("\"ids\": [6]", "\"ids\": [19]"),
        ("\"res_id\", \"=\", 6", "\"res_id\", \"=\", 19"),
        ("\"stage_id\": 3", "\"stage_id\": 7"),
        ("\"stage_id\": 2", "\"stage_id\": 9"),
    ];
    let left_out = [
        "debug",
        "arguments",
        "schedule_end",
        "maintenance_team_id",
        "request_date",
        "date",
        "tracking_value_ids",
        "author_id",
    ];
    for number in [
        1, 2, 3, 4, 7, 8, 9, 10, 11, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 32, 33, 34, 35,
        37, 38, 39, 43,
    ] {
        let recorded = exchange(ODOO19, number);
        let (status, answer) = send(&double.url(), &recorded, &names).await;
        assert_eq!(status, recorded.status, "{number}: {answer}");
        if let Ok(expected) = serde_json::from_str::<Value>(&recorded.answer) {
            assert_eq!(
                expected.get("name").filter(|_| status >= 400),
                answer.get("name").filter(|_| status >= 400),
                "{number}: {answer}"
            );
            assert_eq!(differs(&expected, &answer, "", &left_out), None, "{number}: {answer}");
        }
    }
}

/// Answers calls with recorded answers, in order, and keeps what was asked.
async fn recorded(answers: Vec<Exchange>) -> (String, Arc<Mutex<Vec<String>>>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (seen, mut answers) = (asked.clone(), VecDeque::from(answers));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            loop {
                let mut block = [0; 16 * 1024];
                let count = socket.read(&mut block).await.unwrap_or(0);
                bytes.extend_from_slice(&block[..count]);
                let text = String::from_utf8_lossy(&bytes);
                let length = text.lines().find_map(|line| {
                    line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
                });
                let whole = text
                    .split_once("\r\n\r\n")
                    .is_some_and(|(_, body)| body.len() >= length.unwrap_or(0));
                if count == 0 || whole {
                    break;
                }
            }
            seen.lock().unwrap().push(String::from_utf8_lossy(&bytes).into_owned());
            let Some(next) = answers.pop_front() else { return };
            let head = format!(
                "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                next.status,
                next.answer.len()
            );
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(next.answer.as_bytes()).await;
        }
    });
    (url, asked)
}

fn client(system: &str, url: &str, settings: Value, secrets: &[&str]) -> ManifestClient {
    let address = url.trim_start_matches("http://");
    let now = Arc::new(|| "2026-11-22T12:05:00Z".parse::<DateTime<Utc>>().unwrap());
    let mut connection = Connection::new(url, Egress::new([address]), now);
    connection.settings = serde_json::from_value(settings).unwrap();
    connection.secrets = secrets
        .iter()
        .map(|name| ((*name).to_owned(), SecretString::from("recorded".to_owned())))
        .collect();
    ManifestClient::new(Arc::new(manifest::find(system).unwrap().unwrap()), connection).unwrap()
}

fn order(asset: &str) -> NewOrder {
    let body = json!({"title": "PdM: bearing failure predicted, P-101", "description": "RUL 36 h", "asset": asset, "priority": 1, "due": "2026-11-23T08:00:00Z"});
    NewOrder {
        id: WorkOrderId(1),
        site: SiteId(1),
        external_ref: "MW-0123456789ABCDEF".to_owned(),
        body,
    }
}

#[tokio::test]
async fn the_manifest_of_erpnext_reads_what_erpnext_answered() {
    let some = |numbers: &[u32]| {
        numbers.iter().map(|number| exchange(ERPNEXT, *number)).collect::<Vec<_>>()
    };
    let (url, asked) = recorded(some(&[34, 16, 42, 23, 24, 25, 4, 6, 15])).await;
    let erpnext = client("erpnext", &url, json!({"currency": "EUR"}), &["api_key", "api_secret"]);
    let row = erpnext.read_order("ACC-ASR-2026-00006").await.unwrap().unwrap();
    assert_eq!(
        (row.record.status, row.record.cmms_status.as_deref()),
        (Some(WorkOrderStatus::Closed), Some("Completed 1"))
    );
    assert_eq!(row.record.updated_at.to_rfc3339(), "2026-11-22T12:05:43.200387+00:00");
    let closure = row.record.closure.unwrap();
    assert_eq!(closure.action, "Replaced DE bearing 6310-2Z. Root cause: lubrication.");
    assert_eq!((closure.downtime_hours, closure.cost), (Some(4.5), Some(180.0)));
    assert_eq!(closure.repair_ended_at.unwrap().to_rfc3339(), "2026-11-22T09:00:00+00:00");
    let assets = erpnext.assets(None, &Default::default()).await.unwrap();
    assert_eq!(
        assets.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
        ["ACC-ASS-2026-00001", "ACC-ASS-2026-00002"]
    );
    assert!(
        matches!(erpnext.create(&order("A")).await, CreateOutcome::Unknown(text) if text.contains("exists already"))
    );
    for _ in 0..3 {
        assert!(matches!(erpnext.create(&order("A")).await, CreateOutcome::Refused { .. }));
    }
    assert!(matches!(erpnext.create(&order("A")).await, CreateOutcome::Unauthorised(_)));
    assert!(
        matches!(erpnext.look_up("MW-0123456789ABCDEF").await, Err(CallError::Unauthorised(text)) if text.contains("Guest does not have"))
    );
    assert_eq!(erpnext.read_order("ACC-ASR-1999-00001").await.unwrap(), None);
    let create = asked.lock().unwrap()[2].clone();
    assert!(create.starts_with("POST /api/resource/Asset%20Repair HTTP/1.1"), "{create}");
    assert!(
        create.contains("authorization: token recorded:recorded")
            && create.contains("\"failure_date\":\"2026-11-22 17:35:00\""),
        "{create}"
    );
}

#[tokio::test]
async fn the_manifest_of_odoo_17_reads_what_odoo_answered() {
    let some = |numbers: &[u32]| {
        numbers.iter().map(|number| exchange(ODOO17, *number)).collect::<Vec<_>>()
    };
    let (url, asked) = recorded(some(&[2, 27, 30, 23, 37, 39, 4, 3])).await;
    let odoo = client("odoo17", &url, json!({"database": "cmms17"}), &["user", "key"]);
    assert!(
        matches!(odoo.create(&order("13")).await, CreateOutcome::Created(record) if record.cmms_id == "19")
    );
    assert!(
        matches!(odoo.create(&order("999999")).await, CreateOutcome::Refused { message, .. } if message.contains("No matching record"))
    );
    assert!(matches!(odoo.create(&order("13")).await, CreateOutcome::Refused { .. }));
    let row = odoo.read_order("15").await.unwrap().unwrap();
    assert_eq!(
        (row.record.status, row.record.assigned_to.as_deref()),
        (Some(WorkOrderStatus::Closed), Some("Mitchell Admin"))
    );
    let closure = row.record.closure.unwrap();
    assert_eq!(
        (closure.action.as_str(), closure.labour_hours),
        ("Replaced DE bearing 6310-2Z. Root cause: lubrication.", Some(2.5))
    );
    // The log-in is renewed once, and that one is answered with `false`.
    assert!(matches!(odoo.look_up("MW-0123456789ABCDEF").await, Err(CallError::Unauthorised(_))));
    let load = asked.lock().unwrap()[1].clone();
    let recorded = exchange(ODOO17, 27).body;
    for word in [
        "\"maintenance.request\",\"load\"",
        "\"equipment_id/.id\"",
        "\"execute_kw\"",
        "__millwright__.mw_0123456789abcdef",
        "\"2026-11-23 08:00:00\"",
    ] {
        assert!(load.contains(word), "{word}: {load}");
    }
    assert!(recorded.contains("\"equipment_id/.id\"") && recorded.contains("execute_kw"));
}

#[tokio::test]
async fn the_manifest_of_odoo_19_reads_what_odoo_answered() {
    let some = |numbers: &[u32]| {
        numbers.iter().map(|number| exchange(ODOO19, *number)).collect::<Vec<_>>()
    };
    let (url, asked) = recorded(some(&[25, 22, 23, 34, 36, 4, 39, 36])).await;
    let odoo = client("odoo19", &url, json!({"database": "cmms19"}), &["key"]);
    assert!(
        matches!(odoo.create(&order("9")).await, CreateOutcome::Created(record) if record.cmms_id == "8")
    );
    for _ in 0..2 {
        assert!(matches!(odoo.create(&order("9")).await, CreateOutcome::Refused { .. }));
    }
    let row = odoo.read_order("6").await.unwrap().unwrap();
    assert_eq!(
        (row.record.status, row.asset.as_deref()),
        (Some(WorkOrderStatus::Closed), Some("9"))
    );
    let closure = row.record.closure.unwrap();
    assert_eq!(
        (closure.action.as_str(), closure.labour_hours),
        ("Replaced DE bearing. Root cause: lubrication.", Some(3.0))
    );
    assert!(
        matches!(odoo.look_up("MW-0123456789ABCDEF").await, Err(CallError::Unauthorised(text)) if text.contains("Invalid apikey"))
    );
    assert_eq!(odoo.read_order("999999").await.unwrap(), None);
    let load = asked.lock().unwrap()[0].clone();
    assert!(
        load.starts_with("POST /json/2/maintenance.request/load HTTP/1.1")
            && load.contains("authorization: bearer recorded")
            && load.contains("x-odoo-database: cmms19"),
        "{load}"
    );
}
