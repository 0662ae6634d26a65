//! The top bar: brand, search, freshness, site, notices, person.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Badges;
use super::menu::{NoticeMenu, SiteMenu, UserMenu};
use crate::browser::{self, Live, LiveState};
use crate::strings::frame;
use crate::ui::{Icon, Level, Mark};

/// The top bar.
#[component]
pub(super) fn TopBar(
    /// What waits.
    badges: RwSignal<Badges>,
) -> impl IntoView {
    let query = use_query_map();
    let text = move || query.with(|q| q.get("q").unwrap_or_default());
    view! {
        <header class="topbar">
            <a class="brand" href="/">
                <Mark />
                <span>{frame::PRODUCT}</span>
            </a>
            <form class="search" role="search" method="get" action="/alerts">
                <Icon name="search" small=true />
                <input
                    type="search"
                    name="q"
                    value=text
                    aria-label=frame::SEARCH
                    placeholder=frame::SEARCH_HINT
                    data-key="/"
                    aria-keyshortcuts="/"
                />
                <kbd aria-hidden="true">"/"</kbd>
            </form>
            <Freshness />
            <SiteMenu />
            <NoticeMenu badges />
            <UserMenu />
        </header>
    }
    .into_any()
}

/// How fresh the page is: the state is announced, the seconds are not.
#[component]
fn Freshness() -> impl IntoView {
    let live = expect_context::<Live>();
    let now = browser::minute();
    let level = move || match live.state.get() {
        LiveState::Live => Level::Ok,
        LiveState::AsLoaded => Level::Unknown,
        LiveState::Reconnecting | LiveState::Offline => Level::Medium,
    };
    let word = move || match live.state.get() {
        LiveState::Live => frame::LIVE,
        LiveState::AsLoaded => frame::AS_LOADED,
        LiveState::Reconnecting => frame::RECONNECTING,
        LiveState::Offline => frame::OFFLINE,
    };
    let ago = move || {
        let seconds = (now.get()? - live.last.get()?).num_seconds();
        let seconds = u32::try_from(seconds).ok().filter(|s| *s > 0)?;
        Some(format!(", {}", frame::seconds_ago(seconds)))
    };
    view! {
        <p class="fresh push" data-sev=move || level().as_str()>
            <span>
                <span role="status">{word}</span>
                <span aria-hidden="true">{move || ago().unwrap_or_default()}</span>
            </span>
        </p>
    }
    .into_any()
}
