//! What a feature asks for, and the body it becomes.

use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::{Origin, Priority};
use domain::failure_mode;
use domain::ids::AlertId;
use domain::policy::{CreateAs, WorkType};
use domain::prediction::Evidence;
use domain::work_order::{SparePart, WorkOrderStatus};
use serde_json::{Value, json};
use store::Actor;
use store::work_orders::intents::IntentFacts;

/// The name of the planner queue in `assigned_to`.
pub(super) const PLANNER_QUEUE: &str = "planner_queue";
/// A work order is late after this at most (R21).
const LATEST: TimeDelta = TimeDelta::hours(1);
/// A work order gets at least this (R21).
const EARLIEST: TimeDelta = TimeDelta::minutes(5);

/// One work order somebody wants.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The alert it serves.
    pub alert_id: AlertId,
    /// Where it comes from.
    pub origin: Origin,
    /// Who asks.
    pub requested_by: Actor,
    /// 1–5.
    pub priority: Priority,
    /// What is to be done; `None` says it in words: [`title`].
    pub title: Option<String>,
    /// What the model recommends, for the title.
    pub recommended_action: Option<String>,
    /// What is to be done, and why.
    pub description: String,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// Beginning of the planned stretch.
    pub scheduled_from: Option<DateTime<Utc>>,
    /// Its end.
    pub scheduled_until: Option<DateTime<Utc>>,
    /// A crew or a person; `None` is the planner queue.
    pub assign_to: Option<String>,
    /// Status it starts with.
    pub create_as: CreateAs,
    /// Kind of work.
    pub work_type: WorkType,
    /// Parts that will be needed.
    pub spare_parts: Vec<SparePart>,
    /// Trends to attach.
    pub evidence: Vec<Evidence>,
    /// For a person's request: its idempotency key, from which the reference derives.
    pub key: Option<String>,
}

impl Intent {
    /// A draft for the planner queue without anything optional.
    pub fn new(alert_id: AlertId, origin: Origin, requested_by: Actor, priority: Priority) -> Self {
        Self {
            alert_id,
            origin,
            requested_by,
            priority,
            title: None,
            recommended_action: None,
            description: String::new(),
            due: None,
            scheduled_from: None,
            scheduled_until: None,
            assign_to: None,
            create_as: CreateAs::Draft,
            work_type: WorkType::Predictive,
            spare_parts: Vec::new(),
            evidence: Vec::new(),
            key: None,
        }
    }

    /// Somebody in particular has it, not the planner queue.
    fn assignee(&self) -> Option<&str> {
        self.assign_to.as_deref().filter(|to| *to != PLANNER_QUEUE)
    }

    /// The status it starts with: approved work that names its people is assigned.
    pub(super) fn status(&self) -> WorkOrderStatus {
        match (self.create_as, self.assignee()) {
            (CreateAs::Draft, _) => WorkOrderStatus::Draft,
            (CreateAs::Approved, None) => WorkOrderStatus::Approved,
            (CreateAs::Approved, Some(_)) => WorkOrderStatus::Assigned,
        }
    }

    /// Who has it, as stored.
    pub(super) fn assigned_to(&self) -> String {
        self.assignee().unwrap_or(PLANNER_QUEUE).to_owned()
    }

    /// The body to be sent.
    pub(super) fn body(&self, facts: &IntentFacts, title: &str, reference: &str) -> Value {
        json!({
            "external_ref": reference,
            "title": title,
            "description": self.description,
            "asset": facts.tag,
            "asset_name": facts.asset_name,
            "location": facts.path_text,
            "site": facts.site_name,
            "failure_mode": facts.failure_mode,
            "failure_code": facts.failure_code,
            "priority": self.priority.get(),
            "work_type": self.work_type.as_str(),
            "status": self.status().as_str(),
            "assigned_to": self.assigned_to(),
            "due": self.due,
            "scheduled_from": self.scheduled_from,
            "scheduled_until": self.scheduled_until,
            "spare_parts": self.spare_parts,
        })
    }
}

/// The title in words: "Spindle bearing fault, VMC-1050-SP02: replace rear bearing set".
pub fn title(mode: &str, tag: &str, recommended_action: Option<&str>) -> String {
    let name = match failure_mode::find(mode) {
        Some(known) => known.name.to_owned(),
        None => sentence_case(&mode.replace('_', " ")),
    };
    match recommended_action.map(str::trim).filter(|action| !action.is_empty()) {
        Some(action) => format!("{name}, {tag}: {action}"),
        None => format!("{name}, {tag}"),
    }
}

fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// When a work order that the CMMS does not hold yet is shouted about (R21): an hour or a quarter
/// of the remaining life, whichever is shorter, and at least five minutes.
pub(super) fn deadline(now: DateTime<Utc>, rul_hours: Option<f64>) -> DateTime<Utc> {
    let quarter = rul_hours.map(|hours| (hours * 3600.0 / 4.0).clamp(0.0, 3600.0));
    let quarter = quarter.map_or(LATEST, |seconds| TimeDelta::seconds(seconds as i64));
    now + quarter.clamp(EARLIEST, LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_fault_place_and_work() {
        assert_eq!(
            title("spindle_bearing_fault", "VMC-1050-SP02", Some("replace rear bearing set")),
            "Spindle bearing fault, VMC-1050-SP02: replace rear bearing set"
        );
        assert_eq!(title("odd_noise", "ML-2007", Some("  ")), "Odd noise, ML-2007");
    }

    #[test]
    fn the_deadline_is_a_quarter_of_the_remaining_life_within_five_minutes_and_an_hour() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let minutes = |rul| (deadline(now, rul) - now).num_minutes();
        assert_eq!(minutes(None), 60);
        assert_eq!(minutes(Some(432.0)), 60);
        assert_eq!(minutes(Some(2.0)), 30);
        assert_eq!(minutes(Some(0.0)), 5);
    }

    #[test]
    fn approved_work_for_a_crew_starts_assigned() {
        let mut intent = Intent::new(AlertId(1), Origin::Rule, Actor::System, Priority::MEDIUM);
        assert_eq!(intent.status(), WorkOrderStatus::Draft);
        intent.create_as = CreateAs::Approved;
        assert_eq!(intent.status(), WorkOrderStatus::Approved);
        intent.assign_to = Some("planner_queue".to_owned());
        assert_eq!(intent.status(), WorkOrderStatus::Approved);
        intent.assign_to = Some("Weekend crew".to_owned());
        assert_eq!(intent.status(), WorkOrderStatus::Assigned);
    }
}
