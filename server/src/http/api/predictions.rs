//! `POST /predictions`, `GET /predictions/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{AlertId, PredictionId};
use domain::permission::Permission;
use domain::prediction::{self, FieldError, Prediction, RawPrediction};
use domain::views::predictions::Prediction as View;
use http::StatusCode;
use serde::Serialize;
use services::calendars::TzZones;
use services::predictions::{Outcome, Receipt, Request, receive};
use services::sources::Declared;
use sources::payload::{DecodeError, Message, json, xml};

use crate::http::auth::ApiCaller;
use crate::http::body::{BATCH_LIMIT, Kind, LIMIT, Raw, unsupported};
use crate::http::idempotency::{Claim, IdempotencyKey, Once};
use crate::http::problem::{FieldProblem, Problem, Result};
use crate::http::request_id::RequestId;
use crate::state::AppState;

/// A stored prediction as its sender sees it.
#[derive(Debug, Serialize)]
struct Accepted {
    id: PredictionId,
    alert_id: Option<AlertId>,
    duplicate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantined: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
}

impl Accepted {
    fn of(receipt: Receipt) -> (StatusCode, Self) {
        let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::ACCEPTED };
        let answer = Self {
            id: receipt.id,
            alert_id: receipt.alert,
            duplicate: receipt.duplicate,
            quarantined: receipt.quarantined,
            stale: receipt.stale,
        };
        (status, answer)
    }
}

/// One item of a batch.
#[derive(Debug, Serialize)]
struct ItemResult {
    index: u32,
    status: u16,
    #[serde(flatten)]
    accepted: Option<Accepted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    errors: Vec<FieldProblem>,
}

#[derive(Debug, Serialize)]
struct Results {
    results: Vec<ItemResult>,
}

/// Stores one prediction or up to 1 000, and answers after the commit.
pub async fn post(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    body: Raw<BATCH_LIMIT>,
) -> Result<Response> {
    // Before the work of reading it: what cannot be taken must cost little.
    if state.intake.is_full() {
        return Err(Problem::unavailable());
    }
    let message = match body.kind {
        Kind::Json => json::decode_message(&body.bytes),
        Kind::Xml => xml::decode_message(&body.bytes),
        Kind::Csv => return Err(unsupported()),
    }
    .map_err(unreadable)?;
    let source = api.caller.source.ok_or_else(Problem::forbidden)?;
    let declared = state.sources.get(source).await?;
    match message {
        Message::One(raw) => {
            if body.bytes.len() > LIMIT {
                return Err(Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "body_too_large",
                    format!("One prediction may have {LIMIT} bytes at most."),
                ));
            }
            let prediction = valid(*raw, &declared).map_err(invalid)?;
            one(&state, &api, &key, &body.bytes, prediction).await
        }
        Message::Batch(raws) => {
            let more = u32::try_from(raws.len()).unwrap_or(u32::MAX).saturating_sub(1);
            state.limits.take(api.key, more)?;
            many(&state, &api, &key, &body.bytes, raws, &declared).await
        }
    }
}

fn valid(
    raw: RawPrediction,
    declared: &Declared,
) -> std::result::Result<Prediction, Vec<FieldError>> {
    prediction::validate_with(raw, &declared.settings, declared.now, &TzZones)
}

async fn one(
    state: &AppState,
    api: &ApiCaller,
    key: &IdempotencyKey,
    bytes: &[u8],
    prediction: Prediction,
) -> Result<Response> {
    let request = request(api, bytes, vec![prediction])?;
    if !key.is_sent() {
        let outcome = state.intake.submit(request).await?.into_iter().next();
        let (status, answer) = accepted(outcome.ok_or_else(Problem::internal)??)?;
        return Ok((status, Json(answer)).into_response());
    }
    let mut tx = state.services.store.begin_system().await?;
    let once = match Once::claim(&mut tx, api, key, bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let outcomes = receive(&mut tx, &[request]).await.map_err(services::Error::from)?;
    let outcome = outcomes.into_iter().flatten().next().ok_or_else(Problem::internal)?;
    let (status, answer) = accepted(outcome)?;
    once.commit(tx, status, &answer).await
}

fn accepted(outcome: Outcome) -> Result<(StatusCode, Accepted)> {
    match outcome {
        Outcome::Stored(receipt) => Ok(Accepted::of(receipt)),
        Outcome::EventIdReused => Err(reused()),
    }
}

async fn many(
    state: &AppState,
    api: &ApiCaller,
    key: &IdempotencyKey,
    bytes: &[u8],
    raws: Vec<RawPrediction>,
    declared: &Declared,
) -> Result<Response> {
    let mut results: Vec<Option<ItemResult>> = Vec::with_capacity(raws.len());
    let mut good = Vec::with_capacity(raws.len());
    for (index, raw) in (0..).zip(raws) {
        match valid(raw, declared) {
            Ok(prediction) => {
                good.push(prediction);
                results.push(None);
            }
            Err(errors) => results.push(Some(refused(index, &invalid(errors)))),
        }
    }
    let refused_count = u32::try_from(results.len() - good.len()).unwrap_or(u32::MAX);
    let mut request = request(api, bytes, good)?;
    request.refused = refused_count;
    if !key.is_sent() {
        let outcomes = if request.predictions.is_empty() {
            Vec::new()
        } else {
            state.intake.submit(request).await?
        };
        let answer = merged(results, outcomes.into_iter());
        return Ok((StatusCode::OK, Json(answer)).into_response());
    }
    let mut tx = state.services.store.begin_system().await?;
    let once = match Once::claim(&mut tx, api, key, bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let outcomes = receive(&mut tx, &[request]).await.map_err(services::Error::from)?;
    let answer = merged(results, outcomes.into_iter().flatten().map(Ok));
    once.commit(tx, StatusCode::OK, &answer).await
}

/// Fills the gaps between refused items with the outcomes of the others, in order.
fn merged(
    results: Vec<Option<ItemResult>>,
    mut outcomes: impl Iterator<Item = std::result::Result<Outcome, services::Error>>,
) -> Results {
    let results = (0..)
        .zip(results)
        .map(|(index, result)| {
            result.unwrap_or_else(|| match outcomes.next() {
                Some(Ok(Outcome::Stored(receipt))) => {
                    let (status, accepted) = Accepted::of(receipt);
                    ItemResult {
                        index,
                        status: status.as_u16(),
                        accepted: Some(accepted),
                        code: None,
                        errors: Vec::new(),
                    }
                }
                Some(Ok(Outcome::EventIdReused)) => refused(index, &reused()),
                Some(Err(error)) => refused(index, &error.into()),
                None => refused(index, &Problem::internal()),
            })
        })
        .collect();
    Results { results }
}

fn refused(index: u32, problem: &Problem) -> ItemResult {
    ItemResult {
        index,
        status: problem.status().as_u16(),
        accepted: None,
        code: Some(problem.code()),
        errors: problem.errors().to_vec(),
    }
}

fn request(api: &ApiCaller, bytes: &[u8], predictions: Vec<Prediction>) -> Result<Request> {
    let mut request = Request::of(&api.caller, bytes, predictions)?;
    request.request_id = RequestId::current();
    Ok(request)
}

fn reused() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "event_id_reused",
        "This event_id was used for other content, which stands.",
    )
}

fn unreadable(error: DecodeError) -> Problem {
    let code = error.kind.code();
    metrics::counter!("predictions_refused_total", "code" => code).increment(1);
    let status = StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::BAD_REQUEST);
    Problem::new(status, code, error.message).with("line", error.line).with("column", error.column)
}

/// The code of the whole is that of its errors when they agree, else `invalid`.
fn invalid(errors: Vec<FieldError>) -> Problem {
    let mut code = "invalid";
    if let Some(first) = errors.first()
        && let std::borrow::Cow::Borrowed(word) = first.code
        && errors.iter().all(|error| error.code == word)
    {
        code = word;
    }
    metrics::counter!("predictions_refused_total", "code" => code).increment(1);
    let errors = errors
        .into_iter()
        .map(|e| FieldProblem { path: e.path, code: e.code.into_owned(), message: e.message })
        .collect();
    let message = "The prediction needs a correction. Nothing was stored.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, message).with_errors(errors)
}

/// One prediction with what became of it.
pub async fn get(
    State(state): State<AppState>,
    api: ApiCaller,
    Path(id): Path<String>,
) -> Result<Json<View>> {
    let id = id.parse::<PredictionId>().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let view = services::predictions::get(&mut tx, &api.caller, id).await?;
    tx.commit().await?;
    Ok(Json(view))
}
