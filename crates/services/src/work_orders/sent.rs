//! What was sent beside what our mirror knows of the record.

use std::collections::BTreeMap;

use cmms::manifest;
use domain::views::work_orders::{Drifted, SentField};
use serde_json::Value;

/// Parts of a body that no CMMS holds as such: they guide the call, or are followed elsewhere.
const NOT_FIELDS: [&str; 4] = ["value_maps", "status", "assigned_to", "asset_name"];
/// Fields that every record is compared in.
const COMPARED: [&str; 4] = ["title", "priority", "due", "external_ref"];

/// Field by field. The built-in book holds what it was sent; a CMMS has the fields that its manifest
/// names, and only what is read back of them is known.
pub(super) fn sent(
    request: &Value,
    system: &str,
    is_created: bool,
    drift: &BTreeMap<String, Drifted>,
) -> Vec<SentField> {
    let Value::Object(fields) = request else { return Vec::new() };
    let is_book = system == "book";
    let manifest = manifest::find(system).and_then(Result::ok);
    let is_field = |name: &str| {
        let named = manifest.as_ref().is_none_or(|one| one.fields.contains_key(name));
        named && !NOT_FIELDS.contains(&name)
    };
    fields
        .iter()
        .filter(|(name, _)| is_field(name))
        .filter_map(|(name, value)| {
            let sent = written(value)?;
            let same = is_book || COMPARED.contains(&name.as_str());
            let holds = match drift.get(name) {
                Some(drifted) => Some(drifted.theirs.clone()),
                None => same.then(|| sent.clone()),
            };
            Some(SentField { field: name.clone(), sent, holds: holds.filter(|_| is_created) })
        })
        .collect()
}

/// A value as people read it; nothing for an empty one.
fn written(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(part).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A part of a list: how many of what.
fn part(value: &Value) -> String {
    match (value["quantity"].as_f64(), value["part"].as_str()) {
        (Some(quantity), Some(part)) => {
            let what = value["description"].as_str().unwrap_or_default();
            format!("{quantity} × {part} {what}").trim_end().to_owned()
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_cmms_only_what_is_read_back_counts_as_held() {
        let request = json!({
            "title": "Bearing", "failure_code": "SPB-01", "status": "draft", "value_maps": {},
            "site": "East", "spare_parts": [{"part": "P", "description": "pin", "quantity": 2.0}],
        });
        let of = |system, is_created| sent(&request, system, is_created, &BTreeMap::new());
        let names: Vec<String> = of("maximo", true).into_iter().map(|one| one.field).collect();
        assert_eq!(names, ["failure_code", "spare_parts", "title"]);
        let held = |system, is_created| -> Vec<bool> {
            of(system, is_created).iter().map(|one| one.holds.is_some()).collect()
        };
        assert_eq!(held("maximo", true), [false, false, true]);
        assert_eq!(held("book", true), [true; 4]);
        assert_eq!(held("maximo", false), [false; 3]);
        assert_eq!(of("maximo", true)[1].sent, "2 × P pin");
    }

    #[test]
    fn what_was_changed_there_stands_beside_what_was_sent() {
        let drifted: BTreeMap<String, Drifted> =
            serde_json::from_value(json!({"title": {"ours": "Bearing", "theirs": "Check pump"}}))
                .unwrap();
        let fields = sent(&json!({"title": "Bearing"}), "maximo", true, &drifted);
        assert_eq!(fields[0].holds.as_deref(), Some("Check pump"));
    }
}
