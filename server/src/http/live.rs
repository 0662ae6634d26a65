//! Live pages: server-sent events that say *that* a topic changed; the page then fetches again.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::ids::SiteId;
use domain::permission::Permission;
use futures::Stream;
use services::users;
use store::live::Listener;
use store::{Change, Scope, Store, Topic};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;

use super::auth::SessionCaller;
use super::problem::Problem;
use super::session::hashed;
use crate::state::AppState;

/// At most one event per topic in this time.
const EVERY: Duration = Duration::from_secs(1);
/// How soon a change that had to wait is looked at again.
const LOOK: Duration = Duration::from_millis(200);
/// How often a session is looked at again.
const CHECK: Duration = Duration::from_secs(10);
/// How often other processes are told.
const ANNOUNCE: Duration = Duration::from_millis(100);

/// Topics people can watch.
const WATCHED: [Topic; 6] = [
    Topic::Alerts,
    Topic::Reviews,
    Topic::WorkOrders,
    Topic::Logbook,
    Topic::Notices,
    Topic::Predictions,
];

/// Changes of this process and of the others.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Change>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

/// `GET /live`: ends with the session and when the program stops.
pub async fn events(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    session: Session,
) -> Result<Response, Problem> {
    let place = state.limits.live()?;
    let scope = caller.scope(Permission::View)?;
    let id = session.id().ok_or_else(Problem::unauthenticated)?;
    let mut changes = state.live.0.subscribe();
    let (events, out) = mpsc::channel::<Result<Event, Infallible>>(WATCHED.len());
    tokio::spawn(async move {
        let _place = place;
        let mut pace = Pace::default();
        let mut version = 0_u64;
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut check = tokio::time::interval(CHECK);
        check.reset();
        loop {
            tokio::select! {
                () = state.shutdown.cancelled() => break,
                () = events.closed() => break,
                _ = check.tick() => {
                    let id = hashed(&id);
                    let person = users::caller_for_session(&state.services, &id, false).await;
                    // Any other error is a database that is away for a moment: the page stays.
                    if let Err(services::Error::NotSignedIn) = person {
                        break;
                    }
                }
                change = changes.recv() => match change {
                    Ok((topic, site)) if visible(&scope, site) => pace.changed(topic),
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => WATCHED.iter().for_each(|t| pace.changed(*t)),
                    Err(broadcast::error::RecvError::Closed) => break,
                },
                _ = tick.tick(), if !pace.due.is_empty() => {}
            }
            for topic in pace.take(Instant::now()) {
                version += 1;
                let data = serde_json::json!({ "topic": topic.as_str(), "version": version });
                if events.send(Ok(Event::default().data(data.to_string()))).await.is_err() {
                    return;
                }
            }
        }
    });
    Ok(stream(ReceiverStream::new(out)))
}

/// A change is told at once; the next one of the same topic not before [`EVERY`] has passed.
#[derive(Default)]
struct Pace {
    due: BTreeSet<Topic>,
    told: BTreeMap<Topic, Instant>,
}

impl Pace {
    fn changed(&mut self, topic: Topic) {
        self.due.insert(topic);
    }

    /// What may be told now.
    fn take(&mut self, now: Instant) -> Vec<Topic> {
        let told = &self.told;
        let may = |topic: &Topic| told.get(topic).is_none_or(|at| now - *at >= EVERY);
        let ready: Vec<Topic> = self.due.iter().copied().filter(may).collect();
        for topic in &ready {
            self.due.remove(topic);
            self.told.insert(*topic, now);
        }
        ready
    }
}

fn stream(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

/// A change without a site concerns everybody.
fn visible(scope: &Scope, site: Option<SiteId>) -> bool {
    site.is_none_or(|site| scope.contains(site))
}

/// Carries changes from this process's transactions to its live pages and to other processes, and
/// theirs here. Ends when the program stops.
pub async fn relay(store: Store, hub: Hub, stop: CancellationToken) {
    let me = process_name();
    let announcing = announce(store.clone(), hub.clone(), me.clone());
    let listening = listen(store, hub, me);
    tokio::select! {
        () = stop.cancelled() => {}
        () = announcing => {}
        () = listening => {}
    }
}

async fn announce(store: Store, hub: Hub, me: String) {
    let mut changes = store.signals.live.subscribe();
    let mut due: BTreeSet<(Topic, Option<SiteId>)> = BTreeSet::new();
    let mut tick = tokio::time::interval(ANNOUNCE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) => {
                    // Without a listener nobody watches.
                    drop(hub.0.send(change));
                    due.insert(change);
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    for topic in WATCHED {
                        drop(hub.0.send((topic, None)));
                        due.insert((topic, None));
                    }
                }
                Err(broadcast::error::RecvError::Closed) => return,
            },
            _ = tick.tick(), if !due.is_empty() => {
                // Every topic of a site is one short word; more of them than fit become "every site".
                if due.len() > 200 {
                    due = due.iter().map(|(topic, _)| (*topic, None)).collect();
                }
                let words: Vec<_> = std::mem::take(&mut due).into_iter().map(word).collect();
                let message = format!("{me} {}", words.join(" "));
                if let Err(error) = store::live::announce(&store, &message).await {
                    tracing::debug!(error = %super::chain(&error), "other processes were not told");
                }
            }
        }
    }
}

async fn listen(store: Store, hub: Hub, me: String) {
    loop {
        match Listener::open(&store).await {
            Ok(mut listener) => loop {
                match listener.next().await {
                    Ok(Some(message)) => {
                        let Some((from, words)) = message.split_once(' ') else { continue };
                        if from != me {
                            words.split(' ').filter_map(parse).for_each(|c| drop(hub.0.send(c)));
                        }
                    }
                    Ok(None) => WATCHED.iter().for_each(|t| drop(hub.0.send((*t, None)))),
                    Err(_) => break,
                }
            },
            Err(error) => tracing::debug!(error = %super::chain(&error), "cannot listen"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn word((topic, site): Change) -> String {
    site.map_or_else(|| topic.as_str().to_owned(), |site| format!("{}:{site}", topic.as_str()))
}

fn parse(word: &str) -> Option<Change> {
    let (topic, site) = match word.split_once(':') {
        Some((topic, site)) => (topic, Some(site.parse().ok()?)),
        None => (word, None),
    };
    WATCHED.iter().find(|t| t.as_str() == topic).map(|t| (*t, site))
}

fn process_name() -> String {
    let mut bytes = [0_u8; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => hex::encode(bytes),
        Err(_) => std::process::id().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_survives_the_way_to_another_process() {
        for change in [(Topic::Alerts, Some(SiteId(3))), (Topic::Notices, None)] {
            assert_eq!(parse(&word(change)), Some(change));
        }
        assert_eq!(parse("decisions:1"), None);
        assert_eq!(parse("alerts:x"), None);
    }

    #[test]
    fn the_first_change_is_told_at_once_and_the_next_ones_together_a_second_later() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        pace.changed(Topic::Alerts);
        assert_eq!(pace.take(start), [Topic::Alerts]);
        pace.changed(Topic::Alerts);
        pace.changed(Topic::Reviews);
        pace.changed(Topic::Alerts);
        assert_eq!(pace.take(start + LOOK), [Topic::Reviews], "each topic has its own second");
        assert_eq!(pace.take(start + EVERY), [Topic::Alerts], "two changes are one event");
        assert!(pace.take(start + EVERY * 3).is_empty());
    }

    #[test]
    fn a_site_out_of_scope_is_not_announced() {
        let scope = Scope::Sites(vec![SiteId(1)]);
        assert!(visible(&scope, Some(SiteId(1))));
        assert!(!visible(&scope, Some(SiteId(2))));
        assert!(visible(&scope, None));
    }
}
