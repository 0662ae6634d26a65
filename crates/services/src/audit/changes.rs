//! What an event changed, out of what was noted with it.

use domain::views::audit::FieldChange;
use serde_json::{Map, Value};

/// Longer values are cut.
const LONGEST: usize = 1_500;

/// The fields that changed, and what else was noted.
pub(super) fn changes(entity: &str, detail: &Value) -> (Vec<FieldChange>, Vec<(String, String)>) {
    let empty = Map::new();
    let detail = detail.as_object().unwrap_or(&empty);
    let side = |key: &str| detail.get(key).and_then(Value::as_object);
    let (before, after) = (side("before"), side("after"));
    let mut fields: Vec<&String> = Vec::new();
    for key in [before, after].into_iter().flatten().flat_map(Map::keys) {
        if !fields.contains(&key) {
            fields.push(key);
        }
    }
    let both = before.is_some() && after.is_some();
    let mut changes: Vec<FieldChange> = fields
        .into_iter()
        .map(|field| {
            let of = |side: Option<&Map<String, Value>>| side.and_then(|s| text(s.get(field)?));
            change(field, of(before), of(after))
        })
        .filter(|c| !both || c.before != c.after || is_secret(&c.field))
        .collect();
    let mut facts = Vec::new();
    for (key, value) in detail {
        if (key == "before" && before.is_some()) || (key == "after" && after.is_some()) {
            continue;
        }
        match pair(entity, value) {
            Some((old, new)) => changes.push(change(key, text(old), text(new))),
            None => facts.extend(text(value).map(|text| (key.clone(), masked(key, text)))),
        }
    }
    (changes, facts)
}

/// Rows of assets and sites note a changed column as `[before, after]`.
fn pair<'a>(entity: &str, value: &'a Value) -> Option<(&'a Value, &'a Value)> {
    match value.as_array().map(Vec::as_slice) {
        Some([old, new]) if matches!(entity, "asset" | "site") => Some((old, new)),
        _ => None,
    }
}

fn change(field: &str, before: Option<String>, after: Option<String>) -> FieldChange {
    let masked = |value: Option<String>| value.map(|value| masked(field, value));
    FieldChange { field: field.to_owned(), before: masked(before), after: masked(after) }
}

/// A secret is only ever said to be set or changed (S8).
fn masked(field: &str, value: String) -> String {
    if is_secret(field) && value != "changed" { "set".to_owned() } else { value }
}

fn is_secret(field: &str) -> bool {
    let field = field.to_lowercase();
    let said = ["password", "secret", "token", "credential", "passphrase", "private_key"];
    matches!(field.as_str(), "key" | "api_key") || said.iter().any(|word| field.contains(word))
}

/// The value as people read it; `None` for nothing.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().filter_map(text).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) | Value::Object(_) => serde_json::to_string(&hidden(value)).ok()?,
    };
    Some(cut(text)).filter(|text| !text.is_empty())
}

/// The value without the secrets in it, however deep.
pub(super) fn hidden(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| match value {
                    Value::String(said) if is_secret(key) => {
                        (key.clone(), Value::String(masked(key, said.clone())))
                    }
                    Value::Number(_) if is_secret(key) => (key.clone(), Value::from("set")),
                    value => (key.clone(), hidden(value)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(hidden).collect()),
        value => value.clone(),
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(field: &str, before: Option<&str>, after: Option<&str>) -> FieldChange {
        let own = |text: Option<&str>| text.map(str::to_owned);
        FieldChange { field: field.into(), before: own(before), after: own(after) }
    }

    #[test]
    fn only_what_differs_is_a_change_and_the_rest_is_noted() {
        let detail = json!({
            "before": {"name": "Press lead", "permissions": ["view"]},
            "after": {"name": "Press lead", "permissions": ["view", "rule_draft"]},
            "reason": "stand-in",
        });
        let (changes, facts) = changes("custom_role", &detail);
        assert_eq!(changes, [change("permissions", Some("view"), Some("view, rule_draft"))]);
        assert_eq!(facts, [("reason".to_owned(), "stand-in".to_owned())]);
    }

    #[test]
    fn columns_of_an_asset_are_pairs_and_lists_of_others_are_not() {
        let (changes_of_asset, _) = changes("asset", &json!({"name": ["A", "B"], "tag": "X"}));
        assert_eq!(changes_of_asset, [change("name", Some("A"), Some("B"))]);
        let (none, facts) = changes("api_key", &json!({"scopes": ["read", "decide"]}));
        assert!(none.is_empty());
        assert_eq!(facts, [("scopes".to_owned(), "read, decide".to_owned())]);
    }

    #[test]
    fn a_secret_is_said_to_be_set_or_changed_however_deep_it_lies() {
        let detail = json!({
            "before": {"api_key": "old-canary"},
            "after": {"api_key": "canary", "smtp_password": "changed", "body": {"auth": {"token": "canary", "n": 1}}},
            "list": [{"client_secret": "canary"}],
        });
        let (changes, facts) = changes("connection", &detail);
        let said = format!("{changes:?} {facts:?}");
        assert!(!said.contains("canary"), "{said}");
        assert!(changes.contains(&change("api_key", Some("set"), Some("set"))));
        assert!(changes.contains(&change("smtp_password", None, Some("changed"))));
        assert!(!hidden(&detail).to_string().contains("canary"));
    }
}
