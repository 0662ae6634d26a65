use domain::views::alerts::JustDecided;
use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::alerts::UndoReview;
use crate::strings::reviews as texts;
use crate::ui::{Button, ButtonSize, ErrorSummary, Hidden, Level, Notice, use_toasts};

/// The action that takes a decision back.
pub(super) fn use_undo() -> ServerAction<UndoReview> {
    ServerAction::new()
}

/// After a decision: with scripts a message offers the way back, without them the page does.
#[component]
pub(super) fn Undone(
    /// What was decided, while it can be taken back.
    decided: Option<JustDecided>,
    /// Takes it back.
    undo: ServerAction<UndoReview>,
) -> impl IntoView {
    let error = Signal::derive(move || undo.value().get().and_then(Result::err));
    let scripted = RwSignal::new(false);
    let toasts = use_toasts();
    let offered = decided.clone();
    Effect::new(move |_| {
        scripted.set(true);
        if let Some(decided) = &offered {
            let alert = decided.alert_id.0;
            let take_back = Callback::new(move |()| {
                undo.dispatch(UndoReview { alert });
            });
            let text = texts::done(decided.decision, &decided.tag);
            toasts.offer(text, texts::UNDO, "u", take_back);
        }
    });
    view! {
        <ErrorSummary error />
        {decided
            .map(|decided| {
                view! {
                    <div hidden=move || scripted.get()>
                        <Notice level=Level::Ok>
                            <ActionForm action=undo attr:class="row">
                                <Hidden name="alert" value=decided.alert_id.to_string() />
                                <p>{texts::done(decided.decision, &decided.tag)}</p>
                                <Button submit=true size=ButtonSize::Small>{texts::UNDO}</Button>
                            </ActionForm>
                        </Notice>
                    </div>
                }
            })}
    }
    .into_any()
}
