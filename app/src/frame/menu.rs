//! Menus of the top bar: popovers of the browser with plain forms, so they work without scripts.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::preferences::PreferenceForm;
use super::{Badges, use_frame};
use crate::strings::frame;
use crate::ui::{Icon, Shape, Time};

/// The address of the page, to come back to after a form post.
fn here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    })
}

/// The working site: filters every list until another is chosen.
#[component]
pub(super) fn SiteMenu() -> impl IntoView {
    let data = use_frame();
    let chosen = data.sites.iter().find(|site| Some(site.id) == data.site);
    let shown = chosen.or((data.sites.len() == 1).then(|| data.sites.first()).flatten());
    let label = shown.map_or_else(|| frame::ALL_SITES.to_owned(), |site| site.name.clone());
    let (short, rest) = match label.split_once(',') {
        Some((short, rest)) => (short.to_owned(), format!(",{rest}")),
        None => (label, String::new()),
    };
    let current = data.site;
    let choices: Vec<_> = std::iter::once((String::new(), frame::ALL_SITES.to_owned(), None))
        .chain(data.sites.iter().map(|s| (s.id.to_string(), s.name.clone(), Some(s.id))))
        .map(|(value, name, id)| {
            view! {
                <li>
                    <button
                        name="value"
                        value=value
                        aria-current=(id == current).then_some("true")
                    >
                        {name}
                    </button>
                </li>
            }
        })
        .collect();
    view! {
        <button class="menu site" type="button" popovertarget="site-menu">
            <span class="hidden">{frame::SITE}": "</span>
            <span>{short}<span class="city">{rest}</span></span>
            <Icon name="down" small=true />
        </button>
        <div class="drop" id="site-menu" popover="auto">
            <PreferenceForm name="site" next=here()>
                <ul>{choices}</ul>
            </PreferenceForm>
        </div>
    }
    .into_any()
}

/// Notices: the newest first, each leading to where it is about.
#[component]
pub(super) fn NoticeMenu(
    /// What waits.
    badges: RwSignal<Badges>,
) -> impl IntoView {
    let next = here();
    let unread = move || badges.with(|b| b.notices.len());
    let newest = move || badges.with(|b| b.notices.first().map_or(0, |notice| notice.id.0));
    view! {
        <button class="menu" type="button" popovertarget="notice-menu">
            <Icon name="note" />
            <span class="hidden">{frame::NOTICES}</span>
            <span class="count" hidden=move || unread() == 0>{unread}</span>
        </button>
        <div class="drop notices" id="notice-menu" popover="auto">
            <h2>{frame::NOTICES}</h2>
            <p class="muted" hidden=move || unread() != 0>{frame::NO_NOTICES}</p>
            <ul>
                <For each=move || badges.get().notices key=|notice| notice.id let:notice>
                    <li data-sev=notice.level.as_str()>
                        <Shape level=notice.level />
                        <a href=notice.href>{notice.text}</a>
                        <Time at=notice.at />
                    </li>
                </For>
            </ul>
            <form method="post" action="/ui/frame/notices-read" hidden=move || unread() == 0>
                <input type="hidden" name="last" value=newest />
                <input type="hidden" name="next" value=move || next.get() />
                <button class="btn" data-size="small">{frame::MARK_READ}</button>
            </form>
        </div>
    }
    .into_any()
}

/// The person: theme, density, letter keys, signing out.
#[component]
pub(super) fn UserMenu() -> impl IntoView {
    let data = use_frame();
    view! {
        <button class="menu user" type="button" popovertarget="user-menu">
            <span class="who" aria-hidden="true">{data.me.initials.clone()}</span>
            <span class="wide">{data.me.name.clone()}</span>
        </button>
        <div class="drop" id="user-menu" popover="auto">
            <UserMenuBody />
        </div>
    }
    .into_any()
}

/// The switches of the user menu; also under "More" on small screens.
#[component]
pub(super) fn UserMenuBody() -> impl IntoView {
    let data = use_frame();
    let theme = if data.theme.is_empty() { "system" } else { data.theme.as_str() };
    let letters = if data.letters { "on" } else { "off" };
    view! {
        <p class="strong">{data.me.name.clone()}</p>
        <p><a href="/account">{frame::ACCOUNT}</a></p>
        <Switch
            name="theme"
            label=frame::THEME
            current=theme.to_owned()
            choices=&[
                ("system", frame::THEME_SYSTEM),
                ("light", frame::THEME_LIGHT),
                ("dark", frame::THEME_DARK),
            ]
        />
        <Switch
            name="density"
            label=frame::DENSITY
            current=data.density.clone()
            choices=&[
                ("compact", frame::DENSITY_COMPACT),
                ("comfortable", frame::DENSITY_COMFORTABLE),
            ]
        />
        <Switch
            name="letters"
            label=frame::LETTER_KEYS
            current=letters.to_owned()
            choices=&[("on", frame::ON), ("off", frame::OFF)]
        />
        <form method="post" action="/ui/users/sign-out">
            <button class="btn">{frame::SIGN_OUT}</button>
        </form>
    }
    .into_any()
}

#[component]
fn Switch(
    name: &'static str,
    label: &'static str,
    current: String,
    choices: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    view! {
        <PreferenceForm name next=here()>
            <fieldset class="switch">
                <legend class="label">{label}</legend>
                <span class="seg">
                    {choices
                        .iter()
                        .map(|(value, text)| {
                            let on = *value == current;
                            view! {
                                <button name="value" value=*value aria-pressed=on.to_string()>
                                    {*text}
                                </button>
                            }
                        })
                        .collect_view()}
                </span>
            </fieldset>
        </PreferenceForm>
    }
    .into_any()
}
