//! Every page and its address. A new page is a line in [`Framed`] (signed in) or [`App`], and one
//! in its room ([`rooms`]).

mod rooms;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::any_nested_route::IntoAnyNestedRoute;
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use self::rooms::{Alerts, Assets, Connections, In, Office, Rules, Start, Work};
use crate::browser::provide_clock;
use crate::error::provide_form_error;
use crate::frame::Frame;
use crate::strings::errors;
use crate::ui::page::provide_focus;

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
                <Route path=path!("/sign-in") view=In(Office::SignIn) ssr=SsrMode::Async />
                <Route path=path!("/setup") view=In(Office::SetUp) ssr=SsrMode::Async />
                <Route path=path!("/setup/2") view=In(Office::SetUpSite) ssr=SsrMode::Async />
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
            <Route path=path!("/overview") view=In(Start::Overview) ssr=SsrMode::Async />
            <Route path=path!("/search") view=In(Start::Search) ssr=SsrMode::Async />
            <Route path=path!("/review") view=In(Alerts::Review) ssr=SsrMode::Async />
            <Route path=path!("/review/:id") view=In(Alerts::Review) ssr=SsrMode::Async />
            <Route path=path!("/alerts") view=In(Alerts::List) ssr=SsrMode::Async />
            <Route path=path!("/alerts/:id") view=In(Alerts::One) ssr=SsrMode::Async />
            <Route path=path!("/work-orders") view=In(Work::List) ssr=SsrMode::Async />
            <Route path=path!("/work-orders/:id") view=In(Work::One) ssr=SsrMode::Async />
            <Route path=path!("/logbook") view=In(Work::Logbook) ssr=SsrMode::Async />
            <AssetRoutes />
            <Route path=path!("/quarantine") view=In(Alerts::Quarantine) ssr=SsrMode::Async />
            <Route
                path=path!("/connections/:slug/mapping")
                view=In(Office::Mapping)
                ssr=SsrMode::Async
            />
            <Administration />
            <RuleRoutes />
            <ConnectionRoutes />
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
            <Route path=path!("/audit") view=In(Office::Audit) ssr=SsrMode::Async />
            <Route path=path!("/admin") view=In(Office::Admin) ssr=SsrMode::Async />
            <Route path=path!("/admin/users") view=In(Office::Users) ssr=SsrMode::Async />
            <Route path=path!("/admin/users/:id") view=In(Office::Person) ssr=SsrMode::Async />
            <Route path=path!("/admin/roles") view=In(Office::Roles) ssr=SsrMode::Async />
            <Route path=path!("/admin/keys") view=In(Office::Keys) ssr=SsrMode::Async />
            <Route path=path!("/admin/checks") view=In(Office::Checks) ssr=SsrMode::Async />
            <Route path=path!("/account") view=In(Office::Account) ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Rules: the list, one policy, and what is done with it.
#[component(transparent)]
fn RuleRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("/rules") view=In(Rules::List) ssr=SsrMode::Async />
            <Route path=path!("/rules/:id") view=In(Rules::One) ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/edit") view=In(Rules::Edit) ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/publish") view=In(Rules::Publish) ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/versions") view=In(Rules::Versions) ssr=SsrMode::Async />
            <Route path=path!("/rules/:id/compare") view=In(Rules::Compare) ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Connections: the list, the wizard, one.
#[component(transparent)]
fn ConnectionRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/connections") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=In(Connections::List) ssr=SsrMode::Async />
            <Route path=path!("/new") view=In(Connections::New) ssr=SsrMode::Async />
            <Route path=path!("/:id") view=In(Connections::One) ssr=SsrMode::Async />
            <Route path=path!("/:id/setup") view=In(Connections::SetUp) ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(debug_assertions)]
fn kit() -> impl leptos_router::MatchNestedRoutes + Clone {
    use crate::kit::KitPage;
    view! { <Route path=path!("/ui") view=KitPage ssr=SsrMode::Async /> }.into_inner()
}

/// The pages of assets.
#[component(transparent)]
fn AssetRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/assets") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=In(Assets::List) ssr=SsrMode::Async />
            <Route path=path!("/new") view=In(Assets::New) ssr=SsrMode::Async />
            <Route path=path!("/import") view=In(Assets::Import) ssr=SsrMode::Async />
            <Route path=path!("/import/:id") view=In(Assets::ImportSteps) ssr=SsrMode::Async />
            <Route path=path!("/reconcile") view=In(Assets::Reconcile) ssr=SsrMode::Async />
            <Route path=path!("/:id") view=In(Assets::One) ssr=SsrMode::Async />
            <Route path=path!("/:id/edit") view=In(Assets::Edit) ssr=SsrMode::Async />
            <Route path=path!("/:id/move") view=In(Assets::Move) ssr=SsrMode::Async />
            <Route path=path!("/:id/label") view=In(Assets::Label) ssr=SsrMode::Async />
            <Route path=path!("/:id/history") view=In(Assets::History) ssr=SsrMode::Async />
            <Route path=path!("/:id/calendar") view=In(Assets::Calendar) ssr=SsrMode::Async />
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
