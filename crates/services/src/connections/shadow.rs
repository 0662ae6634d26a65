use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use store::ScopedTx;
use store::connections::shadow as rows;

use crate::Error;

/// Work orders handled per transaction.
const SET: i64 = 100;

/// Keeps what connections in shadow would have sent for work orders that an active connection got.
/// Answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn render_shadow(tx: &mut ScopedTx) -> Result<usize, Error> {
    let beside = rows::beside(tx, SET).await?;
    for one in &beside {
        let place =
            (ConnectionId(one.connection_id), WorkOrderId(one.work_order_id), SiteId(one.site_id));
        rows::keep(tx, place, &one.request, 0, None).await?;
    }
    Ok(beside.len())
}
