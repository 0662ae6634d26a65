//! Live pages: server-sent events that say *that* a topic changed; the page then fetches again.

mod hub;
mod relay;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::ids::SiteId;
use domain::permission::Permission;
use futures::Stream;
use http::HeaderMap;
use serde::Deserialize;
use services::users;
use store::{Scope, Topic};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tower_sessions::Session;

pub use self::hub::Hub;
use self::hub::WATCHED;
pub use self::relay::relay;
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

/// From which position of the [`Hub`] on.
#[derive(Debug, Deserialize)]
pub struct Since {
    since: Option<String>,
}

/// `GET /live?since=POSITION`: first what changed since the page was made, or since the last event
/// the browser heard (`Last-Event-ID`), then what changes. Ends with the session and when the program stops.
pub async fn events(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    Query(since): Query<Since>,
    headers: HeaderMap,
    session: Session,
) -> Result<Response, Problem> {
    let place = state.limits.live()?;
    let scope = caller.scope(Permission::View)?;
    let id = session.id().ok_or_else(Problem::unauthenticated)?;
    let mut changes = state.live.subscribe();
    let heard = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let missed = heard.or(since.since.as_deref()).map(|position| state.live.missed(position));
    let (events, out) = mpsc::channel::<Result<Event, Infallible>>(WATCHED.len());
    tokio::spawn(async move {
        let _place = place;
        let mut pace = Pace::default();
        for (topic, _) in missed.into_iter().flatten().filter(|(_, site)| visible(&scope, *site)) {
            pace.changed(topic);
        }
        let mut heard = None;
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
                    Ok((number, (topic, site))) => {
                        heard = Some(number);
                        if visible(&scope, site) {
                            pace.changed(topic);
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(_)) => WATCHED.iter().for_each(|t| pace.changed(*t)),
                    Err(broadcast::error::RecvError::Closed) => break,
                },
                _ = tick.tick(), if !pace.due.is_empty() => {}
            }
            let ready = pace.take(Instant::now());
            let last = ready.len();
            for (nth, topic) in ready.into_iter().enumerate() {
                version += 1;
                let data = serde_json::json!({ "topic": topic.as_str(), "version": version });
                let mut event = Event::default().data(data.to_string());
                // A browser comes back to this position: nothing before it may be untold.
                if let Some(number) = heard.filter(|_| nth + 1 == last && pace.due.is_empty()) {
                    event = event.id(state.live.position_at(number));
                }
                if events.send(Ok(event)).await.is_err() {
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

#[cfg(test)]
mod tests {
    use super::*;

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
