//! What the plan asks of the server.

use domain::ids::ConnectionId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::reconcile::{ApplyReport, ItemKind, ItemState, PlanView};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// The plan of a register, one page of it.
///
/// # Errors
/// There is no such register, or not for this person.
#[server(prefix = "/ui", endpoint = "assets/plan", input = Json, output = Answer)]
pub async fn load_plan(
    register: Option<String>,
    kind: Option<ItemKind>,
    state: Option<ItemState>,
    after: Option<i64>,
) -> Result<PlanView, AppError> {
    use services::assets::reconcile::{Ask, show};
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let ask = Ask { register, kind, state, after };
    Ok(show(&mut tx, &caller, &ask).await?)
}

/// Applies, skips or refuses the ticked items; `accept` says `item:orders` for open work that may
/// stay on what is retired, `under` where new assets go that have no place.
///
/// # Errors
/// Nothing is ticked, or the right is missing.
#[server(prefix = "/ui", endpoint = "assets/plan-decide", output = Answer)]
pub async fn decide_items(
    act: String,
    #[server(default)] items: Vec<i64>,
    #[server(default)] accept: Vec<String>,
    #[server(default)] under: String,
) -> Result<ApplyReport, AppError> {
    use services::assets::reconcile::{Selection, apply, refuse, skip};
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    if items.is_empty() {
        return Err(services::Error::invalid("items", "missing", texts::NOTHING_TICKED).into());
    }
    let report = match act.as_str() {
        "skip" => set_aside(skip(&mut tx, &caller, &items).await?),
        "refuse" => set_aside(refuse(&mut tx, &caller, &items).await?),
        _ => {
            let accepted = accept.iter().filter_map(|text| {
                let (item, orders) = text.split_once(':')?;
                Some((item.parse().ok()?, orders.parse().ok()?))
            });
            let under = Some(under.trim()).filter(|tag| !tag.is_empty());
            let accepted = accepted.collect();
            apply(&mut tx, &caller, Selection::Items(items), &accepted, under).await?
        }
    };
    tx.commit().await?;
    Ok(report)
}

/// Applies every item of a plan, or of one kind of it, that needs no choice.
///
/// # Errors
/// There is none, or the right is missing.
#[server(prefix = "/ui", endpoint = "assets/plan-apply", output = Answer)]
pub async fn apply_plan(
    plan: i64,
    #[server(default)] kind: String,
) -> Result<ApplyReport, AppError> {
    use services::assets::reconcile::{Selection, apply};
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    let group = Selection::Group { plan, kind: kind.parse().ok() };
    let report = apply(&mut tx, &caller, group, &Default::default(), None).await?;
    tx.commit().await?;
    Ok(report)
}

/// Pairs an asset with a record by hand.
///
/// # Errors
/// One of them is not there or paired already.
#[server(prefix = "/ui", endpoint = "assets/pair", output = Answer)]
pub async fn pair_by_hand(
    connection: ConnectionId,
    tag: String,
    cmms_id: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::assets::reconcile::link(&mut tx, &caller, connection, &tag, &cmms_id).await?;
    tx.commit().await?;
    Ok(())
}

/// Reads the whole register again.
///
/// # Errors
/// The right is missing.
#[server(prefix = "/ui", endpoint = "assets/read-register", output = Answer)]
pub async fn read_register(connection: ConnectionId) -> Result<bool, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    let begun = services::assets::reconcile::read_again(&mut tx, &caller, connection).await?;
    tx.commit().await?;
    Ok(begun)
}

#[cfg(feature = "ssr")]
use crate::strings::reconcile as texts;

#[cfg(feature = "ssr")]
fn set_aside(count: usize) -> ApplyReport {
    ApplyReport { applied: i64::try_from(count).unwrap_or(i64::MAX), ..ApplyReport::default() }
}
