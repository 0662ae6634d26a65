//! MySQL and MariaDB.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Column, Connection, Either, Executor, Row, TypeInfo, ValueRef};
use sqlx_mysql::{
    MySql, MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow,
    MySqlSslMode,
};

use super::{Bound, Failure, Found, Question, Target, answered, connected, unconnected};
use crate::manifest::SqlTls;

/// The variable is not known: the other one is.
const UNKNOWN_VARIABLE: u16 = 1193;

pub(super) async fn ask(target: &Target<'_>, question: &Question<'_>) -> Result<Found, Failure> {
    let mut connection = connect(target, question.statement.writes()).await?;
    let found = answered(target.timeout, run(&mut connection, question)).await;
    drop(connection.close().await);
    found
}

/// Shows that the login is accepted.
pub(super) async fn log_in(target: &Target<'_>, writes: bool) -> Result<(), Failure> {
    drop(connect(target, writes).await?.close().await);
    Ok(())
}

async fn connect(target: &Target<'_>, writes: bool) -> Result<MySqlConnection, Failure> {
    let mode = match target.sql.tls {
        SqlTls::Verify => MySqlSslMode::VerifyIdentity,
        SqlTls::Encrypt => MySqlSslMode::Required,
        SqlTls::Off => MySqlSslMode::Disabled,
    };
    let mut options = MySqlConnectOptions::new()
        .host(&target.name())
        .port(target.address.port())
        .database(target.database)
        .username(&target.login.user)
        .password(&target.login.password)
        .ssl_mode(mode);
    if let Some(pem) = target.authority {
        options = options.ssl_ca_from_pem(pem.to_vec());
    }
    let connection = MySqlConnection::connect_with(&options);
    let mut connection = connected(target.timeout, connection, unconnected).await?;
    let prepared = prepare(&mut connection, target.millis(), writes);
    connected(target.timeout, prepared, |error| Failure::NotSent(error.to_string())).await?;
    Ok(connection)
}

/// How long a statement may take, and whether it may write.
async fn prepare(
    connection: &mut MySqlConnection,
    millis: u128,
    writes: bool,
) -> Result<(), sqlx::Error> {
    let seconds =
        format!("SET SESSION max_statement_time = {}.{:03}", millis / 1000, millis % 1000);
    if let Err(error) = connection.execute(AssertSqlSafe(seconds)).await {
        match error {
            sqlx::Error::Database(refused) if number(refused.as_ref()) == UNKNOWN_VARIABLE => {
                let millis = format!("SET SESSION max_execution_time = {millis}");
                connection.execute(AssertSqlSafe(millis)).await?;
            }
            error => return Err(error),
        }
    }
    if !writes {
        connection.execute("SET SESSION TRANSACTION READ ONLY").await?;
    }
    Ok(())
}

async fn run(connection: &mut MySqlConnection, question: &Question<'_>) -> Result<Found, Failure> {
    let mut transaction = connection
        .begin()
        .await
        .map_err(|error| Failure::NotSent(format!("no transaction: {error}")))?;
    let text = question.statement.text(|_| "?".to_owned());
    let mut query = sqlx::query_with::<MySql, _>(AssertSqlSafe(text), MySqlArguments::default());
    for value in &question.values {
        query = match value {
            Bound::Text(value) => query.bind(value.clone()),
            Bound::Int(value) => query.bind(*value),
            Bound::Number(value) => query.bind(*value),
            Bound::Bool(value) => query.bind(*value),
            Bound::Time(value) => query.bind(*value),
        };
    }
    let mut found = Found::default();
    {
        let mut answers = transaction.fetch_many(query);
        while let Some(answer) = answers.try_next().await.map_err(failed)? {
            match answer {
                Either::Left(done) => found.count += done.rows_affected(),
                Either::Right(row) => found.take(object(&row)?)?,
            }
        }
    }
    transaction.commit().await.map_err(|error| Failure::Unknown(error.to_string()))?;
    Ok(found)
}

fn number(error: &dyn sqlx::error::DatabaseError) -> u16 {
    error.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number)
}

fn failed(error: sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(refused) => Failure::Refused {
            state: refused.code().unwrap_or_default().into_owned(),
            number: number(refused.as_ref()).into(),
            message: refused.message().to_owned(),
        },
        error => Failure::Unknown(error.to_string()),
    }
}

fn object(row: &MySqlRow) -> Result<Value, Failure> {
    let columns = row.columns().iter();
    let pairs = columns.map(|column| Ok((column.name().to_owned(), value(row, column.ordinal())?)));
    Ok(Value::Object(pairs.collect::<Result<Map<_, _>, Failure>>()?))
}

fn value(row: &MySqlRow, place: usize) -> Result<Value, Failure> {
    let unreadable = |error: sqlx::Error| Failure::Unknown(format!("unreadable answer: {error}"));
    let raw = row.try_get_raw(place).map_err(unreadable)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    macro_rules! read {
        ($kind:ty) => {
            row.try_get::<$kind, _>(place).map_err(unreadable)?
        };
    }
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "BOOLEAN" => json!(read!(bool)),
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => json!(read!(i64)),
        "YEAR" => json!(read!(u16)),
        "FLOAT" => json!(read!(f32)),
        "DOUBLE" => json!(read!(f64)),
        "DECIMAL" => {
            let text = row.try_get_unchecked::<String, _>(place).map_err(unreadable)?;
            text.parse::<f64>().map_or(Value::String(text), Value::from)
        }
        "TIMESTAMP" => json!(read!(DateTime<Utc>).to_rfc3339_opts(SecondsFormat::Millis, true)),
        "DATETIME" => json!(read!(NaiveDateTime).format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        "DATE" => json!(read!(NaiveDate).to_string()),
        "JSON" => read!(Value),
        kind if kind.ends_with("UNSIGNED") => json!(read!(u64)),
        _ => {
            let bytes = row.try_get_unchecked::<Vec<u8>, _>(place).map_err(unreadable)?;
            match String::from_utf8(bytes) {
                Ok(text) => json!(text),
                Err(error) => json!(STANDARD.encode(error.as_bytes())),
            }
        }
    })
}
