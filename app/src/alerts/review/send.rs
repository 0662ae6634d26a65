use domain::ids::AlertId;
use domain::views::alerts::ReviewItem;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::decide::Known;
use super::page::Answers;
use crate::assets::Crews;
use crate::strings::{alerts, reviews as texts};
use crate::ui::{Fact, Facts};

/// What the CMMS will receive; the form that the approve button sends.
#[component]
pub(super) fn Send(
    /// The question.
    item: ReviewItem,
    /// The forms.
    answers: Answers,
    /// What comes next.
    next: Signal<Option<AlertId>>,
) -> impl IntoView {
    let alert = &item.detail.alert;
    let (id, version) = (alert.id, alert.version);
    let receives = item.receives.clone();
    let site = alert.asset.site_id;
    let due = receives.due_day.map(|day| day.to_string());
    let priority = receives.priority.get();
    let options = (1..=5_u8)
        .map(|n| {
            view! {
                <option value=n.to_string() selected=n == priority>
                    {alerts::priority(n)}
                </option>
            }
        })
        .collect_view();
    let code = item.detail.failure_code.clone().unwrap_or_else(|| texts::NO_CODE.to_owned());
    view! {
        <section class="send" aria-labelledby="se-h">
            <h3 id="se-h">{texts::receives(&item.detail.connection_name)}</h3>
            <ActionForm action=answers.approve attr:id="approve">
                <Known id version next />
                <Facts>
                    <Fact label=texts::PRIORITY>
                        <select class="select" name="priority" aria-label=texts::PRIORITY>
                            {options}
                        </select>
                    </Fact>
                    <Fact label=texts::DUE_DATE>
                        <input
                            class="input"
                            type="date"
                            name="due"
                            value=due
                            aria-label=texts::DUE_DATE
                        />
                    </Fact>
                    <Fact label=texts::ASSIGN_TO>
                        <input
                            class="input"
                            type="text"
                            name="assign_to"
                            value=receives.assign_to
                            placeholder=texts::PLANNER_QUEUE
                            aria-label=texts::ASSIGN_TO
                            autocomplete="off"
                            list="crews"
                        />
                        <Crews site />
                    </Fact>
                    <Fact label=texts::FAILURE_CODE>
                        <span class="code-v">{code}</span>
                    </Fact>
                </Facts>
            </ActionForm>
        </section>
    }
    .into_any()
}
