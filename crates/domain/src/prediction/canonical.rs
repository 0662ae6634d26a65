//! The form in which two messages are compared: typed values and UTC instants, whatever the
//! encoding, the order of the fields and the space between them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Prediction;
use crate::policy::Scalar;

impl Prediction {
    /// The bytes to hash. Equal for two messages exactly when their contents are; what depends on
    /// the time of arrival (flags, quarantine) is left out.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(512));
        out.text(&self.event_id);
        out.text(&self.asset);
        out.text(&self.failure_mode_sent);
        out.number(self.confidence);
        out.optional(self.rul_hours_sent, Writer::number);
        out.optional(self.intervention_window_hours, Writer::number);
        out.instant(self.observed_at);
        out.text(&self.model_name);
        out.optional(self.model_version.as_deref(), Writer::text);
        out.optional(self.description.as_deref(), Writer::text);
        out.optional(self.recommended_action.as_deref(), Writer::text);
        out.length(b'[', self.spare_parts.len());
        for part in &self.spare_parts {
            out.text(&part.part);
            out.optional(part.description.as_deref(), Writer::text);
            out.number(part.quantity);
        }
        out.length(b'[', self.evidence.len());
        for piece in &self.evidence {
            out.text(&piece.point);
            out.optional(piece.from, Writer::instant);
            out.optional(piece.to, Writer::instant);
        }
        out.length(b'{', self.attributes.len());
        for (name, value) in &self.attributes {
            out.text(name);
            match value {
                Scalar::Bool(b) => out.bool(*b),
                Scalar::Number(n) => out.number(*n),
                Scalar::Text(t) => out.text(t),
            }
        }
        out.length(b'{', self.extra.len());
        for (path, value) in &self.extra {
            out.text(path);
            out.value(value);
        }
        out.0
    }
}

/// Writes each value with its type and, where it has one, its length: no two contents share bytes.
struct Writer(Vec<u8>);

impl Writer {
    fn length(&mut self, kind: u8, length: usize) {
        self.0.push(kind);
        self.0.extend_from_slice(&(length as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(b's', text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, value: f64) {
        let value = if value == 0.0 { 0.0 } else { value };
        self.0.push(b'n');
        self.0.extend_from_slice(&value.to_bits().to_be_bytes());
    }

    fn bool(&mut self, value: bool) {
        self.0.extend_from_slice(&[b'b', u8::from(value)]);
    }

    fn instant(&mut self, at: DateTime<Utc>) {
        self.0.push(b't');
        self.0.extend_from_slice(&at.timestamp().to_be_bytes());
        self.0.extend_from_slice(&at.timestamp_subsec_nanos().to_be_bytes());
    }

    fn optional<T>(&mut self, value: Option<T>, write: fn(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.0.push(b'0'),
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.push(b'0'),
            Value::Bool(b) => self.bool(*b),
            Value::Number(n) => self.number(n.as_f64().unwrap_or(0.0)),
            Value::String(s) => self.text(s),
            Value::Array(items) => {
                self.length(b'[', items.len());
                items.iter().for_each(|item| self.value(item));
            }
            Value::Object(fields) => {
                self.length(b'{', fields.len());
                let mut sorted: Vec<_> = fields.iter().collect();
                sorted.sort_by_key(|(name, _)| *name);
                for (name, value) in sorted {
                    self.text(name);
                    self.value(value);
                }
            }
        }
    }
}
