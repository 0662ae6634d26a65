use domain::alert::RejectReason;
use domain::ids::AlertId;
use domain::views::alerts::ReviewItem;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Answers;
use crate::alerts::did::day_and_clock;
use crate::strings::{common, reviews as texts};
use crate::ui::{Button, ButtonKind, ButtonSize, Hidden, Icon, Textarea};

/// Three buttons at thumb reach; rejecting and snoozing ask one thing more.
#[component]
pub(super) fn Decide(
    /// The question.
    item: ReviewItem,
    /// The forms.
    answers: Answers,
    /// What comes next.
    next: Signal<Option<AlertId>>,
) -> impl IntoView {
    let alert = item.detail.alert.clone();
    let (id, version) = (alert.id, alert.version);
    let zone = alert.asset.time_zone.clone();
    let tomorrow = item.tomorrow;
    view! {
        <div class="decide" role="group" aria-label=texts::DECISION>
            <Opens target="reject" icon="cross" key="r" label=texts::REJECT />
            <Opens target="snooze" icon="snooze" key="s" label=texts::SNOOZE />
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::Big
                icon="check"
                key="a"
                submit=true
                busy=answers.approve.pending()
                busy_text=texts::APPROVING
                attr:form="approve"
            >
                {texts::APPROVE}
            </Button>
            <Layer id="reject" title=texts::REJECT_TITLE hint=texts::REJECT_HINT>
                <ActionForm action=answers.reject attr:class="stack form">
                    <Known id version next />
                    <Textarea name="comment" id="reject-comment" label=texts::COMMENT rows=2 />
                    <div class="reasons">
                        {RejectReason::ALL
                            .iter()
                            .zip(["1", "2", "3", "4", "5", "6"])
                            .map(|(reason, key)| {
                                view! {
                                    <Button
                                        size=ButtonSize::Big
                                        submit=true
                                        key=key
                                        busy=answers.reject.pending()
                                        attr:name="reason"
                                        attr:value=reason.as_str()
                                    >
                                        {texts::reason(*reason)}
                                    </Button>
                                }
                            })
                            .collect_view()}
                    </div>
                </ActionForm>
            </Layer>
            <Layer id="snooze" title=texts::SNOOZE_TITLE hint=texts::SNOOZE_HINT>
                <ActionForm action=answers.snooze attr:class="stack form">
                    <Known id version next />
                    <div class="reasons">
                        {item
                            .shift_end
                            .map(|at| {
                                view! {
                                    <When key="1" at label=texts::SHIFT_END zone=zone.clone() answers />
                                }
                            })}
                        <When key="2" at=tomorrow label=texts::TOMORROW zone=zone.clone() answers />
                    </div>
                    <label class="field" for="snooze-day">
                        <span class="label-t">{texts::ON_DATE}</span>
                        <input class="input" type="date" id="snooze-day" name="day" />
                    </label>
                    <Button submit=true busy=answers.snooze.pending()>{texts::SNOOZE_UNTIL}</Button>
                </ActionForm>
            </Layer>
        </div>
    }
    .into_any()
}

#[component]
fn When(
    key: &'static str,
    at: chrono::DateTime<chrono::Utc>,
    label: &'static str,
    zone: String,
    answers: Answers,
) -> impl IntoView {
    view! {
        <Button
            size=ButtonSize::Big
            submit=true
            key=key
            busy=answers.snooze.pending()
            attr:name="until"
            attr:value=at.to_rfc3339()
        >
            {label}
            " "
            <small class="muted">{day_and_clock(at, &zone)}</small>
        </Button>
    }
    .into_any()
}

/// What every answer carries along: the alert, the version that was read, what comes next.
#[component]
pub(super) fn Known(
    /// The alert.
    id: AlertId,
    /// Its version.
    version: i32,
    /// What comes next.
    next: Signal<Option<AlertId>>,
) -> impl IntoView {
    let next = move || next.get().map(|id| id.to_string());
    view! {
        <Hidden name="alert" value=id.to_string() />
        <Hidden name="version" value=version.to_string() />
        <input type="hidden" name="next" value=move || next().unwrap_or_default() />
    }
    .into_any()
}

/// A large button that opens a layer of the browser; needs no script.
#[component]
fn Opens(
    target: &'static str,
    icon: &'static str,
    key: &'static str,
    label: &'static str,
) -> impl IntoView {
    view! {
        <button
            class="btn"
            type="button"
            data-size="big"
            data-key=key
            aria-keyshortcuts=key
            popovertarget=target
        >
            <Icon name=icon />
            <span class="btn-t">{label}</span>
            <kbd aria-hidden="true">{key}</kbd>
        </button>
    }
    .into_any()
}

#[component]
fn Layer(
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-h");
    let named = heading.clone();
    view! {
        <div class="dialog" popover="auto" id=id role="dialog" aria-labelledby=named>
            <h2 id=heading>{title}</h2>
            <p class="muted">{hint}</p>
            {children()}
            <div class="acts">
                <button
                    class="btn"
                    type="button"
                    autofocus=true
                    popovertarget=id
                    popovertargetaction="hide"
                >
                    {common::CANCEL}
                </button>
            </div>
        </div>
    }
    .into_any()
}
