//! A policy as a text that people can keep, compare and send: read from TOML or JSON, refused with
//! the line of what is wrong.

use domain::policy::{Policy, PolicyError};
use toml::de::{DeTable, DeValue};

use crate::{Error, FieldError};

/// Longest text, bytes.
const LONGEST: usize = 1_000_000;

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// What.
    pub message: String,
}

/// Reads a policy from TOML or JSON.
///
/// # Errors
/// Everything that is wrong, each with its line.
pub fn from_text(text: &str) -> Result<Policy, Vec<TextError>> {
    if text.len() > LONGEST {
        return Err(vec![TextError { line: 1, message: "The text is too long.".to_owned() }]);
    }
    let json = text.trim_start().starts_with('{');
    let policy = if json { json_policy(text)? } else { toml_policy(text)? };
    policy.validate().map_err(|problems| {
        let at = |problem: &PolicyError| {
            let path = path(&problem.path);
            if json { json_line(text, &path) } else { toml_line(text, &path) }
        };
        let errors = problems.into_iter().map(|problem| TextError {
            line: at(&problem),
            message: format!("{}: {}", problem.path, problem.message),
        });
        errors.collect::<Vec<_>>()
    })?;
    Ok(policy)
}

/// The problems of a text as problems of an input.
pub(super) fn invalid(errors: Vec<TextError>) -> Error {
    let fields = errors.into_iter().map(|error| {
        let message = format!("Line {}: {}", error.line, error.message);
        FieldError::new("text", "invalid_policy", message)
    });
    Error::Invalid(fields.collect())
}

fn json_policy(text: &str) -> Result<Policy, Vec<TextError>> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string().replace(&place, "");
        vec![TextError { line: error.line().max(1), message }]
    })
}

fn toml_policy(text: &str) -> Result<Policy, Vec<TextError>> {
    let refused = |error: toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        vec![TextError { line, message: error.message().to_owned() }]
    };
    let mut error = match toml::from_str::<Policy>(text) {
        Ok(policy) => return Ok(policy),
        Err(error) => refused(error),
    };
    // A wrong rule is easier to find by its own line than by that of the list.
    if let Some((line, message)) = first_wrong_rule(text) {
        error = vec![TextError { line: line.max(error[0].line), message }];
    }
    Err(error)
}

/// The first rule that cannot be read, with the line where it begins.
fn first_wrong_rule(text: &str) -> Option<(usize, String)> {
    let table = DeTable::parse(text).ok()?;
    let rules = table.get_ref().get("rules")?.get_ref().as_array()?;
    for (n, rule) in rules.iter().enumerate() {
        let value: toml::Value = plain(rule.get_ref())?;
        if let Err(error) = value.try_into::<domain::policy::Rule>() {
            let line = line_of(text, rule.span().start);
            return Some((line, format!("rules[{n}]: {}", error.message())));
        }
    }
    None
}

fn plain(value: &DeValue<'_>) -> Option<toml::Value> {
    Some(match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(n) => {
            toml::Value::Integer(i64::from_str_radix(n.as_str(), n.radix()).ok()?)
        }
        DeValue::Float(n) => toml::Value::Float(n.as_str().parse().ok()?),
        DeValue::Boolean(b) => toml::Value::Boolean(*b),
        DeValue::Datetime(at) => toml::Value::Datetime(*at),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| plain(item.get_ref())).collect::<Option<_>>()?;
            toml::Value::Array(items)
        }
        DeValue::Table(table) => {
            let mut out = toml::Table::new();
            for (key, value) in table.iter() {
                out.insert(key.get_ref().to_string(), plain(value.get_ref())?);
            }
            toml::Value::Table(out)
        }
    })
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// A step of a path such as `rules[2].when.all[0]`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Key(String),
    At(usize),
}

fn path(text: &str) -> Vec<Place> {
    let mut steps = Vec::new();
    for part in text.split('.') {
        let (key, rest) = part.split_once('[').unwrap_or((part, ""));
        if !key.is_empty() {
            steps.push(Place::Key(key.to_owned()));
        }
        for index in rest.split('[') {
            if let Ok(index) = index.trim_end_matches(']').parse() {
                steps.push(Place::At(index));
            }
        }
    }
    steps
}

/// The line of the innermost thing of the path that the text has.
fn toml_line(text: &str, path: &[Place]) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 1 };
    let mut line = 1;
    let mut steps = path.iter();
    let Some(Place::Key(first)) = steps.next() else { return line };
    let Some(mut here) = table.get_ref().get(first.as_str()) else { return line };
    line = line_of(text, here.span().start);
    for step in steps {
        let next = match (step, here.get_ref()) {
            (Place::Key(key), DeValue::Table(table)) => table.get(key.as_str()),
            (Place::At(index), DeValue::Array(items)) => items.get(*index),
            _ => None,
        };
        let Some(next) = next else { return line };
        line = line_of(text, next.span().start);
        here = next;
    }
    line
}

/// The same for a JSON text that is known to be well-formed.
fn json_line(text: &str, path: &[Place]) -> usize {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, best: 0 };
    scan.value(Some(path));
    line_of(text, scan.best)
}

/// Walks a well-formed JSON text, remembering where the innermost thing of a path begins.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    best: usize,
}

impl Scan<'_> {
    fn space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Skips a value; with a path, notes its place and goes down where the path leads.
    fn value(&mut self, path: Option<&[Place]>) {
        self.space();
        if path.is_some() {
            self.best = self.at;
        }
        match self.bytes.get(self.at) {
            Some(b'{') => self.object(path),
            Some(b'[') => self.array(path),
            Some(b'"') => drop(self.string()),
            _ => {
                let ends =
                    |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                while self.bytes.get(self.at).is_some_and(|byte| !ends(byte)) {
                    self.at += 1;
                }
            }
        }
    }

    fn object(&mut self, path: Option<&[Place]>) {
        self.at += 1;
        loop {
            self.space();
            match self.bytes.get(self.at) {
                Some(b'"') => {}
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                _ => break,
            }
            let key = self.string();
            self.space();
            self.at += 1;
            let down = match path {
                Some([Place::Key(wanted), rest @ ..]) if *wanted == key => Some(rest),
                _ => None,
            };
            self.value(down);
        }
        self.at += 1;
    }

    fn array(&mut self, path: Option<&[Place]>) {
        self.at += 1;
        let mut index = 0;
        loop {
            self.space();
            match self.bytes.get(self.at) {
                None | Some(b']') => break,
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            let down = match path {
                Some([Place::At(wanted), rest @ ..]) if *wanted == index => Some(rest),
                _ => None,
            };
            self.value(down);
            index += 1;
        }
        self.at += 1;
    }

    fn string(&mut self) -> String {
        let from = self.at;
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let raw = self.bytes.get(from..self.at.min(self.bytes.len())).unwrap_or_default();
        serde_json::from_slice(raw).unwrap_or_default()
    }
}

/// Writes a policy as JSON.
pub fn to_json(policy: &Policy) -> String {
    serde_json::to_string_pretty(policy).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::policy::{default_policy, scheduled_work_rule, to_toml};

    use super::*;

    const GOOD: &str = r#"name = "Rockford"

[[rules]]
name = "Two in a row"
when = { all = [
    { field = "confidence", op = "ge", value = 0.7 },
    { not = { field = "failure_mode", op = "within", value = "bearing_fault" } },
] }
repeats = { at_least = 2, of_last = 3 }
then = { do = "create", priority = { critical = 1, otherwise = 2 }, assign_to = { crew = "A \"1\"" } }

[[rules]]
name = "Rest"
then = { do = "review", priority = 3 }
"#;

    fn wrong(text: &str) -> Vec<(usize, String)> {
        from_text(text).unwrap_err().into_iter().map(|e| (e.line, e.message)).collect()
    }

    #[test]
    fn what_is_written_reads_the_same_again() {
        let mut policy = from_text(GOOD).unwrap();
        policy.rules.splice(1..1, default_policy().rules);
        policy.rules.pop();
        policy.rules.push(scheduled_work_rule());
        policy.rules.swap(0, 3);
        policy.rules[1].paused = true;
        policy.rules.push(default_policy().rules.remove(6));
        policy.rules.last_mut().unwrap().name = "The rest".to_owned();
        policy.rules.retain({
            let mut seen = std::collections::HashSet::new();
            move |rule| seen.insert(rule.name.clone())
        });
        policy.version = 0;
        policy.validate().unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(from_text(&to_toml(&policy)).unwrap(), policy, "{}", to_toml(&policy));
        assert_eq!(from_text(&to_json(&policy)).unwrap(), policy);
    }

    #[test]
    fn a_slip_is_refused_with_its_line() {
        let slip = GOOD.replace("op = \"ge\"", "op = \"above\"");
        let errors = wrong(&slip);
        assert!(errors[0].0 >= 3 && errors[0].0 <= 6, "{errors:?}");
        assert!(errors[0].1.contains("above"), "{errors:?}");
        let syntax = wrong("name = \"x\"\n\n[[rules]\n");
        assert_eq!(syntax[0].0, 3, "{syntax:?}");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_line() {
        let errors = wrong(&GOOD.replace("0.7", "70.0"));
        assert_eq!((errors.len(), errors[0].0), (1, 6), "{errors:?}");
        assert!(errors[0].1.contains("between 0 and 1"), "{errors:?}");
        let errors = wrong(&GOOD.replace("bearing_fault", "gremlins"));
        assert_eq!(errors[0].0, 7, "{errors:?}");
    }

    #[test]
    fn a_json_text_has_lines_too() {
        let mut policy = from_text(GOOD).unwrap();
        policy.version = 0;
        let text = to_json(&policy).replace("0.7", "7.5");
        let line = 1 + text.lines().position(|line| line.contains("7.5")).unwrap();
        assert_eq!(wrong(&text)[0].0, line);
        let broken = "{\n\"name\": \"x\",\n\"rules\": [,]\n}";
        assert_eq!(wrong(broken)[0].0, 3);
    }
}
