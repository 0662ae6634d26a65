//! Checks of single values.

use super::{FieldError, limits};

/// Collects what is wrong with one message.
pub(super) struct Check {
    pub errors: Vec<FieldError>,
}

impl Check {
    pub fn fail(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(path, code, message));
    }

    /// A required value; silent where the decoder has already complained about the field.
    pub fn required<T>(&mut self, path: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.errors.iter().any(|e| e.path == path) {
            self.fail(path, "missing", "is required");
        }
        value
    }

    /// One line of text: it may reach headers, log lines and mail subjects.
    pub fn line(&mut self, path: &str, text: &str) -> Option<String> {
        let trimmed = text.trim_matches(' ');
        if trimmed.is_empty() {
            self.fail(path, "empty", "is empty");
        } else if text.len() > limits::STRING {
            self.too_long(path, limits::STRING);
        } else if text.chars().any(char::is_control) {
            self.fail(path, "control_character", "contains a line break or control character");
        } else {
            return Some(trimmed.to_owned());
        }
        None
    }

    /// Text that may have several lines.
    pub fn lines(&mut self, path: &str, text: &str, limit: usize) -> Option<String> {
        if text.len() > limit {
            self.too_long(path, limit);
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.fail(path, "control_character", "contains a control character");
        } else {
            return (!text.trim().is_empty()).then(|| text.to_owned());
        }
        None
    }

    fn too_long(&mut self, path: &str, limit: usize) {
        self.fail(path, "too_long", format!("is longer than {limit} bytes"));
    }

    /// A finite number within bounds.
    pub fn number(
        &mut self,
        path: &str,
        value: f64,
        (min, max): (f64, f64),
        code: &'static str,
    ) -> Option<f64> {
        if !value.is_finite() {
            self.fail(path, "not_finite", "is not a finite number");
        } else if value < min || value > max {
            self.fail(path, code, format!("{value} is outside {min} to {max}"));
        } else {
            return Some(value);
        }
        None
    }

    pub fn count(&mut self, path: &str, count: usize, limit: usize) {
        if count > limit {
            self.fail(path, "too_many", format!("has {count} entries, more than {limit}"));
        }
    }
}
