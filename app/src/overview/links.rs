use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::views::overview::{Link, LinkState};
use leptos::prelude::*;

use super::minutes;
use crate::frame::use_frame;
use crate::strings::{common, overview as texts};
use crate::ui::{Level, Panel, Says, format};

/// Connections and sources, each with how it stands and when it last said something.
#[component]
pub(super) fn Links(
    /// Connections first.
    links: Vec<Link>,
    /// Now.
    at: DateTime<Utc>,
) -> impl IntoView {
    let rows = links
        .into_iter()
        .map(|link| {
            let level = level(link.state);
            let last = match link.last {
                Some(last) => format::ago(minutes(last, at)),
                None => common::NO_DATA.to_owned(),
            };
            view! {
                <tr>
                    <th scope="row">
                        {link.name} {link.inbound.then(|| view! { <span class="hidden">{", "}{texts::INBOUND}</span> })}
                    </th>
                    <td><Says level>{texts::link(link.state)}</Says></td>
                    <td class="num muted xs">{last}</td>
                </tr>
            }
        })
        .collect_view();
    let may = use_frame().may(Permission::Integrate);
    let aside = move || may.then(|| view! { <a href="/connections">{texts::ALL_LINKS}</a> });
    view! {
        <Panel id="links" title=texts::LINKS aside=ViewFn::from(aside)>
            <table class="table">
                <caption class="hidden">{texts::LINKS_CAPTION}</caption>
                <tbody>{rows}</tbody>
            </table>
        </Panel>
    }
    .into_any()
}

const fn level(state: LinkState) -> Level {
    match state {
        LinkState::Healthy => Level::Ok,
        LinkState::Shadow | LinkState::Unused => Level::Unknown,
        LinkState::Failing => Level::Medium,
        LinkState::Resting | LinkState::Silent => Level::High,
        LinkState::Paused => Level::Critical,
    }
}
