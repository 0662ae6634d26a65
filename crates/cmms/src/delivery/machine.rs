//! The create protocol as one pure function per answer: what an outcome means and when the next
//! call is due. From an unknown outcome the next call is always a look-up, never a create.

use std::time::Duration;

use domain::cmms_record::CmmsRecord;
use domain::connection::Health;
use domain::work_order::DeliveryState;

use crate::{CallError, Capabilities, CreateOutcome, Identity, Refusal};

/// Waits between calls: the first call and these retries span 75.7 h.
const RETRIES: [u64; 12] =
    [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 86_400];
/// A connection that is not filled in is tried again after this.
const UNCONFIGURED: Duration = Duration::from_secs(30);
/// What a CMMS may ask us to wait.
const PATIENCE: std::ops::RangeInclusive<u64> = 1..=3_600;

/// How a call ended, and what is next.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    /// Where the delivery stands.
    pub state: DeliveryState,
    /// Calls that count, this one included if it does.
    pub attempts: i32,
    /// Look-ups in a row that found nothing.
    pub lookups: i32,
    /// Until the next call, before jitter.
    pub wait: Option<Duration>,
    /// How the attempt ended.
    pub outcome: &'static str,
    /// Stable code of what went wrong.
    pub code: Option<String>,
    /// What went wrong, in words.
    pub text: Option<String>,
    /// The record the CMMS holds.
    pub record: Option<CmmsRecord>,
    /// It holds more than one.
    pub duplicates: usize,
    /// What it says about the connection.
    pub health: Option<Health>,
}

impl After {
    fn new(state: DeliveryState, outcome: &'static str, attempts: i32) -> Self {
        Self {
            state,
            attempts,
            lookups: 0,
            wait: None,
            outcome,
            code: None,
            text: None,
            record: None,
            duplicates: 0,
            health: Some(Health::Well),
        }
    }

    fn because(mut self, code: &str, text: impl Into<String>) -> Self {
        self.code = Some(code.to_owned());
        self.text = Some(text.into());
        self
    }
}

/// The wait after that many counted calls; `None` when they are spent.
fn retry(attempts: i32) -> Option<Duration> {
    let place = usize::try_from(attempts.max(1) - 1).ok()?;
    RETRIES.get(place).copied().map(Duration::from_secs)
}

fn patience(asked: Option<Duration>) -> Duration {
    let seconds = asked.map_or(30, |wait| wait.as_secs());
    Duration::from_secs(seconds.clamp(*PATIENCE.start(), *PATIENCE.end()))
}

fn first_look_up(capabilities: &Capabilities) -> Option<Duration> {
    capabilities.look_ups.first().copied()
}

/// Certainly not created: again later, or dead when the retries are spent.
fn again(attempts: i32, outcome: &'static str, code: &str, text: String) -> After {
    match retry(attempts) {
        Some(wait) => After {
            wait: Some(wait),
            ..After::new(DeliveryState::Queued, outcome, attempts).because(code, text)
        },
        None => After::new(DeliveryState::Dead, outcome, attempts).because("retries_spent", text),
    }
}

/// What a create's outcome means; `attempts` counts this call.
pub fn created(outcome: CreateOutcome, attempts: i32, capabilities: &Capabilities) -> After {
    match outcome {
        CreateOutcome::Created(record) => After {
            record: Some(*record),
            ..After::new(DeliveryState::Created, "created", attempts)
        },
        CreateOutcome::Refused { code, message, fields } => {
            After::new(DeliveryState::Rejected, "refused", attempts)
                .because(&code, refusal(message, &fields))
        }
        CreateOutcome::NotSent(text) => After {
            health: Some(Health::Failed),
            ..again(attempts, "not_sent", "unreachable", text)
        },
        CreateOutcome::Unauthorised(text) => After {
            health: Some(Health::Unauthorised),
            ..again(attempts, "unauthorised", "unauthorised", text)
        },
        CreateOutcome::RateLimited { retry_after } => After {
            wait: Some(patience(retry_after)),
            health: None,
            ..After::new(DeliveryState::Queued, "rate_limited", attempts - 1)
                .because("rate_limited", "the CMMS asks to wait")
        },
        CreateOutcome::Unknown(text) => unknown(attempts, capabilities, "unknown", &text),
    }
}

/// The order cannot be sent as it is; no call was made.
pub fn objected(code: &str, why: String, attempts: i32) -> After {
    let after = After::new(DeliveryState::Rejected, "objected", attempts);
    After { health: None, ..after.because(code, why) }
}

/// There is nobody to make the call; what stood before stands again.
pub fn uncalled(state: DeliveryState, attempts: i32, lookups: i32, why: &str) -> After {
    let after = After::new(state, "not_configured", attempts);
    After {
        lookups,
        wait: Some(UNCONFIGURED),
        health: Some(Health::Failed),
        ..after.because("not_configured", why)
    }
}

/// An open record of ours that the restored database had forgotten: it is this one.
pub fn adopted(record: CmmsRecord, attempts: i32) -> After {
    After { record: Some(record), ..After::new(DeliveryState::Created, "found", attempts) }
}

/// After a restore: nothing is created before the CMMS's work orders have been read again.
pub fn unread(attempts: i32) -> After {
    let text = "restored: the work orders of the CMMS are read first";
    After {
        wait: Some(UNCONFIGURED),
        health: None,
        ..After::new(DeliveryState::Queued, "unread", attempts).because("restored", text)
    }
}

/// What it means that a worker died, or lost its lease, during a create.
pub fn interrupted(attempts: i32, capabilities: &Capabilities) -> After {
    let text = "the program stopped during the call";
    After { health: None, ..unknown(attempts, capabilities, "interrupted", text) }
}

fn unknown(attempts: i32, capabilities: &Capabilities, outcome: &'static str, text: &str) -> After {
    let state = match capabilities.identity {
        Identity::Neither => DeliveryState::NeedsPerson,
        Identity::NativeKey | Identity::SearchableRef => DeliveryState::Unknown,
    };
    After {
        wait: first_look_up(capabilities).filter(|_| state == DeliveryState::Unknown),
        health: Some(Health::Failed),
        ..After::new(state, outcome, attempts).because("no_certain_answer", text)
    }
}

/// What a look-up's answer means. Only as many absences as the CMMS's settle window asks for allow
/// a new create, with the same reference; an unanswered look-up is no absence.
pub fn looked_up(
    answer: Result<Vec<CmmsRecord>, CallError>,
    attempts: i32,
    lookups: i32,
    capabilities: &Capabilities,
) -> After {
    match answer {
        Ok(records) if !records.is_empty() => After {
            duplicates: records.len() - 1,
            record: records.into_iter().next(),
            ..After::new(DeliveryState::Created, "found", attempts)
        },
        Ok(_) => absent(attempts, lookups + 1, capabilities),
        Err(CallError::Failed(text)) => unanswered(attempts, lookups, text, Health::Failed),
        Err(CallError::Unauthorised(text)) => {
            unanswered(attempts, lookups, text, Health::Unauthorised)
        }
        Err(CallError::RateLimited { retry_after }) => After {
            lookups,
            wait: Some(patience(retry_after)),
            health: None,
            ..After::new(DeliveryState::Unknown, "rate_limited", attempts)
                .because("rate_limited", "the CMMS asks to wait")
        },
    }
}

fn absent(attempts: i32, lookups: i32, capabilities: &Capabilities) -> After {
    let next = usize::try_from(lookups).ok().and_then(|n| capabilities.look_ups.get(n)).copied();
    if let Some(wait) = next {
        let text = "sent, no answer; checking";
        return After {
            lookups,
            wait: Some(wait),
            ..After::new(DeliveryState::Unknown, "absent", attempts)
                .because("no_certain_answer", text)
        };
    }
    let text = "sent without an answer, and not found afterwards".to_owned();
    let mut after = again(attempts, "absent", "not_found_afterwards", text);
    if attempts <= 1 {
        after.wait = after.wait.map(|_| Duration::ZERO);
    }
    after
}

fn unanswered(attempts: i32, lookups: i32, text: String, health: Health) -> After {
    let attempts = attempts + 1;
    let health = Some(health);
    match retry(attempts) {
        Some(wait) => After {
            lookups,
            wait: Some(wait),
            health,
            ..After::new(DeliveryState::Unknown, "not_answered", attempts)
                .because("cannot_look_up", text)
        },
        None => After {
            health,
            ..After::new(DeliveryState::NeedsPerson, "not_answered", attempts)
                .because("cannot_look_up", text)
        },
    }
}

/// A record with our reference came in before the create's answer: the CMMS holds it.
pub fn known_meanwhile(attempts: i32) -> After {
    After { health: None, ..After::new(DeliveryState::Created, "found", attempts) }
}

fn refusal(message: String, fields: &[Refusal]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|field| format!("{}: {}", field.field, field.message)).collect();
    if fields.is_empty() { message } else { format!("{message} ({})", fields.join("; ")) }
}

/// ±20 %, the same for the same call: no two work orders retry in step.
pub fn jitter(wait: Duration, order: i64, attempts: i32) -> Duration {
    let seed = (order as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ (attempts as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mixed = (seed ^ (seed >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40;
    let share = mixed as f64 / f64::from(1_u32 << 24);
    wait.mul_f64(0.8 + 0.4 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote() -> Capabilities {
        Capabilities::remote(Identity::SearchableRef)
    }

    #[test]
    fn retries_span_seventy_five_hours_and_then_it_is_dead() {
        let mut waited = Duration::ZERO;
        let mut calls = 0;
        loop {
            calls += 1;
            let after = created(CreateOutcome::NotSent("refused".into()), calls, &remote());
            match after.wait {
                Some(wait) => {
                    assert_eq!(after.state, DeliveryState::Queued);
                    waited += wait;
                }
                None => {
                    assert_eq!(after.state, DeliveryState::Dead);
                    break;
                }
            }
        }
        assert_eq!(calls, 13);
        assert_eq!((waited.as_secs_f64() / 360.0).round() / 10.0, 75.7);
    }

    #[test]
    fn an_unknown_create_is_looked_up_three_times_before_one_new_create() {
        let mut after = created(CreateOutcome::Unknown("reset".into()), 1, &remote());
        for seconds in [5, 30, 120] {
            assert_eq!(after.state, DeliveryState::Unknown);
            assert_eq!(after.wait, Some(Duration::from_secs(seconds)));
            after = looked_up(Ok(Vec::new()), after.attempts, after.lookups, &remote());
        }
        assert_eq!((after.state, after.wait), (DeliveryState::Queued, Some(Duration::ZERO)));
    }

    #[test]
    fn an_unanswered_look_up_is_no_absence_and_never_leads_to_a_create() {
        let mut after = created(CreateOutcome::Unknown("reset".into()), 1, &remote());
        loop {
            let failed = Err(CallError::Failed("down".into()));
            after = looked_up(failed, after.attempts, after.lookups, &remote());
            assert_eq!(after.lookups, 0);
            match after.wait {
                Some(_) => assert_eq!(after.state, DeliveryState::Unknown),
                None => break,
            }
        }
        assert_eq!(after.state, DeliveryState::NeedsPerson);
    }

    #[test]
    fn a_cmms_that_cannot_be_searched_needs_a_person_after_an_unknown_create() {
        let neither = Capabilities::remote(Identity::Neither);
        let after = created(CreateOutcome::Unknown("reset".into()), 1, &neither);
        assert_eq!((after.state, after.wait), (DeliveryState::NeedsPerson, None));
        let died = interrupted(1, &neither);
        assert_eq!(died.state, DeliveryState::NeedsPerson);
    }

    #[test]
    fn waiting_as_asked_spends_no_attempt() {
        let limited =
            |secs| CreateOutcome::RateLimited { retry_after: Some(Duration::from_secs(secs)) };
        let after = created(limited(7), 1, &remote());
        assert_eq!((after.attempts, after.wait), (0, Some(Duration::from_secs(7))));
        assert_eq!(created(limited(0), 1, &remote()).wait, Some(Duration::from_secs(1)));
        assert_eq!(created(limited(86_400), 1, &remote()).wait, Some(Duration::from_secs(3600)));
    }

    #[test]
    fn jitter_stays_within_a_fifth_and_differs() {
        let wait = Duration::from_secs(100);
        let waits: Vec<u64> = (0..100).map(|id| jitter(wait, id, 1).as_secs()).collect();
        assert!(waits.iter().all(|w| (80..=120).contains(w)));
        assert!(waits.iter().any(|w| *w < 90) && waits.iter().any(|w| *w > 110));
    }
}
