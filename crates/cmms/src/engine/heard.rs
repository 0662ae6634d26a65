//! What came back, sorted by how certain we are.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::ManifestClient;
use crate::egress::{Answer, Failure};
use crate::manifest::{AnswerKind, Class, Step};
use crate::template::{Scope, Template, TemplateError};
use crate::xml;

/// Why a step did not do what it should.
#[derive(Debug, Clone)]
pub(super) struct StepError {
    /// What the refusal means; `None` when there was no readable answer.
    pub(super) class: Option<Class>,
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
    /// It is certain that this call changed nothing.
    pub(super) unsent: bool,
}

impl StepError {
    pub(super) fn new(class: Option<Class>, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), retry_after: None, unsent: false }
    }

    /// A template that cannot be rendered: the same order fails again.
    pub(super) fn template(error: TemplateError) -> Self {
        Self { unsent: true, ..Self::new(Some(Class::Final), error.to_string()) }
    }

    /// A log-in that was not accepted.
    pub(super) fn log_in(status: u16, why: String) -> Self {
        let class = match status {
            429 => Class::RateLimited,
            500.. => Class::Transient,
            _ => Class::Unauthorised,
        };
        Self { unsent: true, ..Self::new(Some(class), format!("log-in: {why}")) }
    }

    pub(super) fn unreadable(what: impl Into<String>) -> Self {
        Self::new(Some(Class::Unknown), what)
    }

    pub(super) fn wait(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            unsent: true,
            ..Self::new(Some(Class::RateLimited), "waiting as asked")
        }
    }
}

impl From<Failure> for StepError {
    fn from(failure: Failure) -> Self {
        Self { unsent: failure.is_unsent(), ..Self::new(None, failure.to_string()) }
    }
}

/// A readable answer.
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: Value,
}

impl Heard {
    pub(super) fn header_values(&self) -> Value {
        let pairs = self.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), Value::from(value.to_str().ok()?)))
        });
        Value::Object(pairs.collect())
    }
}

impl ManifestClient {
    /// Sorts an answer: rules of the manifest, then the usual meaning of its status.
    pub(super) fn judge(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        heard: &Heard,
        unreadable: Option<String>,
    ) -> Result<(), StepError> {
        if let Some(refused) = self.ruled(scope, heard)? {
            return Err(refused);
        }
        if step.expect.status.contains(heard.status) {
            if let Some(why) = unreadable {
                return Err(StepError::unreadable(format!("unexpected answer: {why}")));
            }
            if heard.body.is_null()
                && heard.status == 200
                && step.answer != AnswerKind::Text
                && !step.keep.is_empty()
            {
                return Err(StepError::unreadable("unexpected answer: it is empty"));
            }
            return match &step.expect.that {
                Some(that) if !self.holds(that, scope, heard)? => {
                    let said = self.refusal(scope, heard);
                    let what = format!("step `{}`: unexpected answer: {said}", step.name);
                    Err(StepError::new(Some(step.expect.otherwise), what))
                }
                _ => Ok(()),
            };
        }
        let class = match heard.status {
            401 | 403 => Class::Unauthorised,
            404 => Class::Missing,
            429 => Class::RateLimited,
            408 => Class::Unknown,
            400..=499 => Class::Final,
            _ => Class::Unknown,
        };
        let retry_after = self.retry_after(heard).filter(|_| class == Class::RateLimited);
        Err(StepError { retry_after, ..StepError::new(Some(class), self.refusal(scope, heard)) })
    }

    /// What the first matching rule of the manifest says.
    pub(super) fn ruled(
        &self,
        scope: &Scope<'_>,
        heard: &Heard,
    ) -> Result<Option<StepError>, StepError> {
        for rule in &self.manifest.errors {
            if !rule.status.is_empty() && !rule.status.contains(heard.status) {
                continue;
            }
            if let Some(when) = &rule.when
                && !self.holds(when, scope, heard)?
            {
                continue;
            }
            let message = match &rule.message {
                Some(template) => self.said(template, scope, heard),
                None => self.refusal(scope, heard),
            };
            let asked = rule.retry_after.as_ref().and_then(|one| self.look(one, scope, heard).ok());
            let retry_after =
                asked.as_ref().and_then(super::call::seconds).or_else(|| self.retry_after(heard));
            let refused = StepError::new(Some(rule.class), message);
            return Ok(Some(StepError { retry_after, ..refused }));
        }
        Ok(None)
    }

    fn refusal(&self, scope: &Scope<'_>, heard: &Heard) -> String {
        let said = self.manifest.refusal.as_ref().map(|template| self.said(template, scope, heard));
        match said.filter(|text| !text.is_empty()) {
            Some(text) => format!("status {}: {text}", heard.status),
            None => format!("status {}", heard.status),
        }
    }

    fn said(&self, template: &Template, scope: &Scope<'_>, heard: &Heard) -> String {
        let (headers, status) = (heard.header_values(), Value::from(heard.status));
        let names = [
            ("answer", &heard.body),
            ("text", &heard.text),
            ("headers", &headers),
            ("status", &status),
        ];
        self.scrubber.clean(&template.text(&scope.with_all(&names)).unwrap_or_default())
    }

    fn retry_after(&self, heard: &Heard) -> Option<Duration> {
        let text = heard.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = chrono::DateTime::parse_from_rfc2822(text).ok()?.to_utc();
        Some((until - (self.now)()).to_std().unwrap_or_default())
    }
}

/// An answer as a value, and why it could not be read as what it should be.
pub(super) fn hear(answer: Answer, kind: AnswerKind) -> (Heard, Option<String>) {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let page = answer
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    let read = match kind {
        _ if text.trim().is_empty() => Ok(Value::Null),
        AnswerKind::Json => serde_json::from_str(&text).map_err(|error| {
            if page { "a web page".to_owned() } else { format!("no JSON ({error})") }
        }),
        AnswerKind::Xml => xml::read(&text).map_err(|error| {
            if page { "a web page".to_owned() } else { format!("no XML ({error})") }
        }),
        AnswerKind::Text | AnswerKind::Nothing if page => Err("a web page".to_owned()),
        AnswerKind::Text | AnswerKind::Nothing => Ok(Value::Null),
    };
    let (body, unreadable) = match read {
        Ok(body) => (body, None),
        Err(why) => (Value::Null, Some(why)),
    };
    (
        Heard { status: answer.status, headers: answer.headers, body, text: Value::String(text) },
        unreadable,
    )
}
