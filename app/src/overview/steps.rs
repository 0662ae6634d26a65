use domain::views::overview::StepKind;
use leptos::prelude::*;

use crate::strings::overview as texts;
use crate::ui::{Icon, Panel};

/// What to do until the first prediction arrives.
#[component]
pub(super) fn Steps(
    /// The steps and whether they are done.
    steps: Vec<(StepKind, bool)>,
) -> impl IntoView {
    let next = steps.iter().position(|(_, done)| !done);
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(place, (kind, done))| {
            let (title, hint) = texts::step(kind);
            let level = if done { Some("ok") } else { None };
            let title = match href(kind) {
                Some(href) if !done => view! { <a href=href>{title}</a> }.into_any(),
                _ => view! { <b>{title}</b> }.into_any(),
            };
            view! {
                <li data-sev=level aria-current=(next == Some(place)).then_some("step")>
                    <Icon name=if done { "check" } else { "wait" } small=true />
                    <div>
                        {title}
                        <span class="sub">{hint}</span>
                    </div>
                    <span class="took">{if done { texts::DONE } else { texts::TO_DO }}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Panel id="steps" title=texts::STEPS note=texts::STEPS_NOTE>
            <ol class="checks body">{items}</ol>
        </Panel>
    }
    .into_any()
}

/// Where the step is taken, as far as there is a page for it.
const fn href(kind: StepKind) -> Option<&'static str> {
    match kind {
        StepKind::Prediction => Some("/alerts"),
        StepKind::People => Some("/admin/users"),
        StepKind::Key => Some("/admin/keys"),
        StepKind::Assets => None,
    }
}
