use domain::views::logbook::{Entry, EntryBody, Logbook};
use leptos::prelude::*;

use super::automatic::Automatic;
use super::person::Person;
use crate::strings::common;
use crate::strings::logbook as texts;
use crate::ui::{Empty, Icon, Panel, Query, Seg, Tab, TimeStyle};

/// What the parts of an entry share.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) zone: String,
    pub(super) clock: TimeStyle,
    pub(super) may_write: bool,
    pub(super) may_raise: bool,
}

/// The entries of the shift, newest first.
#[component]
pub(super) fn Entries(
    /// The shift.
    book: Logbook,
) -> impl IntoView {
    let query = Query::current();
    let people_only = query.with_untracked(|q| q.get("show") == Some("people"));
    let asset = query.with_untracked(|q| q.get("asset").map(str::to_owned));
    let long = (book.shift.until - book.shift.from).num_hours() > 24;
    let around = Around {
        zone: book.time_zone,
        clock: if long { TimeStyle::Absolute } else { TimeStyle::Clock },
        may_write: book.may_write,
        may_raise: book.may_raise,
    };
    let entries: Vec<Entry> = book
        .entries
        .into_iter()
        .filter(|entry| !people_only || matches!(entry.body, EntryBody::Person(_)))
        .collect();
    let filtered = people_only || asset.is_some();
    let note = texts::entries(entries.len(), &book.people);
    let title =
        if book.shift.current { texts::NOW.to_owned() } else { texts::shift_name(&book.shift) };
    let choices = Signal::derive(move || {
        query.with(|q| {
            let people = q.get("show") == Some("people");
            vec![
                Tab::new(q.without("show").href(), texts::ALL, !people),
                Tab::new(q.with("show", "people").href(), texts::PEOPLE, people),
            ]
        })
    });
    let chip = asset.map(|asset| {
        let href = query.with_untracked(|q| q.without("asset").href());
        view! {
            <a class="chip" href=href aria-label=common::remove_filter(&asset)>
                {asset.clone()}
                <Icon name="cross" small=true />
            </a>
        }
    });
    let empty = entries.is_empty();
    let rows: Vec<_> = entries.into_iter().map(|entry| line(entry, &around)).collect();
    let list = if empty {
        let title = if filtered { texts::NO_MATCH } else { texts::EMPTY };
        view! {
            <Empty icon="logbook" title>
                {(!filtered).then(|| view! { <p>{texts::EMPTY_HINT}</p> })}
            </Empty>
        }
        .into_any()
    } else {
        view! { <ol class="log" data-long=long.then_some("")>{rows}</ol> }.into_any()
    };
    let aside = move || {
        view! { <Seg label=texts::SHOW choices /> }
    };
    view! {
        <Panel id="entries" title note aside>
            {chip.map(|chip| view! { <p class="row chips body">{chip}</p> })}
            {list}
            {book.more.then(|| view! { <footer>{texts::MORE}</footer> })}
        </Panel>
    }
}

fn line(entry: Entry, around: &Around) -> AnyView {
    let around = around.clone();
    match entry.body {
        EntryBody::Person(person) => {
            view! { <Person at=entry.at entry=person around /> }.into_any()
        }
        EntryBody::Auto(auto) => view! { <Automatic at=entry.at entry=auto around /> }.into_any(),
    }
}
