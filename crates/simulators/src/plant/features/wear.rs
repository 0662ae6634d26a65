//! Flank wear of a cutting tool along measured milling runs.

use anyhow::Context;

const RUNS: &str = include_str!("../../../data/nasa_milling/milling_runs.csv");

/// Flank wear at which the tool is changed, mm (the maximum of ISO 8688 for uneven wear is 0.5 to
/// 0.6 mm).
pub const LIMIT_MM: f64 = 0.6;

/// Hours of plant time per minute of cutting: the tool cuts a few minutes of each batch.
const HOURS_PER_MINUTE: f64 = 3.0;

/// One tool from new to worn: flank wear against cutting time.
#[derive(Debug, Clone)]
pub struct WearRun {
    points: Vec<(f64, f64)>,
}

impl WearRun {
    /// Reads one case of the measured runs. A reading below an earlier one is a measuring error (wear
    /// does not heal) and is lifted to it.
    ///
    /// # Errors
    /// An unknown case, or a table that does not parse.
    pub fn load(case: u32) -> anyhow::Result<Self> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for record in csv::Reader::from_reader(RUNS.as_bytes()).records() {
            let record = record?;
            let number = |index: usize| -> anyhow::Result<f64> {
                record.get(index).context("a column is missing")?.parse().context("not a number")
            };
            if number(0)? == f64::from(case) {
                let worn = points.last().map_or(0.0, |last| last.1);
                points.push((number(3)? * HOURS_PER_MINUTE, number(2)?.max(worn)));
            }
        }
        anyhow::ensure!(points.len() > 2, "no milling case {case}");
        Ok(Self { points })
    }

    /// Flank wear in mm after `hours` of plant time, straight between measurements.
    pub fn wear(&self, hours: f64) -> f64 {
        let last = self.points[self.points.len() - 1];
        if hours >= last.0 {
            return last.1;
        }
        let Some(next) = self.points.iter().position(|point| point.0 > hours) else {
            return last.1;
        };
        let (end_hours, end) = self.points[next];
        let (start_hours, start) = if next == 0 { (0.0, 0.0) } else { self.points[next - 1] };
        start + (end - start) * ((hours - start_hours) / (end_hours - start_hours)).clamp(0.0, 1.0)
    }

    /// Plant hours after which the wear first reaches `mm`; `None` if the run ended before.
    pub fn hours_to(&self, mm: f64) -> Option<f64> {
        let next = self.points.iter().position(|point| point.1 >= mm)?;
        let (end_hours, end) = self.points[next];
        let (start_hours, start) = if next == 0 { (0.0, 0.0) } else { self.points[next - 1] };
        if end <= start {
            return Some(end_hours);
        }
        Some(start_hours + (end_hours - start_hours) * (mm - start) / (end - start))
    }

    /// Every measurement as (plant hours, mm).
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT_MM, WearRun};

    #[test]
    fn wear_never_heals_and_meets_its_measurements() {
        for case in [2, 3, 4, 9, 10, 11, 12] {
            let run = WearRun::load(case).unwrap();
            let hours: Vec<f64> = (0..400).map(|hour| run.wear(f64::from(hour))).collect();
            assert!(hours.windows(2).all(|pair| pair[1] >= pair[0]), "case {case}");
            for (at, wear) in run.points() {
                assert!((run.wear(*at) - wear).abs() < 1e-9, "case {case} at {at}");
            }
        }
    }

    #[test]
    fn hours_to_a_wear_is_the_inverse_of_wear() {
        let run = WearRun::load(11).unwrap();
        let hours = run.hours_to(LIMIT_MM).unwrap();
        assert!((run.wear(hours) - LIMIT_MM).abs() < 1e-9);
        assert!(run.hours_to(9.0).is_none());
    }

    #[test]
    fn an_unknown_case_is_an_error() {
        assert!(WearRun::load(99).is_err());
    }
}
