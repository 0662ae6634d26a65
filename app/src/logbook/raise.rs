use domain::views::logbook::RaiseOffer;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Forms;
use super::quick::send_on_ctrl_enter;
use crate::strings::logbook as texts;
use crate::strings::work_orders as orders;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Chart, Check, Choice, ErrorSummary, Field, Hidden, Input,
    Level, LinkButton, Notice, Panel, Plate, Query, Select, Tag, field_error,
};

/// Raises a work order for an alert, from what its entry offers.
#[component]
pub(super) fn RaiseForm(
    /// The alert, and what goes along.
    offer: RaiseOffer,
    /// Makes a second send count once.
    key: String,
    /// The site, to come back to.
    site: i64,
    /// Its action.
    forms: Forms,
) -> impl IntoView {
    let action = forms.raise;
    let query = Query::current();
    let back = query.with_untracked(|q| q.without("raise").href());
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let claim = texts::claim(&offer.failure_mode, offer.confidence, offer.rul_hours);
    let priorities = (1..=5).map(|p: u8| Choice::new(p.to_string(), orders::priority(p))).collect();
    let code = offer.failure_code.as_deref().map(texts::failure_code);
    let along: Vec<_> = offer
        .trends
        .iter()
        .map(|trend| texts::trend_of(&trend.point))
        .map(|words| view! { <Tag icon="image">{words}</Tag> })
        .collect();
    let none = along.is_empty().then(|| view! { <Tag>{texts::NO_TREND}</Tag> });
    let charts: Vec<_> = offer
        .trends
        .into_iter()
        .enumerate()
        .map(|(at, trend)| {
            view! { <Chart id=format!("trend-{at}") finding=trend.finding svg=trend.svg /> }
        })
        .collect();
    let taken = offer.order.map(|id| {
        let number = orders::ours(id.0);
        view! {
            <Notice level=Level::Medium>
                <p>
                    {texts::HAS_ORDER} " "
                    <a href=format!("/work-orders/{id}")>{number}</a>
                </p>
            </Notice>
        }
    });
    view! {
        <Panel id="raise" title=texts::RAISE class="raise" note=texts::will_go_to(&offer.connection)>
            <div class="body stack">
                {taken}
                <p class="lg">
                    <Plate tag=offer.asset.clone() href=format!("/alerts/{}", offer.alert) /> " " {claim}
                    <span class="sub">{offer.path}</span>
                </p>
                {charts}
                <ActionForm action attr:class="stack form">
                    <ErrorSummary error />
                    <Hidden name="site" value=site.to_string() />
                    <Hidden name="alert" value=offer.alert.to_string() />
                    <Hidden name="key" value=key />
                    <Input
                        name="title"
                        label=texts::RAISE_TITLE
                        value=offer.title
                        required=true
                        error=field_error(error, "title")
                    />
                    <Select
                        name="priority"
                        label=texts::PRIORITY
                        choices=priorities
                        value=offer.priority.to_string()
                        required=true
                        error=field_error(error, "priority")
                    />
                    <Field id="notes" label=texts::NOTES hint=texts::NOTES_HINT>
                        <textarea
                            class="input"
                            id="notes"
                            name="notes"
                            rows="3"
                            maxlength="4000"
                            autofocus=true
                            aria-describedby="notes-d"
                            on:keydown=move |event| send_on_ctrl_enter(&event)
                        ></textarea>
                    </Field>
                    <Check name="point" label=texts::KEEP />
                    <p class="row along">
                        <span class="label">{texts::GOES_ALONG}</span>
                        {along} {none}
                        {code.map(|code| view! { <Tag>{code}</Tag> })}
                        <Tag icon="note">{texts::NOTES}</Tag>
                    </p>
                    <div class="row">
                        <Button
                            kind=ButtonKind::Primary
                            size=ButtonSize::Big
                            submit=true
                            busy=action.pending()
                            busy_text=texts::RAISING
                        >
                            {texts::RAISE_NOW}
                        </Button>
                        <LinkButton href=back size=ButtonSize::Big>{texts::CANCEL}</LinkButton>
                    </div>
                </ActionForm>
            </div>
        </Panel>
    }
}
