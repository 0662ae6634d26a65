//! A step that is SQL: its values typed, its answer read as any other.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::ManifestClient;
use super::call::Kind;
use super::heard::{Heard, StepError};
use crate::manifest::{Class, Param, Params, Role, Statement, Step};
use crate::sql::{Bound, Failure, Login, Question};
use crate::template::{Scope, TemplateError, plain, truthy};

impl ManifestClient {
    /// A step that is SQL; a future of its own, for the drivers' are deep.
    pub(super) fn asked<'a>(
        &'a self,
        step: &'a Step,
        statement: &'a Statement,
        scope: &'a Scope<'a>,
    ) -> BoxFuture<'a, Result<Heard, StepError>> {
        Box::pin(async move {
            let text = statement.text(|place| format!(":{place}"));
            let word = text.split_whitespace().next().unwrap_or_default().to_uppercase();
            let values = values(statement, &step.with, scope)?;
            let payload = format!("{text}\n{values:?}");
            let watched = self.begin(&step.name, Kind::Call, &word, payload.as_bytes()).await?;
            let outcome = match self.ask(statement, values, scope).await {
                Ok(heard) => {
                    let judged = self.judge(step, scope, &heard, None);
                    judged.map_err(|error| (None, error)).map(|()| heard)
                }
                Err(error) => Err((None, error)),
            };
            self.end(watched, &outcome);
            outcome.map_err(|(_, error)| error)
        })
    }

    /// Asks the database once.
    async fn ask(
        &self,
        statement: &Statement,
        values: Vec<Bound>,
        scope: &Scope<'_>,
    ) -> Result<Heard, StepError> {
        let missing = || StepError::unreadable("no database");
        let (sql, database) = (self.manifest.sql.as_ref(), self.database.as_ref());
        let (sql, database) = (sql.ok_or_else(missing)?, database.ok_or_else(missing)?);
        let role = match &sql.writer {
            Some(writer) if statement.writes() => writer,
            _ => &sql.reader,
        };
        let login = self.login(role, scope).map_err(StepError::template)?;
        let question = Question { statement, values };
        match database.ask(sql, &login, &question).await {
            Ok(found) => Ok(heard(200, json!({"rows": found.rows, "count": found.count}))),
            Err(failure) => Err(self.failed(failure, scope)?),
        }
    }

    /// Shows that the role that writes is accepted too, where there is one.
    pub(super) fn connect_writer(&self) -> BoxFuture<'_, Result<(), StepError>> {
        Box::pin(async move {
            let Some((sql, database)) = self.manifest.sql.as_ref().zip(self.database.as_ref())
            else {
                return Ok(());
            };
            let Some(writer) = &sql.writer else { return Ok(()) };
            let now = self.time();
            let names = self.names(&now);
            let scope = Scope::of(&names);
            let login = self.login(writer, &scope).map_err(StepError::template)?;
            match database.log_in(sql, &login, true).await {
                Ok(()) => Ok(()),
                Err(failure) => Err(self.failed(failure, &scope)?),
            }
        })
    }

    fn login(&self, role: &Role, scope: &Scope<'_>) -> Result<Login, TemplateError> {
        Ok(Login {
            user: role.user.text(scope)?,
            password: role.password.text(scope)?,
            settings: self.settings.clone(),
        })
    }

    /// What a failure means: by the manifest's rules, then by its SQLSTATE.
    fn failed(&self, failure: Failure, scope: &Scope<'_>) -> Result<StepError, StepError> {
        let message = self.scrubber.clean(&failure.to_string());
        let plain = |class, unsent| StepError { unsent, ..StepError::new(class, message.clone()) };
        Ok(match &failure {
            Failure::NotSent(_) => plain(None, true),
            Failure::Unauthorised(_) => plain(Some(Class::Unauthorised), true),
            Failure::Unknown(_) => plain(Some(Class::Unknown), false),
            Failure::Refused { state, number, message: said } => {
                let heard = heard(400, json!({"code": state, "number": number, "message": said}));
                match self.ruled(scope, &heard)? {
                    Some(ruled) => ruled,
                    None => plain(Some(failure.class()), false),
                }
            }
        })
    }
}

fn heard(status: u16, body: Value) -> Heard {
    Heard { status, headers: HeaderMap::new(), body, text: Value::Null }
}

/// The values of a statement, in their order; those that do not fit their type are the order's fault.
fn values(
    statement: &Statement,
    with: &Params,
    scope: &Scope<'_>,
) -> Result<Vec<Bound>, StepError> {
    let values = statement.names().map(|name| match with.get(name) {
        Some(param) => bound(param, scope),
        None => Ok(Bound::Text(None)),
    });
    values.collect::<Result<_, _>>().map_err(StepError::template)
}

/// A value as its type says; what is not there is null.
fn bound(param: &Param, scope: &Scope<'_>) -> Result<Bound, TemplateError> {
    let value = param.template().value(scope)?;
    let unfit = |filter| TemplateError::Unfit { filter, found: format!("`{}`", plain(&value)) };
    let text = Some(plain(&value)).filter(|_| !value.is_null());
    let given = text.as_ref().filter(|text| !text.is_empty());
    Ok(match param {
        Param::Text(_) => Bound::Text(text),
        Param::Int(_) => {
            Bound::Int(given.map(|text| text.parse().map_err(|_| unfit("int"))).transpose()?)
        }
        Param::Number(_) => {
            Bound::Number(given.map(|text| text.parse().map_err(|_| unfit("number"))).transpose()?)
        }
        Param::Bool(_) => Bound::Bool(given.map(|_| truthy(&value))),
        Param::Time(_) => Bound::Time(
            given
                .map(|text| text.parse::<DateTime<Utc>>().map_err(|_| unfit("time")))
                .transpose()?,
        ),
    })
}
