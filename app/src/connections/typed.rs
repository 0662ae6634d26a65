//! What a form sends as text becomes what the manifest asks for.

use std::collections::BTreeMap;

use domain::views::connections::SettingField;
use serde_json::Value;

/// Every setting of the form by the type of its default; an empty one is taken away. What the
/// manifest does not know goes along, to be refused by name.
pub(super) fn all(
    fields: &[SettingField],
    given: BTreeMap<String, String>,
) -> BTreeMap<String, Value> {
    given
        .into_iter()
        .map(|(name, text)| {
            let field = fields.iter().find(|field| field.name == name);
            (name, one(field.and_then(|field| field.default.as_ref()), &text))
        })
        .collect()
}

fn one(default: Option<&Value>, text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Null;
    }
    let same_kind = |value: &Value| {
        default.is_some_and(|default| {
            (default.is_number() && value.is_number())
                || (default.is_boolean() && value.is_boolean())
        })
    };
    serde_json::from_str(text).ok().filter(same_kind).unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_takes_the_type_of_the_default() {
        assert_eq!(one(Some(&json!(5)), " 12 "), json!(12));
        assert_eq!(one(Some(&json!(true)), "false"), json!(false));
        assert_eq!(one(Some(&json!("a")), "12"), json!("12"));
        assert_eq!(one(None, "12"), json!("12"));
        assert_eq!(one(Some(&json!(5)), "many"), json!("many"));
        assert_eq!(one(Some(&json!(5)), ""), Value::Null);
    }
}
