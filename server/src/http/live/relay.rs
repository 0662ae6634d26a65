//! Changes of this process reach its pages and the other processes, and theirs reach the pages here.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::ids::SiteId;
use store::live::Listener;
use store::{Change, Store, Topic};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::hub::{Hub, WATCHED};

/// How often other processes are told.
const ANNOUNCE: Duration = Duration::from_millis(100);

/// Carries changes from this process's transactions to its live pages and to other processes, and
/// theirs here. Ends when the program stops.
pub async fn relay(store: Store, hub: Hub, stop: CancellationToken) {
    let announcing = announce(store.clone(), hub.clone());
    let listening = listen(store, hub);
    tokio::select! {
        () = stop.cancelled() => {}
        () = announcing => {}
        () = listening => {}
    }
}

async fn announce(store: Store, hub: Hub) {
    let mut changes = store.signals.live.subscribe();
    let mut due: BTreeSet<(Topic, Option<SiteId>)> = BTreeSet::new();
    let mut tick = tokio::time::interval(ANNOUNCE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) => {
                    hub.tell(change);
                    due.insert(change);
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    hub.tell_all();
                    due.extend(WATCHED.map(|topic| (topic, None)));
                }
                Err(broadcast::error::RecvError::Closed) => return,
            },
            _ = tick.tick(), if !due.is_empty() => {
                // Every topic of a site is one short word; more of them than fit become "every site".
                if due.len() > 200 {
                    due = due.iter().map(|(topic, _)| (*topic, None)).collect();
                }
                let words: Vec<_> = std::mem::take(&mut due).into_iter().map(word).collect();
                let message = format!("{} {}", hub.process(), words.join(" "));
                if let Err(error) = store::live::announce(&store, &message).await {
                    tracing::debug!(error = %crate::http::chain(&error), "other processes were not told");
                }
            }
        }
    }
}

async fn listen(store: Store, hub: Hub) {
    loop {
        match Listener::open(&store).await {
            Ok(mut listener) => loop {
                match listener.next().await {
                    Ok(Some(message)) => {
                        let Some((from, words)) = message.split_once(' ') else { continue };
                        if from != hub.process() {
                            words.split(' ').filter_map(parse).for_each(|change| hub.tell(change));
                        }
                    }
                    Ok(None) => hub.tell_all(),
                    Err(_) => break,
                }
            },
            Err(error) => tracing::debug!(error = %crate::http::chain(&error), "cannot listen"),
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
}
