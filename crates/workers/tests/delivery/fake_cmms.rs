//! A CMMS with scripted faults, and a ledger of every record it holds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cmms::{CallError, Capabilities, CmmsClient, CreateOutcome, Identity, NewOrder};
use domain::cmms_record::CmmsRecord;
use domain::work_order::WorkOrderStatus;

/// What happens to one create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    ConnectionRefused,
    ResetBeforeCommit,
    ResetAfterCommit,
    /// Commits this much later, in milliseconds, after the caller was told nothing.
    LateCommit(u64),
    ErrorAfterCommit,
    TruncatedAnswer,
    Unauthorised,
    RateLimited,
    Refused,
}

#[derive(Default)]
struct Books {
    ledger: Vec<CmmsRecord>,
    creates: u32,
    look_ups: u32,
    script: VecDeque<Fault>,
    failing_look_ups: u32,
}

#[derive(Clone)]
pub struct FakeCmms {
    books: Arc<Mutex<Books>>,
    identity: Identity,
}

impl FakeCmms {
    pub fn new(identity: Identity, script: impl IntoIterator<Item = Fault>) -> Self {
        let books = Books { script: script.into_iter().collect(), ..Books::default() };
        Self { books: Arc::new(Mutex::new(books)), identity }
    }

    pub fn fail_look_ups(&self, count: u32) {
        self.books.lock().unwrap().failing_look_ups = count;
    }

    pub fn ledger(&self) -> Vec<CmmsRecord> {
        self.books.lock().unwrap().ledger.clone()
    }

    pub fn creates(&self) -> u32 {
        self.books.lock().unwrap().creates
    }

    pub fn look_ups(&self) -> u32 {
        self.books.lock().unwrap().look_ups
    }

    fn commit(&self, reference: &str) -> CmmsRecord {
        let mut books = self.books.lock().unwrap();
        let id = books.ledger.len() + 1;
        let record = CmmsRecord {
            external_ref: Some(reference.to_owned()),
            cmms_id: id.to_string(),
            number: format!("F-{id}"),
            status: Some(WorkOrderStatus::Draft),
            cmms_status: Some("WAPPR".to_owned()),
            version: 1,
            assigned_to: None,
            closure: None,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
        };
        books.ledger.push(record.clone());
        record
    }
}

#[async_trait]
impl CmmsClient for FakeCmms {
    fn capabilities(&self) -> Capabilities {
        Capabilities::remote(self.identity)
    }

    async fn create(&self, order: &NewOrder) -> CreateOutcome {
        let fault = {
            let mut books = self.books.lock().unwrap();
            books.creates += 1;
            books.script.pop_front().unwrap_or(Fault::None)
        };
        let unknown = |text: &str| CreateOutcome::Unknown(text.to_owned());
        match fault {
            Fault::None => CreateOutcome::Created(Box::new(self.commit(&order.external_ref))),
            Fault::ConnectionRefused => CreateOutcome::NotSent("connection refused".to_owned()),
            Fault::ResetBeforeCommit => unknown("connection reset"),
            Fault::ResetAfterCommit => {
                self.commit(&order.external_ref);
                unknown("connection reset")
            }
            Fault::LateCommit(ms) => {
                let (late, reference) = (self.clone(), order.external_ref.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    late.commit(&reference);
                });
                unknown("timed out")
            }
            Fault::ErrorAfterCommit => {
                self.commit(&order.external_ref);
                unknown("status 500")
            }
            Fault::TruncatedAnswer => {
                self.commit(&order.external_ref);
                unknown("the answer ends in the middle")
            }
            Fault::Unauthorised => CreateOutcome::Unauthorised("status 401".to_owned()),
            Fault::RateLimited => {
                CreateOutcome::RateLimited { retry_after: Some(Duration::from_secs(2)) }
            }
            Fault::Refused => CreateOutcome::Refused {
                code: "invalid".to_owned(),
                message: "unknown asset".to_owned(),
                fields: Vec::new(),
            },
        }
    }

    async fn look_up(&self, external_ref: &str) -> Result<Vec<CmmsRecord>, CallError> {
        let mut books = self.books.lock().unwrap();
        books.look_ups += 1;
        if books.failing_look_ups > 0 {
            books.failing_look_ups -= 1;
            return Err(CallError::Failed("status 503".to_owned()));
        }
        let held = |r: &&CmmsRecord| r.external_ref.as_deref() == Some(external_ref);
        Ok(books.ledger.iter().filter(held).cloned().collect())
    }

    async fn read(&self, cmms_id: &str) -> Result<Option<CmmsRecord>, CallError> {
        Ok(self.ledger().into_iter().find(|record| record.cmms_id == cmms_id))
    }
}
