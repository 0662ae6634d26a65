//! Decoding of messages: bytes to [`RawPrediction`], whatever the encoding.
//!
//! What makes the bytes unreadable is a [`DecodeError`] for the whole message. What is wrong with
//! single fields is listed in [`RawPrediction::problems`], so that validation can answer with
//! everything at once.

mod fields;
pub mod json;
mod node;
pub mod xml;

pub use domain::prediction::RawPrediction;

/// Most predictions in one message.
pub const BATCH: usize = 1_000;

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// One prediction.
    One(Box<RawPrediction>),
    /// `{"predictions": […]}`, in order.
    Batch(Vec<RawPrediction>),
}

/// Why bytes cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// Not JSON.
    MalformedJson,
    /// Not XML, or not of the shape a message has.
    MalformedXml,
    /// A document type declaration.
    DtdForbidden,
    /// Nested deeper than 32.
    TooDeep,
    /// Not UTF-8, or half of a surrogate pair.
    InvalidEncoding,
    /// More than 1 000 predictions.
    BatchTooLarge,
}

impl DecodeErrorKind {
    /// Stable code for error answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::MalformedXml => "malformed_xml",
            Self::DtdForbidden => "dtd_forbidden",
            Self::TooDeep => "too_deep",
            Self::InvalidEncoding => "invalid_encoding",
            Self::BatchTooLarge => "batch_too_large",
        }
    }

    /// HTTP status of the answer.
    pub const fn status(self) -> u16 {
        match self {
            Self::BatchTooLarge => 413,
            _ => 400,
        }
    }
}

/// Bytes that cannot be read, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct DecodeError {
    /// What kind of error.
    pub kind: DecodeErrorKind,
    /// For people.
    pub message: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl DecodeError {
    fn at(kind: DecodeErrorKind, message: impl Into<String>, bytes: &[u8], offset: usize) -> Self {
        let before = &bytes[..offset.min(bytes.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        Self {
            kind,
            message: message.into(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

fn message(node: node::Node, xml: bool, bytes: &[u8]) -> Result<Message, DecodeError> {
    let node::Node::Map(mut parts) = node else {
        return Ok(Message::One(Box::new(fields::prediction(node, xml))));
    };
    if parts.len() != 1 || parts[0].0 != "predictions" {
        return Ok(Message::One(Box::new(fields::prediction(node::Node::Map(parts), xml))));
    }
    let items = match parts.remove(0).1.into_list(xml) {
        Ok(items) => items,
        Err(other) => {
            let node = node::Node::Map(vec![("predictions".to_owned(), other)]);
            return Ok(Message::One(Box::new(fields::prediction(node, xml))));
        }
    };
    if items.len() > BATCH {
        let message = format!("{} predictions, more than {BATCH}", items.len());
        return Err(DecodeError::at(DecodeErrorKind::BatchTooLarge, message, bytes, 0));
    }
    Ok(Message::Batch(items.into_iter().map(|item| fields::prediction(item, xml)).collect()))
}
