//! What the alert pages ask of the server.

use domain::views::alerts::{AlertDetail, AlertList, Reviewing};
#[cfg(feature = "ssr")]
use domain::{ids::AlertId, permission::Permission};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::AlertQuery;
use crate::codec::Answer;
use crate::error::AppError;

/// A page of the alert list, with facets and floods.
///
/// # Errors
/// Nobody is signed in, or may see alerts.
#[server(prefix = "/ui", endpoint = "alerts/list", input = Json, output = Answer)]
pub async fn load_alerts(query: AlertQuery) -> Result<AlertList, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin_here(Permission::View).await?;
    let list = services::alerts::search(&mut tx, &ssr::list_query(query)).await?;
    tx.commit().await?;
    Ok(list)
}

/// Everything about one alert.
///
/// # Errors
/// There is none, or not for this person.
#[server(prefix = "/ui", endpoint = "alerts/detail", output = Answer)]
pub async fn load_alert(id: i64) -> Result<AlertDetail, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::View).await?;
    let detail = services::alerts::detail(&mut tx, AlertId(id)).await?;
    tx.commit().await?;
    Ok(detail)
}

/// The review screen: the queue of the working site, one question, and the decision just made.
///
/// # Errors
/// The question is not there, or this person decides nothing.
#[server(prefix = "/ui", endpoint = "alerts/review", input = Json, output = Answer)]
pub async fn load_reviewing(id: Option<i64>, decided: Option<i64>) -> Result<Reviewing, AppError> {
    use services::alerts::{queue, reviewing};
    let ctx = crate::context::ssr::server_ctx()?;
    let mut here = ctx.begin_here(Permission::ReviewDecide).await?;
    let waiting = queue(&mut here).await?;
    here.commit().await?;
    let mut tx = ctx.begin(Permission::ReviewDecide).await?;
    let found = reviewing(&mut tx, waiting, id.map(AlertId), decided.map(AlertId)).await?;
    tx.commit().await?;
    Ok(found)
}

/// Approves a question, with what the reviewer changed about the work order; held for some seconds.
///
/// # Errors
/// Somebody decided first, the alert has changed, or the input needs a correction.
#[server(prefix = "/ui", endpoint = "alerts/approve", output = Answer)]
pub async fn approve_review(
    alert: i64,
    version: i32,
    #[server(default)] next: String,
    #[server(default)] priority: String,
    #[server(default)] due: String,
    #[server(default)] assign_to: String,
    #[server(default)] comment: String,
) -> Result<(), AppError> {
    let answer = ssr::approval(version, &priority, &due, assign_to, comment);
    ssr::decide(AlertId(alert), answer, &next).await
}

/// Rejects a question for a reason; held for some seconds.
///
/// # Errors
/// As [`approve_review`].
#[server(prefix = "/ui", endpoint = "alerts/reject", output = Answer)]
pub async fn reject_review(
    alert: i64,
    version: i32,
    #[server(default)] next: String,
    #[server(default)] reason: String,
    #[server(default)] comment: String,
) -> Result<(), AppError> {
    ssr::decide(AlertId(alert), ssr::rejection(version, &reason, comment), &next).await
}

/// Puts a question off until an instant, or until the morning of `day`; held for some seconds.
///
/// # Errors
/// As [`approve_review`].
#[server(prefix = "/ui", endpoint = "alerts/snooze", output = Answer)]
pub async fn snooze_review(
    alert: i64,
    version: i32,
    #[server(default)] next: String,
    #[server(default)] until: String,
    #[server(default)] day: String,
) -> Result<(), AppError> {
    ssr::decide(AlertId(alert), ssr::put_off(version, &until, &day), &next).await
}

/// Takes a decision back and shows the question again.
///
/// # Errors
/// It has been carried out already, or somebody else decided it.
#[server(prefix = "/ui", endpoint = "alerts/undo", output = Answer)]
pub async fn undo_review(alert: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::ReviewDecide).await?;
    services::alerts::undo(&mut tx, &caller, AlertId(alert)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/review/{alert}"));
    Ok(())
}

/// Raises a work order for an alert, in the name of the person.
///
/// # Errors
/// The person may not, or the input needs a correction.
#[server(prefix = "/ui", endpoint = "alerts/raise", output = Answer)]
pub async fn raise_for_alert(
    alert: i64,
    priority: i16,
    title: String,
    #[server(default)] notes: String,
    key: String,
) -> Result<(), AppError> {
    use services::work_orders::raise;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::WorkOrderRaise).await?;
    let found = services::alerts::get(&mut tx, AlertId(alert)).await?;
    let raised =
        raise(&mut tx, &caller, ssr::raised(&found, priority, title, notes)?, Some(&key)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/work-orders/{}", raised.id));
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) mod ssr {
    use domain::alert::{Priority, ReviewDecision};
    use domain::ids::AlertId;
    use domain::permission::Permission;
    use domain::views::alerts::Alert;
    use services::alerts::{Answer, ListQuery, Until, answer};
    use services::work_orders::Raise;

    use super::AlertQuery;
    use crate::context::ssr::{fail, server_ctx};
    use crate::error::{AppError, FieldError};
    use crate::strings::alerts as texts;

    pub(in crate::alerts) fn list_query(query: AlertQuery) -> ListQuery {
        ListQuery {
            q: query.q,
            states: query.states,
            severities: query.severities,
            asset: query.asset,
            after: query.after,
            limit: 50,
        }
    }

    /// Decides and goes on to the next question.
    pub(super) async fn decide(alert: AlertId, said: Answer, next: &str) -> Result<(), AppError> {
        let ctx = server_ctx()?;
        let caller = ctx.caller()?.clone();
        let mut tx = ctx.begin(Permission::ReviewDecide).await?;
        answer(&mut tx, &ctx.services.settings, &caller, alert, said).await?;
        tx.commit().await?;
        leptos_axum::redirect(&match next.parse::<AlertId>() {
            Ok(next) => format!("/review/{next}?decided={alert}"),
            Err(_) => format!("/review?decided={alert}"),
        });
        Ok(())
    }

    pub(super) fn approval(
        version: i32,
        priority: &str,
        due: &str,
        assign_to: String,
        comment: String,
    ) -> Answer {
        Answer {
            priority: priority.parse().ok().and_then(Priority::new),
            due: due.parse().ok(),
            assign_to: Some(assign_to),
            comment: Some(comment),
            ..Answer::new(ReviewDecision::Approve, version)
        }
    }

    pub(super) fn rejection(version: i32, reason: &str, comment: String) -> Answer {
        Answer {
            reason: reason.parse().ok(),
            comment: Some(comment),
            ..Answer::new(ReviewDecision::Reject, version)
        }
    }

    pub(super) fn put_off(version: i32, until: &str, day: &str) -> Answer {
        let instant = until.parse().ok().map(Until::Instant);
        Answer {
            until: instant.or_else(|| day.parse().ok().map(Until::Day)),
            ..Answer::new(ReviewDecision::Snooze, version)
        }
    }

    pub(super) fn raised(
        alert: &Alert,
        priority: i16,
        title: String,
        notes: String,
    ) -> Result<Raise, AppError> {
        let priority = Priority::try_from(priority).map_err(|error| {
            let field = FieldError { field: "priority".into(), message: error.to_string() };
            fail(AppError::invalid(vec![field]))
        })?;
        let notes = Some(notes).filter(|notes| !notes.trim().is_empty());
        let title = Some(title)
            .filter(|title| !title.trim().is_empty())
            .unwrap_or_else(|| texts::proposed(&alert.failure_mode_name, &alert.asset.tag));
        Ok(Raise {
            asset: alert.asset.tag.clone(),
            failure_mode: alert.failure_mode.clone(),
            priority,
            title,
            notes,
            evidence: Vec::new(),
        })
    }
}
