//! The condition tree.

use serde::{Deserialize, Serialize};

use super::{Field, Value};
use crate::alert::words;

words! {
    /// How a test compares. Every operator has an inverse, so that a negated test stays a test.
    Op {
        /// Below.
        Lt = "lt",
        /// At most.
        Le = "le",
        /// Above.
        Gt = "gt",
        /// At least.
        Ge = "ge",
        /// Is.
        Eq = "eq",
        /// Is another.
        Ne = "ne",
        /// Is one of a list.
        In = "in",
        /// Is none of a list.
        NotIn = "not_in",
        /// Is it or lies below it (failure modes, assets).
        Within = "within",
        /// Neither is it nor lies below it.
        NotWithin = "not_within",
        /// Is known at all; compares with nothing.
        Present = "present",
        /// Is not known; compares with nothing.
        Absent = "absent",
    }
}

impl Op {
    /// The operator that holds exactly when this one does not, for a known value.
    pub const fn inverse(self) -> Self {
        match self {
            Self::Lt => Self::Ge,
            Self::Ge => Self::Lt,
            Self::Gt => Self::Le,
            Self::Le => Self::Gt,
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Within => Self::NotWithin,
            Self::NotWithin => Self::Within,
            Self::Present => Self::Absent,
            Self::Absent => Self::Present,
        }
    }
}

/// One comparison. A test on something absent is false, whatever the operator (but `absent`),
/// also under a `not`: "not below 72 h" says nothing about an unknown remaining life.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What is asked.
    pub field: Field,
    /// How it is compared.
    pub op: Op,
    /// With what.
    pub value: Value,
}

/// A condition: tests joined by all, any and not.
///
/// Written as `{field, op, value}`, `{all: […]}`, `{any: […]}` or `{not: …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Condition {
    /// One comparison.
    Test(Test),
    /// Every one holds; an empty list always does.
    All(Vec<Self>),
    /// At least one holds; an empty list never does.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    /// A single test.
    pub fn test(field: Field, op: Op, value: impl Into<Value>) -> Self {
        Self::Test(Test { field, op, value: value.into() })
    }

    /// Whether it is the empty `all`.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// How many parts it has, itself included: tests, `all`, `any` and `not`.
    pub fn size(&self) -> usize {
        match self {
            Self::Test(_) => 1,
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::size).sum::<usize>(),
            Self::Not(part) => 1 + part.size(),
        }
    }

    /// Calls `visit` for every test.
    pub fn for_each_test(&self, visit: &mut impl FnMut(&Test)) {
        match self {
            Self::Test(test) => visit(test),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.for_each_test(visit));
            }
            Self::Not(part) => part.for_each_test(visit),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<Op>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Box<Condition>>,
}

impl TryFrom<Written> for Condition {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written {
                field: Some(field),
                op: Some(op),
                value,
                all: None,
                any: None,
                not: None,
            } => {
                let value = match (op, value) {
                    (Op::Present | Op::Absent, None) => Value::Bool(true),
                    (Op::Present | Op::Absent, Some(_)) => {
                        return Err("present and absent take no value");
                    }
                    (_, Some(value)) => value,
                    (_, None) => return Err("a test needs a value"),
                };
                Ok(Self::Test(Test { field, op, value }))
            }
            Written {
                field: None,
                op: None,
                value: None,
                all: Some(all),
                any: None,
                not: None,
            } => Ok(Self::All(all)),
            Written {
                field: None,
                op: None,
                value: None,
                all: None,
                any: Some(any),
                not: None,
            } => Ok(Self::Any(any)),
            Written {
                field: None,
                op: None,
                value: None,
                all: None,
                any: None,
                not: Some(not),
            } => Ok(Self::Not(not)),
            _ => Err("a condition is either field, op and value, or all, or any, or not"),
        }
    }
}

impl From<Condition> for Written {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Test(Test { field, op, value }) => Self {
                field: Some(field),
                value: (!matches!(op, Op::Present | Op::Absent)).then_some(value),
                op: Some(op),
                ..Self::default()
            },
            Condition::All(all) => Self { all: Some(all), ..Self::default() },
            Condition::Any(any) => Self { any: Some(any), ..Self::default() },
            Condition::Not(not) => Self { not: Some(not), ..Self::default() },
        }
    }
}
