//! The rail: where one can go. Under 1200 px icons, under 900 px a bar of five at the bottom.

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Badges, use_frame};
use crate::strings::frame;
use crate::ui::Icon;

/// A place to go.
struct Entry {
    href: &'static str,
    label: &'static str,
    icon: &'static str,
    /// Pressed after `g`.
    key: &'static str,
    /// Hidden without this right.
    needs: Permission,
    /// One of the four in the bottom bar.
    bar: bool,
    /// A line above it.
    gap: bool,
}

/// Every section, in order. A new section is a line here.
const ENTRIES: &[Entry] = &[
    Entry {
        href: "/overview",
        label: frame::OVERVIEW,
        icon: "overview",
        key: "g o",
        needs: Permission::View,
        bar: false,
        gap: false,
    },
    Entry {
        href: "/review",
        label: frame::REVIEW,
        icon: "review",
        key: "g r",
        needs: Permission::ReviewDecide,
        bar: true,
        gap: false,
    },
    Entry {
        href: "/alerts",
        label: frame::ALERTS,
        icon: "alerts",
        key: "g a",
        needs: Permission::View,
        bar: true,
        gap: false,
    },
    Entry {
        href: "/work-orders",
        label: frame::WORK_ORDERS,
        icon: "orders",
        key: "g w",
        needs: Permission::View,
        bar: true,
        gap: false,
    },
    Entry {
        href: "/assets",
        label: frame::ASSETS,
        icon: "assets",
        key: "g t",
        needs: Permission::View,
        bar: false,
        gap: true,
    },
    Entry {
        href: "/rules",
        label: frame::RULES,
        icon: "rules",
        key: "g u",
        needs: Permission::View,
        bar: false,
        gap: false,
    },
    Entry {
        href: "/logbook",
        label: frame::LOGBOOK,
        icon: "logbook",
        key: "g l",
        needs: Permission::View,
        bar: true,
        gap: false,
    },
    Entry {
        href: "/connections",
        label: frame::CONNECTIONS,
        icon: "plug",
        key: "g c",
        needs: Permission::Integrate,
        bar: false,
        gap: true,
    },
    Entry {
        href: "/quarantine",
        label: frame::QUARANTINE,
        icon: "lock",
        key: "g q",
        needs: Permission::Integrate,
        bar: false,
        gap: false,
    },
    Entry {
        href: "/audit",
        label: frame::AUDIT,
        icon: "audit",
        key: "g i",
        needs: Permission::AuditRead,
        bar: false,
        gap: true,
    },
    Entry {
        href: "/admin",
        label: frame::ADMIN,
        icon: "admin",
        key: "g d",
        needs: Permission::Administer,
        bar: false,
        gap: false,
    },
    Entry {
        href: KEYS,
        label: frame::KEYS,
        icon: "admin",
        key: "g k",
        needs: Permission::SecretManage,
        bar: false,
        gap: false,
    },
];

/// An entry of its own for those who manage keys but no people; part of the administration else.
const KEYS: &str = "/admin/keys";

/// The rail with the badge of waiting reviews.
#[component]
pub(super) fn Rail(
    /// What waits.
    badges: RwSignal<Badges>,
    /// The sheet of keys.
    sheet: RwSignal<bool>,
) -> impl IntoView {
    let data = use_frame();
    let admin = data.may(Permission::Administer);
    let shown = |entry: &&Entry| data.may(entry.needs) && !(admin && entry.href == KEYS);
    let entries = || ENTRIES.iter().filter(shown);
    let all = entries().map(|entry| item(entry, badges)).collect_view();
    let rest = entries()
        .filter(|entry| !entry.bar)
        .map(
            |entry| view! { <li><a href=entry.href><Icon name=entry.icon />{entry.label}</a></li> },
        )
        .collect_view();
    view! {
        <nav class="rail" aria-label=frame::MAIN>
            <ul>
                {all}
                <li class="more">
                    <button type="button" popovertarget="more">
                        <Icon name="more" />
                        <span>{frame::MORE}</span>
                    </button>
                </li>
            </ul>
            <button type="button" class="foot" on:click=move |_| sheet.set(true)>
                <kbd aria-hidden="true">"?"</kbd>
                {frame::KEYBOARD}
            </button>
        </nav>
        <div class="sheet-menu" id="more" popover="auto">
            <ul>{rest}</ul>
            <super::menu::UserMenuBody />
        </div>
    }
    .into_any()
}

fn item(entry: &'static Entry, badges: RwSignal<Badges>) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || {
        path.with(|path| {
            let inside = path.strip_prefix(entry.href);
            inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')).then_some("page")
        })
    };
    let class = match (entry.bar, entry.gap) {
        (true, true) => "bar gap",
        (true, false) => "bar",
        (false, true) => "gap",
        (false, false) => "",
    };
    let waiting = move || badges.with(|badges| badges.review);
    view! {
        <li class=class>
            <a
                href=entry.href
                aria-current=current
                data-key=entry.key
                aria-keyshortcuts=entry.key
            >
                <Icon name=entry.icon />
                <span class="nav-t">{entry.label}</span>
                {(entry.href == "/review")
                    .then(|| {
                        view! {
                            <span class="count" hidden=move || waiting() == 0>
                                {waiting}
                                <span class="hidden">{frame::WAITING}</span>
                            </span>
                        }
                    })}
            </a>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_has_a_key_of_its_own() {
        let mut keys: Vec<_> =
            ENTRIES.iter().filter(|entry| entry.href != KEYS).map(|entry| entry.key).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "two sections share a key");
    }
}
