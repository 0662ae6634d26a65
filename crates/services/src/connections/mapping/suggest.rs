//! What is likely right: a source for a field by its name and type, a code for a failure mode.

use domain::failure_mode;
use domain::views::mapping::Suggested;
use store::connections::mapping::CodeRow;

/// Sources by the words a field may be called, the surest first.
const SOURCES: [(&[&str], &str); 16] = [
    (&["title", "summary", "subject"], "order.title"),
    (&["description", "details", "notes"], "order.description"),
    (&["priority", "urgency"], "order.priority"),
    (&["work", "type"], "order.work_type"),
    (&["failure", "code"], "order.failure_code"),
    (&["problem", "code"], "order.failure_code"),
    (&["due", "date"], "order.due"),
    (&["scheduled", "from", "start"], "order.scheduled_from"),
    (&["scheduled", "until", "end"], "order.scheduled_until"),
    (&["assigned", "to", "crew"], "order.assigned_to"),
    (&["location", "place"], "asset.location"),
    (&["manufacturer", "maker"], "asset.manufacturer"),
    (&["model"], "asset.model"),
    (&["serial", "number"], "asset.serial_number"),
    (&["confidence"], "alert.confidence"),
    (&["recommended", "action"], "prediction.recommended_action"),
];
/// Below this nothing is suggested.
const LEAST: u8 = 50;

/// A source for a field, by its name here and over there.
pub(super) fn source(name: &str, at: &str) -> Option<Suggested> {
    let (named, called) = (words(name), words(at));
    let best = SOURCES
        .iter()
        .map(|(words, path)| (alike(&named, words).max(alike(&called, words)), *path))
        .rev()
        .max_by_key(|(score, _)| *score)?;
    let (score, path) = best;
    (score >= LEAST).then(|| Suggested {
        value: format!("${{{path}}}"),
        name: path.to_owned(),
        score,
    })
}

/// A failure code for a failure mode, by name.
pub(super) fn code(mode: &str, codes: &[CodeRow]) -> Option<Suggested> {
    let name =
        failure_mode::find(mode).map_or_else(|| mode.to_owned(), |known| known.name.to_owned());
    let wanted = words(&name);
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    codes
        .iter()
        .map(|row| (alike(&words(&row.name), &wanted), row))
        .rev()
        .max_by_key(|(score, _)| *score)
        .filter(|(score, _)| *score >= LEAST)
        .map(|(score, row)| Suggested { value: row.code.clone(), name: row.name.clone(), score })
}

/// Words that two names share, in percent of all; never quite certain.
fn alike(one: &[String], other: &[&str]) -> u8 {
    let both = one.iter().filter(|word| other.contains(&word.as_str())).count();
    let all = one.len() + other.len() - both;
    let percent = (both * 100).checked_div(all).unwrap_or(0).min(97);
    u8::try_from(percent).unwrap_or(0)
}

/// Words of `snake_case`, `camelCase` and plain names, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in text.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if !letter.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_gets_its_source_by_name_here_or_there() {
        assert_eq!(source("priority", "wopriority").unwrap().value, "${order.priority}");
        assert_eq!(source("x1", "serialNumber").unwrap().value, "${asset.serial_number}");
        assert_eq!(source("x1", "ZZ_9"), None);
    }

    #[test]
    fn a_failure_mode_gets_the_code_of_the_same_words() {
        let row = |code: &str, name: &str| CodeRow {
            code: code.to_owned(),
            name: name.to_owned(),
            parent: None,
        };
        let codes = [row("A", "Leakage"), row("B", "spindle bearing fault"), row("C", "Bearing")];
        let found = code("spindle_bearing_fault", &codes).unwrap();
        assert_eq!((found.value.as_str(), found.score), ("B", 97));
        assert_eq!(code("tool_wear", &codes), None);
    }
}
