//! The forms in which names of assets are compared, from strict to loose.
//!
//! | form | drops | joins by itself |
//! | --- | --- | --- |
//! | [`exact`] | case, blanks around, Unicode composition | yes |
//! | [`tag`] | also separators and leading zeros, but keeps groups of digits apart | unless something contradicts |
//! | [`code`] | for serial numbers and barcodes: all separators, leading zeros | unless something contradicts |
//! | [`squeezed`] | everything but letters and digits | never |

use crate::asset::AssetKey;

/// Serial numbers and barcodes with fewer letters and digits say nothing.
const SHORTEST_CODE: usize = 4;
/// What people type where there is no number.
const PLACEHOLDERS: &[&str] = &[
    "unknown",
    "none",
    "null",
    "notavailable",
    "notapplicable",
    "missing",
    "tobedefined",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
];

/// As [`AssetKey`]; nothing for a text that names nothing.
pub fn exact(text: &str) -> Option<String> {
    AssetKey::normalise(text).ok().map(|key| key.as_str().to_owned())
}

/// An equipment id without separators and leading zeros: `VMC-1050 / SP-02` is `VMC1050SP2`.
/// Groups of digits stay apart, so that `A-1-11` and `A-11-1` differ, and so do the places behind a
/// decimal point.
pub fn tag(text: &str) -> Option<String> {
    let exact = exact(text)?;
    let mut form = String::with_capacity(exact.len());
    let mut letters = exact.chars().peekable();
    let mut parted = None;
    while let Some(letter) = letters.next() {
        if is_separator(letter) {
            parted = Some(letter);
            continue;
        }
        if !letter.is_ascii_digit() {
            form.push(letter);
            parted = None;
            continue;
        }
        if parted.is_some() && form.ends_with(|c: char| c.is_ascii_digit()) {
            form.push('-');
        }
        let mut run = String::from(letter);
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            run.push(digit);
        }
        let decimal = matches!(parted, Some('.' | ','));
        form.push_str(if decimal { &run } else { without_zeros(&run) });
        parted = None;
    }
    Some(form).filter(|form| !form.is_empty())
}

/// A serial number or barcode without separators and leading zeros; nothing when it is too short
/// or a placeholder, because then it tells assets apart by accident only.
pub fn code(text: &str) -> Option<String> {
    let squeezed = squeezed(text)?;
    let mut form = String::with_capacity(squeezed.len());
    let mut digits = String::new();
    for letter in squeezed.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            form.push_str(without_zeros(&digits));
            digits.clear();
            form.push(letter);
        }
    }
    form.push_str(without_zeros(&digits));
    let first = form.chars().next()?;
    let tells = form.chars().count() >= SHORTEST_CODE
        && form.contains(|c: char| c.is_ascii_digit())
        && form.contains(|c: char| c != first)
        && !PLACEHOLDERS.contains(&squeezed.as_str());
    tells.then_some(form)
}

/// Letters and digits alone, in lower case.
pub fn squeezed(text: &str) -> Option<String> {
    let form: String = exact(text)?.chars().filter(|c| !is_separator(*c)).collect();
    Some(form).filter(|form| !form.is_empty())
}

/// The words of a name, sorted, each once.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = exact(text).unwrap_or_default();
    let mut words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| without_zeros(word).to_owned())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn without_zeros(digits: &str) -> &str {
    let rest = digits.trim_start_matches('0');
    if rest.is_empty() && !digits.is_empty() { "0" } else { rest }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '_' | '.' | ',' | '/' | '\\' | ':' | '|' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_blanks_dashes_and_leading_zeros_do_not_matter_in_a_tag() {
        for text in
            ["VMC-1050-SP02", " vmc1050 sp2 ", "VMC_1050/SP-002", "Vmc\u{2013}1050\u{a0}sp.2"]
        {
            assert_eq!(tag(text).as_deref(), tag("VMC1050SP2").as_deref(), "{text:?}");
        }
        assert_eq!(tag("000000000010012345").as_deref(), Some("10012345"));
        assert_eq!(tag("P-000").as_deref(), Some("p0"));
    }

    #[test]
    fn groups_of_digits_and_decimals_stay_apart_in_a_tag() {
        assert_ne!(tag("A-1-11"), tag("A-11-1"));
        assert_ne!(tag("A-1-11"), tag("A-111"));
        assert_ne!(tag("DN 1.05"), tag("DN 1.5"));
        assert_ne!(tag("M+1"), tag("M1"));
    }

    #[test]
    fn a_code_loses_its_groups() {
        assert_eq!(code("7300 1148"), code("73001148"));
        assert_eq!(code("SN-0077001"), code("sn 77001"));
        assert_eq!(code("0 73001 14800"), code("007300114800"));
        assert_ne!(code("2024-001"), code("2024-01"));
    }

    #[test]
    fn what_everybody_types_is_no_code() {
        for text in ["n/a", "N.A.", "unknown", "0000", "----", "12-345", "SN", "A-1", "spindle", ""]
        {
            assert_eq!(code(text), None, "{text:?}");
        }
    }
}
