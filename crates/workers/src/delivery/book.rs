//! The built-in book as a CMMS: its records lie in our own database.

use std::collections::HashMap;

use async_trait::async_trait;
use cmms::{CallError, Capabilities, CmmsClient, CreateOutcome, NewOrder};
use domain::cmms_record::CmmsRecord;
use domain::work_order::WorkOrderStatus;
use store::Store;
use store::crash_point;
use store::work_orders::book::{self, NewBookOrder};
use store::work_orders::delivery;

/// Writes into the built-in book.
#[derive(Debug, Clone)]
pub struct BookClient {
    store: Store,
}

impl BookClient {
    /// A client of the book in this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// A lost commit leaves no record, or one that a look-up finds; so nothing waits for the disk.
    async fn write(&self, orders: &[NewBookOrder]) -> Result<Vec<CmmsRecord>, CreateOutcome> {
        let not_sent = |e: store::Error| CreateOutcome::NotSent(e.to_string());
        let unknown = |e: store::Error| CreateOutcome::Unknown(e.to_string());
        let mut tx = self.store.begin_system().await.map_err(not_sent)?;
        delivery::relax(&mut tx).await.map_err(not_sent)?;
        let records = book::create(&mut tx, orders).await.map_err(not_sent)?;
        crash_point!("book.before_commit");
        tx.commit().await.map_err(unknown)?;
        crash_point!("book.after_commit");
        Ok(records)
    }
}

fn refused(message: &str) -> CreateOutcome {
    CreateOutcome::Refused {
        code: "invalid_body".to_owned(),
        message: message.to_owned(),
        fields: Vec::new(),
    }
}

fn entry(order: &NewOrder) -> Option<NewBookOrder> {
    let text = |key: &str| order.body.get(key).and_then(|value| value.as_str());
    let status: WorkOrderStatus = text("status")?.parse().ok()?;
    Some(NewBookOrder {
        external_ref: order.external_ref.clone(),
        site: order.site,
        body: order.body.clone(),
        status,
        assigned_to: text("assigned_to").map(str::to_owned),
    })
}

#[async_trait]
impl CmmsClient for BookClient {
    fn capabilities(&self) -> Capabilities {
        Capabilities::same_database()
    }

    async fn create(&self, order: &NewOrder) -> CreateOutcome {
        let mut outcomes = self.create_many(std::slice::from_ref(order)).await;
        outcomes.pop().unwrap_or_else(|| CreateOutcome::Unknown("no answer".to_owned()))
    }

    async fn create_many(&self, orders: &[NewOrder]) -> Vec<CreateOutcome> {
        let entries: Vec<Option<NewBookOrder>> = orders.iter().map(entry).collect();
        let valid: Vec<NewBookOrder> = entries.iter().flatten().cloned().collect();
        let mut records: HashMap<String, CmmsRecord> = match self.write(&valid).await {
            Ok(records) => records
                .into_iter()
                .filter_map(|record| Some((record.external_ref.clone()?, record)))
                .collect(),
            Err(outcome) => return orders.iter().map(|_| outcome.clone()).collect(),
        };
        orders
            .iter()
            .zip(entries)
            .map(|(order, entry)| match (entry, records.remove(&order.external_ref)) {
                (None, _) => refused("the body has no known status"),
                (Some(_), Some(record)) => CreateOutcome::Created(Box::new(record)),
                (Some(_), None) => CreateOutcome::Unknown("no record came back".to_owned()),
            })
            .collect()
    }

    async fn look_up(&self, external_ref: &str) -> Result<Vec<CmmsRecord>, CallError> {
        let failed = |e: store::Error| CallError::Failed(e.to_string());
        let mut tx = self.store.begin_system().await.map_err(failed)?;
        book::by_references(&mut tx, &[external_ref.to_owned()]).await.map_err(failed)
    }

    async fn read(&self, cmms_id: &str) -> Result<Option<CmmsRecord>, CallError> {
        let Ok(id) = cmms_id.parse() else { return Ok(None) };
        let failed = |e: store::Error| CallError::Failed(e.to_string());
        let mut tx = self.store.begin_system().await.map_err(failed)?;
        book::by_id(&mut tx, id).await.map_err(failed)
    }
}
