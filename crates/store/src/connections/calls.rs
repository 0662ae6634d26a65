//! Every call to or from a CMMS: hashes and codes, never contents.

use chrono::{DateTime, Utc};

use crate::{Error, ScopedTx};

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The connection.
    pub connection: i64,
    /// The work order it was made for.
    pub work_order: Option<i64>,
    /// `out` or `in`.
    pub direction: &'static str,
    /// `create`, `look_up`, `assets`, `webhook`, ...
    pub operation: String,
    /// The manifest's name of the call.
    pub step: String,
    /// HTTP method.
    pub method: String,
    /// HTTP status, when there was an answer.
    pub status: Option<i16>,
    /// `ok`, or what went wrong.
    pub outcome: String,
    /// What went wrong in words, for the connection's screen; not stored with the call.
    pub said: Option<String>,
    /// How long it took.
    pub milliseconds: i32,
    /// Hash of the body.
    pub payload_sha256: Option<Vec<u8>>,
    /// How long before now it began, seconds.
    pub ago: f64,
}

/// Stores calls, and at each connection how the last ones went.
///
/// # Errors
/// When the database refuses.
pub async fn record(tx: &mut ScopedTx, calls: &[Call]) -> Result<(), Error> {
    let kind = tx.actor().kind();
    let actor = tx.actor().id();
    let mut c = Columns::default();
    for call in calls {
        c.push(call);
    }
    sqlx::query(
        "INSERT INTO api_transaction (at, connection_id, work_order_id, direction, operation, step,
             method, status, outcome, milliseconds, payload_sha256, actor_kind, actor_id)
         SELECT now() - make_interval(secs => ago), connection, work_order, direction, operation,
                step, method, status, outcome, ms, payload, $12, $13
         FROM unnest($1::float8[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::int2[], $9::text[], $10::int[], $11::bytea[])
              AS n (ago, connection, work_order, direction, operation, step, method, status,
                    outcome, ms, payload)",
    )
    .bind(c.ago)
    .bind(&c.connections)
    .bind(c.orders)
    .bind(c.directions)
    .bind(c.operations)
    .bind(c.steps)
    .bind(c.methods)
    .bind(c.statuses)
    .bind(&c.outcomes)
    .bind(c.milliseconds)
    .bind(c.payloads)
    .bind(kind)
    .bind(actor)
    .execute(tx.conn())
    .await?;
    last(tx, calls).await
}

/// How the last calls of each connection went, connections in order.
async fn last(tx: &mut ScopedTx, calls: &[Call]) -> Result<(), Error> {
    let now = tx.now();
    let mut connections: Vec<i64> = calls.iter().map(|call| call.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    for connection in connections {
        let of = |ok: bool| {
            calls.iter().rfind(move |c| c.connection == connection && (c.outcome == "ok") == ok)
        };
        let ok = of(true).map(|_| now);
        let bad: Option<(DateTime<Utc>, String)> =
            of(false).map(|c| (now, c.said.clone().unwrap_or_else(|| c.outcome.clone())));
        let (bad_at, said) = bad.unzip();
        sqlx::query(
            "UPDATE connection SET last_ok_at = COALESCE($2, last_ok_at),
                 last_error_at = COALESCE($3, last_error_at), last_error = COALESCE($4, last_error)
             WHERE id = $1",
        )
        .bind(connection)
        .bind(ok)
        .bind(bad_at)
        .bind(said)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

#[derive(Default)]
struct Columns {
    ago: Vec<f64>,
    connections: Vec<i64>,
    orders: Vec<Option<i64>>,
    directions: Vec<&'static str>,
    operations: Vec<String>,
    steps: Vec<String>,
    methods: Vec<String>,
    statuses: Vec<Option<i16>>,
    outcomes: Vec<String>,
    milliseconds: Vec<i32>,
    payloads: Vec<Option<Vec<u8>>>,
}

impl Columns {
    fn push(&mut self, call: &Call) {
        self.ago.push(call.ago);
        self.connections.push(call.connection);
        self.orders.push(call.work_order);
        self.directions.push(call.direction);
        self.operations.push(call.operation.clone());
        self.steps.push(call.step.clone());
        self.methods.push(call.method.clone());
        self.statuses.push(call.status);
        self.outcomes.push(call.outcome.clone());
        self.milliseconds.push(call.milliseconds);
        self.payloads.push(call.payload_sha256.clone());
    }
}
