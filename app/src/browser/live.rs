//! Live pages: server-sent events say *that* a topic changed, pages then fetch again.
//!
//! The connection is held by visible tabs only. When a tab becomes visible again every topic is
//! taken as changed, because events were missed meanwhile.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::clock;

/// Where the events come from.
const URL: &str = "/live";
/// Wait before a connection that the server refused is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// How fresh the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// As the server rendered it.
    AsLoaded,
    /// Changes arrive.
    Live,
    /// Being connected again.
    Reconnecting,
    /// The browser has no network.
    Offline,
}

/// The live connection of the page.
#[derive(Clone, Copy)]
pub struct Live {
    topics: StoredValue<HashMap<String, RwSignal<u64>>>,
    owner: StoredValue<Owner>,
    /// Empty on the server, where what belongs to one thread must not be made.
    source: StoredValue<Option<StoredValue<EventSource, LocalStorage>>>,
    /// How fresh the page is.
    pub state: RwSignal<LiveState>,
    /// When something last came.
    pub last: RwSignal<Option<DateTime<Utc>>>,
}

#[derive(serde::Deserialize)]
struct Event {
    topic: String,
}

/// Opens the connection while the tab is visible; the frame does.
pub fn provide_live() -> Live {
    let live = Live {
        topics: StoredValue::new(HashMap::new()),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
        source: StoredValue::new(None),
        state: RwSignal::new(LiveState::AsLoaded),
        last: RwSignal::new(None),
    };
    provide_context(live);
    Effect::new(move |_| {
        live.follow_visibility();
        let handle = window_event_listener_untyped("visibilitychange", move |_| {
            live.follow_visibility();
        });
        let network = window_event_listener_untyped("offline", move |_| {
            live.state.set(LiveState::Offline);
        });
        on_cleanup(move || {
            handle.remove();
            network.remove();
            live.close();
        });
    });
    live
}

/// Grows with every change of a topic: read it in the source of a resource.
/// Always 0 on the server.
pub fn use_topic(topic: &'static str) -> Signal<u64> {
    match use_context::<Live>() {
        Some(live) => live.topic(topic).into(),
        None => Signal::derive(|| 0),
    }
}

impl Live {
    fn topic(self, name: &str) -> RwSignal<u64> {
        if let Some(signal) = self.topics.with_value(|topics| topics.get(name).copied()) {
            return signal;
        }
        let signal = self.owner.with_value(|owner| owner.with(|| RwSignal::new(0)));
        self.topics.update_value(|topics| {
            topics.insert(name.to_owned(), signal);
        });
        signal
    }

    fn follow_visibility(self) {
        if document().hidden() {
            self.close();
        } else if self.source.with_value(Option::is_none) {
            let first = self.last.get_untracked().is_none();
            self.open();
            if !first {
                self.topics.with_value(|topics| {
                    topics.values().for_each(|signal| signal.update(|version| *version += 1));
                });
            }
        }
    }

    fn open(self) {
        let Ok(source) = EventSource::new(URL) else { return };
        let opened = Closure::<dyn FnMut()>::new(move || {
            self.state.set(LiveState::Live);
            self.last.set(clock::now());
        });
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        opened.forget();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            self.last.set(clock::now());
            let data = event.data().as_string().unwrap_or_default();
            if let Ok(event) = serde_json::from_str::<Event>(&data) {
                self.topic(&event.topic).update(|version| *version += 1);
            }
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        message.forget();
        let failed = Closure::<dyn FnMut()>::new(move || self.failed());
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        failed.forget();
        let source = self.owner.with_value(|owner| owner.with(|| StoredValue::new_local(source)));
        self.source.set_value(Some(source));
    }

    fn failed(self) {
        let refused = self
            .source
            .get_value()
            .and_then(|source| source.try_with_value(|s| s.ready_state() == EventSource::CLOSED))
            .unwrap_or_default();
        let online = window().navigator().on_line();
        self.state.set(if online { LiveState::Reconnecting } else { LiveState::Offline });
        if refused {
            self.close();
            set_timeout(move || self.follow_visibility(), RETRY);
        }
    }

    fn close(self) {
        let source = self.source.try_update_value(Option::take).flatten();
        if let Some(source) = source {
            source.try_with_value(EventSource::close);
            source.dispose();
        }
    }
}
