use domain::views::reconcile::ApplyReport;
use leptos::prelude::*;

use super::page::Acts;
use crate::strings::reconcile as texts;
use crate::ui::{Level, Notice};

/// What the last act did: a result, also where some items were refused.
#[component]
pub(super) fn Done(acts: Acts) -> impl IntoView {
    let report = move || {
        let decided = acts.decide.value().get().and_then(Result::ok);
        decided.or_else(|| acts.group.value().get().and_then(Result::ok))
    };
    view! {
        {move || report().map(|report| view! { <Report report /> })}
        {move || {
            let paired = matches!(acts.pair.value().get(), Some(Ok(())));
            paired.then(|| view! { <Notice level=Level::Ok announce=true>{texts::PAIRED}</Notice> })
        }}
    }
    .into_any()
}

#[component]
fn Report(report: ApplyReport) -> impl IntoView {
    let level =
        if report.refused.is_empty() && report.stale == 0 { Level::Ok } else { Level::Medium };
    let lines = report
        .refused
        .iter()
        .map(|one| view! { <li><b>{one.tag.clone()}</b> ": " {one.message.clone()}</li> })
        .collect_view();
    let refused = (!report.refused.is_empty()).then(|| view! { <ul>{lines}</ul> });
    view! {
        <Notice level announce=true>
            <p>{texts::done(&report)}</p>
            {refused}
        </Notice>
    }
    .into_any()
}
