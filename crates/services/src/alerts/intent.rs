//! The work order a decision asks for.

use domain::alert::Origin;
use domain::calendar::Shutdown;
use domain::ids::AlertId;
use domain::policy::{AssignTo, CreateEffect};
use domain::prediction::Prediction;
use store::Actor;

use crate::work_orders::Intent;

/// What the decision's effect and the model's message make of a work order.
pub(crate) fn intent_for(
    alert: AlertId,
    origin: Origin,
    requested_by: Actor,
    create: &CreateEffect,
    message: Option<&Prediction>,
    shutdown: Option<&Shutdown>,
) -> Intent {
    let mut intent = Intent::new(alert, origin, requested_by, create.priority);
    intent.due = Some(create.due);
    intent.create_as = create.create_as;
    intent.work_type = create.wo_type;
    intent.assign_to = match &create.assign_to {
        AssignTo::PlannerQueue | AssignTo::ShutdownCrew => None,
        AssignTo::Crew(name) | AssignTo::Person(name) => Some(name.clone()),
    };
    if let Some(shutdown) = shutdown {
        intent.scheduled_from = Some(shutdown.from);
        intent.scheduled_until = Some(shutdown.until);
    }
    if let Some(message) = message {
        describe(&mut intent, message);
    }
    intent
}

/// What the model's message says about the work.
pub(crate) fn describe(intent: &mut Intent, message: &Prediction) {
    intent.recommended_action = message.recommended_action.clone();
    intent.description = description(message);
    intent.spare_parts = message.spare_parts.clone();
    intent.evidence = message.evidence.clone();
}

fn description(message: &Prediction) -> String {
    let mut text = format!(
        "Predicted by {} {}: confidence {:.2}",
        message.model_name,
        message.model_version.as_deref().unwrap_or_default(),
        message.confidence,
    );
    if let Some(hours) = message.rul_hours {
        text.push_str(&format!(", about {:.0} h of useful life left", hours));
    }
    if let Some(hours) = message.intervention_window_hours {
        text.push_str(&format!(", to be done within {:.0} h", hours));
    }
    text.push('.');
    if let Some(described) = &message.description {
        text.push_str(&format!("\n{described}"));
    }
    if let Some(action) = &message.recommended_action {
        text.push_str(&format!("\nRecommended: {action}"));
    }
    text
}
