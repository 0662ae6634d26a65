//! The only way to the tables: a transaction that carries who acts and which sites they may touch.

use chrono::{DateTime, Utc};
use domain::ids::{ApiKeyId, SiteId, SourceId, UserId};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::audit::AuditEntry;
use crate::signals::{Change, Signals, Topic};
use crate::{Clock, Error};

/// The sites a caller may see and change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every site, also those added later.
    All,
    /// Just these.
    Sites(Vec<SiteId>),
}

impl Scope {
    /// Whether the scope holds the site.
    pub fn contains(&self, site: SiteId) -> bool {
        match self {
            Self::All => true,
            Self::Sites(sites) => sites.contains(&site),
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person.
    User(UserId),
    /// An API key not bound to a person.
    Key(ApiKeyId),
    /// An inbound feed.
    Source(SourceId),
    /// The program itself.
    System,
}

impl Actor {
    /// The word in the audit log.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Key(_) => "key",
            Self::Source(_) => "source",
            Self::System => "system",
        }
    }

    /// The id in the audit log.
    pub const fn id(self) -> Option<i64> {
        match self {
            Self::User(id) => Some(id.0),
            Self::Key(id) => Some(id.0),
            Self::Source(id) => Some(id.0),
            Self::System => None,
        }
    }
}

/// The database, the clock and the signals of one process.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    /// Business time.
    pub clock: Clock,
    /// Wake-ups.
    pub signals: Signals,
}

impl Store {
    /// A store on a pool of connections of the app role.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, clock: Clock::default(), signals: Signals::default() }
    }

    /// For what is not a use case: sessions, probes, LISTEN.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Opens a transaction for one use case.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be had.
    pub async fn begin(&self, scope: &Scope, actor: Actor) -> Result<ScopedTx, Error> {
        let mut tx = self.pool.begin().await?;
        let sites = match scope {
            Scope::All => "all".to_owned(),
            Scope::Sites(sites) => {
                sites.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            }
        };
        let (now, _): (DateTime<Utc>, String) =
            sqlx::query_as("SELECT clock_timestamp(), set_config('millwright.sites', $1, true)")
                .bind(sites)
                .fetch_one(&mut *tx)
                .await?;
        Ok(ScopedTx {
            tx,
            scope: scope.clone(),
            actor,
            now: self.clock.at(now),
            request_id: None,
            address: None,
            changes: Vec::new(),
            signals: self.signals.clone(),
        })
    }

    /// As [`begin_system`](Self::begin_system), with each statement planned once per connection, by
    /// indexes, and not anew for its values: for the few statements that run thousands of times a
    /// second, and whose plan may have been made while the tables were nearly empty.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be had.
    pub async fn begin_steady(&self) -> Result<ScopedTx, Error> {
        let mut tx = self.begin_system().await?;
        sqlx::query(
            "SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
                    set_config('enable_seqscan', 'off', true)",
        )
        .execute(tx.conn())
        .await?;
        Ok(tx)
    }

    /// A transaction of the program itself, over every site.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection can be had.
    pub async fn begin_system(&self) -> Result<ScopedTx, Error> {
        self.begin(&Scope::All, Actor::System).await
    }
}

/// A transaction with its scope; dropped without [`ScopedTx::commit`] it rolls back.
pub struct ScopedTx {
    tx: Transaction<'static, Postgres>,
    scope: Scope,
    actor: Actor,
    now: DateTime<Utc>,
    request_id: Option<String>,
    address: Option<String>,
    changes: Vec<Change>,
    signals: Signals,
}

impl ScopedTx {
    /// Business time at the beginning of the transaction.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The sites this transaction may touch.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The sites as a query parameter; `None` is every site:
    /// `($1::bigint[] IS NULL OR site_id = ANY($1))`.
    pub fn sites(&self) -> Option<Vec<i64>> {
        match &self.scope {
            Scope::All => None,
            Scope::Sites(sites) => Some(sites.iter().map(|s| s.0).collect()),
        }
    }

    /// Who acts.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// Carries the request's id into the audit rows.
    pub fn set_request_id(&mut self, id: impl Into<String>) {
        self.request_id = Some(id.into());
    }

    /// Carries the network address of the browser into the audit rows.
    pub fn set_address(&mut self, address: impl Into<String>) {
        self.address = Some(address.into());
    }

    /// Writes audit rows; each change of a state table needs one in its transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn audit(&mut self, entries: Vec<AuditEntry>) -> Result<(), Error> {
        let (request, address) = (self.request_id.as_deref(), self.address.as_deref());
        crate::audit::insert(&mut self.tx, self.actor, request, address, entries).await
    }

    /// Remembers a change, announced once the transaction has committed.
    pub fn touch(&mut self, topic: Topic, site: Option<SiteId>) {
        if !self.changes.contains(&(topic, site)) {
            self.changes.push((topic, site));
        }
    }

    /// Commits, then wakes whoever waits for the changes.
    ///
    /// # Errors
    /// When the commit fails: nothing is certain, and nothing is announced.
    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await?;
        self.signals.publish(&self.changes);
        Ok(())
    }

    /// The connection, for the queries of this crate.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
