//! Telling other processes on the same database what has changed, outside of any transaction (one
//! publisher per process; a NOTIFY inside business transactions would serialise their commits).

use sqlx::postgres::PgListener;

use crate::{Error, Store};

const CHANNEL: &str = "millwright_live";

/// Hears what other processes announce; reconnects by itself, and may then have missed something.
pub struct Listener(PgListener);

impl Listener {
    /// Listens on a connection of its own.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn open(store: &Store) -> Result<Self, Error> {
        let mut listener = PgListener::connect_with(store.pool()).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// The next message; `None` when the connection was lost and made again.
    ///
    /// # Errors
    /// When the connection cannot be made again.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        Ok(self.0.try_recv().await?.map(|n| n.payload().to_owned()))
    }
}

/// Sends a message of at most 8 000 bytes to every process.
///
/// # Errors
/// When the query fails.
pub async fn announce(store: &Store, message: &str) -> Result<(), Error> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(message)
        .execute(store.pool())
        .await?;
    Ok(())
}
