//! Taking turns among the tabs of one browser: one of them holds the connection for all. A browser
//! keeps few connections to a host (six over HTTP/1.1); a connection for every visible tab would
//! leave none for the pages themselves.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::object::{call, get, make, set};

/// What the tabs take turns at.
const NAME: &str = "millwright-live";

/// A place in the line, or the turn itself. Give it back with [`Turn::end`].
pub(super) struct Turn {
    waiting: Object,
    release: Rc<RefCell<Option<Function>>>,
}

/// Stands in line; `granted` runs once it is this tab's turn. `None` where the browser has no such
/// thing (plain HTTP beyond this machine): then every tab helps itself.
pub(super) fn wait(granted: impl FnOnce() + 'static) -> Option<Turn> {
    let locks = get(window().navigator().as_ref(), "locks")?;
    let waiting = make("AbortController", None)?;
    let options = Object::new();
    set(&options, "signal", &get(&waiting, "signal")?);
    let release = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&release);
    // The turn lasts until the promise resolves.
    let turn = Closure::once_into_js(move |_lock: JsValue| -> Promise {
        granted();
        Promise::new(&mut |resolve, _| {
            kept.replace(Some(resolve));
        })
    });
    let asked = call(&locks, "request", &[NAME.into(), options.into(), turn])?;
    // Leaving the line rejects the request: that is no error.
    let left = Closure::<dyn FnMut(JsValue)>::new(|_| {});
    let _ = asked.dyn_into::<Promise>().ok()?.catch(&left);
    left.forget();
    Some(Turn { waiting, release })
}

impl Turn {
    /// Ends the turn, or leaves the line.
    pub(super) fn end(self) {
        match self.release.take() {
            Some(release) => drop(release.call0(&JsValue::UNDEFINED)),
            None => drop(call(&self.waiting, "abort", &[])),
        }
    }
}
