use domain::views::logbook::{Desk, Logbook};
use leptos::prelude::*;

use super::actions::{
    DeskQuery, HandOver, LogbookQuery, RaiseWorkOrder, TakeOver, TickPoint, WriteEntry, load_desk,
    load_logbook,
};
use super::entries::Entries;
use super::hand::{HandOverQuestion, HandPanel};
use super::head::Head;
use super::quick::Quick;
use super::raise::RaiseForm;
use crate::browser::use_topic;
use crate::error::AppError;
use crate::strings::logbook as texts;
use crate::ui::{ErrorSummary, Level, Loaded, Notice, Query};
use crate::work_orders::count_successes;

/// The forms of the page, one action each.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub(super) write: ServerAction<WriteEntry>,
    pub(super) raise: ServerAction<RaiseWorkOrder>,
    pub(super) tick: ServerAction<TickPoint>,
    pub(super) hand_over: ServerAction<HandOver>,
    pub(super) take_over: ServerAction<TakeOver>,
}

impl Forms {
    fn new() -> Self {
        Self {
            write: ServerAction::new(),
            raise: ServerAction::new(),
            tick: ServerAction::new(),
            hand_over: ServerAction::new(),
            take_over: ServerAction::new(),
        }
    }

    /// The last refusal of a form that has no place of its own for it.
    fn error(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            [self.tick.value().get(), self.hand_over.value().get(), self.take_over.value().get()]
                .into_iter()
                .flatten()
                .find_map(Result::err)
        })
    }

    /// Grows with everything that was sent.
    fn sent(self) -> usize {
        self.write.version().get()
            + self.raise.version().get()
            + self.tick.version().get()
            + self.hand_over.version().get()
            + self.take_over.version().get()
    }
}

pub(super) fn which(query: &Query) -> LogbookQuery {
    let text = |key: &str| query.get(key).map(str::to_owned);
    LogbookQuery {
        site: query.get("site").and_then(|id| id.parse().ok()),
        shift: text("shift"),
        asset: text("asset"),
    }
}

fn desk_query(query: &Query) -> DeskQuery {
    DeskQuery {
        which: which(query),
        correct: query.get("correct").and_then(|id| id.parse().ok()),
        raise: query.get("raise").and_then(|id| id.parse().ok()),
    }
}

/// `/logbook?shift=&asset=&site=&show=&correct=&raise=`
#[component]
pub fn LogbookPage() -> impl IntoView {
    let query = Query::current();
    let forms = Forms::new();
    let topics = ["logbook", "alerts", "reviews", "work_orders"].map(use_topic);
    let changes = move || topics.iter().map(Signal::get).sum::<u64>();
    let book = Resource::new(
        move || (query.with(which), changes(), forms.sent()),
        |(which, ..)| load_logbook(which),
    );
    // Forms are drawn anew only when one of them was accepted: what somebody is typing stays.
    let accepted = RwSignal::new(0_u32);
    count_successes(forms.write, accepted);
    count_successes(forms.raise, accepted);
    count_successes(forms.hand_over, accepted);
    let asked = Memo::new(move |_| query.with(desk_query));
    let desk = Resource::new(move || (asked.get(), accepted.get()), |(query, _)| load_desk(query));
    view! {
        <div class="logbook" data-density="comfortable">
            <Loaded resource=desk rows=2 view=|desk| view! { <Head desk /> } />
            <ErrorSummary error=forms.error() />
            <div class="lgrid">
                <div class="stack">
                    <Loaded
                        resource=desk
                        rows=4
                        view=move |desk| view! { <Desks desk forms book /> }
                    />
                    <Loaded resource=book rows=12 view=|book| view! { <Entries book /> } />
                </div>
                <Loaded resource=book rows=6 view=move |book| view! { <HandPanel book forms /> } />
            </div>
        </div>
    }
}

/// The forms.
#[component]
fn Desks(
    /// What they need.
    desk: Desk,
    /// Their actions.
    forms: Forms,
    /// The shift, for the preview of what is carried over.
    book: Resource<Result<Logbook, AppError>>,
) -> impl IntoView {
    let current = desk.shift.current;
    let form = match (&desk.raise, desk.may_write) {
        (Some(offer), _) => {
            view! { <RaiseForm offer=offer.clone() key=desk.key.clone() site=desk.site_id.0 forms /> }
                .into_any()
        }
        (None, true) if current || desk.correct.is_some() => {
            view! { <Quick desk=desk.clone() forms /> }.into_any()
        }
        (None, true) => view! {
            <Notice level=Level::Low>
                <p>
                    {texts::OVER} " "
                    <a href=format!("/logbook?site={}", desk.site_id)>{texts::TO_NOW}</a>
                </p>
            </Notice>
        }
        .into_any(),
        (None, false) => ().into_any(),
    };
    view! {
        {form}
        {(desk.may_write && !desk.handed_over)
            .then(|| view! { <HandOverQuestion desk forms book /> })}
    }
}
