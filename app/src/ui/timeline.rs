//! One column of time: who did what when.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Level, Shape, Time, TimeStyle};

/// Who acted: decides the mark on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A square.
    Machine,
    /// A disc.
    Person,
    /// A result: the shape of its level.
    Result(Level),
    /// Still to come: dashed.
    Next,
}

/// A timeline; children are [`TimelineItem`]s, oldest first.
#[component]
pub fn Timeline(
    /// The items.
    children: Children,
) -> impl IntoView {
    view! { <ol class="timeline body">{children()}</ol> }.into_any()
}

/// One thing that happened.
#[component]
pub fn TimelineItem(
    /// When.
    at: DateTime<Utc>,
    /// Who acted.
    actor: Actor,
    /// Name of who acted, and further detail, in grey.
    #[prop(optional, into)]
    by: MaybeProp<String>,
    /// IANA zone; that of the frame unless told.
    #[prop(optional, into)]
    zone: Option<String>,
    /// What happened.
    children: Children,
) -> impl IntoView {
    let zone = zone.unwrap_or_else(crate::frame::Zone::current);
    let (level, kind) = match actor {
        Actor::Machine => (None, Some("machine")),
        Actor::Person => (None, Some("person")),
        Actor::Next => (None, Some("next")),
        Actor::Result(level) => (Some(level), None),
    };
    view! {
        <li data-next=(actor == Actor::Next).then_some("")>
            <Time at style=TimeStyle::Absolute zone />
            <span class="node" data-sev=level.map(Level::as_str)>
                {match level {
                    Some(level) => view! { <Shape level /> }.into_any(),
                    None => view! { <span class="dot" data-kind=kind></span> }.into_any(),
                }}
            </span>
            <div>
                {children()}
                {move || by.get().map(|by| view! { <span class="who-did">{by}</span> })}
            </div>
        </li>
    }
    .into_any()
}
