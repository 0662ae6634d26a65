//! A policy as TOML: the text that people keep, compare and send.

use serde_json::Value;

use super::Policy;

/// What a table says first; the rest follows by the alphabet.
const FIRST: [&str; 5] = ["do", "until", "field", "op", "at_least"];

/// Writes a policy as TOML: one line per part of a rule, conditions one below the other.
pub fn to_toml(policy: &Policy) -> String {
    let mut out = format!("name = {}\n", inline(&Value::from(policy.name.as_str())));
    for rule in &policy.rules {
        let Ok(Value::Object(fields)) = serde_json::to_value(rule) else { continue };
        out.push_str("\n[[rules]]\n");
        for key in ["name", "paused", "when", "repeats", "then"] {
            if let Some(value) = fields.get(key) {
                out.push_str(&format!("{key} = {}\n", spread(value)));
            }
        }
    }
    out
}

/// A condition of several parts gets a line for each.
fn spread(value: &Value) -> String {
    if let Value::Object(fields) = value
        && let (1, Some((key, Value::Array(parts)))) = (fields.len(), fields.iter().next())
        && parts.len() > 1
    {
        let lines: Vec<String> =
            parts.iter().map(|part| format!("    {},\n", inline(part))).collect();
        return format!("{{ {key} = [\n{}] }}", lines.concat());
    }
    inline(value)
}

/// JSON and TOML write texts, numbers and lists alike; tables differ.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| {
                FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len())
            });
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
