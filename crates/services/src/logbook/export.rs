//! One shift of the logbook as CSV.

use chrono_tz::Tz;
use domain::views::logbook::{AutoEntry, Entry, EntryBody, PersonEntry};
use store::ScopedTx;

use super::read::{self, Which};
use crate::export::{Line, Part, Sheet};
use crate::{Caller, Error};

/// Entries of one shift that are written, at most: far beyond what people and machines write.
const ENTRIES: i64 = 20_000;

/// The entries of one shift, newest first.
#[derive(Debug)]
pub struct LogbookSheet(Which);

impl LogbookSheet {
    /// Of the shift that is shown.
    pub fn new(which: Which) -> Self {
        Self(which)
    }
}

impl Sheet for LogbookSheet {
    const FILE: &'static str = "logbook";
    const ACTION: &'static str = "logbook.export";
    const COLUMNS: &'static [&'static str] = &[
        "site",
        "shift",
        "at",
        "kind",
        "by",
        "asset",
        "failure_mode",
        "text",
        "tag",
        "corrects",
        "struck",
        "alert",
        "work_order",
    ];

    async fn part(&mut self, tx: &mut ScopedTx, caller: &Caller) -> Result<Part, Error> {
        let book = read::book(tx, caller, &self.0, ENTRIES).await?;
        let zone = book.time_zone.parse().unwrap_or(Tz::UTC);
        let line = |entry: &Entry| {
            let line = Line::new().text(&book.site).text(&book.shift.key).time(entry.at, zone);
            match &entry.body {
                EntryBody::Person(entry) => written(line, entry),
                EntryBody::Auto(entry) => automatic(line, entry),
            }
        };
        Ok(Part { lines: book.entries.iter().map(line).collect(), more: false })
    }
}

fn written(line: Line, entry: &PersonEntry) -> Line {
    line.text("note")
        .text(&entry.author)
        .maybe(entry.asset.as_ref())
        .text("")
        .text(&entry.text)
        .maybe(entry.tag.as_ref())
        .maybe(entry.strikes.as_ref().map(|struck| &struck.text))
        .yes(entry.struck)
        .text("")
        .integer(entry.order.as_ref().map(|order| order.id.0))
}

fn automatic(line: Line, entry: &AutoEntry) -> Line {
    line.text(word(entry))
        .text(entry.by.as_deref().unwrap_or("Millwright"))
        .maybe(entry.asset.as_ref())
        .maybe(entry.failure_mode.as_ref())
        .maybe(entry.detail.as_ref())
        .text("")
        .text("")
        .yes(false)
        .integer(entry.alert.map(|id| id.0))
        .integer(entry.order.map(|id| id.0))
}

/// The kind in the spelling of the API.
fn word(entry: &AutoEntry) -> String {
    match serde_json::to_value(entry.kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
