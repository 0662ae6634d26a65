//! Secrets on their way to the page that shows them, once: kept in memory for some minutes, never
//! stored. A form that works without scripts ends in a redirect, and the page it leads to asks here.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::ids::UserId;
use domain::views::users::Shown;
use secrecy::{ExposeSecret, SecretString};

use super::secrets;
use crate::Error;

/// How long a secret waits for its page.
const WAIT: Duration = Duration::from_secs(300);
/// More than anybody makes within that time.
const MOST: usize = 256;

struct Waiting {
    ticket: String,
    owner: UserId,
    name: String,
    secret: SecretString,
    since: Instant,
    /// The request that shows it; a page may ask more than once while it is drawn.
    shown_in: Option<String>,
}

static WAITING: LazyLock<Mutex<Vec<Waiting>>> = LazyLock::new(Mutex::default);

/// Keeps a secret for the page of its maker; gives the ticket that fetches it.
///
/// # Errors
/// [`Error::Unavailable`] when the machine has no randomness.
pub fn show_once(owner: UserId, name: String, secret: SecretString) -> Result<String, Error> {
    let ticket = secrets::token()?.expose_secret()[..22].to_owned();
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.retain(|w| w.since.elapsed() < WAIT);
    let extra = (waiting.len() + 1).saturating_sub(MOST);
    waiting.drain(..extra);
    let since = Instant::now();
    waiting.push(Waiting { ticket: ticket.clone(), owner, name, secret, since, shown_in: None });
    Ok(ticket)
}

/// The secret of a ticket, for its maker, in one request only.
pub fn take_shown(owner: UserId, ticket: &str, request_id: &str) -> Option<Shown> {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let at = waiting
        .iter()
        .position(|w| w.owner == owner && w.ticket == ticket && w.since.elapsed() < WAIT)?;
    let found = &mut waiting[at];
    if found.shown_in.get_or_insert_with(|| request_id.to_owned()) != request_id {
        waiting.swap_remove(at);
        return None;
    }
    Some(Shown { name: found.name.clone(), secret: found.secret.expose_secret().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_once_and_only_to_its_maker() {
        let ticket = show_once(UserId(1), "press".into(), "mw_x".to_owned().into()).unwrap();
        assert_eq!(take_shown(UserId(2), &ticket, "r1"), None);
        assert_eq!(take_shown(UserId(1), "guess", "r1"), None);
        for _ in 0..2 {
            let shown = take_shown(UserId(1), &ticket, "r1").unwrap();
            assert_eq!((shown.name.as_str(), shown.secret.as_str()), ("press", "mw_x"));
        }
        assert_eq!(take_shown(UserId(1), &ticket, "r2"), None);
        assert_eq!(take_shown(UserId(1), &ticket, "r1"), None);
    }
}
