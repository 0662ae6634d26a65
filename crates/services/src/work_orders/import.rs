//! Work orders of a CMMS from a file: history that its API does not give, or that is no longer
//! there. They are mirrored as if they had been read from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use cmms::engine::OrderRow;
use cmms::manifest;
use domain::cmms_record::CmmsRecord;
use domain::ids::ConnectionId;
use domain::permission::Permission;
use domain::work_order::{Closure, WorkOrderStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AuditEntry, ScopedTx};

use super::sync::{self, Source};
use crate::{Caller, Error, FieldError};

/// Rows per statement.
const SET: usize = 500;

/// The fields a map may name.
const FIELDS: [&str; 20] = [
    "id",
    "number",
    "external_ref",
    "title",
    "work_type",
    "status",
    "priority",
    "assigned_to",
    "asset",
    "failure_code",
    "opened",
    "due",
    "started",
    "finished",
    "changed",
    "labour_hours",
    "downtime_hours",
    "cost",
    "currency",
    "action",
];

/// How the columns of a file are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportMap {
    /// The connection whose work orders they are, by its name in addresses.
    pub connection: String,
    /// The file's column for each field, or several with text between them, as `{SITE}/{NUMBER}`;
    /// `id` and `status` are needed.
    pub columns: BTreeMap<String, String>,
    /// The file's statuses in our words; the manifest's come after them.
    #[serde(default)]
    pub statuses: BTreeMap<String, WorkOrderStatus>,
    /// How times are written, as `strftime` says; else RFC 3339 or `YYYY-MM-DD[ HH:MM[:SS]]`.
    pub time_format: Option<String>,
    /// Minutes east of Greenwich, for times that do not say.
    #[serde(default)]
    pub utc_offset_minutes: i32,
    /// Numbers are written as `1.234,5`; else as `1,234.5`.
    #[serde(default)]
    pub decimal_comma: bool,
}

impl ImportMap {
    /// The columns that a field is made of.
    fn names(said: &str) -> Vec<&str> {
        let parts: Vec<&str> =
            said.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
        if parts.is_empty() { vec![said] } else { parts }
    }

    /// Columns that the map names and the file does not have.
    fn absent(&self, known: &BTreeSet<String>) -> Vec<FieldError> {
        let missing = self.columns.iter().flat_map(|(field, said)| {
            let names = Self::names(said).into_iter().filter(|name| !known.contains(*name));
            names.map(move |name| {
                let message = format!("the file has no column {name}");
                FieldError::new(format!("columns.{field}"), "missing_column", message)
            })
        });
        missing.collect()
    }
}

/// A row that was left out, or a word in it that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// Line of a CSV file, place in a JSON list.
    pub row: usize,
    /// The column.
    pub column: String,
    /// What is wrong.
    pub message: String,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Rows of the file.
    pub rows: usize,
    /// Those that were new or had changed.
    pub changed: u64,
    /// Those that are work orders of ours.
    pub ours: usize,
    /// Rows that were left out.
    pub errors: Vec<RowError>,
}

/// One row of a file: its place, and its cells by column.
type FileRow = (usize, BTreeMap<String, String>);

/// Reads a map written in TOML or JSON.
///
/// # Errors
/// [`Error::Invalid`] with everything that is wrong.
pub fn map(text: &str) -> Result<ImportMap, Error> {
    let map: ImportMap = match serde_json::from_str(text) {
        Ok(map) => map,
        Err(json) if text.trim_start().starts_with('{') => {
            return Err(Error::invalid("map", "unreadable", json.to_string()));
        }
        Err(_) => toml::from_str(text)
            .map_err(|toml| Error::invalid("map", "unreadable", toml.to_string()))?,
    };
    let mut problems: Vec<FieldError> = map
        .columns
        .keys()
        .filter(|field| !FIELDS.contains(&field.as_str()))
        .map(|field| {
            let known = FIELDS.join(", ");
            FieldError::new(
                format!("columns.{field}"),
                "unknown_field",
                format!("is none of {known}"),
            )
        })
        .collect();
    for needed in ["id", "status"] {
        if !map.columns.contains_key(needed) {
            let path = format!("columns.{needed}");
            problems.push(FieldError::new(path, "missing", "names no column"));
        }
    }
    if problems.is_empty() { Ok(map) } else { Err(Error::Invalid(problems)) }
}

/// Mirrors the work orders of a file, a CSV one or a JSON list of flat objects. Good rows are
/// taken, bad ones reported; a row older than what is mirrored changes nothing. Nothing is written
/// until the caller commits.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`] for the connection, [`Error::Invalid`] for a file that
/// cannot be read at all.
pub async fn import(
    tx: &mut ScopedTx,
    caller: &Caller,
    bytes: &[u8],
    json: bool,
    map: &ImportMap,
) -> Result<ImportReport, Error> {
    caller.scope(Permission::Integrate)?;
    let all = store::connections::list(tx).await?;
    let connection = all.iter().find(|one| one.slug == map.connection && one.system != "book");
    let connection = connection.ok_or(Error::NotFound)?;
    let mut statuses = match manifest::find(&connection.system) {
        Some(Ok(manifest)) => manifest.statuses,
        _ => BTreeMap::new(),
    };
    statuses.extend(map.statuses.clone());
    let file = if json { from_json(bytes)? } else { from_csv(bytes)? };
    let named = file.iter().flat_map(|(_, cells)| cells.keys().cloned()).collect();
    let absent = map.absent(&named);
    if !absent.is_empty() && !file.is_empty() {
        return Err(Error::Invalid(absent));
    }
    let mut report = ImportReport { rows: file.len(), ..ImportReport::default() };
    let mut rows = Vec::with_capacity(file.len());
    for (place, cells) in file {
        let read = Reader { map, statuses: &statuses, place, cells: &cells };
        match read.order() {
            Ok(row) => rows.push(row),
            Err(error) => report.errors.push(error),
        }
    }
    let id = ConnectionId(connection.id);
    while !rows.is_empty() {
        let set = rows.drain(..rows.len().min(SET)).collect();
        let taken = sync::take(tx, id, set, Source::File, &|_| None).await?;
        report.changed += taken.changed;
        report.ours += taken.ours;
    }
    let detail = serde_json::json!({
        "rows": report.rows, "changed": report.changed, "errors": report.errors.len(),
    });
    tx.audit(vec![AuditEntry::new("work_order.import", "connection", id.0).detail(detail)]).await?;
    Ok(report)
}

fn from_csv(bytes: &[u8]) -> Result<Vec<FileRow>, Error> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let unreadable = |error: csv::Error| Error::invalid("file", "malformed_csv", error.to_string());
    let names: Vec<String> =
        reader.headers().map_err(unreadable)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, |at| at.line() as usize);
        let cells = names.iter().cloned().zip(record.iter().map(str::to_owned));
        rows.push((line, cells.collect()));
    }
    Ok(rows)
}

/// Spreadsheets separate by what their country leaves free.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| header.iter().filter(|byte| **byte == sign).count();
    [b';', b'\t'].into_iter().find(|sign| count(*sign) > count(b',')).unwrap_or(b',')
}

fn from_json(bytes: &[u8]) -> Result<Vec<FileRow>, Error> {
    let list: Vec<BTreeMap<String, Value>> = serde_json::from_slice(bytes)
        .map_err(|error| Error::invalid("file", "malformed_json", error.to_string()))?;
    let cell = |value: Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let rows = list.into_iter().enumerate().map(|(place, row)| {
        (place + 1, row.into_iter().map(|(key, value)| (key, cell(value))).collect())
    });
    Ok(rows.collect())
}

struct Reader<'a> {
    map: &'a ImportMap,
    statuses: &'a BTreeMap<String, WorkOrderStatus>,
    place: usize,
    cells: &'a BTreeMap<String, String>,
}

impl Reader<'_> {
    fn order(&self) -> Result<OrderRow, RowError> {
        let cmms_id = self.text("id").ok_or_else(|| self.error("id", "is empty"))?;
        let cmms_status = self.text("status").ok_or_else(|| self.error("status", "is empty"))?;
        let status = self.statuses.get(&cmms_status).copied();
        let changed = self.time("changed")?;
        let closure = match status {
            Some(WorkOrderStatus::Closed) => Some(self.closure()?),
            _ => None,
        };
        Ok(OrderRow {
            record: CmmsRecord {
                external_ref: self.text("external_ref"),
                number: self.text("number").unwrap_or_else(|| cmms_id.clone()),
                cmms_id,
                status,
                cmms_status: Some(cmms_status),
                version: changed.map_or(0, |time| time.timestamp_millis()),
                assigned_to: self.text("assigned_to"),
                closure,
                updated_at: changed.unwrap_or(DateTime::UNIX_EPOCH),
            },
            asset: self.text("asset"),
            title: self.text("title"),
            failure_code: self.text("failure_code"),
            work_type: self.text("work_type"),
            priority: self.text("priority"),
            due: self.time("due")?,
            created: self.time("opened")?,
        })
    }

    fn closure(&self) -> Result<Closure, RowError> {
        Ok(Closure {
            finding: None,
            actual_failure_mode: None,
            action: self.text("action").unwrap_or_default(),
            parts: Vec::new(),
            labour_hours: self.number("labour_hours")?,
            failed_at: None,
            restored_at: None,
            repair_started_at: self.time("started")?,
            repair_ended_at: self.time("finished")?,
            downtime_hours: self.number("downtime_hours")?,
            avoided_downtime_hours: None,
            cost: self.number("cost")?,
            currency: self.text("currency"),
            notes: None,
        })
    }

    fn text(&self, field: &str) -> Option<String> {
        let said = self.map.columns.get(field)?;
        let mut text = said.clone();
        for name in ImportMap::names(said) {
            let cell = self.cells.get(name).map(|cell| cell.trim()).filter(|c| !c.is_empty())?;
            text = match text.contains('{') {
                true => text.replace(&format!("{{{name}}}"), cell),
                false => cell.to_owned(),
            };
        }
        Some(text)
    }

    fn number(&self, field: &str) -> Result<Option<f64>, RowError> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let plain = match self.map.decimal_comma {
            true => text.replace('.', "").replace(',', "."),
            false => text.replace(',', ""),
        };
        let number = plain.parse().ok().or_else(|| clock(&text));
        let number = number.filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| self.error(field, &format!("`{text}` is no number")))
    }

    fn time(&self, field: &str) -> Result<Option<DateTime<Utc>>, RowError> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let read = match &self.map.time_format {
            Some(format) => DateTime::parse_from_str(&text, format)
                .map(|time| time.to_utc())
                .ok()
                .or_else(|| self.local(&text, &[format])),
            None => text.parse().ok().or_else(|| {
                self.local(&text, &["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])
            }),
        };
        read.map(Some).ok_or_else(|| self.error(field, &format!("`{text}` is no time")))
    }

    /// A time, or a day, at the file's place.
    fn local(&self, text: &str, formats: &[&str]) -> Option<DateTime<Utc>> {
        let time =
            formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        let day =
            |format: &&str| NaiveDate::parse_from_str(text, format).ok()?.and_hms_opt(0, 0, 0);
        let naive = time.or_else(|| formats.iter().find_map(day)).or_else(|| day(&"%Y-%m-%d"))?;
        let offset = chrono::TimeDelta::minutes(self.map.utc_offset_minutes.into());
        Some(naive.and_utc() - offset)
    }

    fn error(&self, field: &str, message: &str) -> RowError {
        let column = self.map.columns.get(field).cloned().unwrap_or_else(|| field.to_owned());
        RowError { row: self.place, column, message: message.to_owned() }
    }
}

/// Hours written as `3:30`.
fn clock(text: &str) -> Option<f64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60).then(|| f64::from(hours) + f64::from(minutes) / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"
        connection = "maximo"
        time_format = "%d.%m.%Y %H:%M"
        utc_offset_minutes = 60
        [columns]
        id = "WONUM"
        status = "STATUS"
        changed = "CHANGED"
        labour_hours = "HOURS"
        [statuses]
        DONE = "closed"
    "#;

    fn order(csv: &str) -> Result<OrderRow, RowError> {
        let map = map(MAP).unwrap();
        let rows = from_csv(csv.as_bytes()).unwrap();
        let (place, cells) = &rows[0];
        Reader { map: &map, statuses: &map.statuses, place: *place, cells }.order()
    }

    #[test]
    fn columns_statuses_and_times_are_read_as_the_map_says() {
        let row = order("WONUM,STATUS,CHANGED,HOURS\n 7 ,DONE,05.03.2026 10:15,2.5\n").unwrap();
        assert_eq!(row.record.cmms_id, "7");
        assert_eq!(row.record.status, Some(WorkOrderStatus::Closed));
        assert_eq!(row.record.updated_at, "2026-03-05T09:15:00Z".parse::<DateTime<Utc>>().unwrap());
        assert_eq!(row.record.closure.unwrap().labour_hours, Some(2.5));
    }

    #[test]
    fn a_bad_cell_is_named_by_line_and_column() {
        let error = order("WONUM,STATUS,CHANGED,HOURS\n7,DONE,05.03.2026 10:15,two\n").unwrap_err();
        assert_eq!((error.row, error.column.as_str()), (2, "HOURS"));
        let error = order("WONUM,STATUS,CHANGED,HOURS\n7,DONE,yesterday,2\n").unwrap_err();
        assert_eq!(error.message, "`yesterday` is no time");
        assert_eq!(order("WONUM,STATUS\n,DONE\n").unwrap_err().message, "is empty");
    }

    #[test]
    fn an_id_may_be_made_of_columns_and_separators_and_numbers_are_those_of_the_country() {
        let map = map(r#"{"connection": "c", "decimal_comma": true, "columns":
            {"id": "{SITE}/{NO}", "status": "S", "labour_hours": "H", "cost": "C"},
            "statuses": {"DONE": "closed"}}"#)
        .unwrap();
        let read = |csv: &str| {
            let rows = from_csv(csv.as_bytes()).unwrap();
            let (place, cells) = &rows[0];
            Reader { map: &map, statuses: &map.statuses, place: *place, cells }.order()
        };
        let row = read("SITE;NO;S;H;C\nEAST;7;DONE;3:30;1.234,50\n").unwrap();
        assert_eq!(row.record.cmms_id, "EAST/7");
        let closure = row.record.closure.unwrap();
        assert_eq!((closure.labour_hours, closure.cost), (Some(3.5), Some(1234.5)));
        assert_eq!(read("SITE;NO;S;H;C\n;7;DONE;1;1\n").unwrap_err().message, "is empty");
        let known = ["SITE", "S", "H", "C"].map(str::to_owned).into();
        let absent = map.absent(&known);
        assert_eq!(absent[0].message, "the file has no column NO");
    }

    #[test]
    fn a_map_names_known_fields_and_the_needed_ones() {
        let refused = map(r#"{"connection": "c", "columns": {"id": "A", "colour": "B"}}"#);
        let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
        let paths: Vec<&str> = problems.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["columns.colour", "columns.status"]);
    }
}
