//! What goes wrong, call by call, as scripted.

use serde::{Deserialize, Serialize};

use super::call::Answer;

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Answers so many milliseconds later.
    Delay(u64),
    /// The connection ends; nothing was done.
    ResetBefore,
    /// The connection ends; it was done.
    ResetAfter,
    /// The connection ends; it is done so many milliseconds later.
    LateCommit(u64),
    /// The connection ends; it is done when the double is told to (`/_double/release`).
    HeldCommit,
    /// 500, and it was done.
    ErrorAfter,
    /// It was done; the answer ends in the middle.
    Truncated,
    /// 200 with a log-in page; nothing was done.
    LoginPage,
    /// 401; nothing was done.
    Unauthorised,
    /// 403; nothing was done.
    Forbidden,
    /// 400 that repeats all that was sent; nothing was done.
    Echo,
    /// 429 in the system's own way, with so many seconds to wait; nothing was done.
    TooMany(u32),
}

/// Which calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// Those that change something.
    Write,
    /// Those that read.
    Read,
    /// Every one.
    Any,
}

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Which calls.
    pub on: On,
    /// How many of them pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many of them it hits.
    #[serde(default = "one")]
    pub times: u32,
    /// What happens.
    pub fault: Fault,
}

fn one() -> u32 {
    1
}

/// The script; the first rule that hits decides.
#[derive(Debug, Default)]
pub(super) struct Script(Vec<FaultRule>);

impl Script {
    pub(super) fn set(&mut self, rules: Vec<FaultRule>) {
        self.0 = rules;
    }

    pub(super) fn next(&mut self, write: bool) -> Option<Fault> {
        let mut hit = None;
        for rule in &mut self.0 {
            let matches = match rule.on {
                On::Any => true,
                On::Write => write,
                On::Read => !write,
            };
            if !matches || rule.times == 0 {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if hit.is_none() {
                rule.times -= 1;
                hit = Some(rule.fault);
            }
        }
        hit
    }
}

pub(super) fn login_page() -> Answer {
    Answer::text(
        200,
        "text/html; charset=utf-8",
        "<!DOCTYPE html><html><head><title>Log in</title></head><body><form method=post><input name=user><input name=password type=password></form></body></html>",
    )
}
