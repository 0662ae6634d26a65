//! A rejected work order's body, made anew for its replay.

use std::collections::HashMap;

use cmms::engine::StepState;
use domain::ids::WorkOrderId;
use store::ScopedTx;
use store::work_orders::people::{self, Target};

use crate::Error;
use crate::connections::mapping;

/// Renders what was asked for with the asset link and the mapping of now. The reference stays, and
/// so does what earlier calls have made there; what they only looked up is looked up again.
pub(super) async fn render_anew(
    tx: &mut ScopedTx,
    id: WorkOrderId,
    target: &Target,
) -> Result<(), Error> {
    let Some(alert) = target.alert_id else { return Ok(()) };
    let Some(asked) = people::asked(tx, id).await? else { return Ok(()) };
    let wanted = HashMap::from([(target.connection_id, vec![alert])]);
    let renderers = mapping::renderers(tx, &wanted).await?;
    let Some(renderer) = renderers.get(&target.connection_id) else { return Ok(()) };
    let body = renderer.body(alert, &asked);
    people::rewrite(tx, id, &body, renderer.version).await?;
    if let Some(progress) = people::progress(tx, id).await?
        && let Ok(mut state) = serde_json::from_value::<StepState>(progress)
    {
        state.forget(&renderer.manifest().operations.create);
        let state = serde_json::to_value(state)
            .map_err(|error| store::Error::corrupt("delivery_progress", error))?;
        store::work_orders::delivery::keep_progress(tx, id, &state).await?;
    }
    Ok(())
}
