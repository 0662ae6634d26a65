//! Verdicts: what became of a prediction.

use serde::{Deserialize, Serialize};

use crate::alert::{RejectReason, words};
use crate::failure_mode::descends_from;
use crate::work_order::{Closure, Finding};

words! {
    /// The verdict on an alert.
    Outcome {
        /// The predicted fault, or a special case of it, was there.
        Confirmed = "confirmed",
        /// Another real fault was there.
        WrongMode = "wrong_mode",
        /// Nothing was wrong.
        FalsePositive = "false_positive",
        /// The sensor was the fault.
        SensorIssue = "sensor_issue",
        /// Already known, fixed or planned.
        Known = "known",
        /// Another alert or work order covers it.
        Duplicate = "duplicate",
        /// The work was cancelled or postponed without a look.
        Deferred = "deferred",
        /// Logged only, and quiet since, or expired.
        NoAction = "no_action",
        /// It cannot be told.
        Inconclusive = "inconclusive",
        /// A failure nobody predicted.
        Missed = "missed",
    }
}

words! {
    /// How an outcome counts in precision and recall.
    CountsAs {
        /// True positive.
        TruePositive = "tp",
        /// False positive.
        FalsePositive = "fp",
        /// False positive of the source; the model is not blamed.
        FalsePositiveOfSource = "fp_source",
        /// False negative.
        FalseNegative = "fn",
        /// A real fault, but not the predicted one: shown apart, no true positive.
        Apart = "apart",
        /// Left out.
        Excluded = "excluded",
        /// Left out, but shown.
        ExcludedShown = "excluded_shown",
    }
}

impl Outcome {
    /// How it counts in precision and recall.
    pub const fn counts_as(self) -> CountsAs {
        match self {
            Self::Confirmed => CountsAs::TruePositive,
            Self::WrongMode => CountsAs::Apart,
            Self::FalsePositive => CountsAs::FalsePositive,
            Self::SensorIssue => CountsAs::FalsePositiveOfSource,
            Self::Known | Self::Duplicate | Self::Deferred | Self::NoAction => CountsAs::Excluded,
            Self::Inconclusive => CountsAs::ExcludedShown,
            Self::Missed => CountsAs::FalseNegative,
        }
    }
}

/// An outcome, and whether the failure was prevented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What became of the prediction.
    pub outcome: Outcome,
    /// The defect was found and fixed before the asset lost its function.
    pub prevented: bool,
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, prevented: false }
    }
}

/// Judges a closed work order against the predicted failure mode.
///
/// A closure without a finding is judged by its actual failure mode: `no_fault` is nothing found,
/// `sensor_fault` the sensor (unless that was predicted), none at all inconclusive.
pub fn judge(predicted: &str, closure: &Closure) -> Verdict {
    let actual = closure.actual_failure_mode.as_deref().map(str::trim).filter(|m| !m.is_empty());
    match closure.finding {
        Some(Finding::NothingFound) => Outcome::FalsePositive.into(),
        Some(Finding::NotInspected) => Outcome::Deferred.into(),
        Some(Finding::Inconclusive) => Outcome::Inconclusive.into(),
        Some(Finding::SensorFault) if !descends_from("sensor_fault", predicted) => {
            Outcome::SensorIssue.into()
        }
        Some(Finding::SensorFault) => found(closure),
        Some(Finding::Found | Finding::Failed) | None => match actual {
            None => Outcome::Inconclusive.into(),
            Some(actual) if actual.eq_ignore_ascii_case("unknown") => Outcome::Inconclusive.into(),
            Some(actual) if descends_from(actual, predicted) => found(closure),
            Some(actual) if actual.eq_ignore_ascii_case("no_fault") => {
                Outcome::FalsePositive.into()
            }
            Some(actual) if descends_from(actual, "sensor_fault") => Outcome::SensorIssue.into(),
            Some(_) => Outcome::WrongMode.into(),
        },
    }
}

fn found(closure: &Closure) -> Verdict {
    let lost_function = closure.failed_at.is_some() || closure.finding == Some(Finding::Failed);
    Verdict { outcome: Outcome::Confirmed, prevented: !lost_function }
}

/// The verdict when a reviewer rejects.
pub const fn rejected(reason: RejectReason) -> Outcome {
    match reason {
        RejectReason::FalseAlarm => Outcome::FalsePositive,
        RejectReason::SensorFault => Outcome::SensorIssue,
        RejectReason::Known | RejectReason::AlreadyFixed | RejectReason::Planned => Outcome::Known,
        RejectReason::Duplicate => Outcome::Duplicate,
    }
}

/// The verdict when a work order is cancelled, or postponed without a look.
pub const fn cancelled() -> Outcome {
    Outcome::Deferred
}

/// The verdict on an alert that was only logged and stayed quiet.
pub const fn expired() -> Outcome {
    Outcome::NoAction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closure(finding: Option<Finding>, actual: Option<&str>, failed: bool) -> Closure {
        let mut closure: Closure = serde_json::from_str("{}").unwrap();
        closure.finding = finding;
        closure.actual_failure_mode = actual.map(str::to_owned);
        closure.failed_at = failed.then(|| "2026-06-17T08:00:00Z".parse().unwrap());
        closure
    }

    #[test]
    fn closures_are_judged_against_the_predicted_mode() {
        use Finding::{Failed, Found, Inconclusive, NotInspected, NothingFound, SensorFault};
        let wear = Some("spindle_bearing_wear");
        for (finding, actual, failed, outcome, prevented) in [
            (Some(Found), Some("spindle_bearing_fault"), false, Outcome::Confirmed, true),
            (None, wear, false, Outcome::Confirmed, true),
            (None, wear, true, Outcome::Confirmed, false),
            (Some(Failed), wear, false, Outcome::Confirmed, false),
            (None, Some("bearing_fault"), false, Outcome::WrongMode, false),
            (Some(Found), Some("tool_wear"), false, Outcome::WrongMode, false),
            (Some(NothingFound), None, false, Outcome::FalsePositive, false),
            (None, Some("no_fault"), false, Outcome::FalsePositive, false),
            (Some(SensorFault), None, false, Outcome::SensorIssue, false),
            (None, Some("sensor_fault"), false, Outcome::SensorIssue, false),
            (Some(NotInspected), None, false, Outcome::Deferred, false),
            (Some(Inconclusive), wear, false, Outcome::Inconclusive, false),
            (Some(Found), None, false, Outcome::Inconclusive, false),
            (None, Some("unknown"), false, Outcome::Inconclusive, false),
        ] {
            let verdict = judge("spindle_bearing_fault", &closure(finding, actual, failed));
            assert_eq!(verdict, Verdict { outcome, prevented }, "{finding:?} {actual:?}");
        }
    }

    #[test]
    fn a_predicted_sensor_fault_that_is_found_is_confirmed() {
        let verdict = judge("sensor_fault", &closure(Some(Finding::SensorFault), None, false));
        assert_eq!(verdict.outcome, Outcome::Confirmed);
    }

    #[test]
    fn rejections_are_judged_by_their_reason() {
        for (reason, outcome) in [
            (RejectReason::FalseAlarm, Outcome::FalsePositive),
            (RejectReason::SensorFault, Outcome::SensorIssue),
            (RejectReason::Known, Outcome::Known),
            (RejectReason::AlreadyFixed, Outcome::Known),
            (RejectReason::Planned, Outcome::Known),
            (RejectReason::Duplicate, Outcome::Duplicate),
        ] {
            assert_eq!(rejected(reason), outcome);
        }
    }

    #[test]
    fn only_confirmed_ones_are_true_positives() {
        for outcome in Outcome::ALL {
            let hit = outcome.counts_as() == CountsAs::TruePositive;
            assert_eq!(hit, *outcome == Outcome::Confirmed, "{outcome}");
        }
        assert_eq!(Outcome::FalsePositive.counts_as(), CountsAs::FalsePositive);
        assert_eq!(Outcome::SensorIssue.counts_as(), CountsAs::FalsePositiveOfSource);
        assert_eq!(Outcome::WrongMode.counts_as(), CountsAs::Apart);
        assert_eq!(Outcome::Missed.counts_as(), CountsAs::FalseNegative);
    }
}
