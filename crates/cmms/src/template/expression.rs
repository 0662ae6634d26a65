use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use super::filters::Filter;
use super::{Scope, TemplateError, truthy};

/// A path into the scope, or a constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Names from the outside in.
    Path(Vec<String>),
    /// As written.
    Constant(Value),
}

impl Operand {
    pub(super) fn value(&self, scope: &Scope<'_>) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::Path(path) => {
                let mut value = scope.find(&path[0]);
                for segment in &path[1..] {
                    value = value.and_then(|value| child(value, segment));
                }
                value.cloned().unwrap_or(Value::Null)
            }
        }
    }
}

fn child<'a>(value: &'a Value, segment: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) => map.get(segment),
        Value::Array(list) => segment.parse::<usize>().ok().and_then(|place| list.get(place)),
        _ => None,
    }
}

/// An operand through filters.
#[derive(Clone, PartialEq)]
pub struct Expression {
    operand: Operand,
    calls: Vec<(&'static Filter, Vec<Operand>)>,
}

impl Expression {
    pub(super) fn new(operand: Operand, calls: Vec<(&'static Filter, Vec<Operand>)>) -> Self {
        Self { operand, calls }
    }

    pub(super) fn constant(value: Value) -> Self {
        Self::new(Operand::Constant(value), Vec::new())
    }

    /// The value; null for what is not there.
    ///
    /// # Errors
    /// When a filter cannot work on what it finds.
    pub fn value(&self, scope: &Scope<'_>) -> Result<Value, TemplateError> {
        let mut value = self.operand.value(scope);
        for (filter, operands) in &self.calls {
            let operands: Vec<Value> = operands.iter().map(|one| one.value(scope)).collect();
            value = (filter.apply)(value, &operands, scope)?;
        }
        Ok(value)
    }

    /// Whether the value counts as yes.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool, TemplateError> {
        Ok(truthy(&self.value(scope)?))
    }

    /// Every path it reads.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &[String]> {
        let operands = self.calls.iter().flat_map(|(_, operands)| operands);
        std::iter::once(&self.operand).chain(operands).filter_map(|operand| match operand {
            Operand::Path(path) => Some(path.as_slice()),
            Operand::Constant(_) => None,
        })
    }

    /// Every filter with its constants, for the checks.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.calls.iter().map(|(filter, operands)| {
            let first = match operands.first() {
                Some(Operand::Constant(Value::String(text))) => Some(text.as_str()),
                _ => None,
            };
            (filter.name, first)
        })
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.operand)?;
        self.calls
            .iter()
            .try_for_each(|(filter, operands)| write!(f, " | {} {operands:?}", filter.name))
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let inner = text.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.filter(|inner| !inner.contains("${"));
        let inner =
            inner.ok_or_else(|| D::Error::custom("one `${…}` and nothing else was expected"))?;
        super::parse::expression(inner).map_err(D::Error::custom)
    }
}
