//! JSON, read strictly: no comments, no trailing commas, no byte order mark, at most 32 deep.
//!
//! Written out because the answer must tell apart what a general reader folds into one error, and
//! name the field that holds a number too large for any machine.

use domain::prediction::limits;

use super::node::Node;
use super::{DecodeError, DecodeErrorKind, Message, RawPrediction, fields};

/// Reads one prediction.
///
/// # Errors
/// When the bytes are not JSON, not UTF-8 or nested too deep.
pub fn decode(bytes: &[u8]) -> Result<RawPrediction, DecodeError> {
    Ok(fields::prediction(parse(bytes)?, false))
}

/// Reads one prediction, or a batch.
///
/// # Errors
/// As [`decode`], and when a batch is too large.
pub fn decode_message(bytes: &[u8]) -> Result<Message, DecodeError> {
    super::message(parse(bytes)?, false, bytes)
}

/// A number exactly as JSON writes it; infinite when it is too large.
pub(super) fn number(text: &str) -> Option<f64> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0 };
    let value = parser.number().ok()?;
    (parser.at == text.len()).then_some(value)
}

pub(super) fn parse(bytes: &[u8]) -> Result<Node, DecodeError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let kind = DecodeErrorKind::InvalidEncoding;
        DecodeError::at(kind, "is not UTF-8", bytes, error.valid_up_to())
    })?;
    let mut parser = Parser { text, bytes, at: 0 };
    parser.space();
    let node = parser.value(0)?;
    parser.space();
    if parser.at < bytes.len() {
        return Err(parser.malformed("unexpected text after the end"));
    }
    Ok(node)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn fail(&self, kind: DecodeErrorKind, message: &str) -> DecodeError {
        DecodeError::at(kind, message, self.bytes, self.at)
    }

    fn malformed(&self, message: &str) -> DecodeError {
        self.fail(DecodeErrorKind::MalformedJson, message)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str) -> bool {
        let there = self.bytes[self.at..].starts_with(word.as_bytes());
        self.at += if there { word.len() } else { 0 };
        there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, DecodeError> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= limits::DEPTH => {
                let message = format!("is nested deeper than {}", limits::DEPTH);
                Err(self.fail(DecodeErrorKind::TooDeep, &message))
            }
            Some(b'{') => self.map(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => Ok(Node::Text(self.string()?)),
            _ if self.word("null") => Ok(Node::Null),
            _ if self.word("true") => Ok(Node::Bool(true)),
            _ if self.word("false") => Ok(Node::Bool(false)),
            _ if self.word("NaN") => Ok(Node::Number(f64::NAN)),
            _ if self.word("Infinity") => Ok(Node::Number(f64::INFINITY)),
            _ if self.word("-Infinity") => Ok(Node::Number(f64::NEG_INFINITY)),
            Some(b'-' | b'0'..=b'9') => Ok(Node::Number(self.number()?)),
            Some(_) => Err(self.malformed("expected a value")),
            None => Err(self.malformed("ends where a value is expected")),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Node, DecodeError> {
        self.at += 1;
        let mut parts = Vec::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Node::Map(parts));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.malformed("expected a field name"));
            }
            let name = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err(self.malformed("expected a colon"));
            }
            self.space();
            parts.push((name, self.value(depth)?));
            self.space();
            if self.eat(b'}') {
                return Ok(Node::Map(parts));
            }
            if !self.eat(b',') {
                return Err(self.malformed("expected a comma or the end of the object"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, DecodeError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Node::List(items));
        }
        loop {
            self.space();
            items.push(self.value(depth)?);
            self.space();
            if self.eat(b']') {
                return Ok(Node::List(items));
            }
            if !self.eat(b',') {
                return Err(self.malformed("expected a comma or the end of the list"));
            }
        }
    }

    fn digits(&mut self) -> Result<(), DecodeError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.malformed("expected a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<f64, DecodeError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits()?;
        }
        self.text[start..self.at].parse().map_err(|_| self.malformed("expected a number"))
    }

    fn string(&mut self) -> Result<String, DecodeError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1F)) {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.malformed("control character in text")),
                None => return Err(self.malformed("ends inside text")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, DecodeError> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.peek() else {
            return Err(self.malformed("ends inside text"));
        };
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                let code = match high {
                    0xD800..=0xDBFF if self.word("\\u") => {
                        let low = self.hex()?;
                        if !(0xDC00..=0xDFFF).contains(&low) {
                            self.at = start;
                            return Err(self.lone());
                        }
                        0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                    }
                    other => other,
                };
                match char::from_u32(code) {
                    Some(c) => c,
                    None => {
                        self.at = start;
                        return Err(self.lone());
                    }
                }
            }
            _ => {
                self.at = start;
                return Err(self.malformed("unknown escape"));
            }
        })
    }

    fn lone(&self) -> DecodeError {
        self.fail(DecodeErrorKind::InvalidEncoding, "half of a surrogate pair")
    }

    fn hex(&mut self) -> Result<u32, DecodeError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.malformed("expected four hexadecimal digits"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
