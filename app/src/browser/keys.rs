//! Shortcuts. A key is an attribute of a visible control (`data-key="a"`, `data-key="g r"`):
//! pressing it clicks the control, or focuses it if it is an input. So every shortcut is also a
//! button, and the sheet of what works here is read from the page.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::strings::frame;
use crate::ui::Dialog;

/// How long a first key (`g`) waits for the second, in milliseconds.
const SEQUENCE_MS: f64 = 1_500.0;

/// Listens for shortcuts. `letters` is the person's preference for single letters.
pub fn install_keys(letters: bool, sheet: RwSignal<bool>) {
    let first = StoredValue::new(None::<(String, f64)>);
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
                return;
            }
            if is_typing(&event) {
                return;
            }
            let key = event.key();
            if !letters && key.chars().all(char::is_alphabetic) && key.chars().count() == 1 {
                return;
            }
            if key == "?" {
                event.prevent_default();
                sheet.set(true);
                return;
            }
            let now = js_sys::Date::now();
            let pending =
                first.get_value().filter(|(_, at)| now - at < SEQUENCE_MS).map(|(key, _)| key);
            first.set_value(None);
            if let Some(pending) = pending {
                if press(&format!("{pending} {key}")) {
                    event.prevent_default();
                }
            } else if key == "g" {
                first.set_value(Some((key, now)));
            } else if press(&key) || step(&key) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// The sheet of the keys that work on the page as it is now.
#[component]
pub fn KeySheet(
    /// Opened by `?` and by the button in the rail.
    open: RwSignal<bool>,
    /// The person's preference for single letters.
    letters: bool,
) -> impl IntoView {
    view! {
        <Dialog id="keys" title=frame::KEYS_TITLE open>
            {(!letters).then(|| view! { <p class="muted">{frame::KEYS_OFF}</p> })}
            <dl class="list keys">
                {shortcuts()
                    .into_iter()
                    .map(|(key, label)| {
                        view! {
                            <dt>
                                <kbd>{key}</kbd>
                            </dt>
                            <dd>{label}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
        </Dialog>
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let tag = target.tag_name();
    let ticks = target.get_attribute("type").is_some_and(|t| t == "checkbox" || t == "radio");
    target.is_content_editable()
        || ((tag == "INPUT" || tag == "TEXTAREA" || tag == "SELECT") && !ticks)
}

/// Where keys count: the open dialog or popover, otherwise the page.
fn scope() -> Option<Element> {
    let layer = document().query_selector("dialog[open], [popover]:popover-open").ok().flatten();
    layer.or_else(|| document().document_element())
}

fn visible(selector: &str) -> Vec<HtmlElement> {
    let Some(list) = scope().and_then(|scope| scope.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..list.length())
        .filter_map(|index| list.item(index)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.offset_parent().is_some() || is_fixed(element))
        .filter(|element| !element.has_attribute("disabled"))
        .collect()
}

/// Elements in fixed layers have no offset parent though they are visible.
fn is_fixed(element: &HtmlElement) -> bool {
    element.closest(".toast, .topbar, .rail").ok().flatten().is_some() && element.offset_width() > 0
}

fn press(key: &str) -> bool {
    let found = visible("[data-key]")
        .into_iter()
        .find(|element| element.get_attribute("data-key").as_deref() == Some(key));
    let Some(element) = found else { return false };
    match element.tag_name().as_str() {
        "INPUT" | "TEXTAREA" | "SELECT" => {
            let _ = element.focus();
        }
        _ => element.click(),
    }
    true
}

/// `j` and `k` move through the rows of a list (`data-item` on the link of each row).
fn step(key: &str) -> bool {
    let forward = match key {
        "j" => true,
        "k" => false,
        _ => return false,
    };
    let items = visible("[data-item]");
    let active = document().active_element();
    let at = items.iter().position(|item| active.as_ref() == Some(item.as_ref()));
    let next = match (at, forward) {
        (None, _) => items.first(),
        (Some(at), true) => items.get(at + 1),
        (Some(at), false) => at.checked_sub(1).and_then(|at| items.get(at)),
    };
    next.is_some_and(|item| item.focus().is_ok())
}

fn shortcuts() -> Vec<(String, String)> {
    let page = document().query_selector_all("[data-key]").ok();
    let mut found: Vec<(String, String)> = page
        .map(|list| {
            (0..list.length())
                .filter_map(|index| list.item(index)?.dyn_into::<HtmlElement>().ok())
                .filter_map(|element| Some((element.get_attribute("data-key")?, label(&element))))
                .collect()
        })
        .unwrap_or_default();
    if document().query_selector("[data-item]").ok().flatten().is_some() {
        found.push(("j".into(), frame::KEY_NEXT.into()));
        found.push(("k".into(), frame::KEY_PREVIOUS.into()));
    }
    found.push(("?".into(), frame::KEYS_TITLE.into()));
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    found
}

fn label(element: &HtmlElement) -> String {
    let named = element.get_attribute("aria-label");
    let text = named.or_else(|| {
        let inner = element.query_selector(".btn-t, .nav-t, .hidden").ok().flatten();
        inner.and_then(|inner| inner.text_content())
    });
    text.or_else(|| element.text_content()).unwrap_or_default().trim().to_owned()
}
