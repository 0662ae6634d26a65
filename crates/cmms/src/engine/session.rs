//! What has to be known before a call can be signed in: a log-in, a write token, cookies.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ManifestClient;
use super::call::Kind;
use super::heard::StepError;
use super::watch::during;
use crate::manifest::{Grant, OAuth2, Place};
use crate::template::{Expression, Scope, Template};

/// A log-in that expires in less than this is renewed first.
const MARGIN: Duration = Duration::from_secs(20);

#[derive(Default)]
pub(super) struct Session {
    /// What the log-in kept; null before it.
    pub(super) values: Value,
    until: Option<Instant>,
    csrf: Option<String>,
    cookies: BTreeMap<String, String>,
    /// Counts log-ins.
    generation: u64,
}

/// What a call needs of the session.
pub(super) struct Pass {
    pub(super) values: Value,
    pub(super) csrf: Option<String>,
    pub(super) cookie: Option<String>,
    pub(super) generation: u64,
}

impl Session {
    fn pass(&self, write: bool) -> Pass {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Pass {
            values: self.values.clone(),
            csrf: self.csrf.clone().filter(|_| write),
            cookie: Some(cookies.join("; ")).filter(|text| !text.is_empty()),
            generation: self.generation,
        }
    }

    fn fresh(&self) -> bool {
        !self.values.is_null() && self.until.is_none_or(|until| until > Instant::now())
    }
}

impl ManifestClient {
    /// What a call needs, after logging in and fetching a token where that is due.
    pub(super) async fn pass(&self, write: bool) -> Result<Pass, StepError> {
        let auth = &self.manifest.auth;
        if auth.session.is_none() && auth.oauth2.is_none() && auth.csrf.is_none() && !auth.cookies {
            return Ok(Session::default().pass(write));
        }
        let mut session = self.session.lock().await;
        if (auth.session.is_some() || auth.oauth2.is_some()) && !session.fresh() {
            self.log_in(&mut session).await?;
        }
        if write && session.csrf.is_none() && auth.csrf.is_some() {
            self.fetch_csrf(&mut session).await?;
        }
        Ok(session.pass(write))
    }

    /// Forgets a log-in that the CMMS no longer accepts, unless somebody has renewed it meanwhile.
    pub(super) async fn forget(&self, generation: u64) {
        let mut session = self.session.lock().await;
        if session.generation == generation {
            let generation = session.generation + 1;
            *session = Session { generation, ..Session::default() };
        }
    }

    /// Logs out, where there is a log-in and the system wants that. Whoever calls afterwards logs in
    /// anew; a log-out that fails leaves the session to expire.
    pub async fn log_out(&self) {
        let Some(login) = self.manifest.auth.session.as_ref() else { return };
        let pass = {
            let mut session = self.session.lock().await;
            if login.out.is_empty() || !session.fresh() {
                return;
            }
            let generation = session.generation + 1;
            let left = Session { generation, ..Session::default() };
            std::mem::replace(&mut *session, left).pass(true)
        };
        let now = self.time();
        let names = self.names(&now);
        let scope = Scope::of(&names);
        for step in &login.out {
            let call = self.once_at(step, &scope, Kind::Call, &pass, None);
            if let Err(error) = during("log_out", call).await {
                tracing::debug!(error = error.message, "not logged out");
            }
        }
    }

    /// Forgets a write token.
    pub(super) async fn forget_csrf(&self) {
        let mut session = self.session.lock().await;
        session.csrf = None;
        session.cookies.clear();
    }

    /// Keeps the cookies of an answer.
    pub(super) async fn keep_cookies(&self, headers: &HeaderMap) {
        if self.manifest.auth.cookies && headers.contains_key(SET_COOKIE) {
            self.take_cookies(&mut *self.session.lock().await, headers);
        }
    }

    fn take_cookies(&self, session: &mut Session, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let pair = value.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.scrubber.hide(value.trim());
                session.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    async fn log_in(&self, session: &mut Session) -> Result<(), StepError> {
        let generation = session.generation + 1;
        *session = Session { generation, ..Session::default() };
        let (values, seconds) = match (&self.manifest.auth.oauth2, &self.manifest.auth.session) {
            (Some(oauth), _) => self.token(oauth).await?,
            (None, Some(login)) => {
                let mut kept = json!({});
                let now = self.time();
                let names = self.names(&now);
                let scope = Scope::of(&names);
                for step in &login.steps {
                    let snapshot = json!({ "log_in": kept });
                    let inner = scope.with("steps", &snapshot);
                    let pass = session.pass(false);
                    let answer = self.once(step, &inner, Kind::LogIn, &pass).await?;
                    self.take_cookies(session, &answer.headers);
                    let values = self.kept(&step.keep, &inner, &answer)?;
                    if let (Value::Object(all), Value::Object(new)) = (&mut kept, values) {
                        all.extend(new);
                    }
                }
                let inner = scope.with("session", &kept);
                let number = |expression: &Option<Expression>| {
                    expression.as_ref().and_then(|one| one.value(&inner).ok())
                };
                let seconds = number(&login.seconds).and_then(|value| super::call::seconds(&value));
                let until = number(&login.until).and_then(|value| {
                    value.as_str()?.parse::<chrono::DateTime<chrono::Utc>>().ok()
                });
                let left = until.and_then(|until| (until - (self.now)()).to_std().ok());
                (kept, seconds.or(left))
            }
            (None, None) => return Ok(()),
        };
        for secret in
            values.as_object().into_iter().flat_map(|map| map.values()).filter_map(Value::as_str)
        {
            self.scrubber.hide(secret);
        }
        session.until =
            seconds.map(|left| Instant::now() + left.saturating_sub(MARGIN.min(left / 10)));
        session.values = values;
        Ok(())
    }

    async fn token(&self, oauth: &OAuth2) -> Result<(Value, Option<Duration>), StepError> {
        let now = self.time();
        let names = self.names(&now);
        let scope = Scope::of(&names);
        let text = |template: &Template| template.text(&scope).map_err(StepError::template);
        let (id, secret) = (text(&oauth.client_id)?, text(&oauth.client_secret)?);
        let grant = match oauth.grant {
            Grant::ClientCredentials => "client_credentials",
            Grant::Password => "password",
        };
        let mut form = vec![("grant_type", grant.to_owned())];
        for (name, template) in
            [("scope", &oauth.scope), ("username", &oauth.user), ("password", &oauth.password)]
        {
            if let Some(template) = template {
                form.push((name, text(template)?));
            }
        }
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        match oauth.client_in {
            Place::Form => form.extend([("client_id", id), ("client_secret", secret)]),
            Place::Basic => {
                headers.push(("authorization".to_owned(), super::outgoing::basic(&id, &secret)))
            }
        }
        let url = self.token_address(&text(&oauth.token_url)?)?;
        let answer = self.post_form(url, headers, &form).await?;
        let token = answer.body.get("access_token").and_then(Value::as_str).unwrap_or_default();
        if answer.status != 200 || token.is_empty() {
            let why = answer.body.get("error_description").or_else(|| answer.body.get("error"));
            let why = why.and_then(Value::as_str).unwrap_or("no token").to_owned();
            return Err(StepError::log_in(answer.status, why));
        }
        let seconds = answer.body.get("expires_in").and_then(super::call::seconds);
        Ok((json!({ "token": token }), seconds))
    }

    async fn fetch_csrf(&self, session: &mut Session) -> Result<(), StepError> {
        let Some(csrf) = &self.manifest.auth.csrf else { return Ok(()) };
        let now = self.time();
        let path = csrf.path.text(&Scope::of(&self.names(&now))).map_err(StepError::template)?;
        let pass = session.pass(false);
        let answer =
            self.get_plain(&path, &[(csrf.header.clone(), csrf.ask.clone())], &pass).await?;
        self.take_cookies(session, &answer.headers);
        let token = answer.headers.get(csrf.header.as_str()).and_then(|value| value.to_str().ok());
        match token {
            Some(token) if !token.eq_ignore_ascii_case("required") => {
                self.scrubber.hide(token);
                session.csrf = Some(token.to_owned());
                Ok(())
            }
            _ => Err(StepError::log_in(answer.status, "no write token".to_owned())),
        }
    }
}
