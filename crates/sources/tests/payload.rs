//! Decoding: JSON and XML agree, bad bytes get the documented code, every wrong field its path.

use domain::prediction::{Prediction, SourceSettings, UnknownFields, validate};
use proptest::prelude::*;
use sources::payload::{DecodeError, DecodeErrorKind, Message, json, xml};

const JSON: &str = r#"{"event_id":"pm-88213","asset":"VMC-1050-SP02","failure_mode":"spindle_bearing_fault",
 "confidence":0.78,"rul_hours":432,"intervention_window_hours":336,
 "observed_at":"2026-06-17T10:00:00+02:00","model":{"name":"spindle-ensemble","version":"4.2"},
 "description":"rear bearing set & seal","recommended_action":"replace rear bearing set",
 "spare_parts":[{"part":"SBC-1050","description":"spindle bearing cartridge","quantity":1},
                {"part":"LUB-22","description":"lubrication kit","quantity":1}],
 "evidence":[{"point":"VMC-1050/SP02/vib_rms","from":"2026-06-16T08:00:00Z","to":"2026-06-17T08:00:00Z"}],
 "attributes":{"line_pressure_bar":5.1,"checked":true,"shift lead":"A. Berg","batch":"007"}}"#;

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- the same -->
<prediction>
  <model><version>4.2</version><name>spindle-ensemble</name></model>
  <event_id>pm-88213</event_id><asset>VMC-1050-SP02</asset>
  <failure_mode>spindle_bearing_fault</failure_mode>
  <confidence>0.78</confidence><rul_hours>432.0</rul_hours>
  <intervention_window_hours>336</intervention_window_hours>
  <observed_at>2026-06-17T08:00:00Z</observed_at>
  <description>rear bearing set &#38; <![CDATA[seal]]></description>
  <recommended_action>replace rear bearing set</recommended_action>
  <spare_parts>
    <spare_part><part>SBC-1050</part><description>spindle bearing cartridge</description><quantity>1</quantity></spare_part>
    <spare_part><part>LUB-22</part><description>lubrication kit</description><quantity>1</quantity></spare_part>
  </spare_parts>
  <evidence><item><point>VMC-1050/SP02/vib_rms</point><from>2026-06-16T08:00:00Z</from><to>2026-06-17T08:00:00Z</to></item></evidence>
  <attributes>
    <line_pressure_bar>5.1</line_pressure_bar><checked>true</checked>
    <attribute name="shift lead">A. Berg</attribute><batch type="string">007</batch>
  </attributes>
</prediction>"#;

fn valid(raw: domain::prediction::RawPrediction) -> Prediction {
    let now = "2026-06-17T08:00:00Z".parse().unwrap();
    validate(raw, &SourceSettings::default(), now).unwrap()
}

/// `path:code` of every problem of a JSON text, by order of path.
fn problems(text: &str) -> Vec<String> {
    let now = "2026-06-17T08:00:00Z".parse().unwrap();
    let raw = json::decode(text.as_bytes()).unwrap();
    let errors = validate(raw, &SourceSettings::default(), now).err().unwrap_or_default();
    let mut found: Vec<_> = errors.iter().map(|e| format!("{}:{}", e.path, e.code)).collect();
    found.sort();
    found
}

fn refused(bytes: &[u8]) -> DecodeError {
    json::decode(bytes).unwrap_err()
}

#[test]
fn the_documented_example_is_valid_and_xml_means_the_same() {
    let from_json = valid(json::decode(JSON.as_bytes()).unwrap());
    let from_xml = valid(xml::decode(XML.as_bytes()).unwrap());
    assert_eq!(from_json, from_xml);
    assert_eq!(from_json.canonical_bytes(), from_xml.canonical_bytes());
    assert_eq!(from_json.spare_parts.len(), 2);
    assert_eq!(from_json.description.as_deref(), Some("rear bearing set & seal"));
}

#[test]
fn order_and_space_do_not_matter() {
    let parsed: serde_json::Value = serde_json::from_str(JSON).unwrap();
    let mut fields: Vec<_> = parsed.as_object().unwrap().iter().collect();
    fields.reverse();
    let text: Vec<_> = fields.iter().map(|(k, v)| format!("{k:?} : {v}")).collect();
    let text = format!("{{ {} }}", text.join(" ,\n"));
    let other = valid(json::decode(text.as_bytes()).unwrap());
    assert_eq!(
        valid(json::decode(JSON.as_bytes()).unwrap()).canonical_bytes(),
        other.canonical_bytes()
    );
}

#[test]
fn b01_broken_json_names_line_and_column() {
    for (text, line, column) in [
        ("", 1, 1),
        ("{\"a\":1,}", 1, 8),
        ("{\n  \"a\": [1, 2\n", 3, 1),
        ("{\"a\":1} x", 1, 9),
        ("\u{FEFF}{}", 1, 1),
        ("{\"ä\":tru}", 1, 6),
        ("{'a':1}", 1, 2),
        ("{\"a\":01}", 1, 7),
        ("{\"a\":.5}", 1, 6),
        ("{\"a\":\"\n\"}", 1, 7),
        ("// no\n{}", 1, 1),
    ] {
        let error = refused(text.as_bytes());
        assert_eq!(error.kind, DecodeErrorKind::MalformedJson, "{text:?}");
        assert_eq!((error.line, error.column), (line, column), "{text:?}: {error}");
    }
}

#[test]
fn b02_a_document_type_is_refused_before_anything_is_expanded() {
    for text in [
        r#"<!DOCTYPE p SYSTEM "file:///etc/passwd"><prediction/>"#,
        r#"<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><prediction>&b;</prediction>"#,
    ] {
        assert_eq!(xml::decode(text.as_bytes()).unwrap_err().kind, DecodeErrorKind::DtdForbidden);
    }
    let entity = xml::decode(b"<prediction><asset>&unknown;</asset></prediction>").unwrap_err();
    assert_eq!(entity.kind, DecodeErrorKind::MalformedXml);
}

#[test]
fn b04_33_levels_are_too_deep_and_100_000_do_no_harm() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::decode(nested(32).as_bytes()).is_ok());
    for depth in [33, 100_000] {
        assert_eq!(refused(nested(depth).as_bytes()).kind, DecodeErrorKind::TooDeep);
        let tags = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(xml::decode(tags.as_bytes()).unwrap_err().kind, DecodeErrorKind::TooDeep);
    }
}

#[test]
fn b05_numbers_that_are_not_finite_are_named_whatever_their_spelling() {
    for value in ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "\"NaN\"", "\"1e999\""] {
        let text = JSON.replace("0.78", value);
        assert_eq!(problems(&text), ["confidence:not_finite"], "{value}");
        let text = JSON.replace("5.1", value);
        let found = problems(&text);
        if value.starts_with('"') {
            assert_eq!(found, Vec::<String>::new(), "text in an attribute is text");
        } else {
            assert_eq!(found, ["attributes.line_pressure_bar:not_finite"], "{value}");
        }
    }
}

#[test]
fn b14_broken_encoding_is_refused() {
    for text in [
        br#"{"asset":"\ud800"}"#.as_slice(),
        br#"{"asset":"\ud800\u0041"}"#,
        br#"{"asset":"\udc00\ud800"}"#,
        b"{\"asset\":\"\xff\"}",
    ] {
        assert_eq!(refused(text).kind, DecodeErrorKind::InvalidEncoding);
    }
    assert_eq!(xml::decode(b"<a>\xff</a>").unwrap_err().kind, DecodeErrorKind::InvalidEncoding);
    let latin = br#"<?xml version="1.0" encoding="ISO-8859-1"?><prediction/>"#;
    assert_eq!(xml::decode(latin).unwrap_err().kind, DecodeErrorKind::InvalidEncoding);
    let pair = json::decode(br#"{"asset":"\ud83d\ude00"}"#).unwrap();
    assert_eq!(pair.asset.as_deref(), Some("\u{1F600}"));
}

#[test]
fn b25_every_problem_is_listed_with_its_path() {
    let text = r#"{"event_id":7,"asset":"a","failure_mode":"tool_wear","confidence":"0.9",
        "model":{"name":"m","colour":"red"},"spare_parts":[{"part":"x"},{"part":2}],"evidence":{},
        "attributes":{"a":[1]},"colour":null,"asset":"b","rul_hours":true}"#;
    assert_eq!(
        problems(text),
        [
            "asset:duplicate_field",
            "attributes.a:wrong_type",
            "colour:unknown_field",
            "confidence:wrong_type",
            "event_id:wrong_type",
            "evidence:wrong_type",
            "model.colour:unknown_field",
            "observed_at:missing",
            "rul_hours:wrong_type",
            "spare_parts[1].part:wrong_type",
        ]
    );
}

#[test]
fn something_else_than_an_object_is_a_wrong_type() {
    for text in ["[]", "1", "\"x\""] {
        assert!(problems(text).contains(&":wrong_type".to_owned()), "{text}");
    }
}

#[test]
fn unknown_fields_are_kept_with_their_types_where_the_source_says_so() {
    let settings = SourceSettings { unknown_fields: UnknownFields::Keep, ..Default::default() };
    let now = "2026-06-17T08:00:00Z".parse().unwrap();
    let text = JSON.replacen('{', r#"{"x":{"b":[1,null],"a":"t"},"#, 1);
    let kept = validate(json::decode(text.as_bytes()).unwrap(), &settings, now).unwrap();
    assert_eq!(kept.extra["x"], serde_json::json!({"a":"t","b":[1.0,null]}));
    let nul = JSON.replacen('{', r#"{"x":{"b":"\u0000"},"#, 1);
    assert!(validate(json::decode(nul.as_bytes()).unwrap(), &settings, now).is_err());
}

#[test]
fn a_batch_keeps_its_order_and_one_bad_item_harms_no_other() {
    let text = format!(r#"{{"predictions":[{JSON},{{"event_id":1}},7,{JSON}]}}"#);
    let Message::Batch(items) = json::decode_message(text.as_bytes()).unwrap() else {
        panic!("no batch");
    };
    let bad: Vec<_> = items.iter().map(|item| !item.problems.is_empty()).collect();
    assert_eq!(bad, [false, true, true, false]);
    let body = XML.split_once("<!-- the same -->").unwrap().1;
    let text = format!("<predictions>{body}{body}</predictions>");
    let Message::Batch(items) = xml::decode_message(text.as_bytes()).unwrap() else {
        panic!("no batch");
    };
    assert_eq!(items.len(), 2);
    assert!(matches!(json::decode_message(JSON.as_bytes()), Ok(Message::One(_))));
    assert!(matches!(xml::decode_message(XML.as_bytes()), Ok(Message::One(_))));
}

#[test]
fn a_batch_above_the_limit_is_refused_as_a_whole() {
    let text = |n: usize| format!(r#"{{"predictions":[{}]}}"#, vec!["{}"; n].join(","));
    assert!(json::decode_message(text(1_000).as_bytes()).is_ok());
    let error = json::decode_message(text(1_001).as_bytes()).unwrap_err();
    assert_eq!((error.kind.code(), error.kind.status()), ("batch_too_large", 413));
}

#[test]
fn broken_xml_is_refused() {
    for text in [
        "",
        "<prediction>",
        "<prediction></other>",
        "<a/><b/>",
        "text",
        "<a>x<b/></a>",
        "<a b='1'/>",
        "<a type='number'>x</a>",
        "<a>&#0;</a>",
    ] {
        let result = xml::decode(text.as_bytes());
        let kind = result.map_err(|error| error.kind);
        assert_eq!(kind.unwrap_err(), DecodeErrorKind::MalformedXml, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::decode_message(&bytes);
        let _ = xml::decode_message(&bytes);
    }

    #[test]
    fn no_cut_or_swap_of_a_good_message_makes_a_decoder_panic(at in 0usize..1_200, byte in any::<u8>()) {
        for text in [JSON, XML] {
            let mut bytes = text.as_bytes().to_vec();
            let at = at % bytes.len();
            let _ = json::decode_message(&bytes[..at]);
            let _ = xml::decode_message(&bytes[..at]);
            bytes[at] = byte;
            let _ = json::decode_message(&bytes);
            let _ = xml::decode_message(&bytes);
        }
    }

    #[test]
    fn what_json_writes_is_read_back(text in ".{0,60}", number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
        let written = serde_json::json!({"asset": text, "confidence": number}).to_string();
        let raw = json::decode(written.as_bytes()).unwrap();
        prop_assert_eq!(raw.asset.unwrap(), text);
        prop_assert_eq!(raw.confidence.unwrap(), number);
    }
}
