//! A decoded tree, between an encoding and the fields of a prediction.

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    /// May be infinite or not a number: the field that holds it complains.
    Number(f64),
    Text(String),
    /// Text whose type its place decides: what an XML element holds.
    Untyped(String),
    List(Vec<Node>),
    /// In order, names as often as they occur.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The entries of a list; in XML an element whose children all have one name.
    pub(super) fn into_list(self, xml: bool) -> Result<Vec<Self>, Self> {
        match self {
            Self::List(items) => Ok(items),
            Self::Untyped(text) if text.trim().is_empty() => Ok(Vec::new()),
            Self::Map(parts) if xml && parts.iter().all(|(name, _)| *name == parts[0].0) => {
                Ok(parts.into_iter().map(|(_, node)| node).collect())
            }
            other => Err(other),
        }
    }

    /// What the value is, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) | Self::Untyped(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }

    /// As kept for a field nobody knows. XML text takes the type it looks like.
    pub(super) fn into_json(self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(b),
            Self::Number(n) => number(n),
            Self::Text(text) => Value::String(text),
            Self::Untyped(text) => match untyped(&text) {
                Self::Bool(b) => Value::Bool(b),
                Self::Number(n) => number(n),
                _ => Value::String(text),
            },
            Self::List(items) => items.into_iter().map(Self::into_json).collect(),
            Self::Map(parts) => {
                parts.into_iter().map(|(name, node)| (name, node.into_json())).collect()
            }
        }
    }
}

fn number(n: f64) -> serde_json::Value {
    serde_json::Number::from_f64(n).map_or(serde_json::Value::Null, serde_json::Value::Number)
}

/// The typed value an XML text looks like: true, false, a number as JSON writes it, else text.
pub(super) fn untyped(text: &str) -> Node {
    match text.trim() {
        "true" => Node::Bool(true),
        "false" => Node::Bool(false),
        trimmed => match super::json::number(trimmed) {
            Some(n) => Node::Number(n),
            None => Node::Text(text.to_owned()),
        },
    }
}
