//! What a technician records on finishing a work order.

use serde_json::Value;

use super::world::text;

/// A closure, whatever of it was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Closure {
    pub(super) labour_hours: f64,
    /// Parts that were used, and how many.
    pub(super) parts: Vec<(Value, f64)>,
    pub(super) action: String,
    /// The code of what was found, where it is not the one that was ordered for.
    pub(super) failure_code: Option<String>,
    pub(super) cost: Option<f64>,
    pub(super) downtime_hours: Option<f64>,
    pub(super) started: Option<String>,
    pub(super) finished: Option<String>,
}

impl Closure {
    /// `part` is one piece of one part, `parts` a list of `{part, quantity}`.
    pub(super) fn read(said: &Value) -> Self {
        let word = |name: &str| said[name].as_str().map(str::to_owned);
        let one = Some((said["part"].clone(), 1.0)).filter(|(part, _)| !part.is_null());
        let listed = said["parts"].as_array().into_iter().flatten();
        let listed =
            listed.map(|part| (part["part"].clone(), part["quantity"].as_f64().unwrap_or(1.0)));
        Self {
            labour_hours: said["labour_hours"].as_f64().unwrap_or_default(),
            parts: listed.chain(one).collect(),
            action: text(&said["action"]),
            failure_code: word("failure_code"),
            cost: said["cost"].as_f64(),
            downtime_hours: said["downtime_hours"].as_f64(),
            started: word("started"),
            finished: word("finished"),
        }
    }
}
