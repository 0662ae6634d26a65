//! The top bar: brand, search, freshness, site, notices, person.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Badges;
use super::menu::{NoticeMenu, SiteMenu, UserMenu};
use crate::browser::{self, Live, LiveState};
use crate::strings::frame;
use crate::ui::{Icon, Level, Mark, format};

/// Without a connection for so many seconds a page is called stale.
const STALE: i64 = 60;

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
            <form class="search" role="search" method="get" action="/search">
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
            <a class="menu search-link" href="/search">
                <Icon name="search" />
                <span class="hidden">{frame::SEARCH}</span>
            </a>
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
    let age = move || Some((now.get()? - live.last.get()?).num_seconds());
    let stale = move || {
        live.state.get() == LiveState::Reconnecting && age().is_some_and(|seconds| seconds >= STALE)
    };
    let word = move || match live.state.get() {
        LiveState::Live => frame::LIVE,
        LiveState::AsLoaded => frame::AS_LOADED,
        LiveState::Reconnecting if stale() => frame::STALE,
        LiveState::Reconnecting => frame::RECONNECTING,
        LiveState::Offline => frame::OFFLINE,
    };
    let ago = move || {
        let seconds = u32::try_from(age()?).ok().filter(|seconds| *seconds > 0)?;
        match live.state.get() {
            LiveState::Live => Some(format!(", {}", frame::seconds_ago(seconds))),
            LiveState::Reconnecting | LiveState::Offline if seconds >= 60 => {
                Some(format!(", {}", format::duration(i64::from(seconds / 60))))
            }
            _ => None,
        }
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
