//! What a double holds: records by kind, numbers, a clock.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::clock::Clock;
use super::register::Machine;

/// A work order as the ledger shows it, in plain words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Our reference.
    pub reference: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The text under it.
    pub description: String,
    /// Its asset.
    pub asset: String,
    /// Its priority, as the system writes it.
    pub priority: String,
    /// Its status, as the system writes it.
    pub status: String,
    /// When it is due.
    pub due: String,
    /// Failure code.
    pub failure_code: String,
    /// Planned parts and quantities.
    pub parts: Vec<(String, f64)>,
    /// Names of the files it has.
    pub files: Vec<String>,
}

/// What a double holds, as it is kept in a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Holdings {
    tables: BTreeMap<String, Vec<Value>>,
    numbers: BTreeMap<String, u64>,
    ticks: i64,
    notes: BTreeMap<String, String>,
}

/// What a double holds, and its clock.
#[derive(Debug)]
pub struct World {
    tables: BTreeMap<String, Vec<Value>>,
    numbers: BTreeMap<String, u64>,
    clock: Clock,
    ticks: i64,
    machines: Vec<Machine>,
    /// Records that may have been changed since this was last taken.
    touched: Vec<(&'static str, usize)>,
    /// Words of the face, such as sessions.
    pub notes: BTreeMap<String, String>,
}

impl World {
    pub(super) fn new(clock: Clock, machines: Vec<Machine>) -> Self {
        Self {
            tables: BTreeMap::new(),
            numbers: BTreeMap::new(),
            clock,
            ticks: 0,
            machines,
            touched: Vec::new(),
            notes: BTreeMap::new(),
        }
    }

    /// What it holds, to be kept.
    pub(super) fn holdings(&self) -> Holdings {
        Holdings {
            tables: self.tables.clone(),
            numbers: self.numbers.clone(),
            ticks: self.ticks,
            notes: self.notes.clone(),
        }
    }

    /// Goes on with what was kept.
    pub(super) fn take_up(&mut self, kept: Holdings) {
        let Holdings { tables, numbers, ticks, notes } = kept;
        (self.tables, self.numbers, self.ticks, self.notes) = (tables, numbers, ticks, notes);
    }

    /// The machines of its register.
    pub(super) fn machines(&self) -> Vec<Machine> {
        self.machines.clone()
    }

    /// The double's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::seconds(self.ticks)
    }

    /// The double's time as text.
    pub fn stamp(&self) -> String {
        self.now().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// A change takes a second where the clock stands between changes.
    fn step(&mut self) {
        if self.clock.stands() {
            self.tick(1);
        }
    }

    /// Moves the clock.
    pub fn tick(&mut self, seconds: i64) {
        self.ticks += seconds;
    }

    /// The next number of a kind.
    pub fn number(&mut self, kind: &'static str, first: u64) -> u64 {
        let number = self.numbers.entry(kind.to_owned()).or_insert(first);
        *number += 1;
        *number - 1
    }

    /// The records of a kind, in the order they were made.
    pub fn rows(&self, kind: &'static str) -> &[Value] {
        self.tables.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The records of a kind, to be changed.
    pub fn rows_mut(&mut self, kind: &'static str) -> &mut Vec<Value> {
        self.tables.entry(kind.to_owned()).or_default()
    }

    /// Adds a record.
    pub fn add(&mut self, kind: &'static str, row: Value) -> Value {
        self.step();
        let rows = self.tables.entry(kind.to_owned()).or_default();
        rows.push(row.clone());
        self.touched.push((kind, rows.len() - 1));
        row
    }

    /// The record whose field has that value.
    pub fn find(&self, kind: &'static str, field: &str, value: &str) -> Option<&Value> {
        self.rows(kind).iter().find(|row| text(&row[field]) == value)
    }

    /// The record whose field has that value, to be changed.
    pub fn find_mut(
        &mut self,
        kind: &'static str,
        field: &str,
        value: &str,
    ) -> Option<&mut Map<String, Value>> {
        self.step();
        let rows = self.tables.entry(kind.to_owned()).or_default();
        let place = rows.iter().position(|row| text(&row[field]) == value)?;
        self.touched.push((kind, place));
        rows[place].as_object_mut()
    }

    /// Which records may have been changed, each once.
    pub(super) fn take_touched(&mut self) -> Vec<(&'static str, usize)> {
        let mut touched = std::mem::take(&mut self.touched);
        let mut known = std::collections::BTreeSet::new();
        touched.retain(|one| known.insert(*one));
        touched
    }
}

/// A value as plain text.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Only the named fields of a record, absent ones left out.
pub(super) fn pick(row: &Value, fields: &[&str]) -> Value {
    let all = row.as_object();
    let pairs =
        fields.iter().filter_map(|field| Some(((*field).to_owned(), all?.get(*field)?.clone())));
    json!(pairs.collect::<Map<_, _>>())
}
