//! Whether a value fits its field.

use chrono::{DateTime, Utc};
use cmms::manifest::{Field, FieldKind};
use cmms::template::plain;
use domain::views::mapping::FieldState;
use serde_json::Value;

/// What a value comes to in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: FieldState,
    /// Letters before any cut.
    pub(super) letters: usize,
}

/// `cut` says that the mapping cuts longer texts, which only counts where the field allows it.
pub(super) fn check(field: &Field, cut: bool, value: &Value) -> Verdict {
    let text = plain(value);
    let letters = text.chars().count();
    let empty =
        value.is_null() || text.trim().is_empty() || value.as_array().is_some_and(Vec::is_empty);
    let most = field.length.map_or(usize::MAX, |most| most as usize);
    let state = if empty {
        if field.required { FieldState::Missing } else { FieldState::Empty }
    } else if !is_of(field.kind, value, &text) {
        FieldState::WrongType
    } else if letters <= most {
        FieldState::Fits
    } else if cut && field.cut {
        FieldState::Cut
    } else {
        FieldState::TooLong
    };
    Verdict { state, letters }
}

fn is_of(kind: FieldKind, value: &Value, text: &str) -> bool {
    match kind {
        FieldKind::Text | FieldKind::Code | FieldKind::Reference => {
            !value.is_array() && !value.is_object()
        }
        FieldKind::Number => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
        FieldKind::Time => text.parse::<DateTime<Utc>>().is_ok(),
        FieldKind::Rows => value.is_array(),
    }
}

/// The text cut to the field's length, its last letter a sign that there was more.
pub(super) fn fitted(field: &Field, cut: bool, value: Value) -> Value {
    match check(field, cut, &value).state {
        FieldState::Cut => {
            let most = field.length.unwrap_or(u32::MAX) as usize;
            let kept: String = plain(&value).chars().take(most.saturating_sub(1)).collect();
            Value::String(format!("{kept}…"))
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(kind: FieldKind, length: Option<u32>, required: bool, cut: bool) -> Field {
        Field { at: "f".to_owned(), kind, length, required, cut }
    }

    #[test]
    fn a_longer_text_is_cut_only_where_both_allow_it_and_the_cut_shows() {
        let may = field(FieldKind::Text, Some(5), false, true);
        assert_eq!(check(&may, true, &json!("abcdef")).state, FieldState::Cut);
        assert_eq!(fitted(&may, true, json!("abcdef")), json!("abcd…"));
        assert_eq!(check(&may, false, &json!("abcdef")).state, FieldState::TooLong);
        let must_not = field(FieldKind::Text, Some(5), false, false);
        assert_eq!(check(&must_not, true, &json!("abcdef")).state, FieldState::TooLong);
        assert_eq!(fitted(&must_not, true, json!("abcdef")), json!("abcdef"));
        assert_eq!(check(&may, true, &json!("äöüßé")).state, FieldState::Fits);
    }

    #[test]
    fn types_are_told_apart() {
        let of = |kind, value| check(&field(kind, None, false, false), false, &value).state;
        assert_eq!(of(FieldKind::Number, json!("2.5")), FieldState::Fits);
        assert_eq!(of(FieldKind::Number, json!("two")), FieldState::WrongType);
        assert_eq!(of(FieldKind::Number, json!("NaN")), FieldState::WrongType);
        assert_eq!(of(FieldKind::Time, json!("2026-02-01T06:00:00Z")), FieldState::Fits);
        assert_eq!(of(FieldKind::Time, json!("soon")), FieldState::WrongType);
        assert_eq!(of(FieldKind::Text, json!(["a"])), FieldState::WrongType);
        assert_eq!(of(FieldKind::Rows, json!("a")), FieldState::WrongType);
    }

    #[test]
    fn nothing_is_missing_only_where_something_is_required() {
        for nothing in [json!(null), json!(" "), json!([])] {
            let state = |required| {
                check(&field(FieldKind::Text, None, required, false), false, &nothing).state
            };
            assert_eq!((state(true), state(false)), (FieldState::Missing, FieldState::Empty));
        }
    }
}
