use domain::views::overview::StepKind;
use store::ScopedTx;

use crate::Error;

/// The first steps and whether they are done; empty once predictions arrive.
pub(super) async fn steps(
    tx: &mut ScopedTx,
    sites: &[i64],
) -> Result<Vec<(StepKind, bool)>, Error> {
    let seen = store::overview::seen(tx, sites).await?;
    if seen.prediction || seen.alert {
        return Ok(Vec::new());
    }
    Ok(vec![
        (StepKind::Assets, seen.assets),
        (StepKind::People, seen.people),
        (StepKind::Key, seen.key),
        (StepKind::Prediction, false),
    ])
}
