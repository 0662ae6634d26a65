//! Vibration of a spindle bearing from healthy to failing, out of measured accelerations.
//!
//! A window of samples becomes a velocity RMS: subtract the mean, integrate with a 10 Hz corner
//! (the lower edge of the 10–1000 Hz band that vibration standards rate), take the RMS. Between two
//! measured states the energies mix: `v² = (1 − w)·a² + w·b²`.

use crate::plant::rng::Rng;

/// Samples in one window.
pub const WINDOW: usize = 2_048;

/// Vibration velocity above which the spindle is in alarm, mm/s.
pub const ALARM_MM_S: f64 = 4.5;

/// The measured rig is a 2 hp motor; a machining-centre spindle housing moves more. One factor for
/// every state, so that a healthy spindle reads about 1.9 mm/s; the rise is the measured one.
const SIZE_FACTOR: f64 = 12.0;

/// One standard gravity in mm/s².
const G_MM_S2: f64 = 9_806.65;

/// Lower edge of the rated band, Hz.
const CORNER_HZ: f64 = 10.0;

const NORMAL: &str = include_str!("../../../data/cwru_bearing/1797_normal.csv");
const INNER_7: &str = include_str!("../../../data/cwru_bearing/1797_inner_race_7mil.csv");
const INNER_21: &str = include_str!("../../../data/cwru_bearing/1797_inner_race_21mil.csv");

/// What the three measured states read, window by window, in mm/s.
#[derive(Debug, Clone)]
pub struct BearingSignature {
    normal: Vec<f64>,
    small_fault: Vec<f64>,
    large_fault: Vec<f64>,
}

impl BearingSignature {
    /// Reads the slices that are compiled in.
    ///
    /// # Errors
    /// A slice that does not hold numbers, or less than one window of them.
    pub fn load() -> anyhow::Result<Self> {
        Ok(Self {
            normal: windows(NORMAL, 48_000.0)?,
            small_fault: windows(INNER_7, 12_000.0)?,
            large_fault: windows(INNER_21, 12_000.0)?,
        })
    }

    /// Velocity RMS in mm/s at `damage`: 0 healthy, 0.5 a 0.007 inch fault, 1 a 0.021 inch fault.
    /// Monotone in `damage`.
    pub fn velocity_rms(&self, damage: f64) -> f64 {
        self.mix(damage, mean_square(&self.normal), mean_square(&self.small_fault), {
            mean_square(&self.large_fault)
        })
    }

    /// The same, as one reading: windows of the slices taken at random.
    pub fn reading(&self, damage: f64, rng: &mut Rng) -> f64 {
        let mut pick = |state: &[f64]| state[rng.index(state.len())].powi(2);
        let (normal, small, large) =
            (pick(&self.normal), pick(&self.small_fault), pick(&self.large_fault));
        self.mix(damage, normal, small, large)
    }

    fn mix(&self, damage: f64, normal: f64, small: f64, large: f64) -> f64 {
        let damage = damage.clamp(0.0, 1.0);
        let (from, to, weight) = if damage < 0.5 {
            (normal, small, damage * 2.0)
        } else {
            (small, large, damage * 2.0 - 1.0)
        };
        (from + (to - from) * weight).sqrt()
    }
}

/// How far the damage has come `days_before` the moment it is predicted: nothing until four weeks
/// before, then faster and faster to 0.72, where the velocity passes the alarm limit.
pub fn damage_before(days_before: f64) -> f64 {
    const ONSET_DAYS: f64 = 28.0;
    let progress = (1.0 - days_before / ONSET_DAYS).clamp(0.0, 1.0);
    0.72 * progress.powf(1.6)
}

fn windows(csv: &str, rate_hz: f64) -> anyhow::Result<Vec<f64>> {
    let samples = csv.lines().skip(1).map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    anyhow::ensure!(samples.len() >= WINDOW, "a slice needs at least {WINDOW} samples");
    Ok(samples.chunks_exact(WINDOW).map(|window| velocity_rms(window, rate_hz)).collect())
}

fn velocity_rms(accelerations_g: &[f64], rate_hz: f64) -> f64 {
    let mean = accelerations_g.iter().sum::<f64>() / accelerations_g.len() as f64;
    let leak = (-2.0 * std::f64::consts::PI * CORNER_HZ / rate_hz).exp();
    let mut velocity = 0.0;
    let velocities: Vec<f64> = accelerations_g
        .iter()
        .map(|a| {
            velocity = leak * velocity + (a - mean) * G_MM_S2 / rate_hz;
            velocity
        })
        .collect();
    let centre = velocities.iter().sum::<f64>() / velocities.len() as f64;
    let square = velocities.iter().map(|v| (v - centre).powi(2)).sum::<f64>();
    SIZE_FACTOR * (square / velocities.len() as f64).sqrt()
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::{ALARM_MM_S, BearingSignature, damage_before, velocity_rms};

    #[test]
    fn velocity_of_a_sine_is_the_textbook_value() {
        let (rate, hz) = (12_000.0, 100.0);
        let sine: Vec<f64> = (0..12_000)
            .map(|i| (2.0 * std::f64::consts::PI * hz * f64::from(i) / rate).sin())
            .collect();
        let expected = 12.0 * 9_806.65 / (2.0 * std::f64::consts::PI * hz) / 2f64.sqrt();
        let found = velocity_rms(&sine, rate);
        assert!((found - expected).abs() / expected < 0.02, "{found} against {expected}");
    }

    #[test]
    fn vibration_rises_with_damage_from_healthy_past_the_alarm_limit() {
        let signature = BearingSignature::load().unwrap();
        let steps: Vec<f64> =
            (0..=100).map(|i| signature.velocity_rms(f64::from(i) / 100.0)).collect();
        assert!(steps.windows(2).all(|pair| pair[1] > pair[0]), "{steps:?}");
        assert!((1.0..2.5).contains(&steps[0]), "healthy reads {}", steps[0]);
        let predicted = signature.velocity_rms(damage_before(0.0));
        assert!(predicted > ALARM_MM_S && predicted < 6.0, "predicted at {predicted}");
    }

    #[test]
    fn damage_starts_four_weeks_before_and_only_grows() {
        assert_eq!(damage_before(48.0), 0.0);
        let daily: Vec<f64> = (0..28).rev().map(|day| damage_before(f64::from(day))).collect();
        assert!(daily.windows(2).all(|pair| pair[1] > pair[0]));
    }
}
