//! Every call to or from a CMMS: hashes and codes, never contents. One to a CMMS is written down
//! before it is made, as `under_way`, so that a kill loses none; one that stays so was under way
//! when its program died.

use chrono::{DateTime, Utc};

use crate::{Error, ScopedTx};

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The connection.
    pub connection: i64,
    /// The work order it is made for.
    pub work_order: Option<i64>,
    /// `create`, `look_up`, `assets`, `webhook`, ...
    pub operation: String,
    /// The manifest's name of the call.
    pub step: String,
    /// HTTP method.
    pub method: String,
    /// Hash of the body.
    pub payload_sha256: Vec<u8>,
}

/// How a call to a CMMS ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its row.
    pub id: i64,
    /// When that was written.
    pub at: DateTime<Utc>,
    /// The connection.
    pub connection: i64,
    /// HTTP status, when there was an answer.
    pub status: Option<i16>,
    /// `ok`, or what went wrong.
    pub outcome: String,
    /// What went wrong in words, for the connection's screen; not stored with the call.
    pub said: Option<String>,
    /// How long it took.
    pub milliseconds: i32,
}

/// Stores a call from a CMMS, which is answered at once, and at its connection that it came.
///
/// # Errors
/// When the database refuses.
pub async fn received(tx: &mut ScopedTx, call: Call) -> Result<(), Error> {
    let connection = call.connection;
    insert(tx, &[call], "in", "ok", Some(200)).await?;
    let now = tx.now();
    last(tx, connection, Some(now), None).await
}

/// Stores calls that are about to be made; answers number and time of their rows, in their order.
///
/// # Errors
/// When the database refuses.
pub async fn announce(
    tx: &mut ScopedTx,
    calls: &[Call],
) -> Result<Vec<(i64, DateTime<Utc>)>, Error> {
    insert(tx, calls, "out", "under_way", None).await
}

async fn insert(
    tx: &mut ScopedTx,
    calls: &[Call],
    direction: &str,
    outcome: &str,
    status: Option<i16>,
) -> Result<Vec<(i64, DateTime<Utc>)>, Error> {
    let (kind, actor) = (tx.actor().kind(), tx.actor().id());
    let connections: Vec<i64> = calls.iter().map(|call| call.connection).collect();
    let orders: Vec<Option<i64>> = calls.iter().map(|call| call.work_order).collect();
    let operations: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    let steps: Vec<&str> = calls.iter().map(|call| call.step.as_str()).collect();
    let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    let payloads: Vec<&[u8]> = calls.iter().map(|call| call.payload_sha256.as_slice()).collect();
    let mut rows: Vec<(i64, DateTime<Utc>)> = sqlx::query_as(
        "INSERT INTO api_transaction (connection_id, work_order_id, direction, operation, step,
             method, status, outcome, milliseconds, payload_sha256, actor_kind, actor_id)
         SELECT connection, work_order, $1, operation, step, method, $11, $2, 0, payload, $3, $4
         FROM unnest($5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bytea[])
              WITH ORDINALITY
              AS n (connection, work_order, operation, step, method, payload, place)
         ORDER BY place
         RETURNING id, at",
    )
    .bind(direction)
    .bind(outcome)
    .bind(kind)
    .bind(actor)
    .bind(connections)
    .bind(orders)
    .bind(operations)
    .bind(steps)
    .bind(methods)
    .bind(payloads)
    .bind(status)
    .fetch_all(tx.conn())
    .await?;
    rows.sort_unstable();
    Ok(rows)
}

/// Stores how calls ended, and at each connection how the last ones went.
///
/// # Errors
/// When the database refuses.
pub async fn complete(tx: &mut ScopedTx, calls: &[Ended]) -> Result<(), Error> {
    sqlx::query(
        "UPDATE api_transaction t SET status = n.status, outcome = n.outcome, milliseconds = n.ms
         FROM unnest($1::bigint[], $2::timestamptz[], $3::int2[], $4::text[], $5::int[])
              AS n (id, at, status, outcome, ms)
         WHERE t.id = n.id AND t.at = n.at",
    )
    .bind(calls.iter().map(|call| call.id).collect::<Vec<_>>())
    .bind(calls.iter().map(|call| call.at).collect::<Vec<_>>())
    .bind(calls.iter().map(|call| call.status).collect::<Vec<_>>())
    .bind(calls.iter().map(|call| call.outcome.as_str()).collect::<Vec<_>>())
    .bind(calls.iter().map(|call| call.milliseconds).collect::<Vec<_>>())
    .execute(tx.conn())
    .await?;
    let now = tx.now();
    let mut connections: Vec<i64> = calls.iter().map(|call| call.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    for connection in connections {
        let of = |ok: bool| {
            calls.iter().rfind(move |c| c.connection == connection && (c.outcome == "ok") == ok)
        };
        let bad = of(false).map(|call| call.said.as_deref().unwrap_or(&call.outcome));
        last(tx, connection, of(true).map(|_| now), bad).await?;
    }
    Ok(())
}

/// How the last calls of a connection went.
async fn last(
    tx: &mut ScopedTx,
    connection: i64,
    well: Option<DateTime<Utc>>,
    bad: Option<&str>,
) -> Result<(), Error> {
    let bad_at = bad.map(|_| tx.now());
    sqlx::query(
        "UPDATE connection SET last_ok_at = COALESCE($2, last_ok_at),
             last_error_at = COALESCE($3, last_error_at), last_error = COALESCE($4, last_error)
         WHERE id = $1",
    )
    .bind(connection)
    .bind(well)
    .bind(bad_at)
    .bind(bad)
    .execute(tx.conn())
    .await?;
    Ok(())
}
