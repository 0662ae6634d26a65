//! Anything with an ODBC driver. The driver manager blocks, so each question has a thread of its
//! own; every column is read as text, numbers again as numbers.

use odbc_api::buffers::TextRowSet;
use odbc_api::parameter::InputParameter;
use odbc_api::{Bit, ConnectionOptions, Cursor, DataType, IntoParameter};
use serde_json::{Map, Value, json};

use super::{Bound, Failure, Found, Question, Target, answered};
use crate::template::Scope;

/// Rows of a fetch.
const ROWS: usize = 100;
/// Longest text of a column.
const LONGEST: usize = 8 * 1024;

/// Everything the thread needs.
struct Job {
    connect: String,
    /// Without one it only logs in.
    text: Option<String>,
    values: Vec<Bound>,
    writes: bool,
    seconds: u32,
}

pub(super) async fn ask(target: &Target<'_>, question: &Question<'_>) -> Result<Found, Failure> {
    let text = question.statement.text(|_| "?".to_owned());
    let writes = question.statement.writes();
    apart(target, Some(text), question.values.clone(), writes).await
}

/// Shows that the login is accepted.
pub(super) async fn log_in(target: &Target<'_>, writes: bool) -> Result<(), Failure> {
    apart(target, None, Vec::new(), writes).await.map(drop)
}

/// On a thread of its own.
async fn apart(
    target: &Target<'_>,
    text: Option<String>,
    values: Vec<Bound>,
    writes: bool,
) -> Result<Found, Failure> {
    let seconds = u32::try_from(target.timeout.as_secs()).unwrap_or(u32::MAX).max(1);
    let job = Job { connect: connection_string(target)?, text, values, writes, seconds };
    let running = tokio::task::spawn_blocking(move || run(&job));
    let outcome = async { running.await.unwrap_or_else(|error| Err(lost(&error.to_string()))) };
    answered(target.timeout * 2, outcome).await
}

/// The template of the manifest; no value can end its own field.
fn connection_string(target: &Target<'_>) -> Result<String, Failure> {
    let template = target.sql.connect.as_ref().ok_or_else(|| not_sent("no connection string"))?;
    let port = Value::from(target.address.port());
    let (host, database) = (json!(target.name()), json!(target.database));
    let (user, password) = (json!(target.login.user), json!(target.login.password));
    let names = [
        ("host", &host),
        ("port", &port),
        ("database", &database),
        ("user", &user),
        ("password", &password),
        ("settings", &target.login.settings),
    ];
    template.text_with(&Scope::of(&names), field).map_err(|error| not_sent(&error.to_string()))
}

/// A value with letters that mean something there stands in braces.
fn field(text: &str) -> String {
    match text.contains(['[', ']', '{', '}', '(', ')', ',', ';', '?', '*', '=', '!', '@', ' ']) {
        true => format!("{{{}}}", text.replace('}', "}}")),
        false => text.to_owned(),
    }
}

fn not_sent(what: &str) -> Failure {
    Failure::NotSent(what.to_owned())
}

fn lost(what: &str) -> Failure {
    Failure::Unknown(what.to_owned())
}

fn run(job: &Job) -> Result<Found, Failure> {
    let environment = odbc_api::environment().map_err(|error| not_sent(&error.to_string()))?;
    let options =
        ConnectionOptions { login_timeout_sec: Some(job.seconds), ..ConnectionOptions::default() };
    // MariaDB's driver reads up to a NUL, whatever length it is given.
    let ended = format!("{}\0", job.connect);
    let connect = &ended[..job.connect.len()];
    let connection =
        environment.connect_with_connection_string(connect, options).map_err(unconnected)?;
    let Some(text) = &job.text else { return Ok(Found::default()) };
    connection.set_autocommit(false).map_err(|error| not_sent(&error.to_string()))?;
    let found = asked(&connection, job, text);
    match &found {
        Ok(_) if job.writes => connection.commit().map_err(|error| lost(&error.to_string()))?,
        _ => drop(connection.rollback()),
    }
    found
}

fn asked(connection: &odbc_api::Connection<'_>, job: &Job, text: &str) -> Result<Found, Failure> {
    let mut statement = connection.preallocate().map_err(|error| not_sent(&error.to_string()))?;
    // a driver without time-outs is bounded by the caller's
    drop(statement.set_query_timeout_sec(job.seconds as usize));
    let values: Vec<Box<dyn InputParameter>> = job.values.iter().map(parameter).collect();
    let mut found = Found::default();
    if let Some(cursor) = statement.execute(text, values.as_slice()).map_err(failed)? {
        read(cursor, &mut found)?;
    }
    if job.writes {
        found.count = statement.row_count().ok().flatten().unwrap_or_default() as u64;
    }
    Ok(found)
}

fn read(mut cursor: impl Cursor, found: &mut Found) -> Result<(), Failure> {
    let columns = cursor.num_result_cols().map_err(failed)?;
    let columns = (1..=u16::try_from(columns).unwrap_or_default()).map(|place| {
        let name = cursor.col_name(place).map_err(failed)?;
        let numeric = matches!(
            cursor.col_data_type(place).map_err(failed)?,
            DataType::TinyInt
                | DataType::SmallInt
                | DataType::Integer
                | DataType::BigInt
                | DataType::Real
                | DataType::Double
                | DataType::Float { .. }
                | DataType::Numeric { .. }
                | DataType::Decimal { .. }
        );
        Ok((name, numeric))
    });
    let columns = columns.collect::<Result<Vec<_>, Failure>>()?;
    let buffer = TextRowSet::for_cursor(ROWS, &mut cursor, Some(LONGEST)).map_err(failed)?;
    let mut rows = cursor.bind_buffer(buffer).map_err(failed)?;
    while let Some(batch) = rows.fetch().map_err(failed)? {
        for row in 0..batch.num_rows() {
            let mut object = Map::new();
            for (place, (name, numeric)) in columns.iter().enumerate() {
                let text = batch.at_as_str(place, row).map_err(|error| lost(&error.to_string()))?;
                let number =
                    text.filter(|_| *numeric).and_then(|text| serde_json::from_str(text).ok());
                object.insert(name.clone(), number.unwrap_or_else(|| json!(text)));
            }
            found.take(Value::Object(object))?;
        }
    }
    Ok(())
}

fn parameter(value: &Bound) -> Box<dyn InputParameter> {
    match value {
        Bound::Text(value) => Box::new(value.clone().into_parameter()),
        Bound::Int(value) => Box::new(value.into_parameter()),
        Bound::Number(value) => Box::new(value.into_parameter()),
        Bound::Bool(value) => Box::new(value.map(Bit::from_bool).into_parameter()),
        Bound::Time(value) => {
            let text = value.map(|time| time.format("%Y-%m-%d %H:%M:%S%.3f").to_string());
            Box::new(text.into_parameter())
        }
    }
}

fn failed(error: odbc_api::Error) -> Failure {
    match &error {
        odbc_api::Error::Diagnostics { record, .. } if !record.state.as_str().starts_with("08") => {
            Failure::Refused {
                state: record.state.as_str().to_owned(),
                number: record.native_error.into(),
                message: record.to_string(),
            }
        }
        _ => lost(&error.to_string()),
    }
}

fn unconnected(error: odbc_api::Error) -> Failure {
    match failed(error) {
        Failure::Refused { state, message, .. } if state.starts_with("28") => {
            Failure::Unauthorised(message)
        }
        failure => Failure::NotSent(failure.to_string()),
    }
}
