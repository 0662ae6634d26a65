use leptos::prelude::*;

use crate::ui::{
    Condition, Conf, FractionBar, Icon, Level, LifeRange, Panel, Plate, Says, Sev, Sparkline, Tag,
};

const LEVELS: [Level; 6] =
    [Level::Critical, Level::High, Level::Medium, Level::Low, Level::Ok, Level::Unknown];
const ICONS: [&str; 12] = [
    "overview", "review", "alerts", "orders", "assets", "rules", "logbook", "search", "download",
    "print", "filter", "clock",
];

/// Severity, state, plates, confidence, remaining life, small lines.
#[component]
pub(super) fn Marks() -> impl IntoView {
    let levels = LEVELS.map(|level| view! { <Sev level /> }).collect_view();
    let states = LEVELS.map(|level| view! { <Says level>{level.word()}</Says> }).collect_view();
    let icons = ICONS.map(|name| view! { <Icon name /> }).collect_view();
    view! {
        <Panel id="marks" title="Marks" note="severity is word, shape and colour">
            <div class="body stack" data-gap="small">
                <p class="row">{levels}</p>
                <p class="row">{states}</p>
                <p class="row">
                    <Tag>"draft"</Tag>
                    <Tag on=true>"current"</Tag>
                    <Tag icon="lock">"locked"</Tag>
                    <Plate tag="VMC-1050-SP02" />
                    <Plate tag="ML-2007-T4" href="#marks".to_owned() />
                </p>
                <p><Plate tag="VMC-1050-SP02" big=true /></p>
                <p class="row">
                    <Conf value=0.47 />
                    <Conf value=0.7499 />
                    <Conf value=0.88 wide=true />
                </p>
                <p class="row">
                    <LifeRange at=60.0 low=Some(30.0) high=Some(120.0) />
                    <LifeRange at=432.0 low=Some(336.0) high=Some(552.0) />
                    <LifeRange at=2000.0 />
                </p>
                <p class="row">
                    <Sparkline values=vec![Some(1.0), Some(2.0), None, Some(1.5), Some(3.0)] target=Some(2.0) />
                    <FractionBar fraction=0.3 />
                    <FractionBar fraction=0.9 level=Some(Level::High) />
                </p>
                <p class="row">
                    <Condition text="confidence 0.78 ≥ 0.75" holds=true />
                    <Condition text="remaining life 18 d ≥ 30 d" holds=false />
                </p>
                <p class="row">{icons}</p>
            </div>
        </Panel>
    }
    .into_any()
}
