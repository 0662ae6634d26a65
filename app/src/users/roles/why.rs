use domain::permission::Permission;
use domain::views::users::{RoleMatrix, Why};
use leptos::prelude::*;
use leptos_router::components::Form;

use crate::strings::people as texts;
use crate::ui::{Button, Choice, Icon, Input, Level, Panel, Says, Select};

/// The question "why can, why can't", as a form, with its answer.
#[component]
pub(super) fn WhyPanel(
    /// People to ask about, and the answer.
    matrix: RoleMatrix,
) -> impl IntoView {
    let people = matrix
        .people
        .iter()
        .map(|person| Choice::new(person.id.to_string(), person.name.clone()))
        .collect();
    let permissions = texts::GROUPS
        .iter()
        .flat_map(|(_, permissions)| permissions.iter())
        .map(|p: &Permission| Choice::new(p.as_str(), texts::permission(*p)))
        .collect();
    let asked = matrix.why.as_ref().map(|why| why.asked.clone());
    let who = asked.as_ref().map(|a| a.person.to_string()).unwrap_or_default();
    let may = asked.as_ref().map_or("review_decide", |a| a.permission.as_str());
    let on = asked.and_then(|a| a.on).unwrap_or_default();
    view! {
        <Panel id="why" title=texts::WHY>
            <div class="body stack">
                <Form method="GET" action="/admin/roles" attr:class="stack">
                    <Select name="who" label=texts::WHO choices=people value=who />
                    <Select name="may" label=texts::WANTS choices=permissions value=may />
                    <Input
                        name="on_tag"
                        label=texts::ON
                        value=on
                        mono=true
                        hint=texts::ON_HINT.to_owned()
                    />
                    <Button submit=true>{texts::ASK}</Button>
                </Form>
                {matrix.why.map(|why| view! { <Answer why /> })}
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Answer(why: Why) -> impl IntoView {
    let (level, word) =
        if why.yes { (Level::Ok, texts::YES) } else { (Level::Critical, texts::NO) };
    let site = why.site.as_ref().map(|site| site.name.clone());
    let person = why.person.clone();
    let reasons = why
        .reasons
        .into_iter()
        .map(|reason| {
            let holds = reason.holds();
            view! {
                <li data-sev=if holds { "ok" } else { "unknown" }>
                    <Icon name=if holds { "check" } else { "cross" } small=true />
                    <span>{texts::reason(&reason, &person, site.as_deref())}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="answer" role="status">
            <p><Says level>{word}</Says></p>
            <ol class="checks">{reasons}</ol>
        </div>
    }
    .into_any()
}
