//! Small filter languages that several systems share in shape: `field op value` joined by AND.

use std::cmp::Ordering;

use serde_json::Value;

use super::world::text;

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) op: String,
    pub(super) value: String,
}

impl Condition {
    pub(super) fn holds(&self, row: &Value) -> bool {
        let found = self.field.split(['.', '/']).fold(row, |value, key| &value[key]);
        let found = text(found);
        let order = compare(&found, &self.value);
        match self.op.as_str() {
            "=" | "eq" => match (self.value.strip_prefix('*'), self.value.strip_suffix('*')) {
                (Some(_), Some(_)) => found.contains(self.value.trim_matches('*')),
                _ => found == self.value,
            },
            "!=" | "ne" => found != self.value,
            ">" | "gt" => order == Ordering::Greater,
            ">=" | "ge" => order != Ordering::Less,
            "<" | "lt" => order == Ordering::Less,
            "<=" | "le" => order != Ordering::Greater,
            _ => false,
        }
    }
}

/// Numbers as numbers, times as times, the rest as text.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) {
        return a.total_cmp(&b);
    }
    match (chrono::DateTime::parse_from_rfc3339(a), chrono::DateTime::parse_from_rfc3339(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

/// Splits at a word outside quotes.
pub(super) fn split_outside<'a>(text: &'a str, word: &str, quote: char) -> Vec<&'a str> {
    let (mut parts, mut start, mut inside) = (Vec::new(), 0, false);
    for (place, letter) in text.char_indices() {
        if letter == quote {
            inside = !inside;
        } else if !inside && text[place..].starts_with(word) && place >= start {
            parts.push(&text[start..place]);
            start = place + word.len();
        }
    }
    parts.push(&text[start..]);
    parts
}
