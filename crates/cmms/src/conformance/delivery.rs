//! A work order's way there by the same protocol as the delivery worker's, with its state in memory
//! and its waits shortened.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::cmms_record::CmmsRecord;
use domain::work_order::DeliveryState;

use super::{Bench, SCALE};
use crate::NewOrder;
use crate::delivery::{Call, Job, make};
use crate::engine::{Journal, JournalClosed, ManifestClient, StepState};

/// A wait that a CMMS asked for is sat out up to this; a client of its own stands for the time
/// after it.
const LONGEST_WAIT: Duration = Duration::from_millis(1_100);
/// Waits between retries grow up to this.
const LONGEST_RETRY: Duration = Duration::from_millis(500);

/// How a delivery ended.
#[derive(Debug)]
pub(super) enum End {
    Created(Box<CmmsRecord>),
    Refused(String),
    NeedsPerson,
    Dead(String),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created(record) => write!(f, "created {}", record.cmms_id),
            Self::Refused(text) => write!(f, "refused: {text}"),
            Self::NeedsPerson => f.write_str("needs a person"),
            Self::Dead(text) => write!(f, "given up: {text}"),
        }
    }
}

/// Stores states as the delivery worker's rows do, and can break.
#[derive(Default)]
pub(super) struct Store {
    state: Mutex<Option<StepState>>,
    kept: AtomicUsize,
    /// The program dies at this state, before or after it is stored.
    dies: Option<(usize, bool)>,
}

impl Store {
    /// The program dies at this state, before or after it is stored.
    pub(super) fn dying(at: usize, stored: bool) -> Self {
        Self { dies: Some((at, stored)), ..Self::default() }
    }

    /// The program has started again.
    pub(super) fn revived(self) -> Self {
        Self { dies: None, ..self }
    }

    pub(super) fn state(&self) -> StepState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }

    fn put(&self, state: &StepState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
    }

    /// States stored or lost so far.
    pub(super) fn count(&self) -> usize {
        self.kept.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Journal for Store {
    async fn keep(&self, state: &StepState) -> Result<(), JournalClosed> {
        let place = self.kept.fetch_add(1, Ordering::SeqCst);
        match self.dies {
            Some((at, false)) if at == place => Err(JournalClosed),
            Some((at, true)) if at == place => {
                self.put(state);
                Err(JournalClosed)
            }
            _ => {
                self.put(state);
                Ok(())
            }
        }
    }
}

impl Bench {
    /// Delivers a work order; `unknown` when a call may have been made already.
    pub(super) async fn deliver(
        &self,
        client: &ManifestClient,
        order: &NewOrder,
        store: &Store,
        unknown: bool,
    ) -> End {
        let mut rested: Option<ManifestClient> = None;
        let mut known = None;
        let mut state = if unknown { DeliveryState::Sending } else { DeliveryState::Queued };
        let (mut attempts, mut lookups) = (i32::from(unknown), 0);
        loop {
            let Some(call) = Call::next(state, known.is_some(), true, false) else {
                return End::NeedsPerson;
            };
            attempts += i32::from(matches!(call, Call::Create { .. }));
            let progress = store.state();
            let job =
                Job { order: order.clone(), progress, known: known.clone(), attempts, lookups };
            let after = make(rested.as_ref().unwrap_or(client), &job, call, store).await;
            self.hear(format!("{after:?}"));
            let said = after.text.clone().unwrap_or_default();
            match (after.state, after.record) {
                (DeliveryState::Created, Some(record)) => return End::Created(Box::new(record)),
                (DeliveryState::Rejected, _) => return End::Refused(said),
                (DeliveryState::Dead, _) => return End::Dead(said),
                (_, Some(record)) => known = Some((record.cmms_id, Some(record.number))),
                (_, None) => {}
            }
            (state, attempts, lookups) = (after.state, after.attempts, after.lookups);
            let wait = after.wait.unwrap_or_default();
            if after.outcome == "rate_limited" {
                tokio::time::sleep(wait.min(LONGEST_WAIT)).await;
                if wait > LONGEST_WAIT {
                    rested = self.client().ok();
                }
            } else {
                tokio::time::sleep((wait / SCALE).min(LONGEST_RETRY)).await;
            }
        }
    }
}
