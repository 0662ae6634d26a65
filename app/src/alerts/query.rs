use domain::alert::{AlertState, Severity};
use serde::{Deserialize, Serialize};

use crate::ui::Query;

/// What the list shows; empty lists do not restrict, but without a state closed alerts stay out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AlertQuery {
    /// Words in tag, name or failure mode.
    pub q: Option<String>,
    /// States.
    pub states: Vec<AlertState>,
    /// Severities.
    pub severities: Vec<Severity>,
    /// Tag of an asset; what lies below it is included.
    pub asset: Option<String>,
    /// Only older ones than this alert.
    pub after: Option<i64>,
}

impl AlertQuery {
    /// Reads an address; unknown words are left out.
    pub fn of(query: &Query) -> Self {
        let mut states = words(query, "state");
        if states.is_empty() {
            states = active();
        }
        Self {
            q: query.get("q").map(str::to_owned),
            states,
            severities: words(query, "sev"),
            asset: query.get("asset").map(str::to_owned),
            after: query.get("after").and_then(|id| id.parse().ok()),
        }
    }
}

/// Every state but closed.
pub(super) fn active() -> Vec<AlertState> {
    AlertState::ALL.iter().copied().filter(|state| *state != AlertState::Closed).collect()
}

fn words<T: std::str::FromStr>(query: &Query, key: &str) -> Vec<T> {
    query.list(key).into_iter().filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_state_closed_alerts_stay_out() {
        let query = AlertQuery::of(&Query::of("/alerts"));
        assert!(!query.states.contains(&AlertState::Closed));
        assert_eq!(query.states.len(), AlertState::ALL.len() - 1);
    }

    #[test]
    fn unknown_words_of_the_address_are_left_out() {
        let query = Query::of("/alerts").with("state", "closed,lost").with("sev", "huge,high");
        let query = AlertQuery::of(&query);
        assert_eq!(query.states, [AlertState::Closed]);
        assert_eq!(query.severities, [Severity::High]);
    }
}
