//! How long one decision takes, in nanoseconds, with and without its reasons.

use std::hint::black_box;
use std::time::Instant;

use domain::policy::{Facts, decide, default_policy, evaluate};

const ROUNDS: u32 = 200_000;

fn main() {
    let policy = default_policy();
    let facts: Facts = serde_json::from_value(serde_json::json!({
        "asset": {"tag": "VMC-1050-SP02", "kind": "component", "criticality": "critical", "path": []},
        "alert": {"predictions": 3, "first_seen": "2026-06-18T04:12:00Z"},
        "failure_mode": "spindle_bearing_fault",
        "prediction": {"confidence": 0.78, "remaining_life_hours": 432.0, "window_hours": 336.0,
                       "observed_at": "2026-06-18T04:12:00Z", "model": "m", "source": "s"},
        "calendar": {"in_production": true, "shift": null, "shift_end": null,
                     "next_shift_end": null, "next_production_start": null,
                     "next_batch": "2026-06-22T06:00:00Z", "day_of_week": "thu", "shutdowns": []},
    }))
    .unwrap_or_else(|error| panic!("the facts of the example: {error}"));
    let now = facts.prediction.observed_at;
    let time = |work: &dyn Fn()| {
        let started = Instant::now();
        (0..ROUNDS).for_each(|_| work());
        started.elapsed().as_nanos() / u128::from(ROUNDS)
    };
    let silent = time(&|| drop(black_box(decide(black_box(&policy), black_box(&facts), now))));
    let explained = time(&|| drop(black_box(evaluate(black_box(&policy), black_box(&facts), now))));
    println!(
        "decide {silent} ns, evaluate with reasons {explained} ns (default policy, rule 5 of 7)"
    );
}
