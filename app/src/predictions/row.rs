use domain::failure_mode;
use domain::prediction::Quarantine;
use domain::views::predictions::Quarantined;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{DismissPrediction, MapPredictionAsset, MapPredictionMode, ReplayPrediction};
use crate::error::AppError;
use crate::strings::predictions as texts;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Conf, ConfirmForm, Hidden, Input, Select, Time,
    TimeStyle,
};

/// The forms of all rows: one action of each kind for the whole page.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    replay: ServerAction<ReplayPrediction>,
    map_mode: ServerAction<MapPredictionMode>,
    map_asset: ServerAction<MapPredictionAsset>,
    dismiss: ServerAction<DismissPrediction>,
}

impl Actions {
    pub(super) fn new() -> Self {
        Self {
            replay: ServerAction::new(),
            map_mode: ServerAction::new(),
            map_asset: ServerAction::new(),
            dismiss: ServerAction::new(),
        }
    }

    /// The last refusal of any of them.
    pub(super) fn error(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            [
                self.replay.value().get(),
                self.map_mode.value().get(),
                self.map_asset.value().get(),
                self.dismiss.value().get(),
            ]
            .into_iter()
            .flatten()
            .find_map(Result::err)
        })
    }
}

/// One prediction: what it said, why it waits, what can be done.
#[component]
pub(super) fn Row(
    /// The prediction.
    item: Quarantined,
    /// The forms.
    actions: Actions,
) -> impl IntoView {
    let waiting = item.replayed_at.is_none() && item.dismissed_at.is_none();
    let handled = item.replayed_at.or(item.dismissed_at);
    let word = if item.dismissed_at.is_some() { texts::DISMISSED } else { texts::REPLAYED };
    let (id, reason, alert) = (item.id.0, item.reason, item.alert_id);
    view! {
        <tr>
            <th scope="row">
                {texts::reason(reason)}
                {waiting.then(|| view! { <p class="xs muted">{texts::advice(reason)}</p> })}
            </th>
            <td><code>{item.asset}</code></td>
            <td><code>{item.failure_mode}</code></td>
            <td class="num"><Conf value=item.confidence /></td>
            <td>
                {item.source}
                <p class="xs muted"><code>{item.event_id}</code></p>
                <p class="xs muted">{item.model}</p>
            </td>
            <td><Time at=item.received_at /></td>
            <td>
                <div class="stack">
                    {handled
                        .map(|at| {
                            view! {
                                <p>
                                    {word} " " <Time at />
                                </p>
                            }
                        })}
                    {alert
                        .map(|alert| {
                            view! { <a href=format!("/alerts/{alert}")>{texts::done_alert(alert.0)}</a> }
                        })}
                    {waiting.then(|| view! { <Forms id reason actions /> })}
                    <details>
                        <summary>{texts::MESSAGE}</summary>
                        <p class="xs muted">
                            {texts::OBSERVED} " "
                            <Time at=item.observed_at style=TimeStyle::Absolute />
                        </p>
                        <pre class="code" tabindex="0">{item.payload}</pre>
                    </details>
                </div>
            </td>
        </tr>
    }
}

#[component]
fn Forms(
    /// The prediction.
    id: i64,
    /// Why it waits.
    reason: Quarantine,
    /// The forms.
    actions: Actions,
) -> impl IntoView {
    let map = match reason {
        Quarantine::UnknownFailureMode => view! {
            <ActionForm action=actions.map_mode attr:class="stack form">
                <Hidden name="id" value=id.to_string() />
                <Select
                    name="failure_mode"
                    id=format!("mode-{id}")
                    label=texts::MAP_MODE
                    choices=modes()
                    empty=texts::CHOOSE
                    required=true
                />
                <Button submit=true size=ButtonSize::Small busy=actions.map_mode.pending() busy_text=texts::REPLAYING>
                    {texts::MAP}
                </Button>
            </ActionForm>
        }
        .into_any(),
        Quarantine::UnknownAsset => view! {
            <ActionForm action=actions.map_asset attr:class="stack form">
                <Hidden name="id" value=id.to_string() />
                <Input
                    name="asset"
                    id=format!("asset-{id}")
                    label=texts::MAP_ASSET
                    required=true
                    mono=true
                />
                <Button submit=true size=ButtonSize::Small busy=actions.map_asset.pending() busy_text=texts::REPLAYING>
                    {texts::MAP}
                </Button>
            </ActionForm>
        }
        .into_any(),
        Quarantine::FutureTimestamp => ().into_any(),
    };
    view! {
        {map}
        <div class="row">
            <ActionForm action=actions.replay>
                <Hidden name="id" value=id.to_string() />
                <Button submit=true size=ButtonSize::Small busy=actions.replay.pending() busy_text=texts::REPLAYING>
                    {texts::REPLAY}
                </Button>
            </ActionForm>
            <ConfirmForm
                id=format!("dismiss-{id}")
                label=texts::DISMISS
                title=texts::DISMISS_TITLE
                consequence=texts::DISMISS_CONSEQUENCE
            >
                <ActionForm action=actions.dismiss>
                    <Hidden name="id" value=id.to_string() />
                    <Button kind=ButtonKind::Danger submit=true>{texts::DISMISS_NOW}</Button>
                </ActionForm>
            </ConfirmForm>
        </div>
    }
}

fn modes() -> Vec<Choice> {
    let mut modes: Vec<Choice> =
        failure_mode::ALL.iter().map(|mode| Choice::new(mode.code, mode.name)).collect();
    modes.sort_by(|a, b| a.label.cmp(&b.label));
    modes
}
