use super::*;

/// Small and whole.
const SMALL: &str = r"manifest: 1
system: small
name: Small
evidence: assumed
secrets:
  key: {label: Key}
auth:
  headers: {x-key: '${secret.key}'}
identity: searchable_ref
statuses: {open: approved, done: closed}
operations:
  connect: {steps: [{name: ping, path: /ping}]}
  assets:
    feed: none
    page: {offset: {size: 50}}
    step: {name: page, path: /assets, query: {offset: '${page.offset}', limit: '${page.size}'}}
    rows: ${answer}
    item: {id: '${row.id}', name: '${row.name}'}
  orders:
    feed: none
    page: none
    step: {name: page, path: /orders}
    rows: ${answer}
    item: {}
  create:
    steps:
      - name: order
        method: POST
        path: /orders
        json: {title: '${order.title}', ref: '${order.external_ref}'}
        keep: {cmms_id: '${answer.id}'}
  look_up:
    steps: [{name: found, path: /orders, query: {ref: '${reference}'}, keep: {rows: '${answer}'}}]
    rows: ${steps.found.rows}
  read:
    steps: [{name: one, path: '/orders/${id}', keep: {row: '${answer}'}}]
    rows: ${steps.one.row}
record:
  cmms_id: ${row.id}
  status: ${row.status}
";

/// The reasons why SMALL with one change is refused.
fn refused(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    Manifest::read(&SMALL.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn every_manifest_that_comes_with_the_program_reads() {
    for (system, yaml) in builtin() {
        let manifest = Manifest::read(yaml).unwrap_or_else(|error| panic!("{system}: {error}"));
        assert_eq!(manifest.system, *system);
    }
    Manifest::read(SMALL).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn bad_manifests_are_refused_with_line_and_reason() {
    for (from, to, line, reason) in [
        ("name: Small", "nam: Small", "line 3", "nam"),
        ("feed: none", "feed: sometimes", "line 14", "sometimes"),
        ("size: 50", "size: many", "line 15", "invalid"),
        ("{label: Key}", "{label: Key, colour: red}", "line 6", "colour"),
        ("open: approved", "open: opened", "line 10", "opened"),
        ("${page.offset}", "${page.offset", "line 16", "without `}`"),
        ("${page.offset}", "${page.offset | shout}", "line 16", "no filter `shout`"),
        ("${page.offset}", "${pages.offset}", "line 16", "there is no `pages` here"),
        ("{title: '${order.title}'", "{title: '${settings.nothing}'", "line 30", "is not declared"),
        (
            "{title: '${order.title}'",
            "{parts: {$each: '${order.spare_parts}', as: part, do: '${part.part}'}",
            "line 30",
            "unbounded",
        ),
        ("${steps.found.rows}", "${nothing.found.rows}", "line 34", "there is no `nothing` here"),
        (
            "keep: {cmms_id: '${answer.id}'}",
            "keep: {id: '${answer.id}'}",
            "line 25",
            "keeps `cmms_id`",
        ),
        ("steps: [{name: ping, path: /ping}]", "steps: []", "line 12", "a step is missing"),
        ("manifest: 1", "manifest: 9", "line 1", "version 1"),
        ("identity: searchable_ref", "identity: neither", "line 9", "has no `look_up`"),
        ("method: POST", "method: SEND", "line 28", "SEND"),
    ] {
        let error = refused(from, to);
        assert!(error.contains(line) && error.contains(reason), "{to}: {error}");
    }
}

#[test]
fn a_missing_operation_is_named() {
    let start = SMALL.find("  look_up:").unwrap();
    let end = SMALL.find("  read:").unwrap();
    let without = format!("{}{}", &SMALL[..start], &SMALL[end..]);
    assert!(Manifest::read(&without).unwrap_err().to_string().contains("look_up"));
    let start = SMALL.find("  create:").unwrap();
    let end = SMALL.find("  look_up:").unwrap();
    let without = format!("{}{}", &SMALL[..start], &SMALL[end..]);
    let error = Manifest::read(&without).unwrap_err().to_string();
    assert!(error.contains("create") && error.contains("line"), "{error}");
}

#[test]
fn a_second_call_says_how_a_repeat_is_harmless() {
    let second = "keep: {cmms_id: '${answer.id}'}\n      - {name: note, method: POST, path: '/orders/${steps.order.cmms_id}/notes', json: {text: a}}";
    let error = refused("keep: {cmms_id: '${answer.id}'}", second);
    assert!(error.contains("would be done twice") && error.contains("line"), "{error}");
    let error =
        refused("keep: {cmms_id: '${answer.id}'}", &second.replace("steps.order.", "steps.later."));
    assert!(error.contains("`steps.later.cmms_id`") && error.contains("not declared"), "{error}");
}

#[test]
fn a_signed_webhook_counts_only_as_it_was_signed() {
    let webhook: Webhook = serde_saphyr::from_str(
        "verify: {hmac: {header: X-Signature, prefix: 'v1=', encoding: hex, over: '${headers.x-time}.${body}'}}\nid: ${body.id}",
    )
    .unwrap();
    let signed = |time: &str, signature: &str| {
        vec![
            ("X-Time".to_owned(), time.to_owned()),
            ("x-signature".to_owned(), format!("t=1,v1={signature}")),
        ]
    };
    let good = hex::encode(hmac_of("secret", "7.{\"id\":1}"));
    assert!(webhook.verify(&signed("7", &good), b"{\"id\":1}", &["old", "secret"]));
    assert!(!webhook.verify(&signed("8", &good), b"{\"id\":1}", &["secret"]));
    assert!(!webhook.verify(&signed("7", &good), b"{\"id\":2}", &["secret"]));
    assert!(!webhook.verify(&signed("7", &good), b"{\"id\":1}", &["other"]));
    assert!(!webhook.verify(&signed("7", "zz"), b"{\"id\":1}", &["secret"]));
    assert!(!webhook.verify(&[], b"{\"id\":1}", &["secret"]));
    assert_eq!(webhook.id(&serde_json::json!({"id": 4})), Some("4".to_owned()));
}

fn hmac_of(key: &str, message: &str) -> Vec<u8> {
    use hmac::{Hmac, KeyInit, Mac};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

/// Small, whole, and SQL.
const SQL: &str = r"manifest: 1
system: plant-db
name: Plant
evidence: assumed
secrets: {word: {label: Word}}
sql:
  driver: postgres
  reader: {user: r, password: '${secret.word}'}
  writer: {user: w, password: '${secret.word}'}
  procedures: [new_order]
  staging: [inbox]
identity: searchable_ref
statuses: {open: approved}
operations:
  connect: {steps: [{name: ping, sql: SELECT 1 AS one}]}
  assets:
    feed: none
    page: {offset: {size: 50}}
    step:
      name: page
      sql: SELECT id, name FROM asset ORDER BY id LIMIT :size
      with: {size: {int: '${page.size}'}}
    rows: ${answer.rows}
    item: {id: '${row.id}', name: '${row.name}'}
  orders:
    feed: none
    page: none
    step: {name: page, sql: SELECT id FROM work_order}
    rows: ${answer.rows}
    item: {}
  create:
    steps:
      - name: order
        sql: CALL new_order(:title, :ref)
        with: {title: {text: '${order.title}'}, ref: {text: '${order.external_ref}'}}
        keep: {cmms_id: '${answer.rows.0.id}'}
  look_up:
    steps:
      - name: found
        sql: SELECT id FROM work_order WHERE reference = :reference
        with: {reference: {text: '${reference}'}}
        keep: {rows: '${answer.rows}'}
    rows: ${steps.found.rows}
  read:
    steps:
      - name: one
        sql: SELECT id, status FROM work_order WHERE id = :id
        with: {id: {int: '${id}'}}
        keep: {rows: '${answer.rows}'}
    rows: ${steps.one.rows}
record:
  cmms_id: ${row.id}
  status: ${row.status}
";

#[test]
fn bad_sql_is_refused_with_line_and_reason() {
    Manifest::read(SQL).unwrap_or_else(|error| panic!("{error}"));
    for (from, to, line, reason) in [
        (
            "SELECT id FROM work_order}",
            "'SELECT id FROM work_order; DROP TABLE asset'}",
            "line 28",
            "one statement",
        ),
        ("SELECT id FROM work_order}", "DELETE FROM work_order}", "line 28", "begins with"),
        (
            "SELECT id FROM work_order}",
            "INSERT INTO inbox VALUES (1)}",
            "line 28",
            "only reads here",
        ),
        (
            "CALL new_order(:title, :ref)",
            "CALL drop_it(:title, :ref)",
            "line 34",
            "not in `sql.procedures`",
        ),
        (
            "CALL new_order(:title, :ref)",
            "INSERT INTO work_order (a, b) VALUES (:title, :ref)",
            "line 34",
            "not in `sql.staging`",
        ),
        (
            "CALL new_order(:title, :ref)",
            "CALL new_order(:title, '${order.external_ref}')",
            "line 34",
            "no template",
        ),
        ("CALL new_order(:title, :ref)", "CALL new_order(:title)", "line 34", "does not use"),
        ("= :id\n", "= :id AND a = :other\n", "line 47", "does not give `:other`"),
        ("{int: '${id}'}", "{whole: '${id}'}", "line 48", "whole"),
        ("{int: '${id}'}", "{int: '${idd}'}", "line 48", "there is no `idd` here"),
        ("sql: SELECT 1 AS one", "path: /ping", "line 15", "every step is SQL"),
        ("sql: SELECT 1 AS one", "sql: SELECT 1 AS one, path: /ping", "line 15", "has no `path`"),
        ("sql: SELECT 1 AS one", "when: '${now}'", "line 15", "neither `path` nor `sql`"),
        ("  writer: {user: w, password: '${secret.word}'}\n", "", "line 33", "no `sql.writer`"),
        ("driver: postgres", "driver: odbc", "line 7", "needs `sql.connect`"),
        ("driver: postgres", "driver: oracle", "line 7", "oracle"),
        ("driver: postgres", "driver: postgres\n  connect: a", "line 8", "is for `driver: odbc`"),
    ] {
        assert!(SQL.contains(from), "{from}");
        let error = Manifest::read(&SQL.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(line) && error.contains(reason), "{to}: {error}");
    }
    let start = SQL.find("sql:\n").unwrap();
    let without = format!("{}{}", &SQL[..start], &SQL[SQL.find("identity:").unwrap()..]);
    assert!(Manifest::read(&without).unwrap_err().to_string().contains("has no `sql:`"));
}
