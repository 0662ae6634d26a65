//! XML answers as values, so that one kind of path reads every answer, and values as XML bodies.
//! Element names lose their prefix; attributes are `@name`, text beside them is `#text`, repeated
//! elements are lists.

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// Deepest answer that is read.
const DEEPEST: usize = 64;

/// Reads a document. Document type declarations are refused.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().trim_text(false);
    let mut stack: Vec<(String, Map<String, Value>)> = vec![(String::new(), Map::new())];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                if stack.len() > DEEPEST {
                    return Err("too deep".to_owned());
                }
                stack.push((name(&start), attributes(&start)?));
            }
            Event::Empty(start) => {
                let element = (name(&start), attributes(&start)?);
                close(&mut stack, element);
            }
            Event::End(_) => {
                let element =
                    stack.pop().filter(|_| !stack.is_empty()).ok_or("an end without a start")?;
                close(&mut stack, element);
            }
            Event::Text(text) => append(&mut stack, &text),
            Event::CData(data) => append(&mut stack, &data),
            Event::GeneralRef(reference) => {
                let whole = format!("&{};", &*reference);
                let text =
                    quick_xml::escape::unescape(&whole).map_err(|error| error.to_string())?;
                append(&mut stack, &text);
            }
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    match stack.pop() {
        Some((_, root)) if stack.is_empty() && !root.is_empty() => Ok(Value::Object(root)),
        _ => Err("the document ends in the middle".to_owned()),
    }
}

fn name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

fn attributes(start: &BytesStart<'_>) -> Result<Map<String, Value>, String> {
    let mut map = Map::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.local_name().as_ref().to_owned();
        if attribute.key.as_ref().starts_with("xmlns") {
            continue;
        }
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|e| e.to_string())?;
        map.insert(format!("@{key}"), Value::String(value.into_owned()));
    }
    Ok(map)
}

fn append(stack: &mut [(String, Map<String, Value>)], text: &str) {
    if let Some((_, map)) = stack.last_mut() {
        if text.trim().is_empty() && !map.contains_key("#text") {
            return;
        }
        match map.get_mut("#text") {
            Some(Value::String(known)) => known.push_str(text),
            _ => drop(map.insert("#text".to_owned(), text.into())),
        }
    }
}

fn close(
    stack: &mut [(String, Map<String, Value>)],
    (name, mut map): (String, Map<String, Value>),
) {
    if let Some(Value::String(text)) = map.get_mut("#text") {
        *text = text.trim().to_owned();
    }
    let value = match map.len() {
        0 => Value::Null,
        1 if map.contains_key("#text") => map.remove("#text").unwrap_or_default(),
        _ => Value::Object(map),
    };
    let Some((_, outer)) = stack.last_mut() else { return };
    match outer.get_mut(&name) {
        Some(Value::Array(list)) => list.push(value),
        Some(known) => *known = Value::Array(vec![known.take(), value]),
        None => drop(outer.insert(name, value)),
    }
}

/// Writes a value: names are elements, `@name` attributes, `#text` text, lists repeat.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    if let Value::Object(map) = value {
        for (name, value) in map {
            element(&mut out, name, value);
        }
    }
    out
}

fn element(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| element(out, name, item)),
        Value::Object(map) => {
            out.push_str(&format!("<{name}"));
            for (key, value) in map.iter().filter(|(key, _)| key.starts_with('@')) {
                out.push_str(&format!(
                    " {}=\"{}\"",
                    &key[1..],
                    escape(crate::template::plain(value))
                ));
            }
            out.push('>');
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with('@')) {
                match key.as_str() {
                    "#text" => out.push_str(&escape(crate::template::plain(value))),
                    _ => element(out, key, value),
                }
            }
            out.push_str(&format!("</{name}>"));
        }
        Value::Null => out.push_str(&format!("<{name}/>")),
        plain => {
            out.push_str(&format!("<{name}>{}</{name}>", escape(crate::template::plain(plain))))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_envelope_reads_as_a_tree() {
        let text = "<s:Envelope xmlns:s=\"urn:x\"><s:Body><r id=\"7\"><n>A &amp; B</n><p>1</p><p>2</p><e/></r></s:Body></s:Envelope>";
        assert_eq!(
            read(text).unwrap(),
            json!({"Envelope": {"Body": {"r": {"@id": "7", "n": "A & B", "p": ["1", "2"], "e": null}}}})
        );
    }

    #[test]
    fn what_was_written_is_read_back() {
        let value =
            json!({"a": {"@k": "\"<", "b": ["1", "x & y"], "c": {"#text": "t", "@z": "1"}}});
        assert_eq!(read(&write(&value)).unwrap(), value);
    }

    #[test]
    fn entities_and_cut_documents_are_refused() {
        assert!(
            read("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>").is_err()
        );
        assert!(read("<a>&x;</a>").is_err());
        assert!(read("<a><b>").is_err());
        assert!(read("").is_err());
        assert!(read(&"<a>".repeat(100)).is_err());
    }
}
