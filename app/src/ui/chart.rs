//! Figures around charts drawn on the server, and small lines drawn here.

use leptos::prelude::*;

use super::Level;
use crate::strings::common;

/// A chart with its finding above it and its rows behind it.
#[component]
pub fn Chart(
    /// Unique in the page.
    #[prop(into)]
    id: String,
    /// One sentence that says what the picture shows.
    #[prop(into)]
    finding: String,
    /// The SVG, made by our own chart code; text from outside is escaped there.
    #[prop(into)]
    svg: String,
    /// The same picture drawn for a phone (332 px): text in a picture never scales.
    #[prop(optional, into)]
    narrow: Option<String>,
    /// The same data as a [`super::Table`].
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let finding_id = format!("{id}-f");
    let (named, narrow_named) = (finding_id.clone(), finding_id.clone());
    view! {
        <figure class="figure">
            <figcaption class="finding" id=finding_id>
                {finding}
            </figcaption>
            <div class="drawing" role="img" aria-labelledby=named inner_html=svg></div>
            {narrow
                .map(|svg| {
                    view! {
                        <div
                            class="drawing narrow"
                            role="img"
                            aria-labelledby=narrow_named
                            inner_html=svg
                        ></div>
                    }
                })}
            {children
                .map(|children| {
                    view! {
                        <details class="as-table">
                            <summary>{common::AS_TABLE}</summary>
                            {children()}
                        </details>
                    }
                })}
        </figure>
    }
    .into_any()
}

/// A small line without axes; gaps (`None`) stay gaps. Say its finding beside it.
#[component]
pub fn Sparkline(
    /// Values in even steps, oldest first.
    values: Vec<Option<f64>>,
    /// A target line.
    #[prop(default = None)]
    target: Option<f64>,
) -> impl IntoView {
    let (low, high) = values
        .iter()
        .flatten()
        .chain(target.iter())
        .fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let span = if high > low { high - low } else { 1.0 };
    let y = move |value: f64| 19.0 - (value - low) / span * 18.0;
    let steps = u32::try_from(values.len().saturating_sub(1)).unwrap_or(1).max(1);
    let mut path = String::new();
    let mut pen = 'M';
    for (index, value) in (0_u32..).zip(&values) {
        match value {
            Some(value) => {
                let x = f64::from(index) / f64::from(steps) * 80.0;
                path.push_str(&format!("{pen}{x:.1} {:.1}", y(*value)));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    view! {
        <svg class="spark" viewBox="0 0 80 20" preserveAspectRatio="none" aria-hidden="true">
            {target
                .map(|t| view! { <path class="target" d=format!("M0 {0:.1}H80", y(t)) /> })}
            <path d=path />
        </svg>
    }
    .into_any()
}

/// A bar whose length is a share of the longest, for comparing a few figures.
#[component]
pub fn FractionBar(
    /// 0 to 1.
    fraction: f64,
    /// Colours it; grey otherwise.
    #[prop(default = None)]
    level: Option<Level>,
) -> impl IntoView {
    view! {
        <svg
            class="wbar"
            data-sev=level.map(Level::as_str)
            viewBox="0 0 100 10"
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <rect width=format!("{:.1}", (fraction.clamp(0.0, 1.0) * 100.0).max(2.0)) height="10" />
        </svg>
    }
    .into_any()
}
