//! Calls: signed in, sent once, read, and repeated only where nothing can have happened.

use std::time::Duration;

use serde_json::{Map, Value};

use super::ManifestClient;
use super::heard::{Heard, StepError, hear};
use super::outgoing::Unwritable;
use super::session::Pass;
use crate::manifest::{Class, Step};
use crate::template::{Scope, Template, TemplateError};

/// Whether a call is part of logging in, and so carries no log-in itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    LogIn,
    Call,
}

impl ManifestClient {
    pub(super) fn time(&self) -> Value {
        Value::String((self.now)().to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }

    /// What every template may use.
    pub(super) fn names<'a>(&'a self, now: &'a Value) -> [(&'a str, &'a Value); 5] {
        [
            ("settings", &self.settings),
            ("secret", &self.secrets),
            ("maps", &self.maps),
            ("fields", &self.fields),
            ("now", now),
        ]
    }

    /// Runs steps in order; gives what they kept, by step.
    pub(super) async fn run(
        &self,
        steps: &[Step],
        extra: &[(&str, &Value)],
    ) -> Result<Value, StepError> {
        let now = self.time();
        let names = self.names(&now);
        let base = Scope::of(&names);
        let base = base.with_all(extra);
        let mut kept = Map::new();
        for step in steps {
            let snapshot = Value::Object(kept.clone());
            let scope = base.with("steps", &snapshot);
            if let Some(when) = &step.when
                && !when.holds(&scope).map_err(StepError::template)?
            {
                continue;
            }
            let values = match &step.each {
                None => {
                    let heard = self.call(step, &scope, None).await?;
                    self.kept(&step.keep, &scope, &heard)?
                }
                Some(each) => {
                    let items = items(each, &scope)?;
                    let mut all = Vec::with_capacity(items.len());
                    for item in &items {
                        let scope = scope.with(&each.name, item);
                        let heard = self.call(step, &scope, None).await?;
                        all.push(self.kept(&step.keep, &scope, &heard)?);
                    }
                    Value::Array(all)
                }
            };
            kept.insert(step.name.clone(), values);
        }
        Ok(Value::Object(kept))
    }

    /// What a step keeps of an answer.
    pub(super) fn kept(
        &self,
        keep: &std::collections::BTreeMap<String, Template>,
        scope: &Scope<'_>,
        heard: &Heard,
    ) -> Result<Value, StepError> {
        let (headers, status) = (heard.header_values(), Value::from(heard.status));
        let names = [
            ("answer", &heard.body),
            ("text", &heard.text),
            ("headers", &headers),
            ("status", &status),
        ];
        let scope = scope.with_all(&names);
        let mut kept = Map::new();
        for (name, template) in keep {
            let value =
                template.value(&scope).map_err(|error| StepError::unreadable(error.to_string()))?;
            if !value.is_null() {
                kept.insert(name.clone(), value);
            }
        }
        Ok(Value::Object(kept))
    }

    /// Whether something holds for an answer.
    pub(super) fn holds(
        &self,
        expression: &crate::template::Expression,
        scope: &Scope<'_>,
        heard: &Heard,
    ) -> Result<bool, StepError> {
        self.look(expression, scope, heard).map(|value| crate::template::truthy(&value))
    }

    /// The value of an expression over an answer.
    pub(super) fn look(
        &self,
        expression: &crate::template::Expression,
        scope: &Scope<'_>,
        heard: &Heard,
    ) -> Result<Value, StepError> {
        let (headers, status) = (heard.header_values(), Value::from(heard.status));
        let names = [
            ("answer", &heard.body),
            ("text", &heard.text),
            ("headers", &headers),
            ("status", &status),
        ];
        expression
            .value(&scope.with_all(&names))
            .map_err(|error| StepError::unreadable(error.to_string()))
    }

    /// Makes a step's call; `link` replaces its path and query. Only what certainly changed nothing
    /// is repeated, once: an expired log-in and a write token that is not accepted.
    pub(super) async fn call(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        link: Option<&str>,
    ) -> Result<Heard, StepError> {
        let _place = self.places.acquire().await.map_err(|_| StepError::new(None, "closed"))?;
        let write = step.writes();
        let signs_in = self.manifest.auth.session.is_some() || self.manifest.auth.oauth2.is_some();
        let mut repeated = false;
        loop {
            self.pace.enter().map_err(StepError::wait)?;
            let pass =
                self.pass(write).await.map_err(|error| StepError { unsent: true, ..error })?;
            let outcome = self.once_at(step, scope, Kind::Call, &pass, link).await;
            let Err(error) = &outcome else { return outcome };
            if error.class == Some(Class::RateLimited) {
                self.pace.close(error.retry_after.unwrap_or(Duration::from_secs(1)));
            }
            match error.class {
                Some(Class::SessionExpired | Class::Unauthorised) if signs_in && !repeated => {
                    self.forget(pass.generation).await;
                }
                Some(Class::Csrf) if !repeated => self.forget_csrf().await,
                _ => return outcome,
            }
            repeated = true;
        }
    }

    pub(super) async fn once(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        kind: Kind,
        pass: &Pass,
    ) -> Result<Heard, StepError> {
        match self.once_at(step, scope, kind, pass, None).await {
            Err(error)
                if kind == Kind::LogIn
                    && matches!(
                        error.class,
                        Some(Class::Final | Class::Missing | Class::Unknown)
                    ) =>
            {
                let class = if error.class == Some(Class::Unknown) {
                    Class::Transient
                } else {
                    Class::Unauthorised
                };
                Err(StepError { class: Some(class), unsent: true, ..error })
            }
            outcome => outcome,
        }
    }

    pub(super) async fn once_at(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        kind: Kind,
        pass: &Pass,
        link: Option<&str>,
    ) -> Result<Heard, StepError> {
        if let Some(statement) = &step.sql {
            return self.asked(step, statement, scope).await;
        }
        let signed = scope.with("session", &pass.values);
        let outgoing = self.outgoing(step, &signed, kind, pass, link).map_err(|why| match why {
            Unwritable::Template(error) => StepError::template(error),
            Unwritable::Address(what) => {
                StepError { unsent: true, ..StepError::new(Some(Class::Final), what) }
            }
        })?;
        let body = outgoing.body.as_deref().unwrap_or_default();
        let watched = self.begin(&step.name, kind, outgoing.method.as_str(), body).await?;
        let outcome = match self.gate.send(outgoing).await {
            Ok(answer) => {
                if kind == Kind::Call {
                    self.keep_cookies(&answer.headers).await;
                }
                let (heard, unreadable) = hear(answer, step.answer);
                let judged = self.judge(step, scope, &heard, unreadable);
                judged.map_err(|error| (Some(heard.status), error)).map(|()| heard)
            }
            Err(failure) => Err((None, failure.into())),
        };
        self.end(watched, &outcome);
        outcome.map_err(|(_, error)| error)
    }
}

/// The items of a loop.
pub(super) fn items(
    each: &crate::manifest::Each,
    scope: &Scope<'_>,
) -> Result<Vec<Value>, StepError> {
    let items = match each.of.value(scope).map_err(StepError::template)? {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let most = usize::from(each.at_most);
    if items.len() > most {
        return Err(StepError::template(TemplateError::TooMany { found: items.len(), most }));
    }
    Ok(items)
}

/// Seconds, given as a number or its text.
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(number).ok()
}
