//! What somebody changed in the CMMS since we asked for the work.

use chrono::{DateTime, TimeDelta, Utc};
use cmms::engine::OrderRow;
use serde_json::{Map, Value, json};
use store::work_orders::cmms_orders::Ours;

/// A CMMS may round a due date to its day.
const SAME_DAY: TimeDelta = TimeDelta::hours(36);

/// What the CMMS showed first, and what differs from it now; `None` when nothing does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Compared {
    pub shown: Value,
    pub drift: Option<Value>,
}

/// Compares a row with what was shown first. The first time that is what we asked for, where the
/// row contradicts it; else what the row says, in the CMMS's own scale, cut and rounded as it does.
pub(super) fn compare(ours: &Ours, row: &OrderRow, priority_there: Option<String>) -> Compared {
    let now = shown(row);
    let mut first = match &ours.shown {
        Some(Value::Object(first)) => first.clone(),
        _ => asked(ours, &now, priority_there),
    };
    for (field, value) in &now {
        first.entry(field.clone()).or_insert_with(|| value.clone());
    }
    let mut drift = Map::new();
    for (field, theirs) in &now {
        let ours = &first[field];
        if !same(ours, theirs) {
            drift.insert(field.clone(), json!({ "ours": ours, "theirs": theirs }));
        }
    }
    let drift = (!drift.is_empty()).then_some(Value::Object(drift));
    Compared { shown: Value::Object(first), drift }
}

fn shown(row: &OrderRow) -> Map<String, Value> {
    let due = row.due.map(|due| due.to_rfc3339());
    let fields = [
        ("title", row.title.clone()),
        ("priority", row.priority.clone()),
        ("due", due),
        ("assigned_to", row.record.assigned_to.clone()),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

fn asked(ours: &Ours, now: &Map<String, Value>, priority: Option<String>) -> Map<String, Value> {
    let mut asked = Map::new();
    let theirs = |field: &str| now.get(field).and_then(Value::as_str);
    if theirs("title").is_some_and(|title| !is_start(title, &ours.title)) {
        asked.insert("title".to_owned(), json!(ours.title));
    }
    if let Some(priority) = priority
        && theirs("priority").is_some_and(|theirs| theirs != priority)
    {
        asked.insert("priority".to_owned(), json!(priority));
    }
    let due = theirs("due").and_then(|text| text.parse::<DateTime<Utc>>().ok());
    if let Some((theirs, ours)) = due.zip(ours.due)
        && (theirs - ours).abs() > SAME_DAY
    {
        asked.insert("due".to_owned(), json!(ours.to_rfc3339()));
    }
    asked
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A CMMS may keep only the beginning of a title.
fn is_start(theirs: &str, ours: &str) -> bool {
    let (theirs, ours) = (words(theirs), words(ours));
    let theirs = theirs.trim_end_matches(['.', '…', ' ']);
    ours.starts_with(theirs) || theirs.starts_with(&ours)
}

fn same(ours: &Value, theirs: &Value) -> bool {
    words(ours.as_str().unwrap_or_default()) == words(theirs.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use domain::cmms_record::CmmsRecord;

    use super::*;

    fn ours() -> Ours {
        Ours {
            id: 1,
            site_id: 1,
            external_ref: "MW-1".to_owned(),
            cmms_id: Some("7".to_owned()),
            record_version: 1,
            title: "Spindle bearing fault, VMC-1050-SP02: replace rear bearing set".to_owned(),
            priority: 2,
            due: "2026-03-05T10:15:00Z".parse().ok(),
            shown: None,
            drift: None,
        }
    }

    fn row(title: &str, priority: &str, due: &str, who: Option<&str>) -> OrderRow {
        OrderRow {
            record: CmmsRecord {
                external_ref: None,
                cmms_id: "7".to_owned(),
                number: "7".to_owned(),
                status: None,
                cmms_status: None,
                version: 1,
                assigned_to: who.map(str::to_owned),
                closure: None,
                updated_at: DateTime::UNIX_EPOCH,
            },
            asset: None,
            title: Some(title.to_owned()),
            failure_code: None,
            work_type: None,
            priority: Some(priority.to_owned()),
            due: due.parse().ok(),
            created: None,
        }
    }

    #[test]
    fn a_cut_title_a_scale_of_its_own_and_a_rounded_date_are_no_drift() {
        let row = row("Spindle bearing fault, VMC-1050-SP0…", "High", "2026-03-05T00:00:00Z", None);
        assert_eq!(compare(&ours(), &row, Some("High".to_owned())).drift, None);
        assert_eq!(compare(&ours(), &row, None).drift, None);
    }

    #[test]
    fn what_changed_before_the_first_look_shows() {
        let row = row("Check coolant", "Low", "2026-04-20T00:00:00Z", None);
        let drift = compare(&ours(), &row, Some("High".to_owned())).drift.unwrap();
        assert_eq!(drift["title"]["theirs"], "Check coolant");
        assert_eq!(drift["priority"], json!({"ours": "High", "theirs": "Low"}));
        assert!(drift["due"]["theirs"].as_str().unwrap().starts_with("2026-04-20"));
    }

    #[test]
    fn later_changes_show_until_they_are_taken_back_and_a_first_assignment_is_no_drift() {
        let mut ours = ours();
        let as_made = row(&ours.title.clone(), "2", "2026-03-05T00:00:00Z", None);
        ours.shown = Some(compare(&ours, &as_made, None).shown);
        let assigned = row(&ours.title.clone(), "2", "2026-03-05T00:00:00Z", Some("Ana"));
        let seen = compare(&ours, &assigned, None);
        assert_eq!(seen.drift, None);
        ours.shown = Some(seen.shown);
        let changed = row(&ours.title.clone(), "4", "2026-03-09T00:00:00Z", Some("Bo"));
        let drift = compare(&ours, &changed, None).drift.unwrap();
        assert_eq!(drift.as_object().unwrap().len(), 3);
        assert_eq!(drift["assigned_to"], json!({"ours": "Ana", "theirs": "Bo"}));
        assert_eq!(compare(&ours, &assigned, None).drift, None);
    }
}
