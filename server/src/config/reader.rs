use std::path::PathBuf;
use std::str::FromStr;

use super::layers::{Layers, Origin, Said};
use super::{Problem, Secret};

/// Hands out the values by key and type, and collects every problem instead of stopping at one.
#[derive(Debug)]
pub(super) struct Reader {
    layers: Layers,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(layers: Layers, problems: Vec<Problem>) -> Self {
        Self { layers, problems }
    }

    pub(super) fn problem(&mut self, key: &str, what: impl Into<String>) {
        self.problems.push(Problem::new(key, what));
    }

    /// A text, which may be a number or whatever else reads itself from text.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, expected: &str) -> Option<T> {
        let said = self.layers.remove(key)?;
        let text = match &said.value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Table(_) | toml::Value::Array(_) => String::new(),
            other => other.to_string(),
        };
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.expected(key, &said, expected);
        }
        parsed
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let text: Option<String> = self.parsed(key, "a text");
        match text {
            Some(text) if text.is_empty() => {
                self.problem(key, "is empty");
                None
            }
            text => text,
        }
    }

    pub(super) fn secret(&mut self, key: &str) -> Option<Secret> {
        self.text(key).map(Secret::new)
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.parsed(key, "true or false")
    }

    /// A path; a relative one in the file starts at the folder of the file.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        let origin = self.layers.get(key).map(|said| said.origin.clone());
        let path = PathBuf::from(self.text(key)?);
        match origin {
            Some(Origin::File(file)) => {
                Some(file.parent().map_or_else(|| path.clone(), |folder| folder.join(&path)))
            }
            _ => Some(path),
        }
    }

    /// A list: an array in the file, separated by commas elsewhere.
    pub(super) fn list<T: FromStr>(&mut self, key: &str, expected: &str) -> Option<Vec<T>> {
        let said = self.layers.remove(key)?;
        let texts: Vec<String> = match &said.value {
            toml::Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect(),
            toml::Value::String(text) => text
                .split(',')
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
                .collect(),
            _ => {
                self.expected(key, &said, &format!("a list, each {expected}"));
                return None;
            }
        };
        let mut items = Vec::with_capacity(texts.len());
        for text in texts {
            match text.parse() {
                Ok(item) => items.push(item),
                Err(_) => self.expected(key, &said, &format!("{expected}, not {text:?},")),
            }
        }
        Some(items)
    }

    /// Every value nobody asked for is a problem of its own.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        for (key, said) in std::mem::take(&mut self.layers) {
            let what = format!("is not a key of Millwright ({})", said.origin);
            self.problems.push(Problem::new(&key, what));
        }
        self.problems
    }

    fn expected(&mut self, key: &str, said: &Said, expected: &str) {
        self.problem(key, format!("{expected} is expected ({})", said.origin));
    }
}
