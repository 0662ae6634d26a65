//! Every page and its address. A new page is a line in [`Framed`] (signed in) or [`App`].

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::any_nested_route::IntoAnyNestedRoute;
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{MatchNestedRoutes, SsrMode, path};

use crate::alerts::{AlertPage, AlertsPage, ReviewPage};
use crate::assets::{
    AssetHistoryPage, AssetLabelPage, AssetPage, AssetsPage, CalendarPage, EditAssetPage,
    ImportPage, ImportStepsPage, MoveAssetPage, NewAssetPage,
};
use crate::audit::AuditPage;
use crate::browser::provide_clock;
use crate::error::provide_form_error;
use crate::frame::Frame;
use crate::logbook::LogbookPage;
use crate::overview::OverviewPage;
use crate::predictions::QuarantinePage;
use crate::rules::{ComparePage, EditRulesPage, PolicyPage, PublishPage, RulesPage, VersionsPage};
use crate::search::SearchPage;
use crate::strings::errors;
use crate::ui::page::provide_focus;
use crate::users::{
    AccountPage, AdminPage, ChecksPage, KeysPage, PersonPage, RolesPage, SetUpPage, SetUpSitePage,
    SignInPage, UsersPage,
};
use crate::work_orders::{WorkOrderPage, WorkOrdersPage};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_form_error();
    provide_clock();
    provide_focus();
    view! {
        <Hatch />
        <Router>
            <Routes fallback=NotFound>
                <Framed />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=SetUpPage ssr=SsrMode::Async />
                <Route path=path!("/setup/2") view=SetUpSitePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Pages inside the frame: for signed-in people. They render complete on the server.
#[component(transparent)]
fn Framed() -> impl MatchNestedRoutes + Clone {
    let pages = view! {
        <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
            <Route path=path!("/") view=Home ssr=SsrMode::Async />
            <Route path=path!("/overview") view=OverviewPage ssr=SsrMode::Async />
            <Route path=path!("/search") view=SearchPage ssr=SsrMode::Async />
            <Route path=path!("/review") view=ReviewPage ssr=SsrMode::Async />
            <Route path=path!("/review/:id") view=ReviewPage ssr=SsrMode::Async />
            <Route path=path!("/alerts") view=AlertsPage ssr=SsrMode::Async />
            <Route path=path!("/alerts/:id") view=AlertPage ssr=SsrMode::Async />
            <Route path=path!("/work-orders") view=WorkOrdersPage ssr=SsrMode::Async />
            <Route path=path!("/work-orders/:id") view=WorkOrderPage ssr=SsrMode::Async />
            <Route path=path!("/logbook") view=LogbookPage ssr=SsrMode::Async />
            <Assets />
            <Route path=path!("/quarantine") view=QuarantinePage ssr=SsrMode::Async />
            <Administration />
            <Rules />
        </ParentRoute>
    }
    .into_inner();
    // The components to look at are there while developing, and never in a release.
    #[cfg(debug_assertions)]
    let pages = (pages, kit());
    pages.into_any_nested_route()
}

/// Audit, administration and one's own account.
#[component(transparent)]
fn Administration() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
            <Route path=path!("/admin") view=AdminPage ssr=SsrMode::Async />
            <Route path=path!("/admin/users") view=UsersPage ssr=SsrMode::Async />
            <Route path=path!("/admin/users/:id") view=PersonPage ssr=SsrMode::Async />
            <Route path=path!("/admin/roles") view=RolesPage ssr=SsrMode::Async />
            <Route path=path!("/admin/keys") view=KeysPage ssr=SsrMode::Async />
            <Route path=path!("/admin/checks") view=ChecksPage ssr=SsrMode::Async />
            <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Rules: the list, one policy, and what is done with it.
#[component(transparent)]
fn Rules() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("/rules") view=RulesPage ssr=SsrMode::Async />
            <Route path=path!("/rules/:id") view=PolicyPage ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/edit") view=EditRulesPage ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/publish") view=PublishPage ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/versions") view=VersionsPage ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/compare") view=ComparePage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(debug_assertions)]
fn kit() -> impl MatchNestedRoutes + Clone {
    use crate::kit::KitPage;
    view! { <Route path=path!("/ui") view=KitPage ssr=SsrMode::Async /> }.into_inner()
}

/// The pages of assets.
#[component(transparent)]
fn Assets() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/assets") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=AssetsPage ssr=SsrMode::Async />
            <Route path=path!("/new") view=NewAssetPage ssr=SsrMode::Async />
            <Route path=path!("/import") view=ImportPage ssr=SsrMode::Async />
            <Route path=path!("/import/:id") view=ImportStepsPage ssr=SsrMode::Async />
            <Route path=path!("/:id") view=AssetPage ssr=SsrMode::Async />
            <Route path=path!("/:id/edit") view=EditAssetPage ssr=SsrMode::Async />
            <Route path=path!("/:id/move") view=MoveAssetPage ssr=SsrMode::Async />
            <Route path=path!("/:id/label") view=AssetLabelPage ssr=SsrMode::Async />
            <Route path=path!("/:id/history") view=AssetHistoryPage ssr=SsrMode::Async />
            <Route path=path!("/:id/calendar") view=CalendarPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// The pattern that charts and drawings fill gaps with.
#[component]
fn Hatch() -> impl IntoView {
    view! {
        <svg class="sprite" width="0" height="0" aria-hidden="true">
            <pattern
                id="hatch"
                width="6"
                height="6"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)"
            >
                <path d="M0 0v6" />
            </pattern>
        </svg>
    }
}

/// Leads to what a person starts their day with.
#[component]
fn Home() -> impl IntoView {
    view! { <Redirect path="/overview" /> }
}

/// Nothing at this address; answered with 404.
#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=errors::PAGE_NOT_FOUND />
        <main id="main" class="bare">
            <h1>{errors::PAGE_NOT_FOUND}</h1>
            <p class="muted">{errors::PAGE_NOT_FOUND_HINT}</p>
            <p><a href="/">{crate::strings::frame::PRODUCT}</a></p>
        </main>
    }
}
