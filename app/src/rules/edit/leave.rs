use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::desk::Desk;
use super::page::Saved;
use crate::strings::rules as texts;
use crate::ui::{Button, ButtonKind, Dialog};

/// `Ctrl+S` saves, `Ctrl+Enter` calculates; the browser asks before unsaved edits are closed.
pub(super) fn keys(desk: Desk, save: Action<bool, Saved>, now: RwSignal<u32>) {
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            if !(event.ctrl_key() || event.meta_key()) {
                return;
            }
            match event.key().as_str() {
                "s" => {
                    event.prevent_default();
                    if desk.dirty() && !save.pending().get_untracked() {
                        save.dispatch(false);
                    }
                }
                "Enter" => {
                    event.prevent_default();
                    now.update(|n| *n += 1);
                }
                _ => {}
            }
        });
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            if desk.dirty() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            pressed.remove();
            leaving.remove();
        });
    });
}

/// A link out of the editor with unsaved edits asks first; it hears of clicks before the router.
#[component]
pub(super) fn Leaving(desk: Desk) -> impl IntoView {
    let to = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let listen = Closure::<dyn FnMut(web_sys::MouseEvent)>::new(move |event| {
            if let Some(path) = leads_away(&event).filter(|_| desk.dirty()) {
                event.prevent_default();
                event.stop_propagation();
                to.set(path);
                open.set(true);
            }
        });
        let listen = StoredValue::new_local(listen);
        let call = move |add: bool| {
            listen.with_value(|listen| {
                let (document, listen) = (document(), listen.as_ref().unchecked_ref());
                let _ = if add {
                    document.add_event_listener_with_callback_and_bool("click", listen, true)
                } else {
                    document.remove_event_listener_with_callback_and_bool("click", listen, true)
                };
            });
        };
        call(true);
        on_cleanup(move || call(false));
    });
    let go = use_navigate();
    let leave = move |_: ev::MouseEvent| {
        desk.saved.set(desk.draft.get_untracked());
        go(&to.get_untracked(), NavigateOptions::default());
    };
    view! {
        <Dialog id="leaving" title=texts::LEAVE_TITLE open>
            <p>{texts::LEAVE_HINT}</p>
            <Button kind=ButtonKind::Danger on:click=leave.clone()>
                {texts::LEAVE}
            </Button>
        </Dialog>
    }
    .into_any()
}

/// Where a plain click on a link of ours leads, if that is another page.
fn leads_away(event: &web_sys::MouseEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if modified || event.button() != 0 {
        return None;
    }
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = element.closest("a[href]").ok().flatten()?;
    if link.has_attribute("download") || link.has_attribute("target") {
        return None;
    }
    let href = link.get_attribute("href")?;
    let here = window().location().pathname().ok()?;
    let page = href.split(['?', '#']).next().unwrap_or_default();
    (href.starts_with('/') && page != here).then(|| href.clone())
}
