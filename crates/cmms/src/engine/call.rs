//! One call: rendered, signed in, sent once, read, and sorted by how certain we are.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use url::Url;

use super::ManifestClient;
use super::session::Pass;
use crate::egress::{Answer, Failure, Outgoing};
use crate::manifest::{AnswerKind, Class, FilePart, SignEncoding, Step, Verb};
use crate::template::{Scope, Template, TemplateError, plain};
use crate::xml;

/// Whether a call is part of logging in, and so carries no log-in itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    LogIn,
    Call,
}

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
    fn new(class: Option<Class>, message: impl Into<String>) -> Self {
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

    fn wait(wait: Duration) -> Self {
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
    fn header_values(&self) -> Value {
        let pairs = self.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), Value::from(value.to_str().ok()?)))
        });
        Value::Object(pairs.collect())
    }
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
        let write = step.method != Verb::Get;
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

    async fn once_at(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        kind: Kind,
        pass: &Pass,
        link: Option<&str>,
    ) -> Result<Heard, StepError> {
        let signed = scope.with("session", &pass.values);
        let outgoing = self.outgoing(step, &signed, kind, pass, link).map_err(|why| match why {
            Unwritable::Template(error) => StepError::template(error),
            Unwritable::Address(what) => {
                StepError { unsent: true, ..StepError::new(Some(Class::Final), what) }
            }
        })?;
        let watched = self.begin(&step.name, kind, &outgoing);
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

    /// Sorts an answer: rules of the manifest, then the usual meaning of its status.
    fn judge(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        heard: &Heard,
        unreadable: Option<String>,
    ) -> Result<(), StepError> {
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
            let retry_after = asked.as_ref().and_then(seconds).or_else(|| self.retry_after(heard));
            return Err(StepError { retry_after, ..StepError::new(Some(rule.class), message) });
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

    fn outgoing(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        kind: Kind,
        pass: &Pass,
        link: Option<&str>,
    ) -> Result<Outgoing, Unwritable> {
        let auth = &self.manifest.auth;
        let mut headers = vec![("accept".to_owned(), accepts(step.answer).to_owned())];
        let mut query = match (&step.query, link) {
            (Some(node), None) => node.pairs(scope)?,
            _ => Vec::new(),
        };
        if kind == Kind::Call || auth.session.is_none() {
            for (name, template) in &auth.query {
                query.push((name.clone(), template.text(scope)?));
            }
            let login = auth.session.iter().flat_map(|login| &login.headers);
            for (name, template) in auth.headers.iter().chain(login) {
                let value = template.text(scope)?;
                if !value.is_empty() {
                    headers.push((name.clone(), value));
                }
            }
            if let Some(given) = &auth.basic {
                headers.push((
                    "authorization".to_owned(),
                    basic(&given.user.text(scope)?, &given.password.text(scope)?),
                ));
            }
            if auth.oauth2.is_some() {
                let token = pass.values.get("token").map(plain).unwrap_or_default();
                headers.push(("authorization".to_owned(), format!("Bearer {token}")));
            }
        }
        if let (Some(csrf), Some(token)) = (&auth.csrf, &pass.csrf) {
            headers.push((csrf.header.clone(), token.clone()));
        }
        headers.extend(pass.cookie.clone().map(|cookie| ("cookie".to_owned(), cookie)));
        let (body, content_type) = self.body(step, scope)?;
        let content_type = match &step.content_type {
            Some(template) => Some(template.text(scope)?),
            None => content_type,
        };
        headers.extend(content_type.map(|kind| ("content-type".to_owned(), kind)));
        for (name, template) in &step.headers {
            let value = template.text(scope)?;
            if !value.is_empty() {
                headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                headers.push((name.clone(), value));
            }
        }
        let path = match link {
            Some(link) => link.to_owned(),
            None => path(&step.path, scope)?,
        };
        let method = verb(step.method);
        let url = self.address(&path, &query)?;
        if let Some(sign) = &auth.sign {
            let request = json!({
                "method": method.as_str(),
                "host": url.host_str().map(|host| match url.port() { Some(port) => format!("{host}:{port}"), None => host.to_owned() }),
                "path": url.path(),
                "query": url.query().unwrap_or_default(),
                "body": body.as_deref().map(String::from_utf8_lossy),
            });
            let scope = scope.with("request", &request);
            let signed = sign.over.text(&scope)?;
            let mac = Hmac::<Sha256>::new_from_slice(sign.key.text(&scope)?.as_bytes());
            let mac = mac.map_err(|_| Unwritable::Address("the key cannot sign".to_owned()))?;
            let mac = mac.chain_update(signed).finalize().into_bytes();
            let signature = Value::String(match sign.encoding {
                SignEncoding::Hex => hex::encode(mac),
                SignEncoding::Base64 => STANDARD.encode(mac),
            });
            headers.push((
                sign.header.clone(),
                sign.value.text(&scope.with("signature", &signature))?,
            ));
        }
        Ok(Outgoing { method, url, headers, body })
    }

    fn body(
        &self,
        step: &Step,
        scope: &Scope<'_>,
    ) -> Result<(Option<Vec<u8>>, Option<String>), Unwritable> {
        let given = |body: Vec<u8>, kind: &str| Ok((Some(body), Some(kind.to_owned())));
        if let Some(node) = &step.json {
            return given(node.value(scope)?.to_string().into_bytes(), "application/json");
        }
        if let Some(node) = &step.form {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(node.pairs(scope)?);
            return given(form.finish().into_bytes(), "application/x-www-form-urlencoded");
        }
        if let Some(node) = &step.xml {
            return given(xml::write(&node.value(scope)?).into_bytes(), "text/xml; charset=utf-8");
        }
        if let Some(template) = &step.bytes {
            return given(bytes(&template.text(scope)?)?, "application/octet-stream");
        }
        match &step.file {
            Some(file) => multipart(file, scope).map(|(body, kind)| (Some(body), Some(kind))),
            None => Ok((None, None)),
        }
    }

    /// An address below the base; never another host, whatever the CMMS says.
    fn address(&self, path: &str, query: &[(String, String)]) -> Result<Url, Unwritable> {
        let mut text = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        if !query.is_empty() {
            text.push(if path.contains('?') { '&' } else { '?' });
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            pairs.extend_pairs(query);
            text.push_str(&pairs.finish());
        }
        let url = Url::parse(&text).map_err(|_| Unwritable::Address("no address".to_owned()))?;
        let same = url.origin() == self.base.origin();
        if same { Ok(url) } else { Err(Unwritable::Address("another host".to_owned())) }
    }

    /// The path and query of a link from the CMMS, without the base's own path.
    pub(super) fn own_link(&self, link: &str) -> Option<String> {
        let url = self.base.join(link).ok()?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let prefix = self.base.path().trim_end_matches('/');
        Some(path.strip_prefix(prefix).unwrap_or(&path).to_owned())
    }

    pub(super) fn token_address(&self, text: &str) -> Result<Url, StepError> {
        let bad = || StepError {
            unsent: true,
            ..StepError::new(Some(Class::Final), "the token address is no address")
        };
        match text.strip_prefix('/') {
            Some(_) => self.address(text, &[]).map_err(|_| bad()),
            None => Url::parse(text).map_err(|_| bad()),
        }
    }

    pub(super) async fn post_form(
        &self,
        url: Url,
        mut headers: Vec<(String, String)>,
        form: &[(&str, String)],
    ) -> Result<Heard, StepError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        let call = Outgoing { method: Method::POST, url, headers, body: Some(body.into_bytes()) };
        self.send_plain("token", call, AnswerKind::Json).await
    }

    /// A GET of the connection's own, signed in, whose answer counts whatever its status.
    pub(super) async fn get_plain(
        &self,
        path: &str,
        extra: &[(String, String)],
        pass: &Pass,
    ) -> Result<Heard, StepError> {
        let step =
            Step { path: Template::parse(path).map_err(StepError::unreadable)?, ..plain_get() };
        let now = self.time();
        let names = self.names(&now);
        let base = Scope::of(&names);
        let scope = base.with("session", &pass.values);
        let mut call = self
            .outgoing(&step, &scope, Kind::Call, pass, None)
            .map_err(|_| StepError::unreadable("no address"))?;
        call.headers.extend_from_slice(extra);
        self.send_plain("write_token", call, AnswerKind::Nothing).await
    }

    /// A call of the log-in whose answer counts whatever its status.
    async fn send_plain(
        &self,
        step: &str,
        call: Outgoing,
        kind: AnswerKind,
    ) -> Result<Heard, StepError> {
        let watched = self.begin(step, Kind::LogIn, &call);
        let outcome = match self.gate.send(call).await {
            Ok(answer) => Ok(hear(answer, kind).0),
            Err(failure) => Err((None, failure.into())),
        };
        self.end(watched, &outcome);
        outcome.map_err(|(_, error)| error)
    }
}

fn plain_get() -> Step {
    Step {
        name: "get".to_owned(),
        method: Verb::Get,
        path: Template::parse("/").unwrap_or_else(|_| unreachable!("a slash is a template")),
        query: None,
        headers: Default::default(),
        json: None,
        form: None,
        xml: None,
        bytes: None,
        file: None,
        content_type: None,
        when: None,
        each: None,
        expect: Default::default(),
        answer: AnswerKind::Nothing,
        keep: Default::default(),
        already: None,
        repeatable: true,
    }
}

enum Unwritable {
    Template(TemplateError),
    Address(String),
}

impl From<TemplateError> for Unwritable {
    fn from(error: TemplateError) -> Self {
        Self::Template(error)
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

pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn accepts(answer: AnswerKind) -> &'static str {
    match answer {
        AnswerKind::Json => "application/json",
        AnswerKind::Xml => "text/xml, application/xml, application/soap+xml",
        AnswerKind::Text | AnswerKind::Nothing => "*/*",
    }
}

fn verb(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Patch => Method::PATCH,
        Verb::Delete => Method::DELETE,
    }
}

/// A path, each inserted value as one segment.
fn path(template: &Template, scope: &Scope<'_>) -> Result<String, Unwritable> {
    let dots = std::cell::Cell::new(false);
    let text = template.text_with(scope, |value| {
        dots.set(dots.get() || matches!(value, "" | "." | ".."));
        value.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(char::from(byte))
                }
                byte => drop(write!(out, "%{byte:02X}")),
            }
            out
        })
    })?;
    if dots.get() {
        Err(Unwritable::Address("an empty value in the path".to_owned()))
    } else {
        Ok(text)
    }
}

fn bytes(base64: &str) -> Result<Vec<u8>, Unwritable> {
    STANDARD.decode(base64).map_err(|_| Unwritable::Address("the file is not base64".to_owned()))
}

fn multipart(file: &FilePart, scope: &Scope<'_>) -> Result<(Vec<u8>, String), Unwritable> {
    let boundary = "millwright-part-7d1f0c";
    let name = file.name.text(scope)?.replace(['"', '\r', '\n'], "_");
    let kind = file.content_type.text(scope)?.replace(['\r', '\n'], " ");
    let mut body = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n", file.part).into_bytes();
    body.extend(bytes(&file.content.text(scope)?)?);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    Ok((body, format!("multipart/form-data; boundary={boundary}")))
}

/// An answer as a value, and why it could not be read as what it should be.
fn hear(answer: Answer, kind: AnswerKind) -> (Heard, Option<String>) {
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
