//! The one trait every CMMS stands behind.

use async_trait::async_trait;
use domain::cmms_record::CmmsRecord;
use domain::ids::{SiteId, WorkOrderId};
use serde_json::Value;

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

    /// Creates a set, answering in its order. Clients whose CMMS takes sets override this.
    async fn create_many(&self, orders: &[NewOrder]) -> Vec<CreateOutcome> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            outcomes.push(self.create(order).await);
        }
        outcomes
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
