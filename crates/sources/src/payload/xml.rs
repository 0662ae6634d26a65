//! XML with the names of the JSON form: `<prediction><event_id>…</event_id>…</prediction>`, or
//! `<predictions>` of them. Lists hold one element per entry, whatever its name; an attribute
//! whose name is no XML name is written `<attribute name="…">`. Text takes the type its place
//! wants; in `attributes` the type it looks like, or what `type="string|number|boolean"` says.
//! A document type declaration is refused, so no entity is ever fetched or expanded.

use domain::prediction::limits;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::node::{Node, untyped};
use super::{DecodeError, DecodeErrorKind, Message, RawPrediction, fields};

/// Reads one prediction.
///
/// # Errors
/// When the bytes are not XML, not UTF-8, nested too deep or carry a DTD.
pub fn decode(bytes: &[u8]) -> Result<RawPrediction, DecodeError> {
    Ok(fields::prediction(parse(bytes)?.1, true))
}

/// Reads one prediction, or a batch.
///
/// # Errors
/// As [`decode`], and when a batch is too large.
pub fn decode_message(bytes: &[u8]) -> Result<Message, DecodeError> {
    match parse(bytes)? {
        (name, node) if name == "predictions" => {
            super::message(Node::Map(vec![(name, node)]), true, bytes)
        }
        (_, node) => Ok(Message::One(Box::new(fields::prediction(node, true)))),
    }
}

/// One element that has begun.
struct Open {
    name: String,
    kind: Option<String>,
    text: String,
    children: Vec<(String, Node)>,
}

fn parse(bytes: &[u8]) -> Result<(String, Node), DecodeError> {
    let fail = |kind, message: &str, at: u64| {
        DecodeError::at(kind, message, bytes, usize::try_from(at).unwrap_or(usize::MAX))
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        fail(DecodeErrorKind::InvalidEncoding, "is not UTF-8", error.valid_up_to() as u64)
    })?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let malformed = |message: &str| fail(DecodeErrorKind::MalformedXml, message, at);
        let closed = match event.map_err(|error| {
            fail(DecodeErrorKind::MalformedXml, &error.to_string(), reader.error_position())
        })? {
            Event::DocType(_) => {
                let message = "document type declarations are not accepted";
                return Err(fail(DecodeErrorKind::DtdForbidden, message, at));
            }
            Event::Start(tag) | Event::Empty(tag) if root.is_some() && open.is_empty() => {
                let name = tag.name();
                return Err(malformed(&format!("a second root element <{}>", name.as_ref())));
            }
            Event::Start(tag) => {
                if open.len() >= limits::DEPTH {
                    let message = format!("is nested deeper than {}", limits::DEPTH);
                    return Err(fail(DecodeErrorKind::TooDeep, &message, at));
                }
                open.push(begin(&tag).map_err(|message| malformed(&message))?);
                continue;
            }
            Event::Empty(tag) => begin(&tag).map_err(|message| malformed(&message))?,
            Event::End(_) => match open.pop() {
                Some(element) => element,
                None => return Err(malformed("an end without a start")),
            },
            Event::Text(text) => {
                add(&mut open, &text.xml10_content()).map_err(malformed)?;
                continue;
            }
            Event::CData(text) => {
                add(&mut open, &text.xml10_content()).map_err(malformed)?;
                continue;
            }
            Event::GeneralRef(reference) => {
                let c = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c,
                    Ok(None) => predefined(&reference.xml10_content())
                        .ok_or_else(|| malformed("an entity that is not known"))?,
                    Err(_) => return Err(malformed("a character reference to no character")),
                };
                add(&mut open, c.encode_utf8(&mut [0; 4])).map_err(malformed)?;
                continue;
            }
            Event::Decl(declaration) => {
                let utf8 = match declaration.encoding() {
                    None => true,
                    Some(Ok(name)) => name.eq_ignore_ascii_case("utf-8"),
                    Some(Err(_)) => false,
                };
                if !utf8 {
                    let message = "only UTF-8 is accepted";
                    return Err(fail(DecodeErrorKind::InvalidEncoding, message, at));
                }
                continue;
            }
            Event::Comment(_) | Event::PI(_) => continue,
            Event::Eof => {
                return match root {
                    Some(root) if open.is_empty() => Ok(root),
                    Some(_) | None => Err(malformed("ends too early")),
                };
            }
        };
        let (name, node) = end(closed).map_err(malformed)?;
        match open.last_mut() {
            Some(parent) => parent.children.push((name, node)),
            None => root = Some((name, node)),
        }
    }
}

fn begin(tag: &BytesStart<'_>) -> Result<Open, String> {
    let mut name = tag.local_name().as_ref().to_owned();
    let mut kind = None;
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        match attribute.key.as_ref() {
            "name" if name == "attribute" => name = value.into_owned(),
            "type" => kind = Some(value.into_owned()),
            key if key == "xmlns" || key.starts_with("xmlns:") || key.starts_with("xsi:") => {}
            key => return Err(format!("<{name}> has an attribute {key} that is not known")),
        }
    }
    Ok(Open { name, kind, text: String::new(), children: Vec::new() })
}

fn end(element: Open) -> Result<(String, Node), &'static str> {
    let Open { name, kind, text, children } = element;
    if !children.is_empty() {
        if !text.trim().is_empty() {
            return Err("text between elements");
        }
        return Ok((name, Node::Map(children)));
    }
    let node = match kind.as_deref() {
        None => Node::Untyped(text),
        Some("string") => Node::Text(text),
        Some("number") => match untyped(&text) {
            Node::Number(n) => Node::Number(n),
            _ => return Err("type says number, the text is none"),
        },
        Some("boolean") => match untyped(&text) {
            Node::Bool(b) => Node::Bool(b),
            _ => return Err("type says boolean, the text is neither true nor false"),
        },
        Some(_) => return Err("type is string, number or boolean"),
    };
    Ok((name, node))
}

fn add(open: &mut [Open], text: &str) -> Result<(), &'static str> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err("text outside the root element"),
    }
    Ok(())
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}
