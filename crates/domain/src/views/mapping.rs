//! What of an alert goes into which field of a CMMS's work order.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alert::words;
use crate::ids::{AlertId, ConnectionId};

/// Where a field comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSource {
    /// A template over alert, prediction, asset, decision, order and attributes; empty sends nothing.
    pub source: String,
    /// A longer text may be cut.
    #[serde(default)]
    pub cut: bool,
}

/// One version of a mapping.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// Fields whose source is not the usual one.
    pub fields: BTreeMap<String, FieldSource>,
    /// Our words and theirs, by map.
    pub maps: BTreeMap<String, BTreeMap<String, Value>>,
}

words! {
    /// What is wrong with a field, or that nothing is.
    FieldState {
        /// Fits.
        Fits = "fits",
        /// Longer than it may be; will be cut, which is allowed.
        Cut = "cut",
        /// Empty, and may be.
        Empty = "empty",
        /// Empty, and must not be.
        Missing = "missing",
        /// Longer than it may be.
        TooLong = "too_long",
        /// Not of its type.
        WrongType = "wrong_type",
        /// A value that no value map knows.
        Unmapped = "unmapped",
        /// The expression cannot work on what it finds.
        Broken = "broken",
    }
}

impl FieldState {
    /// Whether a mapping with it can be published.
    pub const fn blocks(self) -> bool {
        matches!(self, Self::Missing | Self::TooLong | Self::WrongType | Self::Broken)
    }
}

/// One field of the catalogue with its source and what a real alert gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its name in the catalogue.
    pub name: String,
    /// What it is called over there.
    pub at: String,
    /// `text`, `number`, `time`, `code`, `reference` or `rows`.
    pub kind: String,
    /// Longest text.
    pub length: Option<u32>,
    /// A work order without it is refused.
    pub required: bool,
    /// A longer text may be cut.
    pub may_cut: bool,
    /// Always ours: reference, asset, parts.
    pub fixed: bool,
    /// Its source.
    pub source: String,
    /// A longer text is cut.
    pub cut: bool,
    /// What the sample gives, as it is sent.
    pub live: Option<String>,
    /// Letters of it before any cut.
    pub letters: u32,
    /// Whether that fits.
    pub state: FieldState,
    /// What the expression says is wrong.
    pub problem: Option<String>,
    /// A better source.
    pub suggestion: Option<Suggested>,
}

/// Something that is likely right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// The source, or the code.
    pub value: String,
    /// What it is called.
    pub name: String,
    /// Percent.
    pub score: u8,
}

/// One line of a value map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRow {
    /// Our word.
    pub ours: String,
    /// As people say it.
    pub label: String,
    /// Theirs.
    pub theirs: Option<String>,
    /// Uses in the last 90 days.
    pub uses: i64,
    /// Likely theirs.
    pub suggestion: Option<Suggested>,
}

/// A value map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueMap {
    /// Its name: `priority`, `failure_code`, `craft`, …
    pub name: String,
    /// Its lines, used ones without a word of theirs first.
    pub rows: Vec<ValueRow>,
    /// Used words without one of theirs.
    pub unmapped: i64,
    /// A field that must not be empty goes through it.
    pub required: bool,
}

/// An alert a mapping can be tried with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleAlert {
    /// Its id.
    pub id: AlertId,
    /// Tag of its asset.
    pub tag: String,
    /// Failure mode.
    pub failure_mode: String,
}

/// A published or drafted version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingVersion {
    /// Its number.
    pub version: i32,
    /// `draft`, `published` or `superseded`.
    pub state: String,
    /// Why it was published.
    pub reason: Option<String>,
    /// Who changed it last.
    pub by: Option<String>,
    /// When it was changed last.
    pub at: DateTime<Utc>,
}

/// The mapping of a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MappingView {
    /// The connection.
    pub connection: ConnectionId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The version in force; 0 is none.
    pub live: i32,
    /// The version being drafted.
    pub draft: Option<i32>,
    /// Fields, those that must not be empty first.
    pub fields: Vec<FieldView>,
    /// Value maps.
    pub maps: Vec<ValueMap>,
    /// Failure codes over there.
    pub codes: Vec<Suggested>,
    /// The alert that gives the live values.
    pub sample: Option<SampleAlert>,
    /// Others that could.
    pub samples: Vec<SampleAlert>,
    /// What blocks publishing.
    pub blocking: Vec<String>,
    /// Versions, newest first.
    pub versions: Vec<MappingVersion>,
    /// The caller may change it.
    pub may_edit: bool,
    /// What would be sent for the sample; nothing is.
    pub rendered: Option<String>,
}
