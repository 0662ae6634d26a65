use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Class, Params, Statement, Statuses};
use crate::template::{Expression, Node, Template};

/// One call of an operation: HTTP below `path`, or a statement of SQL.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name; what it keeps is `steps.NAME`.
    pub name: String,
    /// HTTP method.
    #[serde(default)]
    pub method: Verb,
    /// Path below the address; inserted values are escaped.
    pub path: Option<Template>,
    /// SQL; its answer is `answer.rows` and `answer.count`.
    pub sql: Option<Statement>,
    /// Values of the SQL.
    #[serde(default)]
    pub with: Params,
    /// Query parameters; one that is null is left out.
    pub query: Option<Node>,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// A JSON body.
    pub json: Option<Node>,
    /// A form body.
    pub form: Option<Node>,
    /// An XML body.
    pub xml: Option<Node>,
    /// Bytes, given as base64.
    pub bytes: Option<Template>,
    /// A multipart body with one file.
    pub file: Option<FilePart>,
    /// Content type of the body, where it is not the usual one.
    pub content_type: Option<Template>,
    /// Only when this holds.
    pub when: Option<Expression>,
    /// Once per item.
    pub each: Option<Each>,
    /// What a good answer looks like.
    #[serde(default)]
    pub expect: Expect,
    /// How the answer is read.
    #[serde(default)]
    pub answer: AnswerKind,
    /// What is kept of the answer.
    #[serde(default)]
    pub keep: BTreeMap<String, Template>,
    /// How to see that it has been done already.
    pub already: Option<Box<Already>>,
    /// Doing it twice is the same as once.
    #[serde(default)]
    pub repeatable: bool,
}

impl Step {
    /// Whether it may change something.
    pub fn writes(&self) -> bool {
        match &self.sql {
            Some(statement) => statement.writes(),
            None => self.method != Verb::Get,
        }
    }

    /// A GET of a path, signed in like any other call, whose answer nobody reads.
    pub(crate) fn plain_get(path: Template) -> Self {
        Self {
            name: "get".to_owned(),
            method: Verb::Get,
            path: Some(path),
            sql: None,
            with: Params::new(),
            query: None,
            headers: BTreeMap::new(),
            json: None,
            form: None,
            xml: None,
            bytes: None,
            file: None,
            content_type: None,
            when: None,
            each: None,
            expect: Expect::default(),
            answer: AnswerKind::Nothing,
            keep: BTreeMap::new(),
            already: None,
            repeatable: true,
        }
    }
}

/// A file in a multipart body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePart {
    /// The part's name.
    pub part: String,
    /// File name.
    pub name: Template,
    /// Content type.
    pub content_type: Template,
    /// Base64.
    pub content: Template,
}

/// HTTP method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// Reads.
    #[default]
    Get,
    /// Writes.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

/// A counted loop over calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// The list.
    pub of: Expression,
    /// What an item is called.
    #[serde(rename = "as")]
    pub name: String,
    /// The longest list it takes.
    pub at_most: u16,
}

/// What a good answer looks like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Its status.
    pub status: Statuses,
    /// And this holds.
    pub that: Option<Expression>,
    /// What it means when that does not hold.
    pub otherwise: Class,
}

impl Default for Expect {
    fn default() -> Self {
        Self { status: Statuses::of(&[200, 201, 202, 204]), that: None, otherwise: Class::Unknown }
    }
}

/// How an answer is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// As JSON.
    #[default]
    Json,
    /// As XML.
    Xml,
    /// As text, in `text`.
    Text,
    /// Not at all.
    Nothing,
}

/// How to see that a step has been done already.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Already {
    /// A reading call.
    pub step: Step,
    /// It has been done when this holds.
    pub when: Expression,
    /// What is kept then.
    #[serde(default)]
    pub keep: BTreeMap<String, Template>,
}
