use domain::ids::PredictionId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::prediction::Quarantine;
use domain::views::predictions::QuarantinePage;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::codec::Answer;
use crate::error::AppError;

/// Which part of the quarantine to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QuarantineFilter {
    /// Only this reason.
    pub reason: Option<Quarantine>,
    /// Only the source of this name.
    pub source: Option<String>,
    /// Replayed and dismissed ones.
    pub handled: bool,
    /// Only older ones than this.
    pub before: Option<PredictionId>,
}

/// A page of the quarantine. Predictions of an unknown asset belong to no site, so the chosen
/// site does not narrow the list.
///
/// # Errors
/// Nobody is signed in, or has no right to it.
#[server(prefix = "/ui", endpoint = "predictions/quarantine", input = Json, output = Answer)]
pub async fn quarantine_list(filter: QuarantineFilter) -> Result<QuarantinePage, AppError> {
    use services::predictions::quarantine;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let page = quarantine(&mut tx, &caller, ssr::asked(filter)).await?;
    tx.commit().await?;
    Ok(page)
}

/// Acts on a prediction now.
///
/// # Errors
/// Nothing has changed for it, or it was dismissed.
#[server(prefix = "/ui", endpoint = "predictions/replay", output = Answer)]
pub async fn replay_prediction(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let done = services::predictions::replay(&mut tx, &caller, PredictionId(id)).await?;
    tx.commit().await?;
    ssr::after_replay(&done);
    Ok(())
}

/// Lets the word of a prediction stand for a failure mode, and replays what waits for it.
///
/// # Errors
/// As [`replay_prediction`], or the failure mode is unknown.
#[server(prefix = "/ui", endpoint = "predictions/map-failure-mode", output = Answer)]
pub async fn map_prediction_mode(id: i64, failure_mode: String) -> Result<(), AppError> {
    use services::predictions::map_failure_mode;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let done = map_failure_mode(&mut tx, &caller, PredictionId(id), &failure_mode).await?;
    tx.commit().await?;
    ssr::after_replay(&done);
    Ok(())
}

/// Lets the name a prediction gives its asset stand for an asset, and replays what waits for it.
///
/// # Errors
/// As [`replay_prediction`], or there is no such asset.
#[server(prefix = "/ui", endpoint = "predictions/map-asset", output = Answer)]
pub async fn map_prediction_asset(id: i64, asset: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let done = services::predictions::map_asset(&mut tx, &caller, PredictionId(id), &asset).await?;
    tx.commit().await?;
    ssr::after_replay(&done);
    Ok(())
}

/// Puts a prediction aside for good.
///
/// # Errors
/// It was replayed already.
#[server(prefix = "/ui", endpoint = "predictions/dismiss", output = Answer)]
pub async fn dismiss_prediction(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::predictions::dismiss(&mut tx, &caller, PredictionId(id)).await?;
    tx.commit().await?;
    leptos_axum::redirect("/quarantine?done=dismissed");
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) mod ssr {
    use domain::views::predictions::Replayed;
    use services::predictions::QuarantineQuery;

    use super::QuarantineFilter;

    pub(in crate::predictions) fn asked(filter: QuarantineFilter) -> QuarantineQuery {
        QuarantineQuery {
            reason: filter.reason,
            source: filter.source,
            handled: filter.handled,
            before: filter.before,
            limit: Some(50),
        }
    }

    pub(super) fn after_replay(done: &Replayed) {
        let alert = done.alert_id.map_or_else(|| "stale".to_owned(), |id| id.to_string());
        leptos_axum::redirect(&format!("/quarantine?done={alert}"));
    }
}
