//! What a policy must be before it may be published: bounded, typed, complete.

use serde::{Deserialize, Serialize};

use super::field::FieldType;
use super::{Action, AssignTo, Condition, CreateSpec, Due, Field, Op, Policy, Rule, Test, Value};
use crate::asset::{AssetKind, Criticality};
use crate::calendar::DayOfWeek;
use crate::failure_mode;

/// Bounds of a policy, so that evaluating one takes a known time.
#[derive(Debug, Clone, Copy)]
pub struct Limits;

impl Limits {
    /// Rules per policy.
    pub const RULES: usize = 100;
    /// Nesting of a condition.
    pub const DEPTH: usize = 8;
    /// Tests per policy.
    pub const TESTS: usize = 1_000;
    /// Entries of a list.
    pub const LIST: usize = 200;
    /// Bytes of a text.
    pub const TEXT: usize = 256;
    /// Predictions that *n of the last m* may look at.
    pub const REPEATS: u32 = 20;
}

/// One thing wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{path}: {message}")]
pub struct PolicyError {
    /// Where, such as `rules[2].when.all[0]`.
    pub path: String,
    /// What.
    pub message: String,
}

impl Policy {
    /// Lists everything that is wrong.
    ///
    /// # Errors
    /// When the policy may not be published.
    pub fn validate(&self) -> Result<(), Vec<PolicyError>> {
        let mut check = Check { errors: Vec::new(), tests: 0 };
        check.text("name", &self.name);
        match self.rules.last() {
            None => check.fail("rules", "a policy needs at least one rule"),
            Some(last) if !last.when.is_always() || last.repeats.is_some() => {
                let path = format!("rules[{}]", self.rules.len() - 1);
                check.fail(&path, "the last rule must catch everything: no condition");
            }
            Some(last) if last.paused => {
                let path = format!("rules[{}].paused", self.rules.len() - 1);
                check.fail(&path, "the last rule catches everything and cannot be paused");
            }
            Some(_) => {}
        }
        if self.rules.len() > Limits::RULES {
            check.fail("rules", &format!("more than {} rules", Limits::RULES));
        }
        for (i, rule) in self.rules.iter().enumerate().take(Limits::RULES) {
            let path = format!("rules[{i}]");
            if self.rules[..i].iter().any(|earlier| earlier.name == rule.name) {
                check.fail(&format!("{path}.name"), "another rule has this name");
            }
            check.rule(&path, rule);
        }
        if check.tests > Limits::TESTS {
            check.fail("rules", &format!("more than {} tests", Limits::TESTS));
        }
        if check.errors.is_empty() { Ok(()) } else { Err(check.errors) }
    }
}

struct Check {
    errors: Vec<PolicyError>,
    tests: usize,
}

impl Check {
    fn fail(&mut self, path: &str, message: &str) {
        self.errors.push(PolicyError { path: path.to_owned(), message: message.to_owned() });
    }

    fn text(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.fail(path, "is empty");
        } else if text.len() > Limits::TEXT {
            self.fail(path, &format!("is longer than {} bytes", Limits::TEXT));
        } else if text.chars().any(char::is_control) {
            self.fail(path, "contains a control character");
        }
    }

    fn rule(&mut self, path: &str, rule: &Rule) {
        self.text(&format!("{path}.name"), &rule.name);
        self.condition(&format!("{path}.when"), &rule.when, 1);
        if let Some(repeats) = rule.repeats {
            let path = format!("{path}.repeats");
            if repeats.at_least < 1 || repeats.at_least > repeats.of_last {
                self.fail(&path, "at_least must be between 1 and of_last");
            }
            if repeats.of_last > Limits::REPEATS {
                self.fail(&path, &format!("of_last is above {}", Limits::REPEATS));
            }
            if !(repeats.within_days > 0.0 && repeats.within_days <= 7.0) {
                self.fail(&path, "within_days must be above 0 and at most 7");
            }
        }
        let path = format!("{path}.then");
        match &rule.then {
            Action::Log(_) => {}
            Action::Review(spec) => self.create(&path, &CreateSpec::from(spec)),
            Action::Create(spec) => self.create(&path, spec),
            Action::Hold(spec) => {
                if !(0.0..=8_760.0).contains(&spec.lead_hours) {
                    self.fail(&format!("{path}.lead_hours"), "must be between 0 and 8760");
                }
                self.create(&format!("{path}.create"), &spec.create);
                if let Some(urgent) = &spec.urgent {
                    self.create(&format!("{path}.urgent"), urgent);
                }
            }
        }
    }

    fn create(&mut self, path: &str, spec: &CreateSpec) {
        if let AssignTo::Crew(name) | AssignTo::Person(name) = &spec.assign_to {
            self.text(&format!("{path}.assign_to"), name);
        }
        if let Due::Hours(hours) = spec.due
            && !(hours > 0.0 && hours <= 87_600.0)
        {
            self.fail(&format!("{path}.due"), "must be above 0 and at most 87600 hours");
        }
    }

    fn condition(&mut self, path: &str, condition: &Condition, depth: usize) {
        if depth > Limits::DEPTH {
            return self.fail(path, &format!("is nested deeper than {}", Limits::DEPTH));
        }
        match condition {
            Condition::Test(test) => self.test(path, test),
            Condition::Not(inner) => self.condition(&format!("{path}.not"), inner, depth + 1),
            Condition::All(parts) => self.parts(&format!("{path}.all"), parts, depth),
            Condition::Any(parts) => {
                if parts.is_empty() {
                    self.fail(path, "an empty any never holds");
                }
                self.parts(&format!("{path}.any"), parts, depth);
            }
        }
    }

    fn parts(&mut self, path: &str, parts: &[Condition], depth: usize) {
        for (i, part) in parts.iter().enumerate() {
            self.condition(&format!("{path}[{i}]"), part, depth + 1);
        }
    }

    fn test(&mut self, path: &str, test: &Test) {
        self.tests += 1;
        if let Field::Attribute(name) = &test.field {
            self.text(&format!("{path}.field"), name);
        }
        if !op_fits(&test.field, test.op) {
            let message = format!("{} cannot be compared with {}", test.field, test.op);
            return self.fail(&format!("{path}.op"), &message);
        }
        if matches!(test.op, Op::Present | Op::Absent) {
            return;
        }
        let path = format!("{path}.value");
        match (&test.value, test.op) {
            (Value::List(items), Op::In | Op::NotIn) => {
                if items.is_empty() || items.len() > Limits::LIST {
                    self.fail(&path, &format!("needs 1 to {} entries", Limits::LIST));
                }
                for (i, item) in items.iter().enumerate() {
                    self.value(&format!("{path}[{i}]"), &test.field, &Value::from(item.clone()));
                }
            }
            (Value::List(_), _) => self.fail(&path, "a list needs in or not_in"),
            (_, Op::In | Op::NotIn) => self.fail(&path, "in and not_in need a list"),
            (value, op) => {
                let ordered = matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
                if ordered
                    && test.field.kind() == FieldType::Any
                    && !matches!(value, Value::Number(_))
                {
                    self.fail(&path, "only numbers have an order");
                }
                self.value(&path, &test.field, value);
            }
        }
    }

    fn value(&mut self, path: &str, field: &Field, value: &Value) {
        match (field.kind(), value) {
            (FieldType::Number | FieldType::Any, Value::Number(n)) => {
                if !n.is_finite() {
                    self.fail(path, "must be a finite number");
                } else if *field == Field::Confidence && !(0.0..=1.0).contains(n) {
                    self.fail(path, "a confidence lies between 0 and 1");
                }
            }
            (FieldType::Bool | FieldType::Any, Value::Bool(_)) => {}
            (
                FieldType::Text | FieldType::Level | FieldType::Tree | FieldType::Any,
                Value::Text(text),
            ) => {
                self.text(path, text);
                if !word_fits(field, text) {
                    self.fail(path, &format!("{text:?} is not a {field}"));
                }
            }
            (FieldType::Number, _) => self.fail(path, "must be a number"),
            (FieldType::Bool, _) => self.fail(path, "must be true or false"),
            (_, _) => self.fail(path, "must be text"),
        }
    }
}

impl Field {
    /// The operators that it can be compared with.
    pub fn ops(&self) -> impl Iterator<Item = Op> {
        Op::ALL.iter().copied().filter(|op| op_fits(self, *op))
    }
}

fn op_fits(field: &Field, op: Op) -> bool {
    let ordered = matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
    let equal = matches!(op, Op::Eq | Op::Ne);
    let listed = matches!(op, Op::In | Op::NotIn);
    match field.kind() {
        _ if matches!(op, Op::Present | Op::Absent) => true,
        FieldType::Number => ordered || equal,
        FieldType::Bool => equal,
        FieldType::Text => equal || listed,
        FieldType::Level => ordered || equal || listed,
        FieldType::Tree => equal || listed || matches!(op, Op::Within | Op::NotWithin),
        FieldType::Any => ordered || equal || listed,
    }
}

fn word_fits(field: &Field, text: &str) -> bool {
    match field {
        Field::Criticality => text.parse::<Criticality>().is_ok(),
        Field::AssetKind => text.parse::<AssetKind>().is_ok(),
        Field::DayOfWeek => text.parse::<DayOfWeek>().is_ok(),
        Field::FailureMode => failure_mode::find(text).is_some(),
        _ => true,
    }
}
