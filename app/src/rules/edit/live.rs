use std::time::Duration;

use domain::policy::Policy;
use domain::views::rules::Preview;
use leptos::prelude::*;

use super::desk::Desk;
use crate::browser::debounced_for;
use crate::error::AppError;
use crate::rules::actions::preview_rules;
use crate::rules::preview::Result as Shown;
use crate::strings::rules as texts;
use crate::ui::{Button, ButtonKind, ButtonSize, ErrorPanel, Level, Notice};

/// How long a person must have stopped typing.
const PAUSE: Duration = Duration::from_millis(400);

/// The preview beside the editor: calculated on the server after each change; a newer change, or
/// Cancel, drops the request, and that stops the work.
#[component]
pub(super) fn LivePreview(
    /// The editor.
    desk: Desk,
    /// The policy.
    id: i64,
    /// Name of the CMMS.
    connection: String,
    /// Set to calculate now.
    now: RwSignal<u32>,
) -> impl IntoView {
    let days = RwSignal::new(30);
    let stopped = RwSignal::new(false);
    let run = Action::new(move |(policy, days): &(Policy, i32)| {
        let (policy, days) = (policy.clone(), *days);
        async move {
            let found: Result<Preview, AppError> = preview_rules(id, policy.clone(), days).await;
            (policy, found)
        }
    });
    let under_way = StoredValue::new(None);
    let stop = move || {
        under_way.update_value(|handle: &mut Option<ActionAbortHandle>| {
            if let Some(handle) = handle.take() {
                handle.abort();
            }
        });
    };
    let start = move || {
        stop();
        stopped.set(false);
        if desk.problems.with_untracked(Vec::is_empty) {
            let asked = (desk.draft.get_untracked(), days.get_untracked());
            under_way.set_value(Some(run.dispatch(asked)));
        }
    };
    let later = debounced_for(PAUSE, move |()| start());
    Effect::new(move |first: Option<()>| {
        desk.draft.track();
        if first.is_some() {
            later.run(());
        }
    });
    Effect::new(move |_| {
        now.track();
        days.track();
        start();
    });
    Effect::new(move |_| {
        if let Some((policy, Ok(found))) = run.value().get() {
            desk.seen.set(Some((policy, found)));
        }
    });
    on_cleanup(stop);
    let failed = move || match run.value().get() {
        Some((_, Err(error))) if !run.pending().get() => Some(error),
        _ => None,
    };
    let waits = move || !desk.problems.with(Vec::is_empty);
    let old = move || run.pending().get() || waits() || stopped.get();
    let took = move || desk.seen.with(|s| s.as_ref().map(|(_, p)| texts::took(p.took_ms)));
    view! {
        <section class="panel preview" aria-labelledby="preview-h" data-old=move || old().then_some("")>
            <header>
                <h2 id="preview-h">{texts::PREVIEW}</h2>
                <span class="seg" role="group" aria-label=texts::PERIOD>
                    {[7, 30, 90]
                        .into_iter()
                        .map(|n| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (days.get() == n).to_string()
                                    on:click=move |_| days.set(n)
                                >
                                    {format!("{n} d")}
                                </button>
                            }
                        })
                        .collect_view()}
                </span>
                <div class="push row">
                    <span class="muted" role="status">
                        {move || {
                            if run.pending().get() { Some(texts::CALCULATING.to_owned()) } else { took() }
                        }}
                    </span>
                    <Show
                        when=move || run.pending().get()
                        fallback=move || {
                            view! {
                                <Button
                                    kind=ButtonKind::Quiet
                                    size=ButtonSize::Small
                                    icon="retry"
                                    attr:aria-keyshortcuts="Control+Enter"
                                    on:click=move |_| now.update(|n| *n += 1)
                                >
                                    {texts::RECALCULATE}
                                </Button>
                            }
                        }
                    >
                        <Button
                            kind=ButtonKind::Quiet
                            size=ButtonSize::Small
                            icon="cross"
                            on:click=move |_| {
                                stop();
                                stopped.set(true);
                            }
                        >
                            {texts::CANCEL}
                        </Button>
                    </Show>
                </div>
            </header>
            {move || {
                waits()
                    .then(|| {
                        view! {
                            <Notice level=Level::Medium>
                                <p>{texts::WAITS}</p>
                            </Notice>
                        }
                    })
            }}
            {move || {
                stopped
                    .get()
                    .then(|| {
                        view! {
                            <Notice level=Level::Unknown>
                                <p>{texts::CANCELLED}</p>
                            </Notice>
                        }
                    })
            }}
            {move || failed().map(|error| view! { <ErrorPanel error /> })}
            <div class="result" aria-live="polite">
                {move || {
                    desk.seen
                        .get()
                        .map(|(policy, preview)| {
                            view! { <Shown preview policy connection=connection.clone() /> }
                        })
                }}
            </div>
        </section>
    }
    .into_any()
}
