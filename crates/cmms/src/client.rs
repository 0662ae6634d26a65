//! The one trait every CMMS stands behind.

use async_trait::async_trait;
use domain::cmms_record::CmmsRecord;
use domain::ids::{SiteId, WorkOrderId};
use serde_json::Value;

use crate::engine::{Journal, StepState};
use crate::{CallError, Capabilities, CreateOutcome};

/// A work order to be created over there.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// Our id, for logs.
    pub id: WorkOrderId,
    /// Its site.
    pub site: SiteId,
    /// Our reference; the record must carry it.
    pub external_ref: String,
    /// The stored body, sent as it is.
    pub body: Value,
}

/// One configured CMMS.
#[async_trait]
pub trait CmmsClient: Send + Sync {
    /// What it promises.
    fn capabilities(&self) -> Capabilities;

    /// Creates one record: one call, no retry.
    async fn create(&self, order: &NewOrder) -> CreateOutcome;

    /// A create is several calls, so that a record that exists may lack what the later ones bring.
    fn creates_in_steps(&self) -> bool {
        false
    }

    /// Creates one record, going on where an earlier create stopped; each new state is stored by
    /// the journal before the next call. Clients that create in one call ignore both.
    async fn resume(
        &self,
        order: &NewOrder,
        _state: StepState,
        _journal: &dyn Journal,
    ) -> CreateOutcome {
        self.create(order).await
    }

    /// Creates a set, answering in its order. Clients whose CMMS takes sets override this.
    async fn create_many(&self, orders: &[NewOrder]) -> Vec<CreateOutcome> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            outcomes.push(self.create(order).await);
        }
        outcomes
    }

    /// Whether an order cannot be sent as it is: its code and why, without any call.
    fn objection(&self, _order: &NewOrder) -> Option<(&'static str, String)> {
        None
    }

    /// Every record that carries the reference, oldest first; empty when there is none.
    ///
    /// # Errors
    /// When there is no answer; that is not an absence.
    async fn look_up(&self, external_ref: &str) -> Result<Vec<CmmsRecord>, CallError>;

    /// The record with that id.
    ///
    /// # Errors
    /// When there is no answer; that is not an absence.
    async fn read(&self, cmms_id: &str) -> Result<Option<CmmsRecord>, CallError>;
}
