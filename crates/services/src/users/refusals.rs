use store::{Actor, AuditEntry};

use crate::{Error, Services};

/// Notes that a caller was refused; `what` is the method and route.
///
/// # Errors
/// When the database fails.
pub async fn note_refusal(
    services: &Services,
    actor: Actor,
    what: &str,
    address: &str,
) -> Result<(), Error> {
    let mut tx = services.store.begin(&store::Scope::All, actor).await?;
    let entity = if matches!(actor, Actor::Key(_)) { "api_key" } else { "app_user" };
    let detail = serde_json::json!({ "what": what, "address": address });
    let entry = AuditEntry::new("access.refuse", entity, actor.id().unwrap_or(0));
    tx.audit(vec![entry.outcome("refused").detail(detail)]).await?;
    Ok(tx.commit().await?)
}
