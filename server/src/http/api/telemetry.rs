//! `POST /telemetry`.

use axum::extract::State;
use axum::response::Response;
use chrono::DateTime;
use domain::permission::Permission;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::telemetry::{Counts, PointValue, receive};

use crate::http::auth::ApiCaller;
use crate::http::body::{BATCH_LIMIT, Kind, Raw, parse_json, unsupported};
use crate::http::idempotency::{Claim, IdempotencyKey, Once};
use crate::http::problem::{FieldProblem, Problem, Result};
use crate::state::AppState;

/// Most points of one request.
const POINTS: usize = 10_000;
/// Most problems listed in one answer.
const LISTED: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    points: Vec<Value>,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    counts: Counts,
    rejected: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

/// Stores measured values; bad ones are left out and listed.
pub async fn post(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    body: Raw<BATCH_LIMIT>,
) -> Result<Response> {
    if body.kind != Kind::Json {
        return Err(unsupported());
    }
    let points = parse_json::<Body>(&body.bytes)?.points;
    if points.len() > POINTS {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "batch_too_large",
            format!("At most {POINTS} points in one request."),
        ));
    }
    let given = points.len();
    let mut errors = Vec::new();
    let mut rejected = 0;
    let mut values = Vec::with_capacity(given);
    let mut tx = state.services.begin(&api.caller, Permission::TelemetrySend).await?;
    let latest = tx.now() + chrono::TimeDelta::minutes(5);
    for (index, point) in points.into_iter().enumerate() {
        match value(index, &point) {
            Ok(value) if value.at > latest => {
                rejected += 1;
                let message = "lies more than five minutes ahead";
                errors.push(problem(index, "ts", "future_timestamp", message));
            }
            Ok(value) => values.push(value),
            Err(problem) => {
                rejected += 1;
                errors.push(problem);
            }
        }
        errors.truncate(LISTED);
    }
    if values.is_empty() && given > 0 {
        let message = "None of the points can be stored.";
        return Err(
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message).with_errors(errors)
        );
    }
    let once = match Once::claim(&mut tx, &api, &key, &body.bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let counts = receive(&mut tx, &api.caller, &body.bytes, &values).await?;
    once.commit(tx, StatusCode::ACCEPTED, &Answer { counts, rejected, errors }).await
}

fn problem(index: usize, field: &str, code: &str, message: &str) -> FieldProblem {
    FieldProblem {
        path: format!("points[{index}].{field}"),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn value(index: usize, point: &Value) -> std::result::Result<PointValue, FieldProblem> {
    let bad = |field: &str, code: &str, message: &str| problem(index, field, code, message);
    let Value::Object(fields) = point else {
        return Err(bad("", "wrong_type", "expected an object"));
    };
    if let Some(unknown) =
        fields.keys().find(|name| !matches!(name.as_str(), "point" | "ts" | "value" | "quality"))
    {
        return Err(bad(unknown, "unknown_field", "is not a field of a point"));
    }
    let text = |field: &str| match fields.get(field) {
        Some(Value::String(text)) => Ok(text.trim()),
        None | Some(Value::Null) => Err(bad(field, "missing", "is required")),
        Some(_) => Err(bad(field, "wrong_type", "expected text")),
    };
    let path = text("point")?;
    if path.is_empty() || path.chars().count() > 300 || path.chars().any(char::is_control) {
        return Err(bad("point", "invalid_path", "1 to 300 printable characters"));
    }
    let at = DateTime::parse_from_rfc3339(text("ts")?)
        .map_err(|_| bad("ts", "invalid_time", "expected an RFC 3339 time with an offset"))?;
    if at.timestamp() < domain::prediction::limits::EARLIEST {
        return Err(bad("ts", "out_of_range", "lies before 2000-01-01"));
    }
    let number = match fields.get("value") {
        Some(Value::Number(number)) => number.as_f64().filter(|n| n.is_finite()),
        None | Some(Value::Null) => return Err(bad("value", "missing", "is required")),
        Some(_) => return Err(bad("value", "wrong_type", "expected a number")),
    };
    let quality = match fields.get("quality") {
        None | Some(Value::Null) => "good",
        Some(Value::String(word)) => match word.as_str() {
            "good" => "good",
            "uncertain" => "uncertain",
            "bad" => "bad",
            _ => return Err(bad("quality", "unknown_word", "good, uncertain or bad")),
        },
        Some(_) => return Err(bad("quality", "wrong_type", "expected text")),
    };
    Ok(PointValue {
        point: path.to_owned(),
        at: at.to_utc(),
        value: number.ok_or_else(|| bad("value", "not_finite", "expected a finite number"))?,
        quality,
    })
}
