use domain::permission::Permission;
use domain::views::reconcile::{PlanView, Register, SyncView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{ApplyPlan, DecideItems, PairByHand, ReadRegister, load_plan};
use super::done::Done;
use super::hand::ByHand;
use super::plan::Plan;
use crate::assets::AssetsTabs;
use crate::frame::use_frame;
use crate::strings::assets;
use crate::strings::reconcile as texts;
use crate::ui::{
    Button, Empty, ErrorSummary, Hidden, Level, Loaded, Notice, PageHead, Query, Seg, Tab, Time,
};
use crate::work_orders::count_successes;

/// What people do on this page.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) decide: ServerAction<DecideItems>,
    pub(super) group: ServerAction<ApplyPlan>,
    pub(super) pair: ServerAction<PairByHand>,
    pub(super) read: ServerAction<ReadRegister>,
    /// Grows with every accepted one.
    accepted: RwSignal<u32>,
}

impl Acts {
    fn new() -> Self {
        let acts = Self {
            decide: ServerAction::new(),
            group: ServerAction::new(),
            pair: ServerAction::new(),
            read: ServerAction::new(),
            accepted: RwSignal::new(0),
        };
        count_successes(acts.decide, acts.accepted);
        count_successes(acts.group, acts.accepted);
        count_successes(acts.pair, acts.accepted);
        count_successes(acts.read, acts.accepted);
        acts
    }
}

/// `/assets/reconcile?register=&kind=&state=&after=`
#[component]
pub fn ReconcilePage() -> impl IntoView {
    let query = Query::current();
    let acts = Acts::new();
    let ask = Memo::new(move |_| {
        query.with(|q| {
            let text = |key| q.get(key).map(str::to_owned);
            let word = |key| q.get(key).and_then(|word| word.parse().ok());
            let state = q.get("state").and_then(|word| word.parse().ok());
            let after = q.get("after").and_then(|id| id.parse().ok());
            (text("register"), word("kind"), state, after)
        })
    });
    let plan = Resource::new(
        move || (ask.get(), acts.accepted.get()),
        |((register, kind, state, after), _)| load_plan(register, kind, state, after),
    );
    let error = Signal::derive(move || {
        let decided = acts.decide.value().get().and_then(Result::err);
        let group = acts.group.value().get().and_then(Result::err);
        let read = acts.read.value().get().and_then(Result::err);
        decided.or(group).or(read)
    });
    view! {
        <PageHead title=assets::TITLE meta=texts::LEAD />
        <AssetsTabs current="reconcile" />
        <ErrorSummary error />
        <Done acts />
        <Loaded resource=plan rows=10 view=move |view| view! { <Shown view acts /> } />
    }
    .into_any()
}

#[component]
fn Shown(view: PlanView, acts: Acts) -> impl IntoView {
    let Some(register) = view.register.clone() else {
        return view! {
            <section class="panel">
                <Empty icon="assets" title=texts::NO_REGISTER>
                    <p>{texts::NO_REGISTER_HINT}</p>
                </Empty>
            </section>
        }
        .into_any();
    };
    let edits = use_frame().may(Permission::AssetEdit) && view.may_apply;
    let by_hand = (edits && view.plan.is_some()).then(|| {
        let register = register.clone();
        view! { <ByHand register acts /> }
    });
    view! {
        <div class="stack">
            <Head view=view.clone() register acts edits />
            <Plan view acts edits />
            {by_hand}
        </div>
    }
    .into_any()
}

/// Which register, how its reading stands, and reading it again.
#[component]
fn Head(view: PlanView, register: Register, acts: Acts, edits: bool) -> impl IntoView {
    let query = Query::current();
    let registers = view.registers.clone();
    let shown = register.slug.clone();
    let several = registers.len() > 1;
    let choices = Signal::derive(move || {
        let here = query.get();
        registers
            .iter()
            .map(|one| {
                let href = here.without("after").without("kind").with("register", &one.slug).href();
                Tab::new(href, one.name.clone(), one.slug == shown)
            })
            .collect::<Vec<_>>()
    });
    let running = view.sync.as_ref().is_some_and(is_running);
    let again = texts::read_again(&register.name);
    view! {
        <div class="row rec-head">
            {several.then(|| view! { <Seg label=texts::REGISTERS choices /> })}
            {view.sync.map(|sync| view! { <Reading sync name=register.name.clone() /> })}
            {(edits && !running)
                .then(|| {
                    view! {
                        <ActionForm action=acts.read attr:class="push">
                            <Hidden name="connection" value=register.id.to_string() />
                            <Button submit=true icon="retry" busy=acts.read.pending()>
                                {again}
                            </Button>
                        </ActionForm>
                    }
                })}
        </div>
    }
    .into_any()
}

fn is_running(sync: &SyncView) -> bool {
    matches!(sync.state.as_str(), "reading" | "comparing")
}

/// How the reading under way, or the last one, stands.
#[component]
fn Reading(sync: SyncView, name: String) -> impl IntoView {
    if is_running(&sync) {
        let text = match sync.state.as_str() {
            "comparing" => texts::comparing(sync.records),
            _ => texts::reading(&name, sync.pages, sync.records),
        };
        let problem = sync.error.map(|error| view! { <p class="sm">{texts::trouble(&error)}</p> });
        return view! {
            <Notice level=Level::Low announce=true>
                <p>{text}</p>
                {problem}
            </Notice>
        }
        .into_any();
    }
    if sync.state == "failed" {
        let error = texts::failed(&name, sync.error.as_deref().unwrap_or_default());
        return view! {
            <Notice level=Level::High>
                <p>{error}</p>
            </Notice>
        }
        .into_any();
    }
    let at = sync.finished_at.unwrap_or(sync.started_at);
    view! {
        <p class="muted sm">
            {texts::READ_LAST} " " <Time at /> {texts::read_records(sync.full, sync.records)}
        </p>
    }
    .into_any()
}
