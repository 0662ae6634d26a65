//! One test against one prediction.

use chrono::{DateTime, Utc};

use super::field::FieldType;
use super::{Facts, Field, Op, PredictionFacts, Scalar, Value};
use crate::asset::Criticality;
use crate::failure_mode;

/// What a test looks at: the facts, with one of the predictions in the place of the latest.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub facts: &'a Facts,
    pub prediction: &'a PredictionFacts,
    pub now: DateTime<Utc>,
}

/// The value of a field, borrowed.
#[derive(Clone, Copy)]
pub(super) enum Actual<'a> {
    Bool(bool),
    Number(f64),
    Text(&'a str),
}

impl Actual<'_> {
    pub(super) fn to_value(self) -> Value {
        match self {
            Self::Bool(b) => Value::Bool(b),
            Self::Number(n) => Value::Number(n),
            Self::Text(t) => Value::Text(t.to_owned()),
        }
    }

    fn is(self, other: &Scalar) -> bool {
        match (self, other) {
            (Self::Bool(a), Scalar::Bool(b)) => a == *b,
            (Self::Number(a), Scalar::Number(b)) => a == *b,
            (Self::Text(a), Scalar::Text(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        }
    }
}

/// The value of a field; `None` when it is not known.
pub(super) fn actual<'a>(field: &Field, at: Context<'a>) -> Option<Actual<'a>> {
    let Context { facts, prediction, now } = at;
    Some(match field {
        Field::Confidence => Actual::Number(prediction.confidence),
        Field::RemainingLifeHours => Actual::Number(prediction.remaining_life_hours?),
        Field::WindowHours => Actual::Number(prediction.window_hours?),
        Field::Overdue => Actual::Bool(prediction.overdue),
        Field::FailureMode => Actual::Text(&facts.failure_mode),
        Field::Model => Actual::Text(&prediction.model),
        Field::ModelVersion => Actual::Text(prediction.model_version.as_deref()?),
        Field::Source => Actual::Text(&prediction.source),
        Field::Criticality => Actual::Text(facts.asset.criticality.as_str()),
        Field::Critical => Actual::Bool(facts.asset.criticality.is_critical()),
        Field::AssetKind => Actual::Text(facts.asset.kind.as_str()),
        Field::AssetTag | Field::Asset => Actual::Text(&facts.asset.tag),
        Field::OpenWorkOrder => Actual::Bool(facts.open_work_order),
        Field::Predictions => Actual::Number(f64::from(facts.alert.predictions)),
        Field::InProduction => Actual::Bool(facts.calendar.in_production),
        Field::Shift => Actual::Text(facts.calendar.shift.as_deref()?),
        Field::ShutdownInWindow => Actual::Bool(
            prediction
                .window_end()
                .is_some_and(|end| facts.calendar.shutdown_inside(now, end).is_some()),
        ),
        Field::DayOfWeek => Actual::Text(facts.calendar.day_of_week.as_str()),
        Field::Attribute(name) => match prediction.attributes.get(name)? {
            Scalar::Bool(b) => Actual::Bool(*b),
            Scalar::Number(n) => Actual::Number(*n),
            Scalar::Text(t) => Actual::Text(t),
        },
    })
}

/// Whether a known value satisfies a test; values of different types satisfy none.
pub(super) fn compare(
    field: &Field,
    actual: Option<Actual<'_>>,
    op: Op,
    value: &Value,
    at: Context<'_>,
) -> bool {
    let Some(actual) = actual else { return op == Op::Absent };
    match op {
        Op::Present => true,
        Op::Absent => false,
        Op::Within => within(field, actual, value, at).unwrap_or(false),
        Op::NotWithin => within(field, actual, value, at).is_some_and(|inside| !inside),
        Op::In | Op::NotIn => match value {
            Value::List(items) => items.iter().any(|item| actual.is(item)) == (op == Op::In),
            _ => false,
        },
        Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Eq | Op::Ne => match (actual, value) {
            (Actual::Number(a), Value::Number(b)) => ordered(op, a.partial_cmp(b)),
            (Actual::Bool(a), Value::Bool(b)) => equality(op, a == *b),
            (Actual::Text(a), Value::Text(b)) if field.kind() == FieldType::Level => {
                match (a.parse::<Criticality>(), b.parse::<Criticality>()) {
                    (Ok(a), Ok(b)) => ordered(op, Some(a.rank().cmp(&b.rank()))),
                    _ => false,
                }
            }
            (Actual::Text(a), Value::Text(b)) => equality(op, a.eq_ignore_ascii_case(b)),
            _ => false,
        },
    }
}

fn ordered(op: Op, ordering: Option<std::cmp::Ordering>) -> bool {
    ordering.is_some_and(|o| match op {
        Op::Lt => o.is_lt(),
        Op::Le => o.is_le(),
        Op::Gt => o.is_gt(),
        Op::Ge => o.is_ge(),
        Op::Eq => o.is_eq(),
        Op::Ne => o.is_ne(),
        _ => false,
    })
}

fn equality(op: Op, equal: bool) -> bool {
    match op {
        Op::Eq => equal,
        Op::Ne => !equal,
        _ => false,
    }
}

fn within(field: &Field, actual: Actual<'_>, value: &Value, at: Context<'_>) -> Option<bool> {
    match (field, actual, value) {
        (Field::FailureMode, Actual::Text(mode), Value::Text(above)) => {
            Some(failure_mode::descends_from(mode, above))
        }
        (Field::Asset, Actual::Text(_), Value::Text(top)) => {
            Some(at.facts.asset.path.iter().any(|tag| tag.eq_ignore_ascii_case(top)))
        }
        _ => None,
    }
}
