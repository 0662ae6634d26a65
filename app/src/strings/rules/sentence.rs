//! Rules as sentences.

use domain::policy::{
    Action, AssignTo, Condition, CreateAs, CreateSpec, Due, Field, FieldType, HoldSpec, HoldUntil,
    Op, PrioritySpec, Repeats, ReviewSpec, Test, Value, WorkType,
};

use super::{NO, YES};
use crate::strings::alerts as alert_texts;
use crate::ui::format;

/// A field as it is chosen.
pub fn field(field: &Field) -> String {
    match field {
        Field::Asset => "asset or what contains it".to_owned(),
        Field::AssetTag => "tag of the asset".to_owned(),
        other => alert_texts::field(&other.name()).to_owned(),
    }
}

/// An operator as it is chosen.
pub const fn op(op: Op) -> &'static str {
    match op {
        Op::Lt => "is below",
        Op::Le => "is at most",
        Op::Gt => "is above",
        Op::Ge => "is at least",
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::In => "is one of",
        Op::NotIn => "is none of",
        Op::Within => "is or lies below",
        Op::NotWithin => "is not and lies not below",
        Op::Present => "is known",
        Op::Absent => "is not known",
    }
}

/// Hours as people write them.
pub fn hours(n: f64) -> String {
    if n >= 72.0 && n % 24.0 == 0.0 {
        format!("{} days", number(n / 24.0))
    } else {
        format!("{} hours", number(n))
    }
}

fn number(n: f64) -> String {
    format!("{n}")
}

fn value(field: &Field, value: &Value) -> String {
    match (field, value) {
        (Field::Confidence, Value::Number(n)) => format::confidence(*n),
        (Field::RemainingLifeHours | Field::WindowHours, Value::Number(n)) => hours(*n),
        (Field::FailureMode, Value::Text(code)) => mode(code),
        (Field::FailureMode, Value::List(codes)) => {
            codes.iter().map(|code| mode(&code.to_string())).collect::<Vec<_>>().join(", ")
        }
        (Field::DayOfWeek, Value::Text(day)) => weekday(day).to_owned(),
        (_, Value::Bool(true)) => YES.to_owned(),
        (_, Value::Bool(false)) => NO.to_owned(),
        (_, other) => other.to_string(),
    }
}

/// A failure mode in words.
pub fn mode(code: &str) -> String {
    domain::failure_mode::find(code)
        .map_or_else(|| code.to_owned(), |mode| mode.name.to_lowercase())
}

/// A day.
pub fn weekday(word: &str) -> &str {
    match word {
        "mon" => "Monday",
        "tue" => "Tuesday",
        "wed" => "Wednesday",
        "thu" => "Thursday",
        "fri" => "Friday",
        "sat" => "Saturday",
        "sun" => "Sunday",
        other => other,
    }
}

fn fact(field: &Field, holds: bool) -> Option<&'static str> {
    Some(match (field, holds) {
        (Field::Overdue, true) => "it is past its end of life",
        (Field::Overdue, false) => "it is not past its end of life",
        (Field::Critical, true) => "the asset is critical",
        (Field::Critical, false) => "the asset is not critical",
        (Field::OpenWorkOrder, true) => "an open work order stands on the asset",
        (Field::OpenWorkOrder, false) => "no open work order stands on the asset",
        (Field::InProduction, true) => "production is running",
        (Field::InProduction, false) => "production is not running",
        (Field::ShutdownInWindow, true) => "a planned shutdown lies inside the window",
        (Field::ShutdownInWindow, false) => "no planned shutdown lies inside the window",
        _ => return None,
    })
}

fn test(test: &Test) -> String {
    if let (FieldType::Bool, Value::Bool(b), Op::Eq | Op::Ne) =
        (test.field.kind(), &test.value, test.op)
        && let Some(fact) = fact(&test.field, *b == (test.op == Op::Eq))
    {
        return fact.to_owned();
    }
    let name = field(&test.field);
    match test.op {
        Op::Present | Op::Absent => format!("{name} {}", op(test.op)),
        Op::Within if test.field == Field::Asset => {
            format!("the asset is or lies below {}", value(&test.field, &test.value))
        }
        Op::NotWithin if test.field == Field::Asset => {
            format!("the asset lies not below {}", value(&test.field, &test.value))
        }
        _ => format!("{name} {} {}", op(test.op), value(&test.field, &test.value)),
    }
}

/// A condition in words; alternatives inside others stand in brackets.
pub fn condition(condition: &Condition) -> String {
    joined(condition, false)
}

fn joined(condition: &Condition, inside: bool) -> String {
    let (parts, word) = match condition {
        Condition::Test(t) => return test(t),
        Condition::Not(part) => return format!("not ({})", joined(part, false)),
        Condition::All(parts) => (parts, " and "),
        Condition::Any(parts) => (parts, " or "),
    };
    match parts.as_slice() {
        [] => "always".to_owned(),
        [one] => joined(one, inside),
        many => {
            let text = many.iter().map(|part| joined(part, true)).collect::<Vec<_>>().join(word);
            if inside { format!("({text})") } else { text }
        }
    }
}

/// "at least 2 of the last 3 predictions within 7 days".
pub fn repeats(repeats: &Repeats) -> String {
    format!(
        "at least {} of the last {} predictions within {} days",
        repeats.at_least,
        repeats.of_last,
        number(repeats.within_days)
    )
}

/// When a rule applies, in words: exceptions last.
pub fn when(when: &Condition, again: Option<&Repeats>) -> String {
    let parts: &[Condition] = match when {
        Condition::All(parts) => parts,
        other => std::slice::from_ref(other),
    };
    let (unless, given): (Vec<_>, Vec<_>) =
        parts.iter().partition(|part| matches!(part, Condition::Not(_)));
    let mut text = given
        .iter()
        .map(|part| joined(part, given.len() > 1))
        .chain(again.map(repeats))
        .collect::<Vec<_>>()
        .join(" and ");
    if text.is_empty() {
        text = if unless.is_empty() { "anything else" } else { "anything" }.to_owned();
    }
    if !unless.is_empty() {
        let unless = unless.iter().map(|part| match part {
            Condition::Not(inner) => joined(inner, unless.len() > 1),
            other => joined(other, true),
        });
        text.push_str(", unless ");
        text.push_str(&unless.collect::<Vec<_>>().join(" or "));
    }
    text
}

/// A priority, fixed or by criticality.
pub fn priority(spec: PrioritySpec) -> String {
    match spec {
        PrioritySpec::Fixed(p) => format!("priority {}", p.get()),
        PrioritySpec::ByCriticality(by) => {
            format!("priority {}, for others {}", by.critical.get(), by.otherwise.get())
        }
    }
}

/// Who gets a work order.
pub fn assign_to(to: &AssignTo) -> String {
    match to {
        AssignTo::PlannerQueue => "the planner queue".to_owned(),
        AssignTo::ShutdownCrew => "the crew of the shutdown".to_owned(),
        AssignTo::Crew(name) => format!("crew {name}"),
        AssignTo::Person(name) => name.clone(),
    }
}

/// When work is due.
pub fn due(due: Due) -> String {
    match due {
        Due::WindowEnd => "at the end of the window".to_owned(),
        Due::ShutdownEnd => "at the end of the shutdown".to_owned(),
        Due::Hours(n) => format!("{} after creation", hours(n)),
    }
}

/// Kind of work.
pub const fn work_type(kind: WorkType) -> &'static str {
    match kind {
        WorkType::Predictive => "predictive",
        WorkType::Corrective => "corrective",
        WorkType::Preventive => "preventive",
        WorkType::Inspection => "inspection",
    }
}

/// Status a work order starts with.
pub const fn create_as(create: CreateAs) -> &'static str {
    match create {
        CreateAs::Draft => "draft",
        CreateAs::Approved => "approved",
    }
}

fn spec(spec: &CreateSpec) -> String {
    let mut text = priority(spec.priority);
    if spec.create_as == CreateAs::Approved {
        text.push_str(", approved");
    }
    if spec.wo_type != WorkType::Predictive {
        text.push_str(&format!(", {}", work_type(spec.wo_type)));
    }
    text.push_str(&format!(", for {}", assign_to(&spec.assign_to)));
    if spec.due != Due::WindowEnd {
        text.push_str(&format!(", due {}", due(spec.due)));
    }
    text
}

fn review(spec: &ReviewSpec) -> String {
    let to = match &spec.assign_to {
        AssignTo::PlannerQueue => String::new(),
        other => format!(", work for {}", assign_to(other)),
    };
    format!("{}{to}", priority(spec.priority))
}

/// What is waited for.
pub const fn hold(until: HoldUntil) -> &'static str {
    match until {
        HoldUntil::NextDayReview => "ask at the next production start",
        HoldUntil::WeeklyBatch => "hold for the weekly batch",
        HoldUntil::NextShutdown => "hold for the next shutdown",
    }
}

fn held(spec_: &HoldSpec) -> String {
    let lead = if spec_.until == HoldUntil::NextShutdown {
        format!(", created {} before it starts", hours(spec_.lead_hours))
    } else {
        String::new()
    };
    let urgent = match &spec_.urgent {
        Some(urgent) => format!("; create now ({}) if it cannot wait", priority(urgent.priority)),
        None => "; ask a reviewer if it cannot wait".to_owned(),
    };
    format!("{}: {}{lead}{urgent}", hold(spec_.until), spec(&spec_.create))
}

/// What a rule does, in words.
pub fn then(action: &Action) -> String {
    match action {
        Action::Log(_) => "keep it for the record".to_owned(),
        Action::Review(spec) => format!("ask a reviewer, {}", review(spec)),
        Action::Create(create) => format!("create a work order now, {}", spec(create)),
        Action::Hold(hold) => held(hold),
    }
}

#[cfg(test)]
mod tests {
    use domain::policy::{default_policy, scheduled_work_rule};

    use super::*;

    #[test]
    fn rules_are_read_as_sentences() {
        let policy = default_policy();
        let rule = &policy.rules[3];
        assert_eq!(
            when(&rule.when, None),
            "remaining life is at least 30 days and a planned shutdown lies inside the window"
        );
        assert_eq!(
            then(&scheduled_work_rule().then),
            "hold for the next shutdown: priority 3, for the crew of the shutdown, due at the end of \
             the shutdown, created 3 days before it starts; ask a reviewer if it cannot wait"
        );
        assert_eq!(when(&policy.rules[6].when, None), "anything else");
    }

    #[test]
    fn exceptions_and_alternatives_are_told_apart() {
        let low = Condition::test(Field::Confidence, Op::Lt, 0.5);
        let open = Condition::test(Field::OpenWorkOrder, Op::Eq, true);
        let shift = Condition::test(Field::InProduction, Op::Ne, true);
        let all = Condition::All(vec![
            low.clone(),
            Condition::Any(vec![low, shift]),
            Condition::Not(Box::new(open)),
        ]);
        assert_eq!(
            when(&all, Some(&Repeats { at_least: 2, of_last: 3, within_days: 7.0 })),
            "confidence is below 0.50 and (confidence is below 0.50 or production is not running) \
             and at least 2 of the last 3 predictions within 7 days, unless an open work order \
             stands on the asset"
        );
    }
}
