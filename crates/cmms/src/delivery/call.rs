//! One call of a delivery, with what belongs to it.

use chrono::{DateTime, Utc};
use domain::cmms_record::CmmsRecord;
use domain::work_order::DeliveryState;

use super::machine::{self, After};
use crate::engine::{Journal, StepState};
use crate::{CallError, Capabilities, CmmsClient, CreateOutcome, NewOrder};

/// A delivery as far as its next call needs it.
#[derive(Debug, Clone)]
pub struct Job {
    /// What is delivered.
    pub order: NewOrder,
    /// How far its create has come.
    pub progress: StepState,
    /// Id and number of its record, where they are known.
    pub known: Option<(String, Option<String>)>,
    /// Calls that count, the next one included if it does.
    pub attempts: i32,
    /// Look-ups in a row that found nothing.
    pub lookups: i32,
}

impl Job {
    /// The record of this work order, of which only id and number are known.
    pub fn record_of(&self, cmms_id: String, number: String) -> CmmsRecord {
        CmmsRecord {
            external_ref: Some(self.order.external_ref.clone()),
            cmms_id,
            number,
            status: None,
            cmms_status: None,
            version: 0,
            assigned_to: None,
            closure: None,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    fn known_record(&self) -> CmmsRecord {
        let (cmms_id, number) = self.known.clone().unwrap_or_default();
        let number = number.unwrap_or_else(|| cmms_id.clone());
        self.record_of(cmms_id, number)
    }
}

/// The call that a delivery needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A create; `look_first` where our own state may be older than the CMMS's.
    Create {
        /// Look up before creating.
        look_first: bool,
    },
    /// A look-up by reference.
    LookUp,
    /// The record is known: only the rest of its steps.
    Complete,
    /// None: the previous worker died during a create, or a record came in meanwhile.
    Settle,
}

impl Call {
    /// What follows from where a delivery stands; `None` when it has ended. `stepwise`: a record
    /// that is known may still lack what later calls bring.
    pub fn next(
        state: DeliveryState,
        is_known: bool,
        stepwise: bool,
        look_first: bool,
    ) -> Option<Self> {
        Some(match state {
            DeliveryState::Created => return None,
            _ if is_known && stepwise => Self::Complete,
            _ if is_known => Self::Settle,
            DeliveryState::Queued => Self::Create { look_first },
            DeliveryState::Unknown => Self::LookUp,
            DeliveryState::Sending => Self::Settle,
            DeliveryState::Rejected | DeliveryState::NeedsPerson | DeliveryState::Dead => {
                return None;
            }
        })
    }
}

/// Makes a call and says what its answer means.
pub async fn make(client: &dyn CmmsClient, job: &Job, call: Call, journal: &dyn Journal) -> After {
    Made { client, capabilities: client.capabilities(), job, journal }.after(call).await
}

struct Made<'a> {
    client: &'a dyn CmmsClient,
    capabilities: Capabilities,
    job: &'a Job,
    journal: &'a dyn Journal,
}

impl Made<'_> {
    async fn after(&self, call: Call) -> After {
        match call {
            Call::Create { look_first } => self.create(look_first).await,
            Call::LookUp => self.look_up().await,
            Call::Complete => {
                self.complete(&self.job.known_record(), machine::known_meanwhile(self.job.attempts))
                    .await
            }
            Call::Settle if self.job.known.is_some() => machine::known_meanwhile(self.job.attempts),
            Call::Settle => machine::interrupted(self.job.attempts, &self.capabilities),
        }
    }

    async fn create(&self, look_first: bool) -> After {
        let job = self.job;
        if let Some((code, why)) = self.client.objection(&job.order) {
            return machine::objected(code, why, job.attempts);
        }
        if look_first {
            match self.client.look_up(&job.order.external_ref).await {
                Ok(found) if !found.is_empty() => return self.found(found).await,
                Ok(_) => {}
                Err(error) => {
                    let outcome = not_looked_up(error);
                    return machine::created(outcome, job.attempts, &self.capabilities);
                }
            }
        }
        let outcome = self.client.resume(&job.order, job.progress.clone(), self.journal).await;
        machine::created(outcome, job.attempts, &self.capabilities)
    }

    async fn look_up(&self) -> After {
        let job = self.job;
        match self.client.look_up(&job.order.external_ref).await {
            Ok(found) if !found.is_empty() => self.found(found).await,
            answer => machine::looked_up(answer, job.attempts, job.lookups, &self.capabilities),
        }
    }

    /// A look-up has found records: the oldest is ours, and the rest of its steps follow.
    async fn found(&self, mut found: Vec<CmmsRecord>) -> After {
        let job = self.job;
        for record in &mut found {
            record.external_ref = Some(job.order.external_ref.clone());
        }
        let first = found[0].clone();
        let after = machine::looked_up(Ok(found), job.attempts, job.lookups, &self.capabilities);
        self.complete(&first, after).await
    }

    /// Makes the calls that still belong to a record that exists.
    async fn complete(&self, record: &CmmsRecord, after: After) -> After {
        if !self.client.creates_in_steps() {
            return after;
        }
        let stored = &self.job.progress;
        let state = if stored.knows_record() { stored.clone() } else { StepState::adopted(record) };
        match self.client.resume(&self.job.order, state, self.journal).await {
            CreateOutcome::Created(_) => after,
            other => {
                let attempts = self.job.attempts.max(1);
                let rest = machine::created(other, attempts, &self.capabilities);
                After { record: after.record, duplicates: after.duplicates, ..rest }
            }
        }
    }
}

/// A look-up before a create that gave no answer: nothing was created.
fn not_looked_up(error: CallError) -> CreateOutcome {
    match error {
        CallError::Failed(text) => CreateOutcome::NotSent(text),
        CallError::Unauthorised(text) => CreateOutcome::Unauthorised(text),
        CallError::RateLimited { retry_after } => CreateOutcome::RateLimited { retry_after },
    }
}
