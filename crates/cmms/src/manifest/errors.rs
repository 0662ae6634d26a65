use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess};

use crate::template::{Expression, Template};

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Refused for good; nothing was changed.
    Final,
    /// Not now; nothing was changed.
    Transient,
    /// Too many calls; nothing was changed.
    RateLimited,
    /// Our credentials are not accepted; nothing was changed.
    Unauthorised,
    /// The log-in has expired; nothing was changed.
    SessionExpired,
    /// The write token is not accepted; nothing was changed.
    Csrf,
    /// There is no such record.
    Missing,
    /// A record with our reference exists already.
    Duplicate,
    /// It cannot be told whether anything was changed.
    Unknown,
}

/// When an answer is a refusal, and which.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// Statuses it looks at; none means any.
    #[serde(default)]
    pub status: Statuses,
    /// And only when this holds, from `answer`, `text`, `headers`, `status`.
    pub when: Option<Expression>,
    /// What it means.
    pub class: Class,
    /// What is told.
    pub message: Option<Template>,
    /// Seconds to wait, where the `Retry-After` header does not say.
    pub retry_after: Option<Expression>,
}

/// A set of HTTP statuses: numbers and `4xx`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statuses(Vec<(u16, u16)>);

impl Statuses {
    /// These statuses.
    pub fn of(statuses: &[u16]) -> Self {
        Self(statuses.iter().map(|&status| (status, status)).collect())
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a status is in it.
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&status))
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Statuses;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of statuses such as 409 or 5xx")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Statuses, A::Error> {
                let mut set = Vec::new();
                while let Some(text) = items.next_element::<String>()? {
                    set.push(
                        range(&text).ok_or_else(|| {
                            de::Error::custom(format!("`{text}` is no HTTP status"))
                        })?,
                    );
                }
                Ok(Statuses(set))
            }
        }
        deserializer.deserialize_seq(Visitor)
    }
}

fn range(text: &str) -> Option<(u16, u16)> {
    if let Some(hundred) = text.strip_suffix("xx") {
        let hundred = hundred.parse::<u16>().ok().filter(|n| (1..=5).contains(n))?;
        return Some((hundred * 100, hundred * 100 + 99));
    }
    text.parse().ok().filter(|status| (100..600).contains(status)).map(|status| (status, status))
}
