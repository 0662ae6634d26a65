//! Rules: the policies, one with its versions and its shadow, the editor with its preview.

mod actions;
mod changes;
mod compare;
mod edit;
mod list;
mod page;
mod preview;
mod publish;
mod rule;
mod shadow;
mod text;
mod versions;

use domain::ids::PolicyId;
use domain::views::rules::PolicyRow;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

pub use compare::ComparePage;
pub use edit::EditRulesPage;
pub use list::RulesPage;
pub use page::PolicyPage;
pub use publish::PublishPage;
pub use versions::VersionsPage;

use crate::strings::rules as texts;
use crate::ui::Crumb;

/// The policy of the address.
fn policy_id() -> Memo<i64> {
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|p| p.get("id").and_then(|id| id.parse().ok())).unwrap_or_default()
    })
}

/// Where the page of a policy is.
fn href(id: PolicyId) -> String {
    format!("/rules/{id}")
}

/// What a policy is called.
fn name(row: &PolicyRow) -> String {
    texts::scope(&row.connection, row.site.as_ref().map(|site| site.name.as_str()))
}

/// The path to a page below a policy.
fn crumbs(row: &PolicyRow) -> Vec<Crumb> {
    vec![Crumb::link(texts::TITLE, "/rules"), Crumb::link(name(row), href(row.id))]
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
