//! Confidence bands of a policy, and what counts as an escalation.

use super::{Field, Op, Policy, Value};

/// The confidences at which the policy may decide otherwise, ascending and distinct. A border is
/// the lowest confidence of the band above it.
pub fn bands(policy: &Policy) -> Vec<f64> {
    let mut borders = Vec::new();
    for rule in policy.rules.iter().filter(|rule| !rule.paused) {
        rule.when.for_each_test(&mut |test| {
            if let (Field::Confidence, Value::Number(n)) = (&test.field, &test.value) {
                match test.op {
                    Op::Lt | Op::Ge => borders.push(*n),
                    Op::Gt | Op::Le => borders.push(n.next_up()),
                    _ => {}
                }
            }
        });
    }
    borders.sort_by(f64::total_cmp);
    borders.dedup();
    borders
}

/// The band of a confidence: how many borders it has reached.
pub fn band(policy: &Policy, confidence: f64) -> u32 {
    reached(&bands(policy), confidence)
}

fn reached(borders: &[f64], confidence: f64) -> u32 {
    let reached = borders.iter().filter(|border| confidence >= **border).count();
    u32::try_from(reached).unwrap_or(u32::MAX)
}

/// Whether a new prediction makes an alert decide anew: a higher band than ever before, or the
/// lowest remaining life halved. A remaining life that becomes known is none.
pub fn escalates(
    policy: &Policy,
    prior_highest_confidence: f64,
    prior_lowest_life_hours: Option<f64>,
    confidence: f64,
    life_hours: Option<f64>,
) -> bool {
    band(policy, confidence) > band(policy, prior_highest_confidence)
        || match (prior_lowest_life_hours, life_hours) {
            (Some(prior), Some(new)) => prior > 0.0 && new <= prior / 2.0,
            _ => false,
        }
}

/// Whether a new prediction breaks the hold-off after closure, rejection or snooze: a higher band
/// than that alert ever had, or *under* half its lowest remaining life. `borders` are the
/// [`bands`] of the policy in force.
pub fn breaks_hold_off(
    borders: &[f64],
    prior_highest_confidence: f64,
    prior_lowest_life_hours: Option<f64>,
    confidence: f64,
    life_hours: Option<f64>,
) -> bool {
    reached(borders, confidence) > reached(borders, prior_highest_confidence)
        || match (prior_lowest_life_hours, life_hours) {
            (Some(prior), Some(new)) => new < prior / 2.0,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::super::default_policy;
    use super::*;

    #[test]
    fn the_default_policy_has_two_borders() {
        assert_eq!(bands(&default_policy()), [0.50, 0.75]);
    }

    #[test]
    fn a_border_belongs_to_the_band_above() {
        let policy = default_policy();
        assert_eq!(band(&policy, 0.4999), 0);
        assert_eq!(band(&policy, 0.50), 1);
        assert_eq!(band(&policy, 0.7499), 1);
        assert_eq!(band(&policy, 0.75), 2);
    }

    #[test]
    fn a_higher_band_or_half_the_life_escalates() {
        let policy = default_policy();
        assert!(escalates(&policy, 0.74, None, 0.75, None));
        assert!(!escalates(&policy, 0.80, None, 0.99, None));
        assert!(escalates(&policy, 0.80, Some(400.0), 0.60, Some(200.0)));
        assert!(!escalates(&policy, 0.80, Some(400.0), 0.60, Some(201.0)));
        assert!(!escalates(&policy, 0.80, None, 0.80, Some(1.0)));
        assert!(!escalates(&policy, 0.80, Some(0.0), 0.80, Some(0.0)));
    }

    #[test]
    fn a_hold_off_is_broken_only_below_half() {
        let borders = bands(&default_policy());
        assert!(!breaks_hold_off(&borders, 0.80, Some(400.0), 0.80, Some(200.0)));
        assert!(breaks_hold_off(&borders, 0.80, Some(400.0), 0.80, Some(199.9)));
    }
}
