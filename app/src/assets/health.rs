use domain::asset::{AssetStatus, Criticality};
use domain::views::assets::OpenWork;
use leptos::prelude::*;

use crate::strings::assets as texts;
use crate::ui::{Level, Sev, Shape};

/// What open alerts say about an asset: the worst of them, and the least remaining life.
#[component]
pub(super) fn Health(
    /// What is open here and below.
    open: OpenWork,
    /// Without the remaining life, for narrow places.
    #[prop(optional)]
    slim: bool,
) -> impl IntoView {
    match open.worst {
        Some(severity) => {
            let life = open.least_life_hours.filter(|_| !slim).map(texts::least_life);
            view! {
                <Sev level=severity />
                {life.map(|text| view! { " " <span class="sub">{text}</span> })}
            }
            .into_any()
        }
        None => view! { <span class="muted">{texts::NO_ALERTS}</span> }.into_any(),
    }
}

/// Criticality as a word; the two that stop a line are set strong.
#[component]
pub(super) fn Crit(
    /// Own or inherited.
    criticality: Criticality,
) -> impl IntoView {
    let class = if criticality.is_critical() { "strong" } else { "" };
    view! { <span class=class>{texts::criticality(criticality)}</span> }.into_any()
}

/// Said after an asset that is out of use.
#[component]
pub(super) fn Retired(
    /// Its state.
    status: AssetStatus,
) -> impl IntoView {
    (status == AssetStatus::Decommissioned)
        .then(|| {
            view! {
                " "
                <span class="tag">
                    <Shape level=Level::Unknown />
                    {texts::RETIRED}
                </span>
            }
        })
        .into_any()
}
