//! Templates of a manifest: typed, total and bounded. There are no loops but the counted one, no
//! calls but the filters, and nothing reaches outside the scope it is given.

mod expression;
mod filters;
mod node;
mod parse;
mod time;

pub use expression::{Expression, Operand};
pub use node::{Node, Rendered};
pub(crate) use parse::is_name;

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde_json::Value;

/// Longest template a manifest may hold.
pub const LONGEST_TEMPLATE: usize = 8 * 1024;
/// Most text one template may give.
pub const LONGEST_TEXT: usize = 1024 * 1024;

/// Why a template gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A filter cannot work on what it was given.
    #[error("`{filter}` cannot use {found}")]
    Unfit {
        /// The filter.
        filter: &'static str,
        /// What it was given.
        found: String,
    },
    /// More came out than a template may give.
    #[error("the result is longer than {LONGEST_TEXT} bytes")]
    TooLong,
    /// A counted loop met a longer list than it may walk.
    #[error("a list of {found} where at most {most} are allowed")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many are allowed.
        most: usize,
    },
}

/// Named values, innermost first.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    outer: Option<&'a Scope<'a>>,
    names: Names<'a>,
}

#[derive(Clone, Copy)]
enum Names<'a> {
    One(&'a str, &'a Value),
    Many(&'a [(&'a str, &'a Value)]),
}

impl<'a> Scope<'a> {
    /// A scope with one name.
    pub fn new(name: &'a str, value: &'a Value) -> Self {
        Self { outer: None, names: Names::One(name, value) }
    }

    /// A scope with some names.
    pub fn of(names: &'a [(&'a str, &'a Value)]) -> Self {
        Self { outer: None, names: Names::Many(names) }
    }

    /// This scope with one more name.
    pub fn with(&'a self, name: &'a str, value: &'a Value) -> Scope<'a> {
        Scope { outer: Some(self), names: Names::One(name, value) }
    }

    /// This scope with some more names.
    pub fn with_all(&'a self, names: &'a [(&'a str, &'a Value)]) -> Scope<'a> {
        Scope { outer: Some(self), names: Names::Many(names) }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'a Value> {
        let mut scope = self;
        loop {
            let found = match scope.names {
                Names::One(known, value) => (known == name).then_some(value),
                Names::Many(names) => {
                    names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
                }
            };
            match found {
                Some(value) => return Some(value),
                None => scope = scope.outer?,
            }
        }
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scope")
    }
}

/// Text with `${…}` in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Hole(Expression),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What does not fit the language.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST_TEMPLATE {
            return Err(format!("a template may have at most {LONGEST_TEMPLATE} bytes"));
        }
        parse::template(text).map(|pieces| Self { pieces })
    }

    /// The value: of any type when the whole template is one `${…}`, else text.
    ///
    /// # Errors
    /// When a filter cannot work on what it finds.
    pub fn value(&self, scope: &Scope<'_>) -> Result<Value, TemplateError> {
        if let [Piece::Hole(expression)] = self.pieces.as_slice() {
            return expression.value(scope);
        }
        self.text(scope).map(Value::String)
    }

    /// The text; nothing for a value that is not there.
    ///
    /// # Errors
    /// When a filter cannot work on what it finds.
    pub fn text(&self, scope: &Scope<'_>) -> Result<String, TemplateError> {
        self.text_with(scope, |text| text.to_owned())
    }

    /// As [`text`](Self::text), each inserted value escaped.
    pub(crate) fn text_with(
        &self,
        scope: &Scope<'_>,
        escape: impl Fn(&str) -> String,
    ) -> Result<String, TemplateError> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(expression) => {
                    out.push_str(&escape(&plain(&expression.value(scope)?)));
                }
            }
            if out.len() > LONGEST_TEXT {
                return Err(TemplateError::TooLong);
            }
        }
        Ok(out)
    }

    /// The names it reads, from the outside in: `asset` of `asset.tag`.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.expressions()
            .flat_map(Expression::paths)
            .filter_map(|path| path.first())
            .map(String::as_str)
    }

    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(expression) => Some(expression),
            Piece::Text(_) => None,
        })
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Template;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a template, a number or a yes/no")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Template, E> {
                Template::parse(text).map_err(E::custom)
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Template, E> {
                Ok(constant(Value::Bool(value)))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Template, E> {
                Ok(constant(value.into()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Template, E> {
                Ok(constant(value.into()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Template, E> {
                Ok(constant(value.into()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

fn constant(value: Value) -> Template {
    Template { pieces: vec![Piece::Hole(Expression::constant(value))] }
}

/// A value as plain text: nothing for null, JSON for lists and objects.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            whole(number).map_or_else(|| number.to_string(), |n| n.to_string())
        }
        other => other.to_string(),
    }
}

/// 4.0 is 4: many systems read a trailing `.0` as text.
fn whole(number: &serde_json::Number) -> Option<i64> {
    let value = number.as_f64()?;
    (number.is_f64() && value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64)
}

/// Whether a value counts as yes.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

#[cfg(test)]
mod tests;
