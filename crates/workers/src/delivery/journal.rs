//! How far a create has come, stored before its next call under the lane's fencing token.

use async_trait::async_trait;
use cmms::engine::{Journal, JournalClosed, StepState};
use store::work_orders::delivery::{self, Lease};
use store::{Store, crash_point};

/// Stores the state of one create. Whoever was fenced out stores nothing, and so stops calling.
pub(super) struct LaneJournal {
    pub store: Store,
    pub lease: Lease,
}

#[async_trait]
impl Journal for LaneJournal {
    async fn keep(&self, state: &StepState) -> Result<(), JournalClosed> {
        crash_point!("wo.before_step_kept");
        let kept = self.write(state).await;
        crash_point!("wo.after_step_kept");
        match kept {
            Ok(true) => Ok(()),
            Ok(false) => {
                tracing::warn!(work_order.id = self.lease.work_order.0, "fenced out between calls");
                Err(JournalClosed)
            }
            Err(error) => {
                tracing::error!(%error, "the state of a create could not be stored");
                Err(JournalClosed)
            }
        }
    }
}

impl LaneJournal {
    /// A state lost with the database's last moment is found by a look-up: nothing waits for the
    /// disk.
    async fn write(&self, state: &StepState) -> Result<bool, store::Error> {
        let mut tx = self.store.begin_system().await?;
        delivery::relax(&mut tx).await?;
        if delivery::still_ours(&mut tx, &[self.lease]).await?.is_empty() {
            return Ok(false);
        }
        let state = serde_json::to_value(state)
            .map_err(|error| store::Error::corrupt("delivery_progress", error))?;
        delivery::keep_progress(&mut tx, self.lease.work_order, &state).await?;
        tx.commit().await?;
        Ok(true)
    }
}
