//! Postgres.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use sqlx::postgres::{
    PgArguments, PgConnectOptions, PgConnection, PgRow, PgSslMode, PgValueFormat, Postgres,
};
use sqlx::{AssertSqlSafe, Column, Connection, Either, Executor, Row, TypeInfo, ValueRef};

use super::{Bound, Failure, Found, Question, Target, answered, connected, unconnected};
use crate::manifest::SqlTls;

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

async fn connect(target: &Target<'_>, writes: bool) -> Result<PgConnection, Failure> {
    let mode = match target.sql.tls {
        SqlTls::Verify => PgSslMode::VerifyFull,
        SqlTls::Encrypt => PgSslMode::Require,
        SqlTls::Off => PgSslMode::Disable,
    };
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&target.name())
        .port(target.address.port())
        .database(target.database)
        .username(&target.login.user)
        .password(&target.login.password)
        .application_name("millwright")
        .ssl_mode(mode)
        .options([
            ("statement_timeout", target.millis().to_string()),
            ("default_transaction_read_only", if writes { "off" } else { "on" }.to_owned()),
        ]);
    if let Some(pem) = target.authority {
        options = options.ssl_root_cert_from_pem(pem.to_vec());
    }
    let connection = PgConnection::connect_with(&options);
    connected(target.timeout, connection, unconnected).await
}

async fn run(connection: &mut PgConnection, question: &Question<'_>) -> Result<Found, Failure> {
    let mut transaction = connection
        .begin()
        .await
        .map_err(|error| Failure::NotSent(format!("no transaction: {error}")))?;
    let text = question.statement.text(|place| format!("${place}"));
    let mut query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), PgArguments::default());
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

fn failed(error: sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(refused) => Failure::Refused {
            state: refused.code().unwrap_or_default().into_owned(),
            number: 0,
            message: refused.message().to_owned(),
        },
        sqlx::Error::Encode(_) => {
            Failure::Refused { state: "22000".to_owned(), number: 0, message: error.to_string() }
        }
        error => Failure::Unknown(error.to_string()),
    }
}

fn object(row: &PgRow) -> Result<Value, Failure> {
    let columns = row.columns().iter();
    let pairs = columns.map(|column| Ok((column.name().to_owned(), value(row, column.ordinal())?)));
    Ok(Value::Object(pairs.collect::<Result<Map<_, _>, Failure>>()?))
}

fn value(row: &PgRow, place: usize) -> Result<Value, Failure> {
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
        "BOOL" => json!(read!(bool)),
        "INT2" => json!(read!(i16)),
        "INT4" => json!(read!(i32)),
        "INT8" => json!(read!(i64)),
        "FLOAT4" => json!(read!(f32)),
        "FLOAT8" => json!(read!(f64)),
        "NUMERIC" if raw.format() == PgValueFormat::Binary => {
            numeric(raw.as_bytes().unwrap_or_default())
        }
        "TIMESTAMPTZ" => {
            json!(read!(DateTime<Utc>).to_rfc3339_opts(SecondsFormat::Millis, true))
        }
        "TIMESTAMP" => json!(read!(NaiveDateTime).format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        "DATE" => json!(read!(NaiveDate).to_string()),
        "TIME" => json!(read!(NaiveTime).to_string()),
        "UUID" => json!(read!(sqlx::types::Uuid).to_string()),
        "JSON" | "JSONB" => read!(Value),
        "TEXT[]" | "VARCHAR[]" => json!(read!(Vec<String>)),
        "BYTEA" => json!(STANDARD.encode(read!(Vec<u8>))),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "CITEXT" => json!(read!(String)),
        _ => match raw.as_str() {
            Ok(text) => json!(text),
            Err(_) => return Err(Failure::Unknown(format!("a column of type {kind}: cast it"))),
        },
    })
}

/// The wire form: count of base-10000 digits, weight of the first, sign, digits after the point.
fn numeric(bytes: &[u8]) -> Value {
    let word = |place: usize| {
        bytes.get(2 * place..2 * place + 2).map_or(0, |pair| i16::from_be_bytes([pair[0], pair[1]]))
    };
    let (digits, weight, sign) = (word(0), i32::from(word(1)), word(2));
    let mut sum = 0.0;
    for place in 0..i32::from(digits) {
        let digit = f64::from(word(4 + usize::try_from(place).unwrap_or_default()));
        let power = weight - place;
        sum +=
            if power < 0 { digit / 10_000f64.powi(-power) } else { digit * 10_000f64.powi(power) };
    }
    json!(if sign == 0 { sum } else { -sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_is_read_from_the_wire() {
        let wire =
            |words: &[i16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
        assert_eq!(numeric(&wire(&[2, 0, 0, 2, 3, 2500])), json!(3.25));
        assert_eq!(numeric(&wire(&[1, 0, 0x4000, 0, 7])), json!(-7.0));
        assert_eq!(numeric(&wire(&[2, 1, 0, 0, 12, 3456])), json!(123_456.0));
        assert_eq!(numeric(&wire(&[1, -1, 0, 4, 5])), json!(0.0005));
    }
}
