//! The mapping as a page shows it, with live values from a real alert.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::alert::Origin;
use domain::asset::Criticality;
use domain::failure_mode;
use domain::ids::AlertId;
use domain::permission::Permission;
use domain::prediction::Prediction;
use domain::views::mapping::{
    FieldState, FieldView, Mapping, MappingVersion, MappingView, SampleAlert, Suggested, ValueMap,
    ValueRow,
};
use serde_json::Value;
use store::connections::mapping::{self as rows, AlertNames, CodeRow};
use store::{Actor, ScopedTx};

use super::catalogue::{CRITICALITY, Catalogue, FAILURE_CODE, is_fixed, kind_word, source_of};
use super::check::{check, fitted};
use super::render::Renderer;
use super::suggest;
use crate::alerts::intent::describe;
use crate::work_orders::{Intent, usual_bodies};
use crate::{Caller, Error};

/// Alerts that publishing is tried with.
const TRIED: i64 = 20;
/// Alerts offered as samples.
const OFFERED: usize = 10;
/// Codes shown for choosing.
const MOST_CODES: usize = 500;

/// The mapping of a connection: the draft, else what is in force; each field with what `sample`, or
/// the newest alert, gives.
///
/// # Errors
/// [`Error::NotFound`], also for an alert at a site that the connection does not serve;
/// `manifest_refused`.
pub async fn show(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
    sample: Option<AlertId>,
) -> Result<MappingView, Error> {
    let catalogue = Catalogue::of(tx, slug).await?;
    let mapping = catalogue.draft();
    let trial = Trial::of(tx, &catalogue, &mapping, sample).await?;
    let codes = rows::codes(tx, catalogue.id()).await?;
    let uses = rows::uses(tx, catalogue.id()).await?;
    let mut fields: Vec<FieldView> =
        catalogue.fields().keys().map(|name| trial.field(&catalogue, &mapping, name)).collect();
    fields.sort_by_key(|field| !field.required);
    let maps = value_maps(&catalogue, &mapping, &codes, &uses);
    let blocking = trial.blocking(&catalogue, &mapping, &maps);
    let sampled = trial.sample.as_ref().map(|sample| sample.id.0);
    let rendered = sampled.and_then(|alert| {
        let body = trial.renderer.body(alert, trial.usual.get(&alert)?);
        serde_json::to_string_pretty(&body).ok()
    });
    Ok(MappingView {
        connection: catalogue.id(),
        slug: catalogue.connection.slug.clone(),
        name: catalogue.connection.name.clone(),
        live: catalogue.connection.mapping_version,
        draft: catalogue.drafted(),
        fields,
        maps,
        codes: codes
            .into_iter()
            .take(MOST_CODES)
            .map(|row| Suggested { value: row.code, name: row.name, score: 0 })
            .collect(),
        sample: trial.sample,
        samples: trial.samples.into_iter().take(OFFERED).collect(),
        blocking,
        versions: catalogue
            .versions
            .into_iter()
            .map(|row| MappingVersion {
                version: row.version,
                state: row.state,
                reason: row.reason,
                by: row.by,
                at: row.changed_at,
            })
            .collect(),
        may_edit: caller.may(Permission::Integrate),
        rendered,
    })
}

/// A mapping tried with real alerts.
pub(super) struct Trial {
    renderer: Renderer,
    /// Bodies without the mapping.
    usual: HashMap<i64, Value>,
    sample: Option<SampleAlert>,
    samples: Vec<SampleAlert>,
}

impl Trial {
    pub(super) async fn of(
        tx: &mut ScopedTx,
        catalogue: &Catalogue,
        mapping: &Mapping,
        sample: Option<AlertId>,
    ) -> Result<Self, Error> {
        let id = catalogue.id();
        let newest = rows::newest_alerts(tx, id, TRIED).await?;
        let samples: Vec<SampleAlert> = newest
            .into_iter()
            .map(|(id, tag, failure_mode)| SampleAlert { id: AlertId(id), tag, failure_mode })
            .collect();
        let mut alerts: BTreeSet<i64> = samples.iter().map(|sample| sample.id.0).collect();
        alerts.extend(sample.map(|alert| alert.0));
        let alerts: Vec<i64> = alerts.into_iter().collect();
        let names = rows::names(tx, id, &alerts).await?;
        let chosen = match sample {
            None => samples.first().cloned(),
            Some(alert) => {
                let found = names.iter().find(|names| names.alert_id == alert.0);
                Some(sample_of(found.ok_or(Error::NotFound)?))
            }
        };
        let intents: Vec<Intent> = names.iter().map(intent).collect();
        let usual = usual_bodies(tx, &intents).await?;
        let version = catalogue.drafted().unwrap_or(catalogue.connection.mapping_version);
        let manifest = super::catalogue::read(
            &catalogue.connection.system,
            catalogue.connection.manifest.as_deref(),
        )?;
        let renderer = Renderer::new(id, version, manifest, mapping.clone(), names);
        Ok(Self { renderer, usual, sample: chosen, samples })
    }

    fn field(&self, catalogue: &Catalogue, mapping: &Mapping, name: &str) -> FieldView {
        let field = &catalogue.fields()[name];
        let source = source_of(mapping, name, field).into_owned();
        let mut view = FieldView {
            name: name.to_owned(),
            at: field.at.clone(),
            kind: kind_word(field.kind).to_owned(),
            length: field.length,
            required: field.required,
            may_cut: field.cut,
            fixed: is_fixed(name),
            live: None,
            letters: 0,
            state: FieldState::Empty,
            problem: None,
            suggestion: suggest::source(name, &field.at)
                .filter(|one| one.value != source.source && !is_fixed(name)),
            source: source.source.clone(),
            cut: source.cut,
        };
        let sample = self.sample.as_ref().map(|sample| sample.id.0);
        let usual = sample.and_then(|alert| self.usual.get(&alert));
        let (Some(alert), Some(usual)) = (sample, usual) else {
            if let Err(problem) = super::render::template(&source) {
                view.state = FieldState::Broken;
                view.problem = Some(problem);
            }
            return view;
        };
        match self.judged(alert, usual, name, catalogue, mapping) {
            Ok((state, letters, sent)) => {
                view.state = state;
                view.letters = letters;
                view.live = Some(cmms::template::plain(&sent)).filter(|text| !text.is_empty());
            }
            Err(problem) => {
                view.state = FieldState::Broken;
                view.problem = Some(problem);
            }
        }
        view
    }

    /// State, letters before any cut, and the value as it is sent.
    fn judged(
        &self,
        alert: i64,
        usual: &Value,
        name: &str,
        catalogue: &Catalogue,
        mapping: &Mapping,
    ) -> Result<(FieldState, u32, Value), String> {
        let field = &catalogue.fields()[name];
        let source = source_of(mapping, name, field);
        let value = self.renderer.value(alert, usual, &source)?;
        let Some(sent) = self.renderer.sent(name, &value) else {
            let state = if field.required { FieldState::Missing } else { FieldState::Unmapped };
            return Ok((state, 0, Value::Null));
        };
        let verdict = check(field, source.cut, &sent);
        let letters = u32::try_from(verdict.letters).unwrap_or(u32::MAX);
        Ok((verdict.state, letters, fitted(field, source.cut, sent)))
    }

    /// What keeps the mapping from being published: a field that must not be empty and is, or does
    /// not fit, for any of the alerts it was tried with; a source that cannot be read; a used value
    /// without a word of theirs where the field must not be empty.
    pub(super) fn blocking(
        &self,
        catalogue: &Catalogue,
        mapping: &Mapping,
        maps: &[ValueMap],
    ) -> Vec<String> {
        let mut problems: BTreeMap<String, String> = BTreeMap::new();
        for (name, field) in catalogue.fields().iter().filter(|(name, _)| !is_fixed(name)) {
            let source = source_of(mapping, name, field);
            if let Err(problem) = super::render::template(&source) {
                problems.insert(name.clone(), problem);
                continue;
            }
            if field.required && source.source.trim().is_empty() {
                problems.insert(name.clone(), "is required and has no source".to_owned());
                continue;
            }
            for (alert, usual) in &self.usual {
                let problem = match self.judged(*alert, usual, name, catalogue, mapping) {
                    Err(problem) => problem,
                    Ok((state, letters, _)) if state.blocks() => said(state, letters, field.length),
                    Ok(_) => continue,
                };
                let problem = format!("{problem} (alert {alert})");
                let entry = problems.entry(name.clone()).or_insert_with(|| problem.clone());
                if problem < *entry {
                    *entry = problem;
                }
            }
        }
        let lacking = maps.iter().filter(|map| map.required && map.unmapped > 0);
        let lacking = lacking
            .map(|map| format!("{}: {} used values have no counterpart", map.name, map.unmapped));
        problems.iter().map(|(name, why)| format!("{name}: {why}")).chain(lacking).collect()
    }
}

fn said(state: FieldState, letters: u32, length: Option<u32>) -> String {
    match state {
        FieldState::Missing => "is required and would be empty".to_owned(),
        FieldState::TooLong => {
            format!("has {letters} letters, at most {} fit", length.unwrap_or_default())
        }
        FieldState::WrongType => "is not of the type of the field".to_owned(),
        other => other.as_str().to_owned(),
    }
}

fn sample_of(names: &AlertNames) -> SampleAlert {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    SampleAlert {
        id: AlertId(names.alert_id),
        tag: text(&names.asset["tag"]),
        failure_mode: text(&names.alert["failure_mode"]),
    }
}

/// The work order that a rule would ask for.
fn intent(names: &AlertNames) -> Intent {
    let severity = names.alert["severity"].as_str().unwrap_or_default();
    let by_severity = match severity {
        "critical" => 1,
        "high" => 2,
        "medium" => 3,
        _ => 4,
    };
    let decided = names.decision.as_ref().and_then(|decision| decision["priority"].as_u64());
    let priority = decided.and_then(|n| u8::try_from(n).ok()).unwrap_or(by_severity);
    let priority =
        domain::alert::Priority::new(priority).unwrap_or(domain::alert::Priority::MEDIUM);
    let mut intent = Intent::new(AlertId(names.alert_id), Origin::Rule, Actor::System, priority);
    let message = names.prediction.clone().and_then(|json| serde_json::from_value(json).ok());
    if let Some(message) = message {
        let message: Prediction = message;
        describe(&mut intent, &message);
        let hours = message.intervention_window_hours.or(message.rul_hours);
        intent.due = hours
            .and_then(|hours| chrono::TimeDelta::try_seconds((hours * 3600.0) as i64))
            .map(|window| message.observed_at + window);
    }
    intent
}

fn value_maps(
    catalogue: &Catalogue,
    mapping: &Mapping,
    codes: &[CodeRow],
    uses: &[(String, String, i64)],
) -> Vec<ValueMap> {
    let known = catalogue.manifest.maps.keys().map(String::as_str);
    let has_codes = catalogue.fields().contains_key(FAILURE_CODE);
    let mut names: BTreeSet<&str> = known.filter(|name| *name != "failure_mode").collect();
    names.extend(mapping.maps.keys().map(String::as_str));
    names.extend(has_codes.then_some(FAILURE_CODE));
    let says_how_critical = catalogue.manifest.operations.assets.item.criticality.is_some();
    names.extend(says_how_critical.then_some(CRITICALITY));
    names.into_iter().map(|name| value_map(catalogue, mapping, codes, uses, name)).collect()
}

fn value_map(
    catalogue: &Catalogue,
    mapping: &Mapping,
    codes: &[CodeRow],
    uses: &[(String, String, i64)],
    name: &str,
) -> ValueMap {
    let counted: BTreeMap<&str, i64> = uses
        .iter()
        .filter(|(map, _, _)| map == name)
        .map(|(_, word, count)| (word.as_str(), *count))
        .collect();
    let built_in = catalogue.manifest.maps.get(name);
    let table = mapping.maps.get(name).or(built_in);
    let mut ours: BTreeSet<&str> = counted.keys().copied().collect();
    ours.extend(table.into_iter().flatten().map(|(word, _)| word.as_str()));
    ours.extend(built_in.into_iter().flatten().map(|(word, _)| word.as_str()));
    if name == CRITICALITY {
        ours.extend(Criticality::ALL.iter().map(|one| one.as_str()));
    }
    let mut rows: Vec<ValueRow> = ours
        .into_iter()
        .map(|word| {
            let theirs = table.and_then(|table| table.get(word)).map(cmms::template::plain);
            ValueRow {
                ours: word.to_owned(),
                label: label(name, word),
                uses: counted.get(word).copied().unwrap_or(0),
                suggestion: (name == FAILURE_CODE && theirs.is_none())
                    .then(|| suggest::code(word, codes))
                    .flatten(),
                theirs,
            }
        })
        .collect();
    rows.sort_by_key(|row| (row.theirs.is_some() || row.uses == 0, std::cmp::Reverse(row.uses)));
    let unmapped = rows.iter().filter(|row| row.theirs.is_none() && row.uses > 0).count();
    ValueMap {
        required: catalogue.fields().get(name).is_some_and(|field| field.required),
        unmapped: i64::try_from(unmapped).unwrap_or(i64::MAX),
        name: name.to_owned(),
        rows,
    }
}

fn label(map: &str, word: &str) -> String {
    match (map, failure_mode::find(word)) {
        (FAILURE_CODE, Some(mode)) => mode.name.to_owned(),
        _ => word.to_owned(),
    }
}
