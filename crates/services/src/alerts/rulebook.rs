//! Parsed policies and calendars of sites, kept by version so that a batch parses nothing twice.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::asset::{AssetKind, Criticality};
use domain::calendar::CalendarFacts;
use domain::ids::{ConnectionId, SiteId};
use domain::policy::{Field, Policy};
use store::ScopedTx;
use store::alerts::{self as rows, SiteRules};

use crate::Error;
use crate::calendars::Calendar;

/// What a policy asks for beyond the alert itself; loaded only when it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) attributes: bool,
    pub(crate) path: bool,
    pub(crate) recent: bool,
}

impl Needs {
    pub(crate) fn of(policy: &Policy) -> Self {
        let mut needs = Self::default();
        for rule in &policy.rules {
            needs.recent |= rule.repeats.is_some();
            rule.when.for_each_test(&mut |test| match test.field {
                Field::Attribute(_) => needs.attributes = true,
                Field::Asset => needs.path = true,
                _ => {}
            });
        }
        needs
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            attributes: self.attributes || other.attributes,
            path: self.path || other.path,
            recent: self.recent || other.recent,
        }
    }
}

/// A policy version, ready to evaluate.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) policy: Policy,
    pub(super) needs: Needs,
}

/// What a site brings to its decisions at one instant.
#[derive(Debug, Clone)]
pub(super) struct SiteAt {
    pub(super) connection: ConnectionId,
    pub(super) cap_per_hour: i64,
    pub(super) cap_per_day: i64,
    pub(super) policy_id: i64,
    pub(super) policy_version: i32,
    pub(super) book: Arc<Book>,
    pub(super) shadow: Option<Shadow>,
    pub(super) calendar: CalendarFacts,
}

/// The policy in shadow beside the one in force.
#[derive(Debug, Clone)]
pub(super) struct Shadow {
    pub(super) id: i64,
    pub(super) book: Arc<Book>,
}

impl SiteAt {
    /// What the policy in force and the one in shadow ask for.
    pub(super) fn needs(&self) -> Needs {
        self.shadow
            .as_ref()
            .map_or(self.book.needs, |shadow| self.book.needs.and(shadow.book.needs))
    }
}

/// The cache. Versions are immutable, so nothing in it grows stale.
#[derive(Debug, Default)]
pub(super) struct Rulebook {
    books: HashMap<(i64, i32), Arc<Book>>,
    shadows: HashMap<i64, Arc<Book>>,
    calendars: HashMap<(i64, i32), Arc<Calendar>>,
}

impl Rulebook {
    /// Policy and calendar of each site, as of `now`.
    pub(super) async fn sites(
        &mut self,
        tx: &mut ScopedTx,
        sites: &[SiteId],
        now: DateTime<Utc>,
    ) -> Result<HashMap<SiteId, SiteAt>, Error> {
        let rules = rows::site_rules(tx, sites).await?;
        rules.into_iter().map(|row| Ok((SiteId(row.site_id), self.site_at(row, now)?))).collect()
    }

    fn site_at(&mut self, row: SiteRules, now: DateTime<Utc>) -> Result<SiteAt, Error> {
        let book = match self.books.get(&(row.policy_id, row.policy_version)) {
            Some(book) => Arc::clone(book),
            None => {
                let policy: Policy = serde_json::from_str(&row.policy)
                    .map_err(|e| store::Error::corrupt("policy_version", e))?;
                let book = Arc::new(Book { needs: Needs::of(&policy), policy });
                self.books.insert((row.policy_id, row.policy_version), Arc::clone(&book));
                book
            }
        };
        let shadow = match (row.shadow_id, &row.shadow) {
            (Some(id), Some(body)) => self.shadow(id, body),
            _ => None,
        };
        let calendar = match self.calendars.get(&(row.site_id, row.calendar_version)) {
            Some(calendar) => Arc::clone(calendar),
            None => {
                let spec = serde_json::from_str(&row.calendar)
                    .map_err(|e| store::Error::corrupt("site", e))?;
                let calendar =
                    Arc::new(Calendar::new(spec).map_err(|e| store::Error::corrupt("site", e))?);
                self.calendars.insert((row.site_id, row.calendar_version), Arc::clone(&calendar));
                calendar
            }
        };
        Ok(SiteAt {
            connection: row.connection(),
            cap_per_hour: row.cap_per_hour.into(),
            cap_per_day: row.cap_per_day.into(),
            policy_id: row.policy_id,
            policy_version: row.policy_version,
            book,
            shadow,
            calendar: calendar.facts(now),
        })
    }

    /// The policy in shadow. One that cannot be read keeps nobody from deciding.
    fn shadow(&mut self, id: i64, body: &str) -> Option<Shadow> {
        if let Some(book) = self.shadows.get(&id) {
            return Some(Shadow { id, book: Arc::clone(book) });
        }
        match serde_json::from_str::<Policy>(body) {
            Ok(policy) => {
                let book = Arc::new(Book { needs: Needs::of(&policy), policy });
                self.shadows.insert(id, Arc::clone(&book));
                Some(Shadow { id, book })
            }
            Err(error) => {
                tracing::error!(%error, shadow = id, "a policy in shadow cannot be read");
                None
            }
        }
    }
}

/// Reads a stored word.
pub(crate) fn word<T: std::str::FromStr>(table: &'static str, text: &str) -> Result<T, store::Error>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e| store::Error::corrupt(table, e))
}

/// Reads the two words of an asset that rules see.
pub(crate) fn asset_words(
    kind: &str,
    criticality: &str,
) -> Result<(AssetKind, Criticality), store::Error> {
    Ok((word("asset", kind)?, word("asset", criticality)?))
}
