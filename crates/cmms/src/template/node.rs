//! Bodies: YAML trees whose texts are templates. A key whose value is null is left out.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess};
use serde_json::{Map, Value};

use super::{Expression, LONGEST_TEXT, Scope, Template, TemplateError, plain};

/// The longest list a counted loop may walk.
const MOST_ITEMS: usize = 1_000;

/// What a body gave.
pub type Rendered = Result<Value, TemplateError>;

/// A tree of templates.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Text with `${…}`, a number or a yes/no.
    Text(Template),
    /// A null that is sent.
    Null,
    /// A list.
    List(Vec<Node>),
    /// Names and values, in order.
    Map(Vec<(Template, Node)>),
    /// `$each`: one value per item, at most so many.
    Each {
        /// The list.
        of: Expression,
        /// What an item is called.
        name: String,
        /// The longest list it takes.
        at_most: usize,
        /// The value.
        value: Box<Node>,
    },
    /// `$if`: one of two values.
    If {
        /// The question.
        when: Expression,
        /// When yes.
        then: Box<Node>,
        /// When no.
        otherwise: Option<Box<Node>>,
    },
    /// `$json`: the tree as JSON in a text.
    Json(Box<Node>),
}

impl Node {
    /// The value.
    ///
    /// # Errors
    /// When a template in it fails, or a list is too long.
    pub fn value(&self, scope: &Scope<'_>) -> Rendered {
        Ok(self.render(scope)?.unwrap_or(Value::Null))
    }

    /// `None` for what is left out.
    fn render(&self, scope: &Scope<'_>) -> Result<Option<Value>, TemplateError> {
        Ok(match self {
            Self::Text(template) => Some(template.value(scope)?).filter(|value| !value.is_null()),
            Self::Null => Some(Value::Null),
            Self::List(nodes) => {
                let items = nodes.iter().map(|node| node.render(scope));
                Some(Value::Array(items.filter_map(Result::transpose).collect::<Result<_, _>>()?))
            }
            Self::Map(entries) => {
                let mut map = Map::new();
                for (key, node) in entries {
                    if let Some(value) = node.render(scope)? {
                        map.insert(key.text(scope)?, value);
                    }
                }
                Some(Value::Object(map))
            }
            Self::Each { of, name, at_most, value } => {
                let list = match of.value(scope)? {
                    Value::Array(list) => list,
                    Value::Null => return Ok(None),
                    one => vec![one],
                };
                if list.len() > *at_most {
                    return Err(TemplateError::TooMany { found: list.len(), most: *at_most });
                }
                let mut items = Vec::with_capacity(list.len());
                for (place, item) in list.iter().enumerate() {
                    let place = Value::from(place);
                    let inner = scope.with("place", &place);
                    items.extend(value.render(&inner.with(name, item))?);
                }
                Some(Value::Array(items)).filter(|_| !list.is_empty())
            }
            Self::If { when, then, otherwise } => match (when.holds(scope)?, otherwise) {
                (true, _) => then.render(scope)?,
                (false, Some(node)) => node.render(scope)?,
                (false, None) => None,
            },
            Self::Json(node) => {
                let text = node.value(scope)?.to_string();
                if text.len() > LONGEST_TEXT {
                    return Err(TemplateError::TooLong);
                }
                Some(Value::String(text))
            }
        })
    }

    /// A flat list of names and texts, for query strings and forms; a list repeats its name.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub(crate) fn pairs(&self, scope: &Scope<'_>) -> Result<Vec<(String, String)>, TemplateError> {
        let mut pairs = Vec::new();
        if let Value::Object(map) = self.value(scope)? {
            for (key, value) in map {
                match value {
                    Value::Array(list) => {
                        pairs.extend(list.iter().map(|item| (key.clone(), plain(item))));
                    }
                    value => pairs.push((key, plain(&value))),
                }
            }
        }
        Ok(pairs)
    }

    /// Every expression in it.
    pub(crate) fn walk<'a>(
        &'a self,
        bound: &mut Vec<&'a str>,
        see: &mut dyn FnMut(&'a Expression, &[&'a str]),
    ) {
        match self {
            Self::Text(template) => template.expressions().for_each(|one| see(one, bound)),
            Self::Null => {}
            Self::List(nodes) => nodes.iter().for_each(|node| node.walk(bound, see)),
            Self::Map(entries) => {
                for (key, node) in entries {
                    key.expressions().for_each(|one| see(one, bound));
                    node.walk(bound, see);
                }
            }
            Self::Each { of, name, value, .. } => {
                see(of, bound);
                bound.extend([name.as_str(), "place"]);
                value.walk(bound, see);
                bound.truncate(bound.len() - 2);
            }
            Self::If { when, then, otherwise } => {
                see(when, bound);
                then.walk(bound, see);
                if let Some(node) = otherwise {
                    node.walk(bound, see);
                }
            }
            Self::Json(node) => node.walk(bound, see),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, a list or names with values")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Template::parse(text).map(Node::Text).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(super::constant(Value::Bool(value))))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(super::constant(value.into())))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(super::constant(value.into())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Text(super::constant(value.into())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = items.next_element()? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        while let Some(key) = items.next_key::<String>()? {
            if entries.iter().any(|(known, _)| *known == key) {
                return Err(de::Error::custom(format!("`{key}` is given twice")));
            }
            entries.push((key, items.next_value()?));
        }
        special(entries).map_err(de::Error::custom)
    }
}

/// Recognises `$each`, `$if` and `$json` among the entries.
fn special(mut entries: Vec<(String, Node)>) -> Result<Node, String> {
    let Some(word) = entries
        .iter()
        .map(|(key, _)| key.as_str())
        .find(|key| key.starts_with('$') && matches!(*key, "$each" | "$if" | "$json"))
    else {
        let keyed =
            entries.into_iter().map(|(key, node)| Template::parse(&key).map(|key| (key, node)));
        return keyed.collect::<Result<_, _>>().map(Node::Map);
    };
    let word = word.to_owned();
    let mut take = |name: &str| {
        entries.iter().position(|(key, _)| key == name).map(|place| entries.swap_remove(place).1)
    };
    let node = match word.as_str() {
        "$each" => {
            let of = expression(take("$each"), "$each")?;
            let name = text(take("as")).filter(|name| super::is_name(name));
            let name = name.ok_or("`$each` needs `as`, the name of an item")?;
            let at_most = number(take("at_most")).filter(|most| (1..=MOST_ITEMS).contains(most));
            let at_most = at_most.ok_or_else(|| {
                format!("`$each` is unbounded: it needs `at_most`, 1 to {MOST_ITEMS}")
            })?;
            let value = Box::new(take("do").ok_or("`$each` needs `do`")?);
            Node::Each { of, name, at_most, value }
        }
        "$if" => {
            let when = expression(take("$if"), "$if")?;
            let then = Box::new(take("then").ok_or("`$if` needs `then`")?);
            Node::If { when, then, otherwise: take("else").map(Box::new) }
        }
        _ => Node::Json(Box::new(take("$json").ok_or("`$json` needs a value")?)),
    };
    match entries.first() {
        Some((key, _)) => Err(format!("`{word}` does not know `{key}`")),
        None => Ok(node),
    }
}

fn expression(node: Option<Node>, word: &str) -> Result<Expression, String> {
    match node {
        Some(Node::Text(Template { pieces })) => match <[super::Piece; 1]>::try_from(pieces) {
            Ok([super::Piece::Hole(expression)]) => Ok(expression),
            _ => Err(format!("`{word}` needs one `${{…}}`")),
        },
        _ => Err(format!("`{word}` needs one `${{…}}`")),
    }
}

fn text(node: Option<Node>) -> Option<String> {
    let Some(Node::Text(template)) = node else { return None };
    match template.pieces.as_slice() {
        [super::Piece::Text(text)] => Some(text.clone()),
        _ => None,
    }
}

fn number(node: Option<Node>) -> Option<usize> {
    let Some(Node::Text(template)) = node else { return None };
    let nothing = Value::Null;
    template.value(&Scope::new("", &nothing)).ok()?.as_u64().and_then(|n| usize::try_from(n).ok())
}
