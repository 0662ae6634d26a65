//! Live pages: server-sent events say *that* a topic changed, pages then fetch again.
//!
//! One visible tab of a browser holds the connection and passes on what it hears; when it is hidden
//! or closed, another takes its turn. Who opens a connection says up to where it knows, and is told
//! what it missed. A tab that listens to another, or becomes visible again, cannot know: it takes
//! every topic as changed.

mod object;
mod turn;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use js_sys::Object;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use self::turn::Turn;
use super::clock;

/// Where the events come from.
const URL: &str = "/live";
/// The element that says where the order of changes stood when the page was begun.
pub const LIVE_POSITION: &str = "live-position";
/// Where the tabs of a browser tell each other.
const CHANNEL: &str = "millwright-live";
/// Wait before a connection that the server refused is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// A tab asks the one that holds the connection how it stands.
const ASK: &str = "ask";
/// The connection stands.
const LIVE: &str = "live";
/// The connection is lost.
const LOST: &str = "lost";
/// Before the name of a topic that changed.
const TOPIC: &str = "topic:";

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
    inside: StoredValue<Option<StoredValue<Inside, LocalStorage>>>,
    /// How fresh the page is.
    pub state: RwSignal<LiveState>,
    /// When something last came.
    pub last: RwSignal<Option<DateTime<Utc>>>,
}

/// What only a browser has.
struct Inside {
    source: Option<EventSource>,
    /// Up to where this tab knows.
    position: Option<String>,
    channel: Option<Object>,
    turn: Option<Turn>,
}

#[derive(serde::Deserialize)]
struct Event {
    topic: String,
}

/// Takes part in the connection while the tab is visible; the frame does.
pub fn provide_live() -> Live {
    let live = Live {
        topics: StoredValue::new(HashMap::new()),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
        inside: StoredValue::new(None),
        state: RwSignal::new(LiveState::AsLoaded),
        last: RwSignal::new(None),
    };
    provide_context(live);
    Effect::new(move |_| {
        live.start();
        let handle = window_event_listener_untyped("visibilitychange", move |_| {
            live.follow_visibility();
        });
        let network = window_event_listener_untyped("offline", move |_| {
            live.state.set(LiveState::Offline);
        });
        on_cleanup(move || {
            handle.remove();
            network.remove();
            live.rest();
            if let Some(Some(channel)) = live.with(|inside| inside.channel.take()) {
                object::call(&channel, "close", &[]);
            }
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

    fn with<R>(self, act: impl FnOnce(&mut Inside) -> R) -> Option<R> {
        self.inside.get_value()?.try_update_value(act)
    }

    fn start(self) {
        let channel = object::make("BroadcastChannel", Some(CHANNEL));
        if let Some(channel) = &channel {
            let told = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                self.told(&event.data().as_string().unwrap_or_default());
            });
            object::set(channel, "onmessage", told.as_ref());
            told.forget();
        }
        let inside = Inside { source: None, position: rendered_position(), channel, turn: None };
        let inside = self.owner.with_value(|owner| owner.with(|| StoredValue::new_local(inside)));
        self.inside.set_value(Some(inside));
        self.follow_visibility();
    }

    fn follow_visibility(self) {
        if document().hidden() {
            self.rest();
            return;
        }
        let resting = self.with(|inside| inside.turn.is_none() && inside.source.is_none());
        if resting != Some(true) {
            return;
        }
        if self.last.get_untracked().is_some() {
            self.all_changed();
        }
        match turn::wait(move || self.open()) {
            Some(turn) => {
                self.with(|inside| inside.turn = Some(turn));
                self.say(ASK);
            }
            None => self.open(),
        }
    }

    /// Takes no part until the tab is visible again.
    fn rest(self) {
        self.close();
        if let Some(Some(turn)) = self.with(|inside| inside.turn.take()) {
            turn.end();
        }
    }

    /// Another tab said something. A hidden one catches up when it is looked at.
    fn told(self, what: &str) {
        if document().hidden() {
            return;
        }
        match what {
            ASK => {
                let holds = self.with(|inside| inside.source.is_some());
                if holds == Some(true) && self.state.get_untracked() == LiveState::Live {
                    self.say(LIVE);
                }
            }
            LIVE => {
                // The connection was there before this page could listen to it.
                if self.last.get_untracked().is_none() {
                    self.all_changed();
                }
                self.heard();
            }
            LOST => self.state.set(LiveState::Reconnecting),
            other => {
                if let Some(topic) = other.strip_prefix(TOPIC) {
                    self.heard();
                    self.changed(topic);
                }
            }
        }
    }

    fn say(self, what: &str) {
        self.with(|inside| {
            if let Some(channel) = &inside.channel {
                object::call(channel, "postMessage", &[what.into()]);
            }
        });
    }

    fn heard(self) {
        self.state.set(LiveState::Live);
        self.last.set(clock::now());
    }

    fn changed(self, topic: &str) {
        self.topic(topic).update(|version| *version += 1);
    }

    fn all_changed(self) {
        self.topics.with_value(|topics| {
            topics.values().for_each(|signal| signal.update(|version| *version += 1));
        });
    }

    /// Holds the connection from now on.
    fn open(self) {
        let position = self.with(|inside| inside.position.clone()).flatten().unwrap_or_default();
        let Ok(source) = EventSource::new(&format!("{URL}?since={position}")) else { return };
        let opened = Closure::<dyn FnMut()>::new(move || {
            self.heard();
            self.say(LIVE);
        });
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        opened.forget();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            self.heard();
            let position = event.last_event_id();
            if !position.is_empty() {
                self.with(|inside| inside.position = Some(position));
            }
            let data = event.data().as_string().unwrap_or_default();
            if let Ok(event) = serde_json::from_str::<Event>(&data) {
                self.say(&format!("{TOPIC}{}", event.topic));
                self.changed(&event.topic);
            }
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        message.forget();
        let failed = Closure::<dyn FnMut()>::new(move || self.failed());
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        failed.forget();
        self.with(|inside| inside.source = Some(source));
    }

    fn failed(self) {
        let refused = self.with(|inside| {
            inside.source.as_ref().is_some_and(|s| s.ready_state() == EventSource::CLOSED)
        });
        let online = window().navigator().on_line();
        self.state.set(if online { LiveState::Reconnecting } else { LiveState::Offline });
        self.say(LOST);
        if refused == Some(true) {
            self.close();
            set_timeout(move || self.again(), RETRY);
        }
    }

    /// After a refusal, as long as nobody has taken over meanwhile.
    fn again(self) {
        let free = self.with(|inside| inside.source.is_none());
        if free == Some(true) && !document().hidden() {
            self.open();
        }
    }

    fn close(self) {
        if let Some(Some(source)) = self.with(|inside| inside.source.take()) {
            source.close();
        }
    }
}

fn rendered_position() -> Option<String> {
    let selector = format!("meta[name={LIVE_POSITION}]");
    document().query_selector(&selector).ok()??.get_attribute("content")
}
