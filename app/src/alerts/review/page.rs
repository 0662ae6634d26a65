use domain::alert::ReviewStatus;
use domain::ids::AlertId;
use domain::views::alerts::{ReviewItem, ReviewQueue, Reviewing};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::decide::Decide;
use super::item::Item;
use super::queue::{Queue, Tallied};
use super::undo::{Undone, use_undo};
use crate::alerts::follow::follow;
use crate::alerts::{ApproveReview, RejectReview, SnoozeReview, load_reviewing};
use crate::browser::use_topic;
use crate::error::AppError;
use crate::strings::reviews as texts;
use crate::ui::{Empty, ErrorSummary, LinkButton, Loaded, PageHead};

/// The three answers, one action each.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    pub(super) approve: ServerAction<ApproveReview>,
    pub(super) reject: ServerAction<RejectReview>,
    pub(super) snooze: ServerAction<SnoozeReview>,
}

impl Answers {
    fn new() -> Self {
        Self {
            approve: ServerAction::new(),
            reject: ServerAction::new(),
            snooze: ServerAction::new(),
        }
    }

    /// The last refusal of any of them.
    fn error(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            [self.approve.value().get(), self.reject.value().get(), self.snooze.value().get()]
                .into_iter()
                .flatten()
                .find_map(Result::err)
        })
    }

    /// Forgets what was said before; for the next question.
    fn clear(self) {
        self.approve.clear();
        self.reject.clear();
        self.snooze.clear();
    }
}

/// `/review` and `/review/{id}`; `decided` names the alert decided just before.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        let id = params.with(|p| p.get("id").and_then(|id| id.parse::<i64>().ok()));
        let decided = query.with(|q| q.get("decided").and_then(|id| id.parse::<i64>().ok()));
        (id, decided)
    });
    let answers = Answers::new();
    let undo = use_undo();
    let reviewing =
        Resource::new(move || wanted.get(), |(id, decided)| load_reviewing(id, decided));
    Effect::new(move |before: Option<Option<i64>>| {
        let id = wanted.get().0;
        if before.is_some_and(|before| before != id) {
            answers.clear();
        }
        id
    });
    view! {
        <Loaded
            resource=reviewing
            rows=14
            view=move |loaded| {
                let wanted = wanted.get_untracked();
                view! { <Live loaded wanted answers undo /> }
            }
        />
    }
    .into_any()
}

fn same(a: &Reviewing, b: &Reviewing) -> bool {
    let case = |r: &Reviewing| r.item.as_ref().map(|item| item.detail.alert.clone());
    a.queue == b.queue && case(a) == case(b) && a.decided == b.decided
}

#[component]
fn Live(
    loaded: Reviewing,
    wanted: (Option<i64>, Option<i64>),
    answers: Answers,
    undo: ServerAction<crate::alerts::UndoReview>,
) -> impl IntoView {
    let error = answers.error();
    let refused = Signal::derive(move || u64::from(error.with(Option::is_some)));
    let topics = vec![use_topic("reviews"), use_topic("alerts"), refused];
    let shown = loaded.item.as_ref().map(|item| item.detail.alert.id.0).or(wanted.0);
    let decided = loaded.decided.clone();
    let after = wanted.1.is_some();
    // The question on screen stays, even when somebody else has answered it meanwhile.
    let fetch = move || load_reviewing(shown, wanted.1);
    let now = follow(loaded, topics, fetch, same);
    let queue = Memo::new(move |_| now.with(|r| r.queue.clone()));
    let item = Memo::new_with_compare(
        move |_| now.with(|r| r.item.clone()),
        |a: Option<&Option<ReviewItem>>, b| {
            let case = |i: Option<&Option<ReviewItem>>| {
                i.and_then(Option::as_ref).map(|i| i.detail.alert.clone())
            };
            a.is_none() || case(a) != case(b)
        },
    );
    let id = Signal::derive(move || item.with(|i| i.as_ref().map(|i| i.detail.alert.id)));
    let next = Signal::derive(move || id.get().and_then(|id| queue.with(|q| following(q, id))));
    view! {
        <div class="split review" data-density="comfortable">
            <Queue queue current=id />
            <div class="work">
                <Head queue current=id />
                <div class="stack" data-gap="small">
                    <ErrorSummary error />
                    <Undone decided undo />
                    {move || match item.get() {
                        Some(item) => view! { <Item item answers next after /> }.into_any(),
                        None => view! { <Nothing queue=queue.get() /> }.into_any(),
                    }}
                </div>
                {move || {
                    item.get()
                        .filter(asks)
                        .map(|item| view! { <Decide item answers next /> })
                }}
            </div>
        </div>
    }
    .into_any()
}

/// Whether the question still waits for an answer.
pub(super) fn asks(item: &ReviewItem) -> bool {
    item.detail.alert.review.as_ref().is_some_and(|r| r.status == ReviewStatus::Pending)
}

/// What comes after a question: the next one, else the one before it.
fn following(queue: &ReviewQueue, current: AlertId) -> Option<AlertId> {
    let at = queue.items.iter().position(|row| row.id == current);
    match at {
        Some(at) => {
            let next = queue.items.get(at + 1);
            next.or_else(|| at.checked_sub(1).and_then(|at| queue.items.get(at)))
        }
        None => queue.items.first(),
    }
    .map(|row| row.id)
}

#[component]
fn Head(queue: Memo<ReviewQueue>, current: Signal<Option<AlertId>>) -> impl IntoView {
    let at = move || queue.with(|q| q.items.iter().position(|row| Some(row.id) == current.get()));
    let place = move || {
        let of = queue.with(|q| q.items.len());
        at().map(|at| texts::place(at + 1, of))
    };
    let neighbour = move |step: isize| {
        let at = at()?.checked_add_signed(step)?;
        queue.with(|q| q.items.get(at).map(|row| format!("/review/{}", row.id)))
    };
    view! {
        <div class="rhead">
            <PageHead title=texts::TITLE />
            <span class="muted">{place}</span>
            <span class="push row" data-fit="">
                {move || {
                    neighbour(-1)
                        .map(|href| {
                            view! {
                                <span class="back">
                                    <LinkButton href icon="right" key="k" icon_only=true>
                                        {texts::PREVIOUS}
                                    </LinkButton>
                                </span>
                            }
                        })
                }}
                {move || {
                    neighbour(1)
                        .map(|href| {
                            view! {
                                <LinkButton href icon="right" key="j" icon_only=true>
                                    {texts::NEXT}
                                </LinkButton>
                            }
                        })
                }}
            </span>
        </div>
    }
    .into_any()
}

#[component]
fn Nothing(queue: ReviewQueue) -> impl IntoView {
    view! {
        <section class="panel">
            <Empty icon="check" title=texts::EMPTY>
                <Tallied queue />
                <p>{texts::EMPTY_HINT}</p>
                <p><a href="/alerts">{texts::SEE_ALERTS}</a></p>
            </Empty>
        </section>
    }
    .into_any()
}
