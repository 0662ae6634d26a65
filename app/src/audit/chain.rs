use domain::ids::AuditId;
use domain::views::audit::ChainStep;
use leptos::prelude::*;

use super::row::Of;
use crate::strings::audit as texts;
use crate::ui::{Query, Tag, Time, TimeStyle};

/// Every step of the case, each with the way to its event and to what it was about.
#[component]
pub(super) fn Chain(
    /// The steps, oldest first.
    steps: Vec<ChainStep>,
    /// The event that is open.
    id: AuditId,
) -> impl IntoView {
    let address = Query::current().get_untracked();
    let items = steps
        .into_iter()
        .map(|step| {
            let here = step.id == Some(id);
            let words = texts::step(&step.action);
            let named = match step.id.filter(|_| !here) {
                Some(event) => {
                    let href = address.with("open", &event.to_string()).href();
                    view! { <a href=href>{words}</a> }.into_any()
                }
                None => words.into_any(),
            };
            let kind = if step.actor.kind == "user" { "person" } else { "machine" };
            let said: Vec<String> = step
                .said
                .iter()
                .map(|(key, value)| {
                    format!("{}: {}", texts::field(key).to_lowercase(), texts::value(key, value))
                })
                .collect();
            view! {
                <li>
                    <Time at=step.at style=TimeStyle::Absolute />
                    <span class="node">
                        <span class="dot" data-kind=kind></span>
                    </span>
                    <div>
                        {named}
                        {here.then(|| view! { " " <Tag on=true>{texts::HERE}</Tag> })}
                        ", "
                        <Of object=step.object />
                        <span class="who-did">
                            {texts::who(&step.actor)}
                            {(!said.is_empty()).then(|| format!(". {}", said.join(", ")))}
                        </span>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="chain" aria-labelledby="chain-h">
            <h2 id="chain-h">{texts::CHAIN}</h2>
            <ol class="timeline">{items}</ol>
        </section>
    }
    .into_any()
}
