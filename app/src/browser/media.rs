//! Media queries, for the few things that style sheets cannot do.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Whether a media query holds; `false` on the server and while hydrating. It follows changes
/// until the component is gone.
pub fn use_media(query: &'static str) -> Signal<bool> {
    let holds = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(list) = window().match_media(query).ok().flatten() else { return };
        holds.set(list.matches());
        let watched = list.clone();
        let on_change = Closure::<dyn FnMut()>::new(move || holds.set(watched.matches()));
        let callback = on_change.as_ref().unchecked_ref::<js_sys::Function>().clone();
        let _ = list.add_event_listener_with_callback("change", &callback);
        let kept = StoredValue::new_local((list, on_change));
        on_cleanup(move || {
            kept.with_value(|(list, on_change)| {
                let callback = on_change.as_ref().unchecked_ref::<js_sys::Function>();
                let _ = list.remove_event_listener_with_callback("change", callback);
            });
        });
    });
    holds.into()
}
