//! Small marks inside text and rows: severity, state, tag, plate, confidence, remaining life.

use leptos::prelude::*;

use super::{Icon, Level, Shape, format};

/// Severity badge: tint, shape and word; critical is solid.
#[component]
pub fn Sev(
    /// The level; `Severity` and `Option<Severity>` convert.
    #[prop(into)]
    level: Level,
) -> impl IntoView {
    view! {
        <span class="sev" data-sev=level.as_str() data-solid=(level == Level::Critical).then_some("")>
            <Shape level />
            {level.word()}
        </span>
    }
    .into_any()
}

/// State in a row: shape and word, no tint.
#[component]
pub fn Says(
    /// Decides shape and colour.
    #[prop(into)]
    level: Level,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class="says" data-sev=level.as_str()>
            <Shape level />
            {children()}
        </span>
    }
    .into_any()
}

/// A workflow word in a neutral frame: draft, carried over, coolant.
#[component]
pub fn Tag(
    /// Framed in the accent: the one that is current.
    #[prop(optional)]
    on: bool,
    /// Icon before the word.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class="tag" data-on=on.then_some("")>
            {icon.map(|name| view! { <Icon name small=true /> })}
            {children()}
        </span>
    }
    .into_any()
}

/// An asset tag or the path of a sensor point, as an engraved plate.
#[component]
pub fn Plate(
    /// The tag.
    #[prop(into)]
    tag: String,
    /// Twice the size, for the head of a review item.
    #[prop(optional)]
    big: bool,
    /// Where it leads.
    #[prop(default = None, into)]
    href: Option<String>,
) -> impl IntoView {
    let size = big.then_some("big");
    match href {
        Some(href) => view! { <a class="plate" data-size=size href=href>{tag}</a> }.into_any(),
        None => view! { <span class="plate" data-size=size>{tag}</span> }.into_any(),
    }
}

/// Confidence: the number and a ruler with the policy's limits as ticks.
#[component]
pub fn Conf(
    /// 0 to 1.
    value: f64,
    /// From here a reviewer is asked.
    #[prop(default = 0.5)]
    low: f64,
    /// From here a work order is created.
    #[prop(default = 0.75)]
    high: f64,
    /// A longer ruler, for facts; otherwise the length for tables.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let at = |part: f64| format!("{:.1}", part.clamp(0.0, 1.0) * 100.0);
    view! {
        <span class="conf">
            {format::confidence(value)}
            <svg
                class="ruler"
                data-size=wide.then_some("wide")
                viewBox="0 0 100 9"
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                <rect class="rest" width="100" height="6" />
                <rect class="val" width=at(value) height="6" />
                <path class="tick" d=format!("M{} 6V9M{} 6V9", at(low), at(high)) />
            </svg>
        </span>
    }
    .into_any()
}

/// Remaining life as a point with its interval on a fixed scale.
#[component]
pub fn LifeRange(
    /// Hours left.
    at: f64,
    /// Least hours left, if the model says.
    #[prop(default = None)]
    low: Option<f64>,
    /// Most hours left, if the model says.
    #[prop(default = None)]
    high: Option<f64>,
    /// End of the scale in hours; 60 days unless told.
    #[prop(default = 1440.0)]
    scale: f64,
) -> impl IntoView {
    let part = move |hours: f64| (hours / scale).clamp(0.0, 1.0) * 100.0;
    let (from, to) = (part(low.unwrap_or(at)), part(high.unwrap_or(at)));
    view! {
        <svg class="range" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
            <path class="scale" d="M0 6H100M0 0V12M25 0V12M50 0V12M75 0V12M100 0V12" />
            <rect
                class="span"
                x=format!("{from:.1}")
                y="3"
                width=format!("{:.1}", to - from)
                height="6"
            />
            <path class="at" d=format!("M{0:.1} 0V12", part(at)) />
        </svg>
    }
    .into_any()
}

/// A condition of a rule with its result: met, not met, or not reached.
#[component]
pub fn Condition(
    /// What was compared, with the actual value: "confidence 0.78 ≥ 0.75".
    #[prop(into)]
    text: String,
    /// Whether it holds.
    holds: bool,
) -> impl IntoView {
    let (level, icon, word) =
        if holds { (Level::Ok, "check", ": met") } else { (Level::Unknown, "cross", ": not met") };
    view! {
        <span class="cond" data-sev=level.as_str()>
            <Icon name=icon />
            <span>{text}<span class="hidden">{word}</span></span>
        </span>
    }
    .into_any()
}
