use std::time::Duration;

use domain::ids::ConnectionId;
use domain::views::connections::{Check as LiveTest, CheckState, CheckStep, ConnectionDetail};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{StartCheck, load, load_check};
use crate::browser::every;
use crate::error::AppError;
use crate::strings::connections as texts;
use crate::ui::{Button, Check, ErrorSummary, Hidden, Icon, Level, Loaded, Panel, Says, Time};

/// How often a test under way is looked at.
const STEP: Duration = Duration::from_secs(1);

/// The newest test of the page's connection, followed while it runs. Made by the page itself: what is
/// made within something loaded is made anew when the browser takes over.
#[derive(Clone, Copy)]
pub(super) struct Tests {
    action: ServerAction<StartCheck>,
    found: Resource<std::result::Result<Option<LiveTest>, AppError>>,
}

impl Tests {
    pub(super) fn of(id: Memo<Option<ConnectionId>>) -> Self {
        let action = ServerAction::<StartCheck>::new();
        let under_way = RwSignal::new(None::<i64>);
        let turns = every(STEP);
        let turn = Memo::new(move |last| {
            let turn = turns.get();
            if under_way.get().is_some() { turn } else { last.copied().unwrap_or(0) }
        });
        let found = Resource::new(
            move || (id.get(), action.version().get(), turn.get()),
            move |(id, ..)| newest(id, under_way.get_untracked()),
        );
        Effect::new(move |_| {
            if let Some(Ok(check)) = found.get() {
                let running = check.filter(|check| check.finished_at.is_none());
                under_way.set(running.map(|check| check.id));
            }
        });
        Self { action, found }
    }
}

/// The live test: its steps tick one by one while a worker runs them.
#[component]
pub(super) fn Test(
    /// The connection.
    detail: ConnectionDetail,
    /// Its tests.
    tests: Tests,
    /// Where the form leads back to.
    back: &'static str,
) -> impl IntoView {
    let Tests { action, found } = tests;
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let id = detail.row.id;
    let form = detail.may_change.then(|| {
        view! {
            <ActionForm action attr:class="body row lined">
                <Hidden name="id" value=id.to_string() />
                <Hidden name="back" value=back />
                <Check name="writes" label=texts::WITH_ORDER />
                <Button
                    submit=true
                    icon="retry"
                    key="t"
                    busy=action.pending()
                    busy_text=texts::TEST_STARTING
                >
                    {texts::TEST_NOW}
                </Button>
            </ActionForm>
        }
    });
    view! {
        <Panel id="test" title=texts::TEST>
            <ErrorSummary error />
            <Loaded resource=found rows=6 view=|check| view! { <Result check /> } />
            {form}
        </Panel>
    }
    .into_any()
}

/// The test of that number, or the connection's newest.
async fn newest(
    id: Option<ConnectionId>,
    known: Option<i64>,
) -> std::result::Result<Option<LiveTest>, AppError> {
    match known {
        Some(check) => load_check(check).await.map(Some),
        None => load(id).await.map(|detail| detail.check),
    }
}

#[component]
fn Result(check: Option<LiveTest>) -> impl IntoView {
    let Some(check) = check else {
        return view! { <p class="body muted">{texts::NOT_TESTED}</p> }.into_any();
    };
    let (level, says) = match check.passed {
        Some(true) => (Level::Ok, texts::TEST_PASSED),
        Some(false) => (Level::Critical, texts::TEST_FAILED),
        None => (Level::Unknown, texts::TEST_RUNS),
    };
    let running = check.finished_at.is_none();
    let steps = check.steps.into_iter().map(step).collect_view();
    view! {
        <ol class="checks body" aria-busy=running.to_string()>
            {steps}
        </ol>
        <footer role="status">
            <Says level>{says}</Says>
            <p>
                <Time at=check.asked_at /> " " {check.asked_by} " "
                {check.with_next.then_some(texts::WITH_NEXT)}
            </p>
        </footer>
    }
    .into_any()
}

fn step(step: CheckStep) -> AnyView {
    let (sev, icon) = match step.state {
        CheckState::Passed => (Some("ok"), "check"),
        CheckState::Failed => (Some("critical"), "cross"),
        CheckState::Running => (Some("low"), "spin"),
        CheckState::Waiting | CheckState::Skipped => (None, "wait"),
    };
    let failed = step.state == CheckState::Failed;
    let detail = (!step.detail.is_empty()).then_some(step.detail);
    let (below, beside) = if failed { (detail, None) } else { (None, detail) };
    let took = beside.unwrap_or_else(|| texts::check_state(step.state).to_owned());
    let running = step.state == CheckState::Running;
    view! {
        <li data-sev=sev data-wait=sev.is_none().then_some("") aria-busy=running.then_some("true")>
            <span class=if running { "spin" } else { "" }>
                <Icon name=icon small=true />
            </span>
            <span>
                {texts::step(&step.step)} " "
                {below.map(|detail| view! { <span class="sub">{detail}</span> })}
            </span>
            <span class="took">{took}</span>
        </li>
    }
    .into_any()
}
