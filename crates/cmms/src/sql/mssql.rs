//! SQL Server. Nobody has run this against one yet.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use tiberius::error::Error;
use tiberius::{AuthMethod, Client, ColumnData, Config, EncryptionLevel, Query, QueryItem, Row};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};

use super::{Bound, Failure, Found, Question, Target, answered, connected};
use crate::manifest::SqlTls;

type Wire = Client<Compat<TcpStream>>;

pub(super) async fn ask(target: &Target<'_>, question: &Question<'_>) -> Result<Found, Failure> {
    let mut client = connect(target, question.statement.writes()).await?;
    let begun = begin(&mut client, target.millis());
    connected(target.timeout, begun, unconnected).await?;
    answered(target.timeout, run(client, question)).await
}

/// Shows that the login is accepted.
pub(super) async fn log_in(target: &Target<'_>, writes: bool) -> Result<(), Failure> {
    connect(target, writes).await.map(drop)
}

async fn connect(target: &Target<'_>, writes: bool) -> Result<Wire, Failure> {
    let mut config = Config::new();
    config.host(&target.host);
    config.port(target.address.port());
    config.database(target.database);
    config.application_name("millwright");
    config.authentication(AuthMethod::sql_server(&target.login.user, &target.login.password));
    config.readonly(!writes);
    match target.sql.tls {
        SqlTls::Verify => config.encryption(EncryptionLevel::Required),
        SqlTls::Encrypt => {
            config.encryption(EncryptionLevel::Required);
            config.trust_cert();
        }
        SqlTls::Off => config.encryption(EncryptionLevel::NotSupported),
    }
    let socket = TcpStream::connect(target.address);
    let not_sent = |error: std::io::Error| Failure::NotSent(error.to_string());
    let socket = connected(target.timeout, socket, not_sent).await?;
    let client = Client::connect(config, socket.compat_write());
    connected(target.timeout, client, unconnected).await
}

async fn begin(client: &mut Wire, millis: u128) -> Result<(), Error> {
    let text = format!("SET XACT_ABORT ON; SET LOCK_TIMEOUT {millis}; BEGIN TRANSACTION");
    client.simple_query(text).await?.into_results().await.map(drop)
}

async fn run(mut client: Wire, question: &Question<'_>) -> Result<Found, Failure> {
    let mut query = Query::new(question.statement.text(|place| format!("@P{place}")));
    for value in &question.values {
        match value {
            Bound::Text(value) => query.bind(value.clone()),
            Bound::Int(value) => query.bind(*value),
            Bound::Number(value) => query.bind(*value),
            Bound::Bool(value) => query.bind(*value),
            Bound::Time(value) => query.bind(*value),
        }
    }
    let mut found = Found::default();
    {
        let mut answers = query.query(&mut client).await.map_err(failed)?;
        while let Some(answer) = answers.try_next().await.map_err(failed)? {
            if let QueryItem::Row(row) = answer {
                found.take(object(&row)?)?;
            }
        }
    }
    found.count = found.rows.len() as u64;
    let end = if question.statement.writes() { "COMMIT" } else { "ROLLBACK" };
    let unknown = |error: Error| Failure::Unknown(error.to_string());
    client.simple_query(end).await.map_err(unknown)?.into_results().await.map_err(unknown)?;
    Ok(found)
}

fn failed(error: Error) -> Failure {
    match &error {
        Error::Server(token) => Failure::Refused {
            state: String::new(),
            number: token.code().into(),
            message: token.message().to_owned(),
        },
        _ => Failure::Unknown(error.to_string()),
    }
}

fn unconnected(error: Error) -> Failure {
    match error.code() {
        Some(18_456 | 4_060) => Failure::Unauthorised(error.to_string()),
        _ => Failure::NotSent(error.to_string()),
    }
}

fn object(row: &Row) -> Result<Value, Failure> {
    let cells = row.cells().enumerate();
    let pairs = cells
        .map(|(place, (column, data))| Ok((column.name().to_owned(), value(row, place, data)?)));
    Ok(Value::Object(pairs.collect::<Result<Map<_, _>, Failure>>()?))
}

fn value(row: &Row, place: usize, data: &ColumnData<'_>) -> Result<Value, Failure> {
    let unreadable = |error: Error| Failure::Unknown(format!("unreadable answer: {error}"));
    Ok(match data {
        ColumnData::U8(value) => json!(value),
        ColumnData::I16(value) => json!(value),
        ColumnData::I32(value) => json!(value),
        ColumnData::I64(value) => json!(value),
        ColumnData::F32(value) => json!(value),
        ColumnData::F64(value) => json!(value),
        ColumnData::Bit(value) => json!(value),
        ColumnData::String(value) => json!(value.as_deref()),
        ColumnData::Guid(value) => json!(value.map(|guid| guid.to_string())),
        ColumnData::Numeric(value) => json!(value.map(f64::from)),
        ColumnData::Binary(value) => json!(value.as_ref().map(|bytes| STANDARD.encode(bytes))),
        ColumnData::DateTime(_) | ColumnData::SmallDateTime(_) | ColumnData::DateTime2(_) => {
            let time = row.try_get::<NaiveDateTime, _>(place).map_err(unreadable)?;
            json!(time.map(|time| time.format("%Y-%m-%dT%H:%M:%S%.f").to_string()))
        }
        ColumnData::DateTimeOffset(_) => {
            let time = row.try_get::<DateTime<Utc>, _>(place).map_err(unreadable)?;
            json!(time.map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true)))
        }
        ColumnData::Date(_) => {
            json!(
                row.try_get::<NaiveDate, _>(place)
                    .map_err(unreadable)?
                    .map(|date| date.to_string())
            )
        }
        ColumnData::Time(_) => {
            json!(
                row.try_get::<NaiveTime, _>(place)
                    .map_err(unreadable)?
                    .map(|time| time.to_string())
            )
        }
        _ => return Err(Failure::Unknown("a column of an unknown type: cast it".to_owned())),
    })
}
