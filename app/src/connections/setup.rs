use domain::views::connections::ConnectionDetail;
use leptos::prelude::*;

use super::secrets::{SecretActs, SecretForms};
use super::settings::Schedule;
use super::test::{Test, Tests};
use super::{connection_id, load};
use crate::strings::connections as texts;
use crate::ui::{ButtonKind, Crumb, LinkButton, Loaded, PageHead, Panel, Query};

/// `/connections/{id}/setup?step=`: sign-in, test, schedule, mapping; every step is saved.
#[component]
pub fn SetUpConnectionPage() -> impl IntoView {
    let (id, query) = (connection_id(), Query::current());
    let step = Memo::new(move |_| query.with(|q| q.get("step").unwrap_or("sign-in").to_owned()));
    let (secrets, tests) = (SecretActs::new(), Tests::of(id));
    let found = Resource::new(move || (id.get(), step.get(), secrets.turns()), |(id, ..)| load(id));
    view! {
        <Loaded
            resource=found
            rows=10
            view=move |detail: ConnectionDetail| {
                let to = format!("/connections/{}", detail.row.id);
                view! {
                    <PageHead
                        title=detail.row.name.clone()
                        crumbs=vec![Crumb::link(texts::TITLE, "/connections"), Crumb::text(texts::NEW)]
                    >
                        <LinkButton href=to>{texts::LATER}</LinkButton>
                    </PageHead>
                    <Step detail step=step.get_untracked() secrets tests />
                }
            }
        />
    }
    .into_any()
}

#[component]
fn Step(
    detail: ConnectionDetail,
    step: String,
    secrets: SecretActs,
    tests: Tests,
) -> impl IntoView {
    let at = match step.as_str() {
        "test" => 3,
        "schedule" => 4,
        "mapping" => 5,
        _ => 2,
    };
    let done = said(&detail, at);
    let (id, slug) = (detail.row.id, detail.row.slug.clone());
    let next = move |step: &str| format!("/connections/{id}/setup?step={step}");
    let content = match at {
        3 => view! {
            <Test detail tests back="/setup?step=test" />
            <div class="row">
                <LinkButton kind=ButtonKind::Primary href=next("schedule")>{texts::GO_ON}</LinkButton>
            </div>
        }
        .into_any(),
        4 => view! { <Schedule detail back="/setup?step=mapping" label=texts::CREATE /> }.into_any(),
        5 => view! {
            <Panel id="ready" title=texts::READY>
                <div class="body">
                    <p>{texts::READY_HINT}</p>
                    <div class="row">
                        <LinkButton kind=ButtonKind::Primary href=format!("/connections/{slug}/mapping")>
                            {texts::MAPPING_OPEN}
                        </LinkButton>
                        <LinkButton href=format!("/connections/{id}")>{texts::TO_PAGE}</LinkButton>
                    </div>
                </div>
            </Panel>
        }
        .into_any(),
        _ => view! {
            <Panel id="sign-in" title=texts::SECRETS note=texts::SECRETS_LEAD.to_owned()>
                <SecretForms detail acts=secrets back="/setup?step=sign-in" />
            </Panel>
            <div class="row">
                <LinkButton kind=ButtonKind::Primary href=next("test")>{texts::GO_ON}</LinkButton>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="stack">
            <section class="panel" aria-label=texts::NEW>
                <Steps at done />
            </section>
            {content}
        </div>
    }
    .into_any()
}

/// What the steps before this one say.
fn said(detail: &ConnectionDetail, at: usize) -> Vec<String> {
    let row = &detail.row;
    let host = detail.base_url.as_deref().unwrap_or_default();
    let host = host.split("//").last().unwrap_or_default().split('/').next().unwrap_or_default();
    let set = detail.secrets.iter().filter(|s| s.current.is_some() || s.next.is_some()).count();
    let test = detail.check.as_ref().and_then(|check| check.passed);
    let test = match test {
        Some(true) => texts::TEST_PASSED,
        Some(false) => texts::TEST_FAILED,
        None => texts::NOT_TESTED,
    };
    let sites = row.sites.iter().map(|site| site.name.clone()).collect::<Vec<_>>().join(", ");
    let all = [
        row.system_name.clone(),
        host.to_owned(),
        format!("{set} / {}", detail.secrets.iter().filter(|s| s.required).count().max(set)),
        test.to_owned(),
        sites,
    ];
    all.into_iter().take(at).collect()
}

/// Where the wizard stands.
#[component]
pub(super) fn Steps(
    /// Place of the step that is shown.
    at: usize,
    /// What the steps before it say.
    done: Vec<String>,
) -> impl IntoView {
    let steps = texts::STEPS
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let says = done.get(place).cloned().filter(|_| place < at);
            view! {
                <li
                    data-done=(place < at).then_some("")
                    aria-current=(place == at).then_some("step")
                >
                    <b>{*name}</b>
                    <span class="clip">{says}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stepper body">{steps}</ol> }.into_any()
}
