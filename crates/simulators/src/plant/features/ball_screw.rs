//! Backlash of a ball screw. No public measurement is at hand: a plain model, and said to be one.

use crate::plant::rng::Rng;

/// Backlash at which parts leave their tolerance, µm.
pub const LIMIT_UM: f64 = 25.0;

/// Backlash of a screw in good order, µm.
const NEW_UM: f64 = 4.0;

/// Backlash in µm `days_before` the prediction: linear wear, 0.2 µm a day over the last 50 days,
/// which reaches the limit about 45 days later at a slightly rising rate.
pub fn backlash(days_before: f64) -> f64 {
    const ONSET_DAYS: f64 = 50.0;
    NEW_UM + 0.2 * (ONSET_DAYS - days_before).max(0.0)
}

/// The same as one measurement of the weekly ball-bar check: ± 0.3 µm.
pub fn reading(days_before: f64, rng: &mut Rng) -> f64 {
    backlash(days_before) + rng.between(-0.3, 0.3)
}

#[cfg(test)]
mod tests {
    use super::{LIMIT_UM, backlash};

    #[test]
    fn backlash_only_grows_and_is_below_its_limit_when_predicted() {
        let daily: Vec<f64> = (0..60).rev().map(|day| backlash(f64::from(day))).collect();
        assert!(daily.windows(2).all(|pair| pair[1] >= pair[0]));
        assert!(daily[59] > 13.0 && daily[59] < LIMIT_UM);
    }
}
