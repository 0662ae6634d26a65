//! Copying text.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// Puts text on the clipboard; `false` where the browser has none (plain HTTP).
pub fn copy(text: &str) -> bool {
    let get = |of: &JsValue, key: &str| js_sys::Reflect::get(of, &key.into()).ok();
    let clipboard = get(window().navigator().as_ref(), "clipboard").filter(JsValue::is_object);
    let Some(clipboard) = clipboard else { return false };
    let write = get(&clipboard, "writeText").and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    write.is_some_and(|write| write.call1(&clipboard, &text.into()).is_ok())
}
