use domain::views::alerts::AlertDetail;
use leptos::prelude::*;

use crate::strings::alerts as texts;

/// The claim in plain words, with what the model and the sensors say.
#[component]
pub(super) fn Claim(
    /// The case.
    detail: AlertDetail,
) -> impl IntoView {
    let alert = &detail.alert;
    let mode = alert.failure_mode_name.replace('*', "");
    let name = alert.asset.name.replace('*', "");
    let claim = texts::claim(&mode, &name, alert.rul_hours, alert.confidence);
    let described = detail.description.as_deref().map(sentence);
    let finding = detail.trends.first().map(|trend| trend.finding.clone());
    let advice = detail
        .recommended_action
        .as_deref()
        .map(|action| format!("{}: {}", texts::RECOMMENDED, sentence(action)));
    view! {
        <p class="claim">
            {marked(&claim)} {described.map(|text| format!(" {text}"))}
            {finding.map(|text| format!(" {text}"))}
        </p>
        {advice.map(|text| view! { <p class="muted">{text}</p> })}
    }
    .into_any()
}

/// Text whose parts between `*` are telling.
fn marked(text: &str) -> Vec<AnyView> {
    text.split('*')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(at, part)| {
            let part = part.to_owned();
            if at % 2 == 1 { view! { <b>{part}</b> }.into_any() } else { part.into_any() }
        })
        .collect()
}

/// Begins with a capital and ends with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_model_become_a_sentence() {
        assert_eq!(sentence("rear bearing set"), "Rear bearing set.");
        assert_eq!(sentence(" Überhitzt! "), "Überhitzt!");
        assert_eq!(sentence("ölverlust"), "Ölverlust.");
    }
}
