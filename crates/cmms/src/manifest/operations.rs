use std::collections::BTreeMap;

use domain::work_order::WorkOrderStatus;
use serde::Deserialize;

use super::{Already, Step};
use crate::template::{Expression, Template};

/// What it can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// A cheap call that shows address and credentials to be right.
    pub connect: Check,
    /// The asset register.
    pub assets: Listing<AssetMap>,
    /// Its work orders.
    pub orders: Listing<Adopt>,
    /// Creates one.
    pub create: Create,
    /// Finds those with our reference.
    pub look_up: Option<Find>,
    /// Reads one.
    pub read: Find,
    /// Puts one into a status.
    #[serde(default)]
    pub transitions: BTreeMap<WorkOrderStatus, Transition>,
    /// Changes texts, priority and dates.
    pub update: Option<Transition>,
    /// Adds a file.
    pub attach: Option<Attach>,
    /// Its failure codes.
    pub failure_codes: Option<Listing<CodeMap>>,
}

/// A cheap call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Calls.
    pub steps: Vec<Step>,
    /// Who we are there.
    pub who: Option<Template>,
    /// Its version.
    pub version: Option<Template>,
}

/// Creates one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Calls; one of them keeps `cmms_id`.
    pub steps: Vec<Step>,
}

/// Changes one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Calls.
    pub steps: Vec<Step>,
}

/// Adds a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attach {
    /// Calls.
    pub steps: Vec<Step>,
    /// How to see that the record has the file, asked when a call before had no certain answer.
    pub already: Option<Already>,
}

impl Attach {
    /// Whether a file that may be there can be sent again without there being two.
    pub fn repeats(&self) -> bool {
        self.already.is_some() || self.steps.iter().all(|step| step.repeatable)
    }
}

/// Finds some.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Calls.
    pub steps: Vec<Step>,
    /// The records, from what the steps kept.
    pub rows: Expression,
    /// Those that count.
    pub only: Option<Expression>,
    /// How pages follow each other, where one answer cannot show that something is absent.
    #[serde(default)]
    pub page: Page,
}

/// Work orders in a list are read by `record`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adopt {}

/// A list over pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing<T> {
    /// What can be asked for what has changed.
    pub feed: Feed,
    /// How pages follow each other.
    pub page: Page,
    /// The call for one page.
    pub step: Step,
    /// The rows of a page.
    pub rows: Expression,
    /// Those that count.
    pub only: Option<Expression>,
    /// How a row is read.
    pub item: T,
}

/// What can be asked for what has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Feed {
    /// By time; `since` is so many seconds earlier than the last.
    Timestamp {
        /// Overlap.
        overlap_seconds: u32,
    },
    /// By day.
    Day,
    /// Nothing: everything is read, or the open ones are polled by id.
    None,
}

/// How pages follow each other; `page.number`, `page.offset`, `page.size`, `page.cursor`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Page {
    /// One page is all there is.
    #[default]
    None,
    /// By number.
    Number {
        /// Rows of a page.
        size: u32,
        /// The first number.
        first: u32,
        /// There is more; else when a page is full.
        more: Option<Expression>,
    },
    /// By the place of the first row.
    Offset {
        /// Rows of a page.
        size: u32,
        /// There is more; else when a page is full.
        more: Option<Expression>,
    },
    /// By what the answer says.
    Cursor {
        /// Rows of a page.
        size: u32,
        /// The next one.
        next: Expression,
    },
    /// By an address in the answer.
    Link {
        /// Rows of a page.
        size: u32,
        /// The next one.
        next: Expression,
    },
}

impl Page {
    /// Rows of a page.
    pub fn size(&self) -> u32 {
        match self {
            Self::None => 0,
            Self::Number { size, .. } | Self::Offset { size, .. } => *size,
            Self::Cursor { size, .. } | Self::Link { size, .. } => *size,
        }
    }
}

/// How an asset is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetMap {
    /// Its id there, as work orders name it.
    pub id: Template,
    /// The number on its plate.
    pub tag: Option<Template>,
    /// Name.
    pub name: Template,
    /// Serial number.
    pub serial: Option<Template>,
    /// Barcode.
    pub barcode: Option<Template>,
    /// Maker.
    pub manufacturer: Option<Template>,
    /// Model.
    pub model: Option<Template>,
    /// When it was installed.
    pub installed: Option<Template>,
    /// How critical it is.
    pub criticality: Option<Template>,
    /// The asset it is part of.
    pub parent: Option<Template>,
    /// Where it stands.
    pub location: Option<Template>,
    /// It is no longer in use.
    pub retired: Option<Expression>,
    /// When its record last changed.
    pub changed: Option<Template>,
}

/// How a failure code is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeMap {
    /// The code.
    pub code: Template,
    /// What it means.
    pub name: Template,
    /// The code above it.
    pub parent: Option<Template>,
}
