//! Assets: tree and search, one asset with its label, its forms, the import, calendars and crews.

mod actions;
mod calendar;
mod changes;
mod detail;
mod drill;
mod edits;
mod form;
mod health;
mod history;
mod import;
mod keyboard;
mod label;
mod list;
mod page;
mod panels;
mod query;
mod reconcile;
mod relocate;
mod retire;
mod tree;

pub use calendar::CalendarPage;
pub use detail::AssetPage;
pub use form::{EditAssetPage, NewAssetPage};
pub use history::AssetHistoryPage;
pub use import::{ImportPage, ImportStepsPage};
pub use label::AssetLabelPage;
pub use page::AssetsPage;
pub use query::listed;
pub use reconcile::ReconcilePage;
pub use relocate::MoveAssetPage;

pub(crate) use calendar::Crews;

use domain::asset::AssetKind;
use domain::ids::AssetId;
use domain::views::assets::Step;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::strings::assets as texts;
use crate::strings::reconcile as reconcile_texts;
use crate::ui::{Crumb, Tab, Tabs};

/// The id in the address; 0, which no asset has, when it is none.
fn id_in_address() -> Memo<i64> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse().ok())).unwrap_or(0))
}

/// What an asset is called where space is scarce: sites and lines by name, the rest by tag.
fn short(step: &Step) -> String {
    match step.kind {
        AssetKind::Site | AssetKind::Line => step.name.clone(),
        AssetKind::Machine | AssetKind::Component => step.tag.clone(),
    }
}

/// The path to an asset.
fn crumbs(above: &[Step]) -> Vec<Crumb> {
    let start = Crumb::link(texts::TITLE, "/assets");
    let steps = above.iter().map(|step| Crumb::link(short(step), format!("/assets/{}", step.id)));
    std::iter::once(start).chain(steps).collect()
}

/// The pages of all assets.
#[component]
fn AssetsTabs(
    /// The page that is shown: `tree` or `reconcile`.
    current: &'static str,
) -> impl IntoView {
    let tabs = vec![
        Tab::new("/assets", reconcile_texts::TREE, current == "tree"),
        Tab::new("/assets/reconcile", reconcile_texts::TAB, current == "reconcile"),
    ];
    view! { <Tabs label=reconcile_texts::TABS tabs=Signal::stored(tabs) /> }.into_any()
}

/// The pages of one asset.
#[component]
fn AssetTabs(
    /// The asset.
    id: AssetId,
    /// Sites have a calendar.
    kind: AssetKind,
    /// The page that is shown: empty, `history` or `calendar`.
    current: &'static str,
) -> impl IntoView {
    let of = move |page: &'static str, label| {
        let href = match page {
            "" => format!("/assets/{id}"),
            page => format!("/assets/{id}/{page}"),
        };
        Tab::new(href, label, page == current)
    };
    let mut tabs = vec![of("", texts::OVERVIEW)];
    if kind == AssetKind::Site {
        tabs.push(of("calendar", texts::CALENDAR));
    }
    tabs.push(of("history", texts::HISTORY));
    view! { <Tabs label=texts::TABS tabs=Signal::stored(tabs) /> }.into_any()
}
