//! What the pages of rules ask of the server.

use domain::policy::Policy;
use domain::views::rules::{
    Comparison, Editing, PolicyList, PolicyPage, Preview, Publishing, Versions,
};
#[cfg(feature = "ssr")]
use domain::{ids::PolicyId, ids::SiteId, permission::Permission};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// Every policy the person may see.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "rules/list", output = Answer)]
pub async fn load_rules() -> Result<PolicyList, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let list = services::rules::list(&mut tx, &caller).await?;
    tx.commit().await?;
    Ok(list)
}

/// One policy with its latest versions and its shadow.
///
/// # Errors
/// There is none, or not for this person.
#[server(prefix = "/ui", endpoint = "rules/page", output = Answer)]
pub async fn load_policy(id: i64) -> Result<PolicyPage, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let page = services::rules::page(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    Ok(page)
}

/// Every version of a policy.
///
/// # Errors
/// As [`load_policy`].
#[server(prefix = "/ui", endpoint = "rules/versions", output = Answer)]
pub async fn load_versions(id: i64) -> Result<Versions, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let versions = services::rules::versions(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    Ok(versions)
}

/// Two versions of a policy beside each other; 0 is the draft.
///
/// # Errors
/// As [`load_policy`], or there is no such version.
#[server(prefix = "/ui", endpoint = "rules/compare", input = Json, output = Answer)]
pub async fn load_comparison(
    id: i64,
    from: Option<i32>,
    to: Option<i32>,
) -> Result<Comparison, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let found = services::rules::compare(&mut tx, &caller, PolicyId(id), from, to).await?;
    tx.commit().await?;
    Ok(found)
}

/// The draft of a policy, or what is in force, with the words to choose from.
///
/// # Errors
/// As [`load_policy`].
#[server(prefix = "/ui", endpoint = "rules/editing", output = Answer)]
pub async fn load_editing(id: i64) -> Result<Editing, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let editing = services::rules::editing(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    Ok(editing)
}

/// What is about to be published.
///
/// # Errors
/// As [`load_policy`], or there is no draft.
#[server(prefix = "/ui", endpoint = "rules/publishing", output = Answer)]
pub async fn load_publishing(id: i64) -> Result<Publishing, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    let found = services::rules::publishing(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    Ok(found)
}

/// What a policy would have done in the last days, beside the one in force. A request that is
/// dropped ends the work.
///
/// # Errors
/// As [`load_policy`], or the policy cannot be evaluated.
#[server(prefix = "/ui", endpoint = "rules/preview", input = Json, output = Answer)]
pub async fn preview_rules(id: i64, policy: Policy, days: i32) -> Result<Preview, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    Ok(services::rules::preview(&mut tx, PolicyId(id), &policy, days, |_| {}).await?)
}

/// Saves the draft; answers its new version.
///
/// # Errors
/// Somebody else has saved it meanwhile, or the person may not draft here.
#[server(prefix = "/ui", endpoint = "rules/save", input = Json, output = Answer)]
pub async fn save_draft(id: i64, version: i32, policy: Policy) -> Result<i32, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    let saved =
        services::rules::save_draft(&mut tx, &caller, PolicyId(id), version, policy).await?;
    tx.commit().await?;
    Ok(saved.version)
}

/// Takes a text as the draft.
///
/// # Errors
/// The text is refused with its lines; else as [`save_draft`].
#[server(prefix = "/ui", endpoint = "rules/import", output = Answer)]
pub async fn import_rules(id: i64, version: i32, text: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    services::rules::import_draft(&mut tx, &caller, PolicyId(id), version, &text).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}/edit"));
    Ok(())
}

/// Takes an older version as the draft.
///
/// # Errors
/// As [`save_draft`], or there is no such version.
#[server(prefix = "/ui", endpoint = "rules/restore", output = Answer)]
pub async fn restore_version(id: i64, version: i32) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    services::rules::restore(&mut tx, &caller, PolicyId(id), version).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}/edit"));
    Ok(())
}

/// Throws the draft away.
///
/// # Errors
/// There is none, or the person may not draft here.
#[server(prefix = "/ui", endpoint = "rules/discard", output = Answer)]
pub async fn discard_draft(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    services::rules::discard(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}"));
    Ok(())
}

/// Puts the draft on top of what was published meanwhile.
///
/// # Errors
/// As [`discard_draft`].
#[server(prefix = "/ui", endpoint = "rules/rebase", output = Answer)]
pub async fn rebase_draft(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    services::rules::rebase(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}/publish"));
    Ok(())
}

/// Puts the saved draft into shadow.
///
/// # Errors
/// As [`discard_draft`], or it cannot be evaluated.
#[server(prefix = "/ui", endpoint = "rules/shadow-start", output = Answer)]
pub async fn start_shadow(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    services::rules::start_shadow(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}"));
    Ok(())
}

/// Ends the run in shadow.
///
/// # Errors
/// As [`discard_draft`].
#[server(prefix = "/ui", endpoint = "rules/shadow-end", output = Answer)]
pub async fn end_shadow(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RuleDraft).await?;
    services::rules::end_shadow(&mut tx, &caller, PolicyId(id)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}"));
    Ok(())
}

/// Publishes the draft the person has looked at.
///
/// # Errors
/// Without a reason, when the draft has changed or is not valid, or without the right.
#[server(prefix = "/ui", endpoint = "rules/publish", output = Answer)]
pub async fn publish_rules(id: i64, version: i32, reason: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RulePublish).await?;
    let published =
        services::rules::publish_draft(&mut tx, &caller, PolicyId(id), version, &reason).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}?published={published}"));
    Ok(())
}

/// Pauses or resumes one rule: a version of its own.
///
/// # Errors
/// As [`publish_rules`].
#[server(prefix = "/ui", endpoint = "rules/pause", output = Answer)]
pub async fn pause_rule(
    id: i64,
    version: i32,
    rule: String,
    paused: bool,
    reason: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RulePublish).await?;
    let id = PolicyId(id);
    let published =
        services::rules::pause(&mut tx, &caller, id, version, &rule, paused, &reason).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}?published={published}"));
    Ok(())
}

/// Gives a site rules of its own, at first a copy.
///
/// # Errors
/// It has some already, or the person may not publish there.
#[server(prefix = "/ui", endpoint = "rules/override", output = Answer)]
pub async fn override_site(site: i64, reason: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::RulePublish).await?;
    let id = services::rules::override_site(&mut tx, &caller, SiteId(site), &reason).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/rules/{id}"));
    Ok(())
}
