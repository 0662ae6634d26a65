use domain::policy::Rule;
use domain::views::rules::{PolicyRow, RuleMonth};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::PauseRule;
use super::count;
use crate::strings::rules as texts;
use crate::ui::{Button, ButtonKind, Column, ConfirmForm, Hidden, Table, Tag, Textarea, format};

/// The rules of a policy in words, with what each did; with `pause` they can be paused.
#[component]
pub(super) fn RuleTable(
    /// The policy.
    row: PolicyRow,
    /// The form that pauses.
    #[prop(optional)]
    pause: Option<ServerAction<PauseRule>>,
) -> impl IntoView {
    let mut columns = vec![
        Column::text(texts::RULE),
        Column::text(texts::WHEN),
        Column::text(texts::THEN),
        Column::text(texts::STATE),
        Column::number(texts::MATCHED),
        Column::number(texts::ORDERS),
        Column::number(texts::USEFUL),
    ];
    let pause = pause.filter(|_| row.may_publish);
    if pause.is_some() {
        columns.push(Column::hidden(texts::ACTIONS));
    }
    let last = row.policy.rules.len();
    let shadow = row.shadow_since.is_some();
    let (id, version) = (row.id.0, row.policy.version);
    let rows = row
        .policy
        .rules
        .into_iter()
        .zip(row.month)
        .enumerate()
        .map(|(at, (rule, month))| {
            let form = pause.map(|action| {
                view! {
                    <td>
                        {(at + 1 < last || rule.paused)
                            .then(|| view! { <Pause id version at rule=rule.clone() action /> })}
                    </td>
                }
            });
            line(at, rule, month, shadow, form.into_any())
        })
        .collect_view();
    view! {
        <Table caption=texts::USEFUL_HINT columns class="rules">
            {rows}
        </Table>
    }
    .into_any()
}

fn line(at: usize, rule: Rule, month: RuleMonth, shadow: bool, actions: AnyView) -> AnyView {
    let useful = if month.judged == 0 {
        view! { <span class="muted xs">{texts::NOT_JUDGED}</span> }.into_any()
    } else {
        view! { {format::share(month.confirmed, month.judged)} }.into_any()
    };
    let state = if rule.paused { texts::PAUSED } else { texts::LIVE };
    view! {
        <tr data-off=rule.paused.then_some("")>
            <th scope="row">
                <span class="no">{count(at + 1)}</span>
                {rule.name}
            </th>
            <td>{texts::when(&rule.when, rule.repeats.as_ref())}</td>
            <td>{texts::then(&rule.then)}</td>
            <td class="nowrap">
                <Tag on=!rule.paused>{state}</Tag>
                {shadow.then(|| view! { " " <Tag>{texts::IN_SHADOW}</Tag> })}
            </td>
            <td class="num">{format::integer(month.matched)}</td>
            <td class="num">{format::integer(month.work_orders)}</td>
            <td class="num">{useful}</td>
            {actions}
        </tr>
    }
    .into_any()
}

#[component]
fn Pause(
    id: i64,
    version: u32,
    at: usize,
    rule: Rule,
    action: ServerAction<PauseRule>,
) -> impl IntoView {
    let (label, title, hint, now) = if rule.paused {
        (texts::RESUME, texts::RESUME_TITLE, texts::RESUME_HINT, texts::RESUME_NOW)
    } else {
        (texts::PAUSE, texts::PAUSE_TITLE, texts::PAUSE_HINT, texts::PAUSE_NOW)
    };
    let title = format!("{title} {}", rule.name);
    view! {
        <ConfirmForm id=format!("pause-{at}") label title consequence=hint>
            <ActionForm action attr:class="stack form">
                <Hidden name="id" value=id.to_string() />
                <Hidden name="version" value=version.to_string() />
                <Hidden name="rule" value=rule.name />
                <Hidden name="paused" value=(!rule.paused).to_string() />
                <Textarea
                    name="reason"
                    id=format!("pause-{at}-reason")
                    label=texts::REASON
                    hint=texts::REASON_HINT
                    rows=2
                    required=true
                />
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=action.pending()
                    busy_text=texts::PUBLISHING
                >
                    {now}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
