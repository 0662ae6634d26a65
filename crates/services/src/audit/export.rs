//! The log as a file: CSV for spreadsheets, JSON for programs, part by part. Every part is read in a
//! transaction of its own, so that an export never holds one open. Unlike the exports of lists it
//! ends where it began: an export is not in itself.

use chrono::SecondsFormat;
use chrono_tz::Tz;
use domain::permission::Permission;
use serde_json::{Value, json};
use store::audit::{self as rows, AuditFilter, Cursor, EventRow};
use store::{AuditEntry, ScopedTx};

use super::changes::hidden;
use super::query::understand;
use super::show::Names;
use crate::export::{Line, header};
use crate::{Caller, Error};

/// Events of a part.
const PART: usize = 1_000;
/// Columns of the file.
const COLUMNS: [&str; 13] = [
    "id",
    "at",
    "actor_kind",
    "actor",
    "action",
    "object",
    "object_id",
    "object_name",
    "site",
    "outcome",
    "address",
    "request_id",
    "detail",
];

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// UTF-8 with its mark, every cell quoted, formulas disarmed (B17).
    Csv,
    /// One array of objects.
    Json,
}

/// An export under way.
#[derive(Debug)]
pub struct Export {
    filter: AuditFilter,
    format: Format,
    zone: Tz,
    cursor: Option<Cursor>,
    written: bool,
    ended: bool,
}

impl Export {
    /// Begins an export of what a query finds up to now, and notes it in the log itself. Commit
    /// before a byte leaves the house.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to read the log, or for a machine.
    pub async fn begin(
        tx: &mut ScopedTx,
        caller: &Caller,
        query: &str,
        zone: &str,
        format: Format,
    ) -> Result<Self, Error> {
        caller.scope(Permission::AuditRead)?;
        let person = caller.user()?;
        let mut filter = understand(tx, query, zone).await?.filter;
        // What happens from here on, this export included, is not in the file.
        let now = rows::now(tx).await?;
        filter.until = Some(filter.until.map_or(now, |until| until.min(now)));
        let detail = json!({
            "query": query, "format": if format == Format::Csv { "csv" } else { "json" },
            "from": filter.from, "until": filter.until,
        });
        let entry = AuditEntry::new("audit.export", "app_user", person.0).detail(detail);
        tx.audit(vec![entry]).await?;
        let zone = zone.parse().unwrap_or(Tz::UTC);
        Ok(Self { filter, format, zone, cursor: None, written: false, ended: false })
    }

    /// The next part of the file, `None` after the last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn part(
        &mut self,
        tx: &mut ScopedTx,
        caller: &Caller,
    ) -> Result<Option<String>, Error> {
        if self.ended {
            return Ok(None);
        }
        let events = rows::page(tx, &self.filter, self.cursor, PART as i64).await?;
        self.ended = events.len() < PART;
        self.cursor = events.last().map(|last| Cursor { at: last.at, id: last.id });
        let actors = events.iter().map(|e| (e.actor_kind.clone(), e.actor_id.unwrap_or_default()));
        let objects = events.iter().map(|e| (e.entity.clone(), e.entity_id));
        let names = Names::of(tx, caller, actors, objects).await?;
        let mut part = String::new();
        if !self.written && self.format == Format::Csv {
            part.push_str(&header(&COLUMNS));
        }
        if !self.written && self.format == Format::Json {
            part.push('[');
        }
        for event in &events {
            let values = self.values(event, &names);
            match self.format {
                Format::Csv => {
                    values.iter().fold(Line::new(), |line, v| line.text(cell(v))).write(&mut part);
                }
                Format::Json => {
                    part.push_str(if self.written { ",\n" } else { "\n" });
                    let fields = COLUMNS.iter().map(|c| (*c).to_owned()).zip(values);
                    part.push_str(&Value::Object(fields.collect()).to_string());
                }
            }
            self.written = true;
        }
        self.written = true;
        if self.ended && self.format == Format::Json {
            part.push_str("\n]\n");
        }
        Ok(Some(part))
    }

    fn values(&self, event: &EventRow, names: &Names) -> Vec<Value> {
        let who = names.who(&event.actor_kind, event.actor_id.unwrap_or_default());
        let object = names.object(event.entity.clone(), event.entity_id);
        let at = event.at.with_timezone(&self.zone);
        vec![
            json!(event.id),
            json!(at.to_rfc3339_opts(SecondsFormat::Micros, self.zone == Tz::UTC)),
            json!(event.actor_kind),
            json!(who.name.unwrap_or(who.term)),
            json!(event.action),
            json!(event.entity),
            json!(event.entity_id),
            json!(object.label),
            json!(event.site),
            json!(event.outcome),
            json!(event.address),
            json!(event.request_id),
            hidden(&event.detail),
        ]
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
