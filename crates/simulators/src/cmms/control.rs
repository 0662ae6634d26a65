//! `/_double/`: what tests and curious people ask a double for.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::faces::Face;
use super::faults::{FaultRule, Script};
use super::webhooks::{Hooks, Subscription};
use super::world::World;

/// What people do with a work order in the CMMS.
#[derive(Debug, Clone, Deserialize)]
struct Work {
    /// The work order.
    id: String,
    /// `approve`, `assign`, `start`, `close`, `cancel`.
    act: String,
    /// Who gets it, on assigning.
    #[serde(default)]
    assigned_to: String,
    /// What was recorded on closing.
    #[serde(default)]
    closure: Value,
}

impl Work {
    fn is_done(&self, face: &mut dyn Face, world: &mut World) -> bool {
        match self.act.as_str() {
            "approve" => face.approve(world, &self.id),
            "assign" => face.assign(world, &self.id, &self.assigned_to),
            act => face.work(world, &self.id, act, &self.closure),
        }
    }
}

/// A work order that somebody makes in the CMMS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// Its asset.
    pub asset: String,
    /// Its title.
    pub title: String,
    /// Its failure code.
    #[serde(default)]
    pub failure_code: String,
}

/// Everything the control side sees of a double.
pub(super) struct Desk<'a> {
    pub(super) face: &'a mut dyn Face,
    pub(super) world: &'a mut World,
    pub(super) script: &'a mut Script,
    pub(super) hooks: &'a mut Hooks,
    /// Calls so far, and how many of them changed something.
    pub(super) counts: (u64, u64),
    /// Calls that are carried out when it is told to.
    pub(super) held: &'a mut Vec<Call>,
}

pub(super) fn answer(call: &Call, desk: Desk<'_>) -> Answer {
    let Desk { face, world, script, hooks, counts, held } = desk;
    let words = call.segments();
    match (call.method.as_str(), words.get(1).copied().unwrap_or_default()) {
        ("GET", "about") => Answer::json(200, &face.about()),
        ("GET", "ledger") => Answer::json(200, &json!(face.ledger(world))),
        ("GET", "calls") => Answer::json(200, &json!({"calls": counts.0, "writes": counts.1})),
        ("GET", "sessions") => Answer::json(200, &json!(face.sessions(world))),
        ("POST", "faults") => match serde_json::from_slice::<Vec<FaultRule>>(&call.body) {
            Ok(rules) => {
                script.set(rules);
                Answer::empty(204)
            }
            Err(error) => Answer::text(400, "text/plain", error.to_string()),
        },
        ("POST", "release") => {
            for call in held.drain(..) {
                face.answer(&call, world);
                hooks.tell(face, world, Some(&call));
            }
            Answer::empty(204)
        }
        ("POST", "work") => match serde_json::from_slice::<Work>(&call.body) {
            Ok(work) => match work.is_done(face, world) {
                true => {
                    hooks.tell(face, world, None);
                    Answer::empty(204)
                }
                false => Answer::text(404, "text/plain", "no such work order, or no such act"),
            },
            Err(error) => Answer::text(400, "text/plain", error.to_string()),
        },
        ("POST", "orders") => match serde_json::from_slice::<ByHand>(&call.body) {
            Ok(order) => by_hand(face, world, hooks, &order),
            Err(error) => Answer::text(400, "text/plain", error.to_string()),
        },
        (_, "webhooks") if face.pushes().is_none() => {
            Answer::text(409, "text/plain", "this system sends no webhooks")
        }
        ("GET", "webhooks") => Answer::json(200, &hooks.show()),
        ("DELETE", "webhooks") => subscribed(hooks.subscribe(None, face, world)),
        ("POST", "webhooks") => match serde_json::from_slice::<Subscription>(&call.body) {
            Ok(subscription) => subscribed(hooks.subscribe(Some(subscription), face, world)),
            Err(error) => Answer::text(400, "text/plain", error.to_string()),
        },
        ("POST", "touch") => {
            match call.param("asset").is_some_and(|asset| face.touch(world, asset)) {
                true => Answer::empty(204),
                false => Answer::empty(404),
            }
        }
        ("POST", "tick") => {
            world.tick(call.param("seconds").and_then(|text| text.parse().ok()).unwrap_or(1));
            Answer::empty(204)
        }
        ("POST", "sign-out") => {
            face.sign_out(world);
            Answer::empty(204)
        }
        _ => Answer::empty(404),
    }
}

fn subscribed(result: reqwest::Result<()>) -> Answer {
    match result {
        Ok(()) => Answer::empty(204),
        Err(error) => Answer::text(400, "text/plain", error.to_string()),
    }
}

fn by_hand(face: &mut dyn Face, world: &mut World, hooks: &mut Hooks, order: &ByHand) -> Answer {
    match face.by_hand(world, order) {
        Some(answer) if answer.status < 300 => {
            hooks.tell(face, world, None);
            match face.ledger(world).pop() {
                Some(entry) => Answer::json(201, &json!({"id": entry.id})),
                None => Answer::text(500, "text/plain", "the ledger does not show it"),
            }
        }
        Some(refused) => refused,
        None => Answer::text(409, "text/plain", "this double makes none by hand"),
    }
}
