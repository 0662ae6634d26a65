use domain::policy::{Field, FieldType, Op, Scalar, Test, Value};
use leptos::prelude::*;

use super::desk::Desk;
use super::tree::{choices, compare_by};
use crate::strings::rules as texts;
use crate::ui::Icon;

/// A choice inside a sentence.
pub(super) fn pick(
    id: String,
    label: &'static str,
    value: bool,
    chosen: String,
    options: Vec<(String, String)>,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <select
            class="pick"
            id=id
            aria-label=label
            data-kind=value.then_some("value")
            on:change=move |event| choose(event_target_value(&event))
        >
            {options
                .into_iter()
                .map(|(word, text)| {
                    let selected = word == chosen;
                    view! {
                        <option value=word selected=selected>
                            {text}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
    .into_any()
}

/// A number inside a sentence.
pub(super) fn number(
    id: String,
    label: &'static str,
    value: String,
    (step, min, max): (&'static str, &'static str, &'static str),
    typed: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <input
            class="pick"
            type="number"
            inputmode="decimal"
            id=id
            aria-label=label
            data-kind="value"
            step=step
            min=min
            max=max
            value=value
            on:input=move |event| typed(event_target_value(&event))
        />
    }
    .into_any()
}

/// A word inside a sentence, with known ones to choose from.
pub(super) fn word(
    id: String,
    label: &'static str,
    value: String,
    known: Vec<String>,
    typed: impl Fn(String) + 'static,
) -> AnyView {
    let list = format!("{id}-list");
    view! {
        <input
            class="pick"
            type="text"
            id=id
            aria-label=label
            data-kind="value"
            list=list.clone()
            value=value
            on:input=move |event| typed(event_target_value(&event))
        />
        <datalist id=list>
            {known.into_iter().map(|word| view! { <option value=word></option> }).collect_view()}
        </datalist>
    }
    .into_any()
}

/// What a test compares with.
pub(super) fn value(desk: Desk, path: Vec<usize>, place: &str, test: &Test) -> AnyView {
    let id = format!("{place}-value");
    if matches!(test.op, Op::Present | Op::Absent) {
        return ().into_any();
    }
    if let Value::List(items) = &test.value {
        return list(desk, path, id, &test.field, items);
    }
    match test.field.kind() {
        FieldType::Bool => {
            let options =
                vec![("true".into(), texts::YES.into()), ("false".into(), texts::NO.into())];
            pick(id, texts::WITH, true, test.value.to_string(), options, move |word| {
                desk.edit_test(&path, |test| test.value = Value::Bool(word == "true"));
            })
        }
        FieldType::Number => amount(desk, path, id, test),
        FieldType::Any => {
            let shown = test.value.to_string();
            word(id, texts::WITH, shown, Vec::new(), move |text| {
                desk.edit_test(&path, |test| test.value = Value::from(loose(&text)));
            })
        }
        FieldType::Text | FieldType::Level | FieldType::Tree => {
            let fixed = choices(&test.field);
            let shown = test.value.to_string();
            if fixed.is_empty() {
                let known = known(desk, &test.field);
                word(id, texts::WITH, shown, known, move |text| {
                    desk.edit_test(&path, |test| test.value = Value::Text(text));
                })
            } else {
                let mut options: Vec<(String, String)> =
                    fixed.into_iter().map(|(word, text)| (word.to_owned(), text)).collect();
                if !options.iter().any(|(word, _)| *word == shown) {
                    options.insert(0, (shown.clone(), shown.clone()));
                }
                pick(id, texts::WITH, true, shown, options, move |word| {
                    desk.edit_test(&path, |test| test.value = Value::Text(word));
                })
            }
        }
    }
}

/// An attribute can be anything: a number, yes or no, or a word.
fn loose(text: &str) -> Scalar {
    match (text.trim(), text.trim().parse::<f64>()) {
        ("true", _) => Scalar::Bool(true),
        ("false", _) => Scalar::Bool(false),
        (_, Ok(n)) if n.is_finite() => Scalar::Number(n),
        (text, _) => Scalar::Text(text.to_owned()),
    }
}

fn parsed(text: &str, factor: f64) -> Value {
    match text.trim().parse::<f64>() {
        Ok(n) => Value::Number(n * factor),
        Err(_) => Value::Text(text.to_owned()),
    }
}

fn amount(desk: Desk, path: Vec<usize>, id: String, test: &Test) -> AnyView {
    let bare = |factor: f64| match &test.value {
        Value::Number(n) => (n / factor).to_string(),
        other => other.to_string(),
    };
    match test.field {
        Field::RemainingLifeHours | Field::WindowHours => {
            let days = matches!(test.value, Value::Number(n) if n >= 72.0 && n % 24.0 == 0.0);
            let factor = StoredValue::new(if days { 24.0 } else { 1.0 });
            let shown = bare(factor.get_value());
            let (unit, of_unit) = (format!("{id}-unit"), path.clone());
            let options =
                vec![("hours".into(), texts::HOURS.into()), ("days".into(), texts::DAYS.into())];
            let chosen = if days { "days" } else { "hours" }.to_owned();
            view! {
                {number(id, texts::WITH, shown, ("any", "0", "87600"), move |text| {
                    desk.edit_test(&path, |test| test.value = parsed(&text, factor.get_value()));
                })}
                {pick(unit, texts::UNIT, true, chosen, options, move |unit| {
                    let before = factor.get_value();
                    factor.set_value(if unit == "days" { 24.0 } else { 1.0 });
                    desk.edit_test(&of_unit, |test| {
                        if let Value::Number(n) = &mut test.value {
                            *n = *n / before * factor.get_value();
                        }
                    });
                })}
            }
            .into_any()
        }
        Field::Confidence => number(id, texts::WITH, bare(1.0), ("0.01", "0", "1"), move |text| {
            desk.edit_test(&path, |test| test.value = parsed(&text, 1.0));
        }),
        _ => number(id, texts::WITH, bare(1.0), ("1", "0", "100000"), move |text| {
            desk.edit_test(&path, |test| test.value = parsed(&text, 1.0));
        }),
    }
}

/// Words seen at the sites of the policy.
fn known(desk: Desk, field: &Field) -> Vec<String> {
    desk.words.with_value(|words| match field {
        Field::Asset | Field::AssetTag => words.assets.clone(),
        Field::Model => words.models.clone(),
        Field::Source => words.sources.clone(),
        Field::Shift => words.shifts.clone(),
        _ => Vec::new(),
    })
}

/// A list: each word with a way to remove it, and a way to add one.
fn list(desk: Desk, path: Vec<usize>, id: String, field: &Field, items: &[Scalar]) -> AnyView {
    let fixed = choices(field);
    let read = {
        let fixed = fixed.clone();
        move |item: &Scalar| {
            let word = item.to_string();
            fixed.iter().find(|(w, _)| *w == word).map_or(word, |(_, text)| text.clone())
        }
    };
    let numbers = field.kind() == FieldType::Any;
    let scalar =
        move |text: &str| if numbers { loose(text) } else { Scalar::Text(text.to_owned()) };
    let chips = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let (path, focus, text) = (path.clone(), id.clone(), read(item));
            let label = format!("{} {text}", texts::REMOVE);
            view! {
                <button
                    type="button"
                    class="pick"
                    data-kind="value"
                    aria-label=label
                    on:click=move |_| {
                        desk.reshape(
                            focus.clone(),
                            |rule| {
                                if let Some(domain::policy::Condition::Test(test)) = super::tree::part_mut(
                                    &mut rule.when,
                                    &path,
                                ) && let Value::List(items) = &mut test.value && at < items.len()
                                {
                                    items.remove(at);
                                }
                            },
                        );
                    }
                >
                    {text}
                    <Icon name="cross" />
                </button>
            }
        })
        .collect_view();
    let add = {
        let focus = id.clone();
        move |text: String| {
            if text.trim().is_empty() {
                return;
            }
            let (path, item) = (path.clone(), scalar(text.trim()));
            desk.reshape(focus.clone(), |rule| {
                if let Some(domain::policy::Condition::Test(test)) =
                    super::tree::part_mut(&mut rule.when, &path)
                    && let Value::List(items) = &mut test.value
                    && !items.contains(&item)
                {
                    items.push(item);
                }
            });
        }
    };
    let adder = if fixed.is_empty() {
        let list = format!("{id}-list");
        let known = known(desk, field);
        view! {
            <input
                class="pick"
                type="text"
                id=id
                aria-label=texts::ADD_VALUE
                placeholder=texts::ADD_VALUE
                list=list.clone()
                on:change=move |event| add(event_target_value(&event))
            />
            <datalist id=list>
                {known.into_iter().map(|word| view! { <option value=word></option> }).collect_view()}
            </datalist>
        }
        .into_any()
    } else {
        let mut options = vec![(String::new(), texts::ADD_VALUE.to_owned())];
        options.extend(fixed.into_iter().map(|(word, text)| (word.to_owned(), text)));
        pick(id, texts::ADD_VALUE, false, String::new(), options, add)
    };
    view! {
        {chips}
        {adder}
    }
    .into_any()
}

/// What is asked and how, in front of what it is compared with.
pub(super) fn question(desk: Desk, path: Vec<usize>, place: &str, test: &Test) -> AnyView {
    const ATTRIBUTE: &str = "attributes.";
    let (field_id, op_id) = (format!("{place}-field"), format!("{place}-op"));
    let mut options: Vec<(String, String)> =
        Field::FIXED.iter().map(|f| (f.name().into_owned(), texts::field(f))).collect();
    options.push((ATTRIBUTE.to_owned(), texts::ATTRIBUTE.to_owned()));
    let attribute = match &test.field {
        Field::Attribute(name) => Some(name.clone()),
        _ => None,
    };
    let chosen =
        if attribute.is_some() { ATTRIBUTE.to_owned() } else { test.field.name().into_owned() };
    let (of_field, of_name, of_op) = (path.clone(), path.clone(), path);
    let (focus_field, focus_op) = (field_id.clone(), op_id.clone());
    let ops = test.field.ops().map(|op| (op.as_str().to_owned(), texts::op(op).to_owned()));
    let field = pick(field_id, texts::WHAT, false, chosen, options, move |word| {
        let field = if word == ATTRIBUTE {
            Field::Attribute("name".to_owned())
        } else {
            word.parse().unwrap_or(Field::Confidence)
        };
        desk.reshape(focus_field.clone(), |rule| {
            if let Some(domain::policy::Condition::Test(test)) =
                super::tree::part_mut(&mut rule.when, &of_field)
            {
                super::tree::ask_about(test, field);
            }
        });
    });
    let name = attribute.map(|name| {
        word(format!("{place}-name"), texts::ATTRIBUTE_NAME, name, Vec::new(), move |name| {
            desk.edit_test(&of_name, |test| test.field = Field::Attribute(name));
        })
    });
    let op =
        pick(op_id, texts::HOW, false, test.op.as_str().to_owned(), ops.collect(), move |word| {
            let Ok(op) = word.parse::<Op>() else { return };
            desk.reshape(focus_op.clone(), |rule| {
                if let Some(domain::policy::Condition::Test(test)) =
                    super::tree::part_mut(&mut rule.when, &of_op)
                {
                    compare_by(test, op);
                }
            });
        });
    view! {
        {field}
        {name}
        {op}
    }
    .into_any()
}
