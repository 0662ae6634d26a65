//! The frame around the pages of a signed-in person.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;

use super::banner::Banner;
use super::rail::Rail;
use super::topbar::TopBar;
use super::{FrameData, Zone, load_badges, load_frame, use_frame};
use crate::browser::{KeySheet, install_keys, provide_live, use_topic};
use crate::error::AppError;
use crate::strings::frame;
use crate::ui::{ErrorPanel, Query, ToastHost, provide_toasts};

/// Loads who is signed in, then draws top bar, rail and the page. Without a session the server
/// answers with a redirect to the sign-in page before anything of the page is asked for.
#[component]
pub fn Frame() -> impl IntoView {
    let data = Resource::new_blocking(|| (), |()| load_frame());
    // A transition: whatever a page loads again, the frame stays.
    view! {
        <Transition>
            {move || Suspend::new(async move { framed(data.await) })}
        </Transition>
    }
    .into_any()
}

fn framed(data: Result<FrameData, AppError>) -> AnyView {
    match data {
        Ok(data) => view! { <Inside data /> }.into_any(),
        Err(error) => view! {
            <main id="main" class="bare">
                <ErrorPanel error />
            </main>
        }
        .into_any(),
    }
}

#[component]
fn Inside(data: FrameData) -> impl IntoView {
    let letters = data.letters;
    let badges = RwSignal::new(data.badges.clone());
    provide_context(Zone(data.zone()));
    provide_context(Arc::new(data));
    provide_live();
    provide_toasts();

    let (reviews, notices) = (use_topic("reviews"), use_topic("notices"));
    Effect::new(move |first: Option<()>| {
        reviews.track();
        notices.track();
        if first.is_some() {
            spawn_local(async move {
                if let Ok(fresh) = load_badges().await {
                    badges.set(fresh);
                }
            });
        }
    });

    let sheet = RwSignal::new(false);
    install_keys(letters, sheet);
    view! {
        <a class="skip" href="#main">{frame::SKIP}</a>
        <div class="app">
            <TopBar badges />
            <Rail badges sheet />
            <main id="main" tabindex="-1">
                <Printed />
                <Banner badges />
                <Outlet />
            </main>
        </div>
        <ToastHost />
        <KeySheet open=sheet letters />
    }
    .into_any()
}

/// On paper only: whose sites and which filter the page shows, because the address is not printed.
#[component]
fn Printed() -> impl IntoView {
    let data = use_frame();
    let site = data.sites.iter().find(|site| Some(site.id) == data.site);
    let site = site.map_or_else(|| frame::ALL_SITES.to_owned(), |site| site.name.clone());
    let (query, who) = (Query::current(), data.me.name.clone());
    let filter = move || query.with(|query| frame::printed(&site, &who, query.pairs()));
    view! { <p class="printed" aria-hidden="true">{filter}</p> }.into_any()
}
