//! The plan as a page shows it.

use std::collections::HashMap;

use domain::ids::{AssetId, ConnectionId};
use domain::permission::Permission;
use domain::views::reconcile::{
    Effect, ItemKind, ItemState, Named, PlanHead, PlanItem, PlanView, Register, SyncView,
};
use store::ScopedTx;
use store::assets::reconcile::{self as rows, EffectRow, ItemRow, Page, SyncRow};

use crate::{Caller, Error};

/// Items of a page.
const PAGE: i64 = 50;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The register, by the name of its connection in addresses; else the first.
    pub register: Option<String>,
    /// One kind of items.
    pub kind: Option<ItemKind>,
    /// Items in this state; else the open ones.
    pub state: Option<ItemState>,
    /// After the item with this id.
    pub after: Option<i64>,
}

/// One page of the plan, with how the reading stands.
///
/// # Errors
/// [`Error::NotFound`] for a register that is not there, or not for this caller.
pub async fn show(tx: &mut ScopedTx, caller: &Caller, ask: &Ask) -> Result<PlanView, Error> {
    let registers: Vec<Register> = rows::registers(tx)
        .await?
        .into_iter()
        .map(|row| Register { id: ConnectionId(row.id), slug: row.slug, name: row.name })
        .collect();
    let register = match &ask.register {
        Some(slug) => {
            Some(registers.iter().find(|one| one.slug == *slug).ok_or(Error::NotFound)?.clone())
        }
        None => registers.first().cloned(),
    };
    let mut view = PlanView {
        registers,
        register,
        sync: None,
        plan: None,
        counts: Vec::new(),
        choices: 0,
        items: Vec::new(),
        next: None,
        may_apply: caller.may(Permission::AssetEdit),
    };
    let Some(connection) = view.register.as_ref().map(|register| register.id) else {
        return Ok(view);
    };
    view.sync = rows::latest(tx, connection).await?.map(sync);
    let Some(plan) = rows::current_plan(tx, connection).await? else { return Ok(view) };
    let counted: HashMap<String, (i64, i64)> = rows::item_counts(tx, plan.id)
        .await?
        .into_iter()
        .map(|(kind, count, choices)| (kind, (count, choices)))
        .collect();
    for kind in ItemKind::ALL {
        let (count, choices) = counted.get(kind.as_str()).copied().unwrap_or_default();
        view.counts.push((*kind, count));
        view.choices += choices;
    }
    let page = Page {
        plan: plan.id,
        kind: ask.kind.map(ItemKind::as_str),
        state: ask.state.unwrap_or(ItemState::Open).as_str(),
        after: ask.after,
        limit: PAGE + 1,
    };
    let mut found = rows::items(tx, &page).await?;
    if found.len() > PAGE as usize {
        found.truncate(PAGE as usize);
        view.next = found.last().map(|row| row.id);
    }
    let assets: Vec<i64> = found.iter().filter_map(|row| row.asset_id).collect();
    let mut hanging: HashMap<i64, EffectRow> =
        rows::effects(tx, &assets).await?.into_iter().map(|row| (row.id, row)).collect();
    for row in found {
        let effect = row.asset_id.and_then(|id| hanging.remove(&id));
        view.items.push(item(row, effect)?);
    }
    view.plan = Some(PlanHead {
        id: plan.id,
        made_at: plan.made_at,
        records: plan.records,
        linked: plan.linked,
        equal: plan.equal,
    });
    Ok(view)
}

fn sync(row: SyncRow) -> SyncView {
    SyncView {
        full: row.kind == "full",
        state: row.state,
        pages: row.pages,
        records: row.records,
        changed: row.changed,
        started_at: row.started_at,
        finished_at: row.finished_at,
        error: row.error,
    }
}

fn item(row: ItemRow, effect: Option<EffectRow>) -> Result<PlanItem, Error> {
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset_plan_item", error);
    let place = row.path_text.or(row.under_path).or(row.location).unwrap_or_default();
    let ours = row.tag.map(|tag| Named {
        id: row.asset_id.map(AssetId),
        tag,
        name: row.name.unwrap_or_default(),
    });
    let theirs =
        row.cmms_tag.map(|tag| Named { id: None, tag, name: row.cmms_name.unwrap_or_default() });
    Ok(PlanItem {
        id: row.id,
        kind: row.kind.parse().map_err(corrupt)?,
        state: row.state.parse().map_err(corrupt)?,
        ours,
        theirs,
        cmms_id: row.cmms_id,
        place,
        detail: row.detail.0,
        score: u8::try_from(row.score).unwrap_or(0),
        choice: row.choice,
        effect: effect.map(hangs).unwrap_or_default(),
    })
}

fn hangs(row: EffectRow) -> Effect {
    let number = row.order_id.map(|id| row.order_number.unwrap_or_else(|| format!("#{id}")));
    Effect {
        below: row.below,
        points: row.points,
        alerts: row.alerts,
        orders: row.orders,
        order: number,
    }
}
