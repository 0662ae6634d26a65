//! Keeps within what the CMMS lets us do. It never waits: it says how long the caller should.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Pace {
    per_minute: Option<u32>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    recent: VecDeque<Instant>,
    closed_until: Option<Instant>,
}

impl Pace {
    pub(super) fn new(per_minute: Option<u32>) -> Self {
        Self { per_minute, state: Mutex::default() }
    }

    /// Takes a place for one call, or says how long to wait for one.
    pub(super) fn enter(&self) -> Result<(), Duration> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = state.closed_until.filter(|until| *until > now) {
            return Err(until - now);
        }
        state.closed_until = None;
        let Some(most) = self.per_minute else { return Ok(()) };
        while state.recent.front().is_some_and(|call| now - *call >= MINUTE) {
            state.recent.pop_front();
        }
        match state.recent.front() {
            Some(first) if state.recent.len() >= most as usize => Err(MINUTE - (now - *first)),
            _ => {
                state.recent.push_back(now);
                Ok(())
            }
        }
    }

    /// The CMMS has asked to wait.
    pub(super) fn close(&self, wait: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed_until = state.closed_until.max(Some(Instant::now() + wait));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_calls_a_minute_than_allowed() {
        let pace = Pace::new(Some(2));
        assert_eq!((pace.enter(), pace.enter()), (Ok(()), Ok(())));
        assert_eq!(pace.enter(), Err(MINUTE));
        tokio::time::advance(MINUTE).await;
        assert_eq!(pace.enter(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_calls_while_asked_to_wait() {
        let pace = Pace::new(None);
        pace.close(Duration::from_secs(7));
        assert_eq!(pace.enter(), Err(Duration::from_secs(7)));
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(pace.enter(), Ok(()));
    }
}
