//! A work order's way there by the delivery worker's rules (reliability-security.md 1.6): from an
//! unknown outcome the next call is a look-up, never a create; only absence on every look-up allows
//! one new create, with the same reference.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::cmms_record::CmmsRecord;

use super::{Bench, LOOK_UPS};
use crate::engine::{Journal, JournalClosed, ManifestClient, StepState};
use crate::{CallError, CmmsClient, CreateOutcome, Identity, NewOrder};

/// Certainly not created: again after this.
const AGAIN: Duration = Duration::from_millis(10);
/// A longer wait is not sat out: a client of its own stands for the time after it.
const LONGEST_WAIT: Duration = Duration::from_millis(1_100);
/// Calls that count until delivery gives up.
const MOST_ATTEMPTS: u32 = 8;

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

enum Found {
    One(Box<CmmsRecord>),
    Absent,
    Unanswered,
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
        let mut attempts = 0;
        let mut rested = None;
        let mut unknown = unknown;
        let mut said = String::from("interrupted");
        loop {
            if attempts >= MOST_ATTEMPTS {
                return End::Dead(said);
            }
            if unknown {
                if client.capabilities().identity == Identity::Neither {
                    return End::NeedsPerson;
                }
                match self.settle(rested.as_ref().unwrap_or(client), &order.external_ref).await {
                    Found::Unanswered => return End::NeedsPerson,
                    Found::One(record)
                        if store
                            .state()
                            .steps
                            .values()
                            .all(|one| one.kept.get("cmms_id").is_none()) =>
                    {
                        store.put(&StepState::adopted(&record));
                    }
                    Found::One(_) | Found::Absent => {}
                }
            }
            attempts += 1;
            let client = rested.as_ref().unwrap_or(client);
            let outcome = client.create_from(order, store.state(), store).await;
            self.hear(format!("{outcome:?}"));
            unknown = match outcome {
                CreateOutcome::Created(record) => return End::Created(record),
                CreateOutcome::Refused { message, .. } => return End::Refused(message),
                CreateOutcome::RateLimited { retry_after } => {
                    attempts -= 1;
                    let wait = retry_after.unwrap_or(AGAIN);
                    tokio::time::sleep(wait.min(LONGEST_WAIT)).await;
                    if wait > LONGEST_WAIT {
                        rested = self.client().ok();
                    }
                    continue;
                }
                CreateOutcome::NotSent(text) | CreateOutcome::Unauthorised(text) => {
                    said = text;
                    false
                }
                CreateOutcome::Unknown(text) => {
                    said = text;
                    true
                }
            };
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Looks a reference up until it is found, or absent every time; an unanswered look-up is no
    /// absence.
    async fn settle(&self, client: &ManifestClient, reference: &str) -> Found {
        let mut absences = 0;
        let mut unanswered = 0;
        while let Some(wait) = LOOK_UPS.get(absences) {
            tokio::time::sleep(*wait).await;
            match client.look_up(reference).await {
                Ok(records) => match records.into_iter().next() {
                    Some(record) => return Found::One(Box::new(record)),
                    None => absences += 1,
                },
                Err(CallError::RateLimited { retry_after }) => {
                    tokio::time::sleep(retry_after.unwrap_or(AGAIN)).await
                }
                Err(error) => {
                    self.hear(error.to_string());
                    unanswered += 1;
                    if unanswered >= MOST_ATTEMPTS {
                        return Found::Unanswered;
                    }
                }
            }
        }
        Found::Absent
    }
}
