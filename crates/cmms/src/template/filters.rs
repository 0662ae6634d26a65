//! What may be done to a value. Every filter is total: what it cannot use is an error or null.

use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{LONGEST_TEXT, Scope, TemplateError, plain, time, truthy};

type Apply = fn(Value, &[Value], &Scope<'_>) -> Result<Value, TemplateError>;

/// One filter.
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) takes: RangeInclusive<usize>,
    pub(super) apply: Apply,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

pub(super) fn named(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

macro_rules! filters {
    ($($name:literal $takes:expr => $apply:expr;)*) => {
        static FILTERS: &[Filter] = &[$(Filter { name: $name, takes: $takes, apply: $apply }),*];
    };
}

filters! {
    "default" 1..=1 => |v, o, _| Ok(if v.is_null() || v == "" { o[0].clone() } else { v });
    "or" 1..=1 => |v, o, _| Ok(if truthy(&v) { v } else { o[0].clone() });
    "then" 1..=2 => |v, o, _| Ok(if truthy(&v) { o[0].clone() } else { o.get(1).cloned().unwrap_or(Value::Null) });
    "not" 0..=0 => |v, _, _| Ok(Value::Bool(!truthy(&v)));
    "and" 1..=1 => |v, o, _| Ok(Value::Bool(truthy(&v) && truthy(&o[0])));
    "eq" 1..=1 => |v, o, _| Ok(Value::Bool(same(&v, &o[0])));
    "ne" 1..=1 => |v, o, _| Ok(Value::Bool(!same(&v, &o[0])));
    "gt" 1..=1 => |v, o, _| Ok(Value::Bool(matches!((decimal(&v), decimal(&o[0])), (Some(a), Some(b)) if a > b)));
    "lt" 1..=1 => |v, o, _| Ok(Value::Bool(matches!((decimal(&v), decimal(&o[0])), (Some(a), Some(b)) if a < b)));
    "in" 1..=12 => |v, o, _| Ok(Value::Bool(o.iter().any(|one| same(&v, one))));
    "contains" 1..=1 => contains;
    "starts" 1..=1 => |v, o, _| Ok(Value::Bool(plain(&v).starts_with(&plain(&o[0]))));

    "string" 0..=0 => |v, _, _| Ok(if v.is_null() { v } else { Value::String(plain(&v)) });
    "int" 0..=0 => |v, _, _| Ok(decimal(&v).map_or(Value::Null, |n| Value::from(n as i64)));
    "number" 0..=0 => |v, _, _| Ok(decimal(&v).map_or(Value::Null, Value::from));
    "bool" 0..=0 => |v, _, _| Ok(Value::Bool(truthy(&v)));
    "plus" 1..=1 => |v, o, _| arithmetic("plus", &v, &o[0], |a, b| a + b);
    "times" 1..=1 => |v, o, _| arithmetic("times", &v, &o[0], |a, b| a * b);
    "divide" 1..=1 => |v, o, _| arithmetic("divide", &v, &o[0], |a, b| a / b);

    "upper" 0..=0 => |v, _, _| text(v, |t| t.to_uppercase());
    "lower" 0..=0 => |v, _, _| text(v, |t| t.to_lowercase());
    "trim" 0..=0 => |v, _, _| text(v, |t| t.trim().to_owned());
    "truncate" 1..=1 => |v, o, _| { let most = size(&o[0]); text(v, |t| truncate(t, most)) };
    "tail" 1..=1 => |v, o, _| { let most = size(&o[0]); text(v, |t| tail(t, most)) };
    "fit" 1..=1 => fit;
    "prefix" 1..=1 => |v, o, _| text(v, |t| format!("{}{t}", plain(&o[0])));
    "suffix" 1..=1 => |v, o, _| text(v, |t| format!("{t}{}", plain(&o[0])));
    "replace" 2..=2 => |v, o, _| text(v, |t| t.replace(&plain(&o[0]), &plain(&o[1])));
    "before" 1..=1 => |v, o, _| text(v, |t| t.split(&plain(&o[0])).next().unwrap_or_default().to_owned());
    "after" 1..=1 => |v, o, _| Ok(plain(&v).split_once(&plain(&o[0])).map_or(Value::Null, |(_, rest)| rest.into()));
    "after_last" 1..=1 => |v, o, _| text(v, |t| t.rsplit(&plain(&o[0])).next().unwrap_or_default().to_owned());
    "split" 1..=1 => |v, o, _| Ok(plain(&v).split(&plain(&o[0])).filter(|t| !t.is_empty()).map(Value::from).collect());
    "html" 0..=0 => |v, _, _| text(v, html);
    "xml" 0..=0 => |v, _, _| text(v, |t| quick_xml::escape::escape(t).into_owned());
    "odata" 0..=0 => |v, _, _| text(v, |t| t.replace('\'', "''"));
    "quoted" 0..=0 => |v, _, _| text(v, |t| t.replace('\\', "\\\\").replace('"', "\\\""));
    "plain" 0..=0 => |v, _, _| text(v, strip_tags);
    "base64" 0..=0 => |v, _, _| text(v, |t| STANDARD.encode(t));
    "unbase64" 0..=0 => |v, _, _| Ok(STANDARD.decode(plain(&v)).ok().and_then(|b| String::from_utf8(b).ok()).map_or(Value::Null, Value::String));
    "json" 0..=0 => |v, _, _| Ok(Value::String(v.to_string()));
    "parse_json" 0..=0 => |v, _, _| Ok(serde_json::from_str(&plain(&v)).unwrap_or(Value::Null));

    "first" 0..=0 => |v, _, _| Ok(list(v).into_iter().next().unwrap_or(Value::Null));
    "last" 0..=0 => |v, _, _| Ok(list(v).pop().unwrap_or(Value::Null));
    "get" 1..=1 => |v, o, _| Ok(get(&v, &plain(&o[0])));
    "count" 0..=0 => |v, _, _| Ok(Value::from(list(v).len()));
    "is_list" 0..=0 => |v, _, _| Ok(Value::Bool(v.is_array()));
    "list" 0..=0 => |v, _, _| Ok(Value::Array(list(v)));
    "flatten" 0..=0 => |v, _, _| Ok(list(v).into_iter().flat_map(list).collect());
    "join" 1..=1 => |v, o, _| Ok(Value::String(list(v).iter().map(plain).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(&plain(&o[0]))));
    "pluck" 1..=1 => |v, o, _| { let key = plain(&o[0]); Ok(list(v).iter().map(|item| get(item, &key)).filter(|one| !one.is_null()).collect()) };
    "where" 2..=2 => |v, o, _| { let key = plain(&o[0]); Ok(list(v).into_iter().filter(|item| same(&get(item, &key), &o[1])).collect()) };
    "find" 2..=2 => |v, o, _| { let key = plain(&o[0]); Ok(list(v).into_iter().find(|item| same(&get(item, &key), &o[1])).unwrap_or(Value::Null)) };
    "sum" 0..=1 => sum;
    "rows" 1..=1 => |v, o, _| Ok(rows(&list(o[0].clone()), list(v)));

    "map" 1..=2 => map;
    "time" 0..=2 => |v, o, _| time::read(&v, o);
    "date" 1..=2 => |v, o, _| time::write(&v, o);
    "epoch" 0..=0 => |v, _, _| time::epoch(&v, 1);
    "epoch_ms" 0..=0 => |v, _, _| time::epoch(&v, 1_000);
    "hours_since" 1..=1 => |v, o, _| time::hours_between(&o[0], &v);
    "minus_seconds" 1..=1 => |v, o, _| time::minus_seconds(&v, &o[0]);
}

/// Equal, a number being equal to its text.
fn same(a: &Value, b: &Value) -> bool {
    a == b || (!a.is_null() && !b.is_null() && plain(a) == plain(b))
}

pub(super) fn decimal(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        _ => None,
    }
}

fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

fn arithmetic(
    filter: &'static str,
    a: &Value,
    b: &Value,
    of: fn(f64, f64) -> f64,
) -> Result<Value, TemplateError> {
    if a.is_null() || b.is_null() {
        return Ok(a.clone());
    }
    match (decimal(a), decimal(b)) {
        (Some(a), Some(b)) if of(a, b).is_finite() => Ok(number(of(a, b))),
        _ => Err(unfit(filter, if decimal(a).is_none() { a } else { b })),
    }
}

pub(super) fn unfit(filter: &'static str, value: &Value) -> TemplateError {
    let found = match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        one => format!("`{}`", truncate(&plain(one), 40)),
    };
    TemplateError::Unfit { filter, found }
}

/// Works on text; null stays null.
fn text(value: Value, of: impl Fn(&str) -> String) -> Result<Value, TemplateError> {
    if value.is_null() {
        return Ok(value);
    }
    let text = of(&plain(&value));
    if text.len() > LONGEST_TEXT { Err(TemplateError::TooLong) } else { Ok(Value::String(text)) }
}

fn size(value: &Value) -> usize {
    value
        .as_u64()
        .and_then(|n| usize::try_from(n).ok())
        .or_else(|| plain(value).parse().ok())
        .unwrap_or(usize::MAX)
}

/// At most so many letters, the last one a sign that there were more.
fn truncate(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn tail(text: &str, most: usize) -> String {
    let letters = text.chars().count();
    text.chars().skip(letters.saturating_sub(most)).collect()
}

/// Cut to the length the field catalogue gives, where the catalogue allows cutting.
fn fit(value: Value, operands: &[Value], scope: &Scope<'_>) -> Result<Value, TemplateError> {
    let field = scope.find("fields").map(|fields| get(fields, &plain(&operands[0])));
    let most = field.as_ref().and_then(|field| field.get("length")).map(size);
    match most {
        Some(most) => text(value, |t| truncate(t, most)),
        None => Ok(value),
    }
}

fn contains(value: Value, operands: &[Value], _: &Scope<'_>) -> Result<Value, TemplateError> {
    Ok(Value::Bool(match &value {
        Value::Array(list) => list.iter().any(|item| same(item, &operands[0])),
        other => plain(other).to_lowercase().contains(&plain(&operands[0]).to_lowercase()),
    }))
}

fn html(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| format!("<p>{}</p>", quick_xml::escape::escape(line.trim())))
        .collect();
    lines.concat()
}

fn strip_tags(text: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for letter in text.chars() {
        match letter {
            '<' => {
                inside = true;
                if !out.is_empty() && !out.ends_with(char::is_whitespace) {
                    out.push(' ');
                }
            }
            '>' if inside => inside = false,
            ' ' if !inside && out.ends_with(' ') => {}
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    let out = out
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    out.trim().to_owned()
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn get(value: &Value, path: &str) -> Value {
    let mut value = value;
    for key in path.split('.') {
        let next = match value {
            Value::Object(map) => map.get(key),
            Value::Array(list) => key.parse::<usize>().ok().and_then(|place| list.get(place)),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return Value::Null,
        }
    }
    value.clone()
}

/// Sum of the items, or of one key of them; null when there is none.
fn sum(value: Value, operands: &[Value], _: &Scope<'_>) -> Result<Value, TemplateError> {
    let key = operands.first().map(plain);
    let mut total = None;
    for item in list(value) {
        let one = key.as_ref().map_or_else(|| item.clone(), |key| get(&item, key));
        if one.is_null() {
            continue;
        }
        let one = decimal(&one).ok_or_else(|| unfit("sum", &one))?;
        total = Some(total.unwrap_or(0.0) + one);
    }
    Ok(total.map_or(Value::Null, number))
}

/// Lists of values into objects, by a list of names.
fn rows(names: &[Value], rows: Vec<Value>) -> Value {
    let names: Vec<String> = names.iter().map(plain).collect();
    rows.into_iter()
        .map(|row| Value::Object(names.iter().cloned().zip(list(row)).collect::<Map<_, _>>()))
        .collect()
}

/// Through a value map; the second operand is for values it does not know.
fn map(value: Value, operands: &[Value], scope: &Scope<'_>) -> Result<Value, TemplateError> {
    if value.is_null() {
        return Ok(value);
    }
    let table = scope.find("maps").and_then(|maps| maps.get(plain(&operands[0])));
    let found = table.and_then(|table| table.get(plain(&value)));
    Ok(found.or_else(|| operands.get(1)).cloned().unwrap_or(Value::Null))
}
