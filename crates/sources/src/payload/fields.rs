//! From a decoded tree to the fields of a prediction. Nothing is coerced; what does not fit is
//! listed with its path.

use std::collections::{BTreeMap, HashSet};

use domain::policy::Scalar;
use domain::prediction::{FieldError, RawEvidence, RawModel, RawPrediction, RawSparePart};

use super::node::{Node, untyped};

pub(super) fn prediction(node: Node, xml: bool) -> RawPrediction {
    let mut walk = Walk { xml, problems: Vec::new(), unknown: BTreeMap::new() };
    let mut raw = RawPrediction::default();
    for (name, node) in walk.map("", node) {
        match name.as_str() {
            "event_id" => raw.event_id = walk.text(&name, node),
            "asset" => raw.asset = walk.text(&name, node),
            "failure_mode" => raw.failure_mode = walk.text(&name, node),
            "confidence" => raw.confidence = walk.number(&name, node),
            "rul_hours" => raw.rul_hours = walk.number(&name, node),
            "intervention_window_hours" => {
                raw.intervention_window_hours = walk.number(&name, node);
            }
            "observed_at" => raw.observed_at = walk.text(&name, node),
            "model" => raw.model = walk.model(node),
            "description" => raw.description = walk.text(&name, node),
            "recommended_action" => raw.recommended_action = walk.text(&name, node),
            "spare_parts" => {
                raw.spare_parts = walk.list(&name, node, |walk, path, node| {
                    let mut part = RawSparePart::default();
                    for (name, node) in walk.map(path, node) {
                        let path = format!("{path}.{name}");
                        match name.as_str() {
                            "part" => part.part = walk.text(&path, node),
                            "description" => part.description = walk.text(&path, node),
                            "quantity" => part.quantity = walk.number(&path, node),
                            _ => walk.unknown(path, node),
                        }
                    }
                    part
                });
            }
            "evidence" => {
                raw.evidence = walk.list(&name, node, |walk, path, node| {
                    let mut piece = RawEvidence::default();
                    for (name, node) in walk.map(path, node) {
                        let path = format!("{path}.{name}");
                        match name.as_str() {
                            "point" => piece.point = walk.text(&path, node),
                            "from" => piece.from = walk.text(&path, node),
                            "to" => piece.to = walk.text(&path, node),
                            _ => walk.unknown(path, node),
                        }
                    }
                    piece
                });
            }
            "attributes" => raw.attributes = walk.attributes(node),
            _ => walk.unknown(name, node),
        }
    }
    raw.problems = walk.problems;
    raw.unknown = walk.unknown;
    raw
}

struct Walk {
    xml: bool,
    problems: Vec<FieldError>,
    unknown: BTreeMap<String, serde_json::Value>,
}

impl Walk {
    fn wrong(&mut self, path: &str, wanted: &str, node: &Node) {
        let message = format!("must be {wanted}, is {}", node.kind());
        self.problems.push(FieldError::new(path, "wrong_type", message));
    }

    fn not_finite(&mut self, path: &str) {
        self.problems.push(FieldError::new(path, "not_finite", "is not a finite number"));
    }

    fn unknown(&mut self, path: String, node: Node) {
        self.unknown.insert(path, node.into_json());
    }

    /// The fields of an object, each once.
    fn map(&mut self, path: &str, node: Node) -> Vec<(String, Node)> {
        match node {
            Node::Map(parts) => {
                let mut seen = HashSet::with_capacity(parts.len());
                let mut once = Vec::with_capacity(parts.len());
                for (name, node) in parts {
                    if seen.insert(name.clone()) {
                        once.push((name, node));
                    } else {
                        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                        self.problems.push(FieldError::new(
                            path,
                            "duplicate_field",
                            "occurs twice",
                        ));
                    }
                }
                once
            }
            Node::Null => Vec::new(),
            Node::Untyped(text) if text.trim().is_empty() => Vec::new(),
            other => {
                self.wrong(path, "an object", &other);
                Vec::new()
            }
        }
    }

    fn list<T>(
        &mut self,
        path: &str,
        node: Node,
        mut read: impl FnMut(&mut Self, &str, Node) -> T,
    ) -> Vec<T> {
        if node == Node::Null {
            return Vec::new();
        }
        match node.into_list(self.xml) {
            Ok(items) => (0..)
                .zip(items)
                .map(|(i, item): (usize, Node)| read(self, &format!("{path}[{i}]"), item))
                .collect(),
            Err(other) => {
                self.wrong(path, "a list", &other);
                Vec::new()
            }
        }
    }

    fn text(&mut self, path: &str, node: Node) -> Option<String> {
        match node {
            Node::Text(text) => Some(text),
            Node::Untyped(text) => (!text.is_empty()).then_some(text),
            Node::Null => None,
            other => {
                self.wrong(path, "text", &other);
                None
            }
        }
    }

    fn number(&mut self, path: &str, node: Node) -> Option<f64> {
        let value = match node {
            Node::Number(n) => n,
            Node::Null => return None,
            Node::Untyped(text) if text.trim().is_empty() => return None,
            Node::Untyped(text) => match untyped(&text) {
                Node::Number(n) => n,
                _ => return self.no_number(path, Node::Untyped(text)),
            },
            other => return self.no_number(path, other),
        };
        if value.is_finite() {
            return Some(value);
        }
        self.not_finite(path);
        None
    }

    fn no_number(&mut self, path: &str, node: Node) -> Option<f64> {
        match &node {
            Node::Text(text) | Node::Untyped(text)
                if text.trim().parse::<f64>().is_ok_and(|n| !n.is_finite()) =>
            {
                self.not_finite(path);
            }
            other => self.wrong(path, "a number", other),
        }
        None
    }

    fn model(&mut self, node: Node) -> RawModel {
        let mut model = RawModel::default();
        for (name, node) in self.map("model", node) {
            let path = format!("model.{name}");
            match name.as_str() {
                "name" => model.name = self.text(&path, node),
                "version" => model.version = self.text(&path, node),
                _ => self.unknown(path, node),
            }
        }
        model
    }

    fn attributes(&mut self, node: Node) -> BTreeMap<String, Scalar> {
        let mut attributes = BTreeMap::new();
        for (name, node) in self.map("attributes", node) {
            let path = format!("attributes.{name}");
            let node = match node {
                Node::Untyped(text) => untyped(&text),
                node => node,
            };
            let value = match node {
                Node::Bool(b) => Scalar::Bool(b),
                Node::Number(n) if n.is_finite() => Scalar::Number(n),
                Node::Number(_) => {
                    self.not_finite(&path);
                    continue;
                }
                Node::Text(text) => Scalar::Text(text),
                Node::Null => continue,
                other => {
                    self.wrong(&path, "text, a number, true or false", &other);
                    continue;
                }
            };
            attributes.insert(name, value);
        }
        attributes
    }
}
