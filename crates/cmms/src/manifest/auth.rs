use std::collections::BTreeMap;

use serde::Deserialize;

use super::Step;
use crate::template::{Expression, Template};

/// How calls are signed in; the parts add up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// Headers of every call.
    pub headers: BTreeMap<String, Template>,
    /// Query parameters of every call.
    pub query: BTreeMap<String, Template>,
    /// HTTP Basic.
    pub basic: Option<Basic>,
    /// OAuth 2.0.
    pub oauth2: Option<OAuth2>,
    /// A log-in of its own.
    pub session: Option<SessionLogin>,
    /// A token that every write needs.
    pub csrf: Option<Csrf>,
    /// A signature of every call.
    pub sign: Option<Sign>,
    /// Cookies are kept and sent back.
    pub cookies: bool,
}

/// HTTP Basic.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// User.
    pub user: Template,
    /// Password.
    pub password: Template,
}

/// OAuth 2.0.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// Where tokens come from: a full address, or a path of the CMMS.
    pub token_url: Template,
    /// Which grant.
    pub grant: Grant,
    /// Client.
    pub client_id: Template,
    /// Its secret.
    pub client_secret: Template,
    /// Scope.
    pub scope: Option<Template>,
    /// User of the password grant.
    pub user: Option<Template>,
    /// Password of the password grant.
    pub password: Option<Template>,
    /// Where the client's credentials go.
    #[serde(default)]
    pub client_in: Place,
}

/// An OAuth 2.0 grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// For programs.
    ClientCredentials,
    /// With a user's password.
    Password,
}

/// Where the client's credentials go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the form.
    #[default]
    Form,
    /// In an HTTP Basic header.
    Basic,
}

/// A log-in of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionLogin {
    /// Calls that log in; what they keep is `session`.
    pub steps: Vec<Step>,
    /// Headers of every other call.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// Seconds until it expires.
    pub seconds: Option<Expression>,
    /// When it expires.
    pub until: Option<Expression>,
    /// Calls that log out, for systems that count the sessions of a user.
    #[serde(default)]
    pub out: Vec<Step>,
}

/// A token that every write needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Csrf {
    /// Where it is fetched.
    pub path: Template,
    /// The header it is asked for, and sent, in.
    pub header: String,
    /// What the header says when asking.
    pub ask: String,
}

/// A signature of every call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Key of the HMAC-SHA-256.
    pub key: Template,
    /// What is signed, from `request.method`, `request.host`, `request.path`, `request.query`, `request.body`.
    pub over: Template,
    /// How the signature is written.
    pub encoding: SignEncoding,
    /// The header it goes into.
    pub header: String,
    /// The header's value, from `signature`.
    pub value: Template,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignEncoding {
    /// Lower-case hex.
    Hex,
    /// Base64.
    Base64,
}
