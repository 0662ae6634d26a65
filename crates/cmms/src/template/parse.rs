//! The language: `${path | filter operand …}` in text, `$${` for a plain `${`.

use serde_json::Value;

use super::expression::{Expression, Operand};
use super::{Piece, filters};

/// Filters in a row that one expression may have.
const MOST_FILTERS: usize = 16;

pub(super) fn template(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        if rest[..start].ends_with('$') {
            plain.push_str(&rest[..start - 1]);
            plain.push_str("${");
            rest = &rest[start + 2..];
            continue;
        }
        plain.push_str(&rest[..start]);
        let inner = &rest[start + 2..];
        let end = closing(inner).ok_or_else(|| format!("`${{` without `}}` in `{text}`"))?;
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Hole(expression(&inner[..end])?));
        rest = &inner[end + 1..];
    }
    plain.push_str(rest);
    if !plain.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Where the closing brace is, outside quotes.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (place, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '}') => return Some(place),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

pub(super) fn expression(text: &str) -> Result<Expression, String> {
    let mut parts = pipes(text).into_iter();
    let first = parts.next().unwrap_or_default();
    let mut words = words(first)?;
    if words.len() != 1 {
        return Err(format!("one value was expected before the first `|` in `{}`", text.trim()));
    }
    let operand = operand(&words.remove(0))?;
    let mut calls = Vec::new();
    for part in parts {
        let mut words = self::words(part)?.into_iter();
        let Some(Word::Bare(name)) = words.next() else {
            return Err(format!("a filter was expected after `|` in `{}`", text.trim()));
        };
        let filter = filters::named(&name).ok_or_else(|| format!("no filter `{name}`"))?;
        let operands = words.map(|word| self::operand(&word)).collect::<Result<Vec<_>, _>>()?;
        if !filter.takes.contains(&operands.len()) {
            let (least, most) = (filter.takes.start(), filter.takes.end());
            return Err(format!("`{name}` takes {least} to {most} values, not {}", operands.len()));
        }
        calls.push((filter, operands));
    }
    if calls.len() > MOST_FILTERS {
        return Err(format!("more than {MOST_FILTERS} filters in a row"));
    }
    Ok(Expression::new(operand, calls))
}

fn pipes(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quote) = (Vec::new(), 0, None);
    for (place, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '|') => {
                parts.push(&text[start..place]);
                start = place + 1;
            }
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

enum Word {
    /// `'text'` or `"text"`.
    Quoted(String),
    /// A path, a number or a name; a segment in `"…"` keeps its odd letters.
    Bare(String),
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(&letter) = letters.peek() {
        if letter.is_whitespace() {
            letters.next();
        } else if letter == '\'' || letter == '"' {
            letters.next();
            let mut quoted = String::new();
            loop {
                match letters.next() {
                    Some(end) if end == letter => break,
                    Some(inner) => quoted.push(inner),
                    None => return Err(format!("a `{letter}` is not closed in `{}`", text.trim())),
                }
            }
            words.push(Word::Quoted(quoted));
        } else {
            let (mut bare, mut quote) = (String::new(), false);
            while let Some(&letter) = letters.peek() {
                if letter.is_whitespace() && !quote {
                    break;
                }
                quote ^= letter == '"';
                bare.push(letter);
                letters.next();
            }
            words.push(Word::Bare(bare));
        }
    }
    Ok(words)
}

fn operand(word: &Word) -> Result<Operand, String> {
    let text = match word {
        Word::Quoted(text) => return Ok(Operand::Constant(Value::String(text.clone()))),
        Word::Bare(text) => text.as_str(),
    };
    match text {
        "null" => return Ok(Operand::Constant(Value::Null)),
        "true" => return Ok(Operand::Constant(Value::Bool(true))),
        "false" => return Ok(Operand::Constant(Value::Bool(false))),
        "[]" => return Ok(Operand::Constant(Value::Array(Vec::new()))),
        _ => {}
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Operand::Constant(number.into()));
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        let number = text.parse::<f64>().map_err(|_| format!("`{text}` is no value"))?;
        return Ok(Operand::Constant(number.into()));
    }
    path(text).map(Operand::Path)
}

fn path(text: &str) -> Result<Vec<String>, String> {
    let mut segments = Vec::new();
    let (mut segment, mut quote, mut quoted) = (String::new(), false, false);
    for letter in text.chars().chain(['.']) {
        match letter {
            '"' => {
                quote = !quote;
                quoted = true;
            }
            '.' if !quote => {
                if segment.is_empty() && !quoted {
                    return Err(format!("`{text}` is no path"));
                }
                if !quoted && !segment.chars().all(is_path_letter) {
                    return Err(format!("`{segment}` in `{text}` needs quotes: \"{segment}\""));
                }
                segments.push(std::mem::take(&mut segment));
                quoted = false;
            }
            letter => segment.push(letter),
        }
    }
    if quote {
        return Err(format!("a `\"` is not closed in `{text}`"));
    }
    Ok(segments)
}

fn is_path_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-')
}

/// Whether a setting, step or map may be called that.
pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|letter| letter.is_ascii_lowercase())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
