//! Creating in several calls. What has been done is a value that the caller stores before the next
//! call, so that a crash between two calls resumes and doubles nothing.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::DateTime;
use domain::cmms_record::CmmsRecord;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::ManifestClient;
use super::call::items;
use super::heard::StepError;
use super::watch::during;
use crate::manifest::{Already, Class, Create, Step};
use crate::template::{Scope, plain};
use crate::{CreateOutcome, NewOrder};

/// How far a create has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepState {
    /// What has been done, by step.
    pub steps: BTreeMap<String, Progress>,
    /// Refusals after the record existed, for people.
    pub notes: Vec<String>,
    /// Calls may have been made that are not in `steps`.
    pub in_doubt: bool,
}

/// How far one step has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Calls made.
    pub calls: usize,
    /// All of them.
    pub done: bool,
    /// What was kept.
    pub kept: Value,
}

impl StepState {
    /// The state of a record that a look-up has found: it exists, the rest is in doubt.
    pub fn adopted(record: &CmmsRecord) -> Self {
        let kept = json!({"cmms_id": record.cmms_id, "number": record.number});
        let adopted = Progress { calls: 1, done: true, kept };
        Self {
            steps: BTreeMap::from([(String::new(), adopted)]),
            in_doubt: true,
            ..Self::default()
        }
    }

    /// Forgets the steps that can be done again without harm: what they looked up may be another
    /// by now.
    pub fn forget(&mut self, create: &Create) {
        let again = create.steps.iter().filter(|step| step.repeatable || !step.writes());
        for step in again {
            self.steps.remove(&step.name);
        }
    }

    /// Whether the record itself exists.
    pub fn knows_record(&self) -> bool {
        self.steps.values().any(|step| step.kept.get("cmms_id").is_some())
    }

    fn is_new(&self) -> bool {
        self.steps.is_empty()
    }

    fn kept(&self) -> Value {
        let kept = self.steps.iter().map(|(name, progress)| (name.clone(), progress.kept.clone()));
        Value::Object(kept.collect::<Map<_, _>>())
    }
}

/// Stores each new state before the next call is made.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Stores a state.
    ///
    /// # Errors
    /// When it could not be stored: no further call may be made.
    async fn keep(&self, state: &StepState) -> Result<(), JournalClosed>;
}

/// The state could not be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the state could not be stored")]
pub struct JournalClosed;

/// Stores nothing: for creates that nobody resumes.
#[derive(Debug, Clone, Copy)]
pub struct NoJournal;

#[async_trait]
impl Journal for NoJournal {
    async fn keep(&self, _: &StepState) -> Result<(), JournalClosed> {
        Ok(())
    }
}

enum Stop {
    Failed(StepError),
    Journal,
}

impl From<StepError> for Stop {
    fn from(error: StepError) -> Self {
        Self::Failed(error)
    }
}

impl From<JournalClosed> for Stop {
    fn from(_: JournalClosed) -> Self {
        Self::Journal
    }
}

impl ManifestClient {
    /// Creates one record, going on where `state` stopped. A refusal after the record exists undoes
    /// nothing: it becomes a note in the state.
    pub async fn create_from(
        &self,
        order: &NewOrder,
        mut state: StepState,
        journal: &dyn Journal,
    ) -> CreateOutcome {
        state.in_doubt |= !state.is_new();
        match during("create", self.go_on(order, &mut state, journal)).await {
            Ok(()) => self.created(order, &state),
            Err(Stop::Journal) => CreateOutcome::Unknown(JournalClosed.to_string()),
            Err(Stop::Failed(error)) => self.outcome(error),
        }
    }

    /// The value maps as they were when the body was rendered: `value_maps` of the body before those
    /// of the connection.
    fn maps_of(&self, body: &Value) -> Value {
        let mut maps = self.maps.clone();
        if let (Some(maps), Some(own)) = (maps.as_object_mut(), body["value_maps"].as_object()) {
            maps.extend(own.clone());
        }
        maps
    }

    async fn go_on(
        &self,
        order: &NewOrder,
        state: &mut StepState,
        journal: &dyn Journal,
    ) -> Result<(), Stop> {
        let mut body = order.body.clone();
        if let Value::Object(map) = &mut body {
            map.insert("external_ref".to_owned(), order.external_ref.clone().into());
        }
        let now = self.time();
        let names = self.names(&now);
        let base = Scope::of(&names);
        let base = base.with("order", &body);
        let maps = self.maps_of(&body);
        let base = base.with("maps", &maps);
        self.take_over(state);
        for (number, step) in self.manifest.operations.create.steps.iter().enumerate() {
            if state.steps.get(&step.name).is_some_and(|progress| progress.done) {
                continue;
            }
            let snapshot = state.kept();
            let scope = base.with("steps", &snapshot);
            if let Some(when) = &step.when
                && !when.holds(&scope).map_err(StepError::template)?
            {
                continue;
            }
            let items = match &step.each {
                Some(each) => items(each, &scope)?,
                None => vec![Value::Null],
            };
            let name = step.each.as_ref().map_or("item", |each| each.name.as_str());
            let made = state.steps.get(&step.name).map_or(0, |progress| progress.calls);
            for (place, item) in items.iter().enumerate().skip(made) {
                let inner = scope.with(name, item);
                let kept = match self.step(step, &inner, number == 0 || state.in_doubt, state).await
                {
                    Ok(kept) => kept,
                    Err(error) if state.knows_record() && is_refusal(&error) => {
                        state.notes.push(format!(
                            "{}: {}",
                            step.name,
                            self.scrubber.clean(&error.message)
                        ));
                        json!({})
                    }
                    Err(error) => return Err(error.into()),
                };
                let progress = state.steps.entry(step.name.clone()).or_default();
                progress.calls = place + 1;
                progress.done = place + 1 == items.len();
                if step.each.is_none() {
                    progress.kept = kept;
                }
                journal.keep(state).await?;
            }
        }
        Ok(())
    }

    /// Puts what a look-up found where the steps expect it.
    fn take_over(&self, state: &mut StepState) {
        let Some(found) = state.steps.remove("") else { return };
        for step in &self.manifest.operations.create.steps {
            let known = state.steps.entry(step.name.clone()).or_insert_with(|| found.clone());
            known.done = true;
            if step.keep.contains_key("cmms_id") {
                break;
            }
        }
        state.in_doubt = true;
    }

    async fn step(
        &self,
        step: &Step,
        scope: &Scope<'_>,
        doubt: bool,
        state: &mut StepState,
    ) -> Result<Value, StepError> {
        if let Some(already) = step.already.as_deref().filter(|_| doubt)
            && let Some(kept) = self.done_already(already, scope).await?
        {
            state.in_doubt = true;
            return Ok(kept);
        }
        let heard = self.call(step, scope, None).await?;
        let kept = self.kept(&step.keep, scope, &heard)?;
        if step.keep.contains_key("cmms_id")
            && kept.get("cmms_id").map(plain).is_none_or(|id| id.is_empty())
        {
            return Err(StepError::unreadable("unexpected answer: it has no id"));
        }
        Ok(kept)
    }

    pub(super) async fn done_already(
        &self,
        already: &Already,
        scope: &Scope<'_>,
    ) -> Result<Option<Value>, StepError> {
        let probe = self.call(&already.step, scope, None).await;
        let heard = probe.map_err(|error| StepError { unsent: true, ..error })?;
        if !self.holds(&already.when, scope, &heard)? {
            return Ok(None);
        }
        self.kept(&already.keep, scope, &heard).map(Some)
    }

    fn created(&self, order: &NewOrder, state: &StepState) -> CreateOutcome {
        let kept = |name: &str| {
            let values = state.steps.values().filter_map(|progress| progress.kept.get(name));
            values.map(plain).find(|text| !text.is_empty())
        };
        let Some(cmms_id) = kept("cmms_id") else {
            return CreateOutcome::Unknown("no step gave an id".to_owned());
        };
        let cmms_status = kept("status");
        let changed = kept("changed").and_then(|text| text.parse::<DateTime<chrono::Utc>>().ok());
        CreateOutcome::Created(Box::new(CmmsRecord {
            external_ref: Some(order.external_ref.clone()),
            number: kept("number").unwrap_or_else(|| cmms_id.clone()),
            cmms_id,
            status: cmms_status.as_ref().and_then(|status| self.statuses.get(status)).copied(),
            cmms_status,
            version: 0,
            assigned_to: None,
            closure: None,
            updated_at: changed.unwrap_or_else(|| (self.now)()),
        }))
    }

    pub(super) fn outcome(&self, error: StepError) -> CreateOutcome {
        let message = self.scrubber.clean(&error.message);
        match error.class {
            Some(Class::RateLimited) => {
                CreateOutcome::RateLimited { retry_after: error.retry_after }
            }
            Some(Class::Unauthorised | Class::SessionExpired | Class::Csrf) => {
                CreateOutcome::Unauthorised(message)
            }
            Some(Class::Final | Class::Missing) => CreateOutcome::Refused {
                code: "refused_by_cmms".to_owned(),
                message,
                fields: Vec::new(),
            },
            Some(Class::Transient) => CreateOutcome::NotSent(message),
            Some(Class::Duplicate) => {
                CreateOutcome::Unknown(format!("it exists already: {message}"))
            }
            _ if error.unsent => CreateOutcome::NotSent(message),
            Some(Class::Unknown) | None => CreateOutcome::Unknown(message),
        }
    }
}

fn is_refusal(error: &StepError) -> bool {
    matches!(error.class, Some(Class::Final | Class::Missing | Class::Duplicate))
}
