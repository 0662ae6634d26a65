//! One HTTP call, rendered and signed in.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::ManifestClient;
use super::call::Kind;
use super::heard::{Heard, StepError, hear};
use super::session::Pass;
use crate::egress::Outgoing;
use crate::manifest::{AnswerKind, Class, FilePart, SignEncoding, Step, Verb};
use crate::template::{Scope, Template, TemplateError, plain};
use crate::xml;

impl ManifestClient {
    pub(super) fn outgoing(
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
        let path = match (link, &step.path) {
            (Some(link), _) => link.to_owned(),
            (None, Some(template)) => path(template, scope)?,
            (None, None) => return Err(Unwritable::Address("a step without a path".to_owned())),
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
        let step = Step::plain_get(Template::parse(path).map_err(StepError::unreadable)?);
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
        let body = call.body.as_deref().unwrap_or_default();
        let watched = self.begin(step, Kind::LogIn, call.method.as_str(), body).await?;
        let outcome = match self.gate.send(call).await {
            Ok(answer) => Ok(hear(answer, kind).0),
            Err(failure) => Err((None, failure.into())),
        };
        self.end(watched, &outcome);
        outcome.map_err(|(_, error)| error)
    }
}

pub(super) enum Unwritable {
    Template(TemplateError),
    Address(String),
}

impl From<TemplateError> for Unwritable {
    fn from(error: TemplateError) -> Self {
        Self::Template(error)
    }
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
