//! What a double tells its subscriber, and what goes wrong with that on the way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::call::Call;
use super::faces::Face;
use super::world::{World, text};

/// A subscriber that takes longer has not heard.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Lines of the log that are kept.
const LONGEST_LOG: usize = 1_000;

/// One webhook, as the system words and signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Hook {
    /// A JSON body.
    pub fn json(body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { headers, body: body.to_string().into_bytes() }
    }

    /// This webhook with one more header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A work order that was made or changed.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// As it is.
    pub row: &'a Value,
    /// As it was; nothing when it is new.
    pub before: Option<&'a Value>,
    /// The call that did it; nothing when a technician did.
    pub call: Option<&'a Call>,
    /// The secret the subscriber was given.
    pub secret: &'a str,
    /// Counts webhooks.
    pub number: u64,
    /// The double's time.
    pub at: DateTime<Utc>,
}

impl Change<'_> {
    /// A field as it was; the same as now when it is new.
    pub(super) fn was(&self, field: &str) -> &Value {
        self.before.map_or(&self.row[field], |before| &before[field])
    }
}

/// HMAC-SHA-256 with the secret's letters as key.
pub(super) fn hmac(secret: &str, message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

/// Who is told, and how badly.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscription {
    /// Where to.
    url: String,
    /// What it is signed with, where the system signs.
    #[serde(default)]
    secret: String,
    /// What goes wrong.
    #[serde(default)]
    faults: Vec<HookRule>,
    /// An authority to trust besides the system's, PEM.
    #[serde(default)]
    authority: Option<String>,
}

impl Subscription {
    fn client(&self) -> reqwest::Result<reqwest::Client> {
        let mut client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT);
        if let Some(pem) = &self.authority {
            client = client.add_root_certificate(reqwest::Certificate::from_pem(pem.as_bytes())?);
        }
        client.build()
    }
}

/// What happens to one webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookFault {
    /// It is lost.
    Drop,
    /// It is sent twice.
    Duplicate,
    /// It is sent after the next one.
    Reorder,
    /// It is sent so many milliseconds later; others overtake it.
    Delay(u64),
}

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookRule {
    /// How many webhooks pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many it hits.
    #[serde(default = "one")]
    pub times: u32,
    /// What happens.
    pub fault: HookFault,
}

fn one() -> u32 {
    1
}

struct Parcel {
    http: reqwest::Client,
    url: String,
    id: String,
    hook: Hook,
}

/// What became of one webhook.
#[derive(Debug, Clone, Serialize)]
struct Sent {
    id: String,
    outcome: String,
}

type Log = Arc<Mutex<Vec<Sent>>>;

/// The double's side of its webhooks.
pub(super) struct Hooks {
    subscription: Option<Subscription>,
    http: Option<reqwest::Client>,
    seen: BTreeMap<String, Value>,
    held: Option<Parcel>,
    number: u64,
    out: UnboundedSender<Parcel>,
    log: Log,
}

impl Hooks {
    /// And the task that sends.
    pub(super) fn start() -> (Self, JoinHandle<()>) {
        let (out, parcels) = unbounded_channel();
        let log = Log::default();
        let task = tokio::spawn(send(parcels, log.clone()));
        let seen = BTreeMap::new();
        (Self { subscription: None, http: None, seen, held: None, number: 0, out, log }, task)
    }

    /// # Errors
    /// An authority that is none.
    pub(super) fn subscribe(
        &mut self,
        subscription: Option<Subscription>,
        face: &dyn Face,
        world: &mut World,
    ) -> reqwest::Result<()> {
        if let Some(subscription) = &subscription {
            self.http = Some(subscription.client()?);
        }
        world.take_touched();
        self.held = None;
        self.seen = match (face.pushes(), &subscription) {
            (Some((table, id)), Some(_)) => {
                let rows = world.rows(table).iter();
                rows.map(|row| (text(&row[id]), row.clone())).collect()
            }
            _ => BTreeMap::new(),
        };
        self.subscription = subscription;
        Ok(())
    }

    pub(super) fn show(&self) -> Value {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        json!({
            "url": self.subscription.as_ref().map(|one| &one.url),
            "held": self.held.is_some(),
            "sent": *log,
        })
    }

    /// Tells of every work order that was touched and differs from what was told before.
    pub(super) fn tell(&mut self, face: &dyn Face, world: &mut World, call: Option<&Call>) {
        let touched = world.take_touched();
        let Some((table, id)) = face.pushes().filter(|_| self.subscription.is_some()) else {
            return;
        };
        for (_, place) in touched.into_iter().filter(|(kind, _)| *kind == table) {
            let Some(row) = world.rows(table).get(place) else { continue };
            let key = text(&row[id]);
            let before = self.seen.insert(key.clone(), row.clone());
            if before.as_ref() == Some(row) {
                continue;
            }
            self.number += 1;
            let secret = self.subscription.as_ref().map(|one| one.secret.clone());
            let change = Change {
                row,
                before: before.as_ref(),
                call,
                secret: secret.as_deref().unwrap_or_default(),
                number: self.number,
                at: world.now(),
            };
            for hook in face.hook(&change) {
                self.post(&key, hook);
            }
        }
    }

    fn post(&mut self, id: &str, hook: Hook) {
        let (Some(subscription), Some(http)) = (&mut self.subscription, &self.http) else { return };
        let fault = next(&mut subscription.faults);
        let (http, url) = (http.clone(), subscription.url.clone());
        let parcel = Parcel { http, url, id: id.to_owned(), hook };
        match fault {
            None => self.hand_over(parcel),
            Some(HookFault::Drop) => note(&self.log, parcel.id, "dropped".to_owned()),
            Some(HookFault::Duplicate) => {
                let again = Parcel {
                    http: parcel.http.clone(),
                    url: parcel.url.clone(),
                    id: parcel.id.clone(),
                    hook: parcel.hook.clone(),
                };
                self.hand_over(parcel);
                self.hand_over(again);
            }
            Some(HookFault::Reorder) => self.held = Some(parcel),
            Some(HookFault::Delay(ms)) => {
                let out = self.out.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    drop(out.send(parcel));
                });
            }
        }
    }

    /// Sends it, and after it what was held back.
    fn hand_over(&mut self, parcel: Parcel) {
        for parcel in std::iter::once(parcel).chain(self.held.take()) {
            drop(self.out.send(parcel));
        }
    }
}

fn next(rules: &mut [HookRule]) -> Option<HookFault> {
    let mut hit = None;
    for rule in rules.iter_mut().filter(|rule| rule.times > 0) {
        if rule.skip > 0 {
            rule.skip -= 1;
        } else if hit.is_none() {
            rule.times -= 1;
            hit = Some(rule.fault);
        }
    }
    hit
}

fn note(log: &Log, id: String, outcome: String) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    if log.len() >= LONGEST_LOG {
        log.remove(0);
    }
    log.push(Sent { id, outcome });
}

/// One attempt each; whoever does not hear has to poll.
async fn send(mut parcels: UnboundedReceiver<Parcel>, log: Log) {
    while let Some(Parcel { http, url, id, hook }) = parcels.recv().await {
        let mut request = http.post(&url).body(hook.body);
        for (name, value) in hook.headers {
            request = request.header(name, value);
        }
        let outcome = match request.send().await {
            Ok(answer) => answer.status().as_u16().to_string(),
            Err(error) => error.without_url().to_string(),
        };
        note(&log, id, outcome);
    }
}
