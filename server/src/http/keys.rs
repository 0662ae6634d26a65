//! Whose key a request carries. Requests of one key that come at once share one look-up, which
//! always begins after they came: a revoked key ends with the revocation, not a moment later.

use std::collections::HashMap;

use futures::future::join_all;
use services::users::{KeyCaller, caller_for_key, note_key_use};
use services::{Error, Services};
use tokio::sync::{mpsc, oneshot};

/// Requests that may wait; more than can be in flight.
const WAITING: usize = 1024;
/// Requests that share a round of look-ups.
const ROUND: usize = 256;

type Answer = oneshot::Sender<Result<KeyCaller, Error>>;

/// Looks keys up. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Keys(mpsc::Sender<(String, Answer)>);

impl Keys {
    /// Starts looking up; ends when the last clone is dropped.
    pub fn start(services: Services) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(rounds(services, receiver));
        Self(sender)
    }

    /// The caller behind a key as it came in the header.
    ///
    /// # Errors
    /// As [`caller_for_key`]; [`Error::Unavailable`] when too many wait.
    pub async fn caller(&self, key: &str) -> Result<KeyCaller, Error> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send((key.to_owned(), answer)).map_err(|_| Error::Unavailable)?;
        answered.await.unwrap_or(Err(Error::Unavailable))
    }
}

async fn rounds(services: Services, mut waiting: mpsc::Receiver<(String, Answer)>) {
    let mut round = Vec::with_capacity(ROUND);
    while waiting.recv_many(&mut round, ROUND).await > 0 {
        let mut keys: HashMap<String, Vec<Answer>> = HashMap::new();
        for (key, answer) in round.drain(..) {
            keys.entry(key).or_default().push(answer);
        }
        join_all(keys.into_iter().map(|(key, answers)| look_up(&services, key, answers))).await;
    }
}

async fn look_up(services: &Services, key: String, answers: Vec<Answer>) {
    let found = caller_for_key(services, &key).await;
    for answer in answers {
        let found = match &found {
            Ok(caller) => Ok(caller.clone()),
            Err(Error::NotSignedIn) => Err(Error::NotSignedIn),
            Err(_) => Err(Error::Unavailable),
        };
        // Who does not wait any more has gone.
        drop(answer.send(found));
    }
    let noted = match found {
        Ok(caller) if caller.use_unnoted => note_key_use(services, caller.key).await,
        Ok(_) | Err(Error::NotSignedIn) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = noted {
        tracing::warn!(error = %super::chain(&error), "a key could not be looked up or noted");
    }
}
