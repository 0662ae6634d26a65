//! `/_double/`: what tests and curious people ask a double for.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::faces::Face;
use super::faults::{FaultRule, Script};
use super::world::World;

/// What a technician does in the CMMS.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Work {
    /// The work order.
    pub(super) id: String,
    /// `start`, `close`, `cancel`.
    pub(super) act: String,
    /// What was recorded on closing.
    #[serde(default)]
    pub(super) closure: Value,
}

pub(super) fn answer(
    call: &Call,
    face: &mut dyn Face,
    world: &mut World,
    script: &mut Script,
    counts: (u64, u64),
) -> Answer {
    let words = call.segments();
    match (call.method.as_str(), words.get(1).copied().unwrap_or_default()) {
        ("GET", "about") => Answer::json(200, &face.about()),
        ("GET", "ledger") => Answer::json(200, &json!(face.ledger(world))),
        ("GET", "calls") => Answer::json(200, &json!({"calls": counts.0, "writes": counts.1})),
        ("POST", "faults") => match serde_json::from_slice::<Vec<FaultRule>>(&call.body) {
            Ok(rules) => {
                script.set(rules);
                Answer::empty(204)
            }
            Err(error) => Answer::text(400, "text/plain", error.to_string()),
        },
        ("POST", "work") => match serde_json::from_slice::<Work>(&call.body) {
            Ok(work) => match face.work(world, &work.id, &work.act, &work.closure) {
                true => Answer::empty(204),
                false => Answer::text(404, "text/plain", "no such work order, or no such act"),
            },
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
