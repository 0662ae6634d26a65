//! The closure form: what a technician fills in on a phone.

use domain::failure_mode;
use domain::views::work_orders::WorkOrderDetail;
use domain::work_order::{Finding, SparePart};
use leptos::form::ActionForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::steps::Steps;
use crate::error::AppError;
use crate::strings::work_orders as texts;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, ErrorSummary, Hidden, Input, Select, Textarea,
    field_error,
};

/// The closure as typed; an empty field was left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClosureForm {
    /// IANA zone of the site, in which its times are written.
    pub zone: String,
    /// What was found.
    pub finding: String,
    /// Failure mode code as found.
    pub actual_failure_mode: String,
    /// What was done.
    pub action: String,
    /// One part per line.
    pub parts: String,
    /// Hours.
    pub labour_hours: String,
    /// `2026-06-18T04:12`.
    pub failed_at: String,
    /// As above.
    pub restored_at: String,
    /// As above.
    pub repair_started_at: String,
    /// As above.
    pub repair_ended_at: String,
    /// Hours.
    pub downtime_hours: String,
    /// Hours.
    pub avoided_downtime_hours: String,
    /// Amount.
    pub cost: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Anything else.
    pub notes: String,
}

/// `1 SBC-1050 spindle bearing cartridge`, or only `SBC-1050`.
#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "the server reads the form"))]
pub(super) fn part_of(line: &str) -> Option<SparePart> {
    let mut words = line.split_whitespace().filter(|word| !matches!(*word, "×" | "x")).peekable();
    let quantity = words.peek().and_then(|word| word.replace(',', ".").parse::<f64>().ok());
    if quantity.is_some() {
        words.next();
    }
    let quantity = quantity.unwrap_or(1.0);
    let part = words.next()?.to_owned();
    let rest: Vec<&str> = words.collect();
    let description = (!rest.is_empty()).then(|| rest.join(" "));
    (quantity.is_finite() && quantity > 0.0).then_some(SparePart { part, description, quantity })
}

#[cfg(feature = "ssr")]
mod ssr {
    use std::str::FromStr;

    use chrono::{DateTime, NaiveDateTime, Utc};
    use domain::work_order::{Closure, Finding};

    use super::{ClosureForm, part_of};
    use crate::context::ssr::fail;
    use crate::error::{AppError, FieldError};
    use crate::strings::work_orders as texts;

    struct Reader {
        zone: chrono_tz::Tz,
        problems: Vec<FieldError>,
    }

    impl Reader {
        fn problem(&mut self, field: &str, message: &str) {
            let field = format!("closure.{field}");
            self.problems.push(FieldError { field, message: message.to_owned() });
        }

        fn number(&mut self, field: &str, text: &str) -> Option<f64> {
            let text = text.trim().replace(',', ".");
            if text.is_empty() {
                return None;
            }
            let value = f64::from_str(&text).ok();
            if value.is_none() {
                self.problem(field, texts::NO_NUMBER);
            }
            value
        }

        fn time(&mut self, field: &str, text: &str) -> Option<DateTime<Utc>> {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
            if local.is_none() {
                self.problem(field, texts::NO_TIME);
            }
            local.map(|local| services::calendars::resolve(self.zone, local).instant)
        }
    }

    fn text(text: &str) -> Option<String> {
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    impl ClosureForm {
        /// The closure that was typed.
        ///
        /// # Errors
        /// Every number, time or part that is none.
        pub(in crate::work_orders) fn read(self) -> Result<Closure, AppError> {
            let zone = self.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
            let mut reader = Reader { zone, problems: Vec::new() };
            let mut parts = Vec::new();
            for line in self.parts.lines().filter(|line| !line.trim().is_empty()) {
                match part_of(line) {
                    Some(part) => parts.push(part),
                    None => reader.problem("parts", texts::NO_PART),
                }
            }
            let cost = reader.number("cost", &self.cost);
            let closure = Closure {
                finding: Finding::from_str(&self.finding).ok(),
                actual_failure_mode: text(&self.actual_failure_mode),
                action: self.action.trim().to_owned(),
                parts,
                labour_hours: reader.number("labour_hours", &self.labour_hours),
                failed_at: reader.time("failed_at", &self.failed_at),
                restored_at: reader.time("restored_at", &self.restored_at),
                repair_started_at: reader.time("repair_started_at", &self.repair_started_at),
                repair_ended_at: reader.time("repair_ended_at", &self.repair_ended_at),
                downtime_hours: reader.number("downtime_hours", &self.downtime_hours),
                avoided_downtime_hours: reader
                    .number("avoided_downtime_hours", &self.avoided_downtime_hours),
                cost,
                currency: text(&self.currency).filter(|_| cost.is_some()),
                notes: text(&self.notes),
            };
            if reader.problems.is_empty() {
                Ok(closure)
            } else {
                Err(fail(AppError::invalid(reader.problems)))
            }
        }
    }
}

fn modes() -> Vec<Choice> {
    let mut modes: Vec<Choice> =
        failure_mode::ALL.iter().map(|mode| Choice::new(mode.code, mode.name)).collect();
    modes.sort_by(|a, b| a.label.cmp(&b.label));
    modes
}

/// The form; 56 px controls, one column on a phone.
#[component]
pub(super) fn ClosureFields(
    /// The work order.
    order: WorkOrderDetail,
    /// Its action.
    steps: Steps,
) -> impl IntoView {
    let action = steps.close;
    let error: Signal<Option<AppError>> =
        Signal::derive(move || action.value().get().and_then(Result::err));
    let findings =
        Finding::ALL.iter().map(|f| Choice::new(f.as_str(), texts::finding(*f))).collect();
    let parts: Vec<String> = order
        .spare_parts
        .iter()
        .map(|part| texts::part(part.quantity, &part.part, part.description.as_deref()))
        .collect();
    let parts = parts.join("\n");
    let local = move |name: &'static str, id: &'static str, label: &'static str| {
        view! {
            <Input name id label kind="datetime-local" error=field_error(error, id) />
        }
    };
    let number = move |name: &'static str, id: &'static str, label: &'static str| {
        view! {
            <Input name id label kind="number" step="any" min="0" error=field_error(error, id) />
        }
    };
    view! {
        <ActionForm action attr:class="stack form closing" attr:data-density="comfortable">
            <ErrorSummary error />
            <Hidden name="id" value=order.row.id.to_string() />
            <Hidden name="version" value=order.version.to_string() />
            <Hidden name="form[zone]" value=order.row.time_zone.clone() />
            <div class="pair">
                <Select
                    name="form[finding]"
                    id="closure.finding"
                    label=texts::FINDING
                    choices=findings
                    value=Finding::Found.as_str()
                    error=field_error(error, "closure.finding")
                />
                <Select
                    name="form[actual_failure_mode]"
                    id="closure.actual_failure_mode"
                    label=texts::ACTUAL_MODE
                    choices=modes()
                    value=order.row.failure_mode.clone()
                    empty=texts::CHOOSE
                    error=field_error(error, "closure.actual_failure_mode")
                />
            </div>
            <Textarea
                name="form[action]"
                id="closure.action"
                label=texts::ACTION
                required=true
                error=field_error(error, "closure.action")
            />
            <Textarea
                name="form[parts]"
                id="closure.parts"
                label=texts::PARTS
                value=parts
                hint=texts::PARTS_HINT
                error=field_error(error, "closure.parts")
            />
            <div class="pair three">
                {number("form[labour_hours]", "closure.labour_hours", texts::LABOUR_HOURS)}
                {number("form[downtime_hours]", "closure.downtime_hours", texts::DOWNTIME_HOURS)}
                {number(
                    "form[avoided_downtime_hours]",
                    "closure.avoided_downtime_hours",
                    texts::AVOIDED_HOURS,
                )}
            </div>
            <div class="pair">
                {number("form[cost]", "closure.cost", texts::COST_FIELD)}
                <Input
                    name="form[currency]"
                    id="closure.currency"
                    label=texts::CURRENCY
                    value="USD"
                    mono=true
                    error=field_error(error, "closure.currency")
                />
            </div>
            <details>
                <summary>{texts::TIMES}</summary>
                <div class="pair">
                    {local("form[repair_started_at]", "closure.repair_started_at", texts::REPAIR_FROM)}
                    {local("form[repair_ended_at]", "closure.repair_ended_at", texts::REPAIR_TO)}
                    <Input
                        name="form[failed_at]"
                        id="closure.failed_at"
                        label=texts::FAILED_AT
                        kind="datetime-local"
                        hint=texts::FAILED_HINT
                        error=field_error(error, "closure.failed_at")
                    />
                    {local("form[restored_at]", "closure.restored_at", texts::RESTORED_AT)}
                </div>
            </details>
            <Textarea name="form[notes]" id="closure.notes" label=texts::NOTES rows=2 />
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::Big
                submit=true
                busy=action.pending()
                busy_text=texts::SAVING
            >
                {texts::CLOSE}
            </Button>
        </ActionForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_from_a_line() {
        let part = part_of("2 × SBC-1050 bearing cartridge").unwrap();
        assert_eq!((part.part.as_str(), part.quantity), ("SBC-1050", 2.0));
        assert_eq!(part.description.as_deref(), Some("bearing cartridge"));
        assert_eq!(part_of("LUB-22").unwrap().quantity, 1.0);
        assert_eq!(part_of("1,5 OIL").unwrap().quantity, 1.5);
        assert!(part_of("2").is_none() && part_of("0 X-1").is_none());
    }
}
