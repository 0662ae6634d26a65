//! Short messages at the bottom left: six seconds, at most three, never the only place of an error.

use std::time::Duration;

use leptos::prelude::*;

use super::Icon;
use crate::strings::frame;

/// How long a message stays.
const SHOWN: Duration = Duration::from_secs(6);
/// How long one with a way back stays: as long as the server holds a decision.
const OFFERED: Duration = Duration::from_secs(8);
/// How many are shown at once.
const MOST: usize = 3;

#[derive(Debug, Clone)]
struct Toast {
    id: u64,
    text: String,
    action: Option<(String, &'static str, Callback<()>)>,
}

/// The messages being shown.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
    held: RwSignal<bool>,
}

/// Makes room for messages; the frame does.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts {
        list: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
        held: RwSignal::new(false),
    };
    provide_context(toasts);
    toasts
}

/// The messages of the frame.
pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(provide_toasts)
}

impl Toasts {
    /// Shows a message.
    pub fn show(self, text: impl Into<String>) {
        self.push(text.into(), None);
    }

    /// Shows a message with one action, such as Undo with its key.
    pub fn offer(
        self,
        text: impl Into<String>,
        label: impl Into<String>,
        key: &'static str,
        action: Callback<()>,
    ) {
        self.push(text.into(), Some((label.into(), key, action)));
    }

    fn push(self, text: String, action: Option<(String, &'static str, Callback<()>)>) {
        let id = self.next.with_value(|n| n + 1);
        let time = if action.is_some() { OFFERED } else { SHOWN };
        self.next.set_value(id);
        self.list.update(|list| {
            list.push(Toast { id, text, action });
            let extra = list.len().saturating_sub(MOST);
            list.drain(..extra);
        });
        self.expire(id, time);
    }

    fn expire(self, id: u64, time: Duration) {
        set_timeout(
            move || {
                if self.held.get_untracked() {
                    self.expire(id, time);
                } else {
                    self.dismiss(id);
                }
            },
            time,
        );
    }

    fn dismiss(self, id: u64) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }
}

/// Where the messages appear.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div
            class="toasts"
            role="status"
            on:pointerenter=move |_| toasts.held.set(true)
            on:pointerleave=move |_| toasts.held.set(false)
            on:focusin=move |_| toasts.held.set(true)
            on:focusout=move |_| toasts.held.set(false)
        >
            <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                <div class="toast">
                    <Icon name="check" />
                    <span>{toast.text}</span>
                    {match toast.action {
                        Some((label, key, action)) => {
                            view! {
                                <button
                                    type="button"
                                    data-key=key
                                    aria-keyshortcuts=key
                                    on:click=move |_| {
                                        action.run(());
                                        toasts.dismiss(toast.id);
                                    }
                                >
                                    {label}
                                    <kbd aria-hidden="true">{key}</kbd>
                                </button>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <button
                                    type="button"
                                    aria-label=frame::DISMISS
                                    on:click=move |_| toasts.dismiss(toast.id)
                                >
                                    <Icon name="cross" small=true />
                                </button>
                            }
                                .into_any()
                        }
                    }}
                </div>
            </For>
        </div>
    }
    .into_any()
}
