//! How long a preview takes: 100 000 stored predictions of 30 days on 5 000 assets, against a real
//! Postgres. `cargo run --release -p services --example preview [PREDICTIONS]`

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use domain::ids::PolicyId;
use domain::policy::{Condition, Field, Op, default_policy};
use services::{Caller, assets, rules};
use store::Store;

/// Assets the predictions are spread over.
const ASSETS: u32 = 5_000;
/// Measurements; the first one also warms the cache.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    let predictions: i64 = std::env::args().nth(1).map_or(100_000, |n| n.parse().unwrap());
    let db = store::testing::database().await;
    let store = Store::connect(&db.url, 8).await.unwrap();
    let mut csv = "tag,kind,parent,name,criticality,status\nONE,site,,One,,active\n".to_owned();
    for i in 1..=ASSETS {
        csv.push_str(&format!("M{i},machine,ONE,Mill {i},critical,active\n"));
    }
    let mut tx = store.begin_system().await.unwrap();
    let rows = assets::from_csv(csv.as_bytes()).unwrap();
    assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
    rules::ensure_defaults(&mut tx).await.unwrap();
    let calendar = serde_json::json!({
        "zone": "Europe/Berlin",
        "shifts": [
            {"name": "early", "days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "14:00"},
            {"name": "late", "days": ["mon", "tue", "wed", "thu", "fri"], "start": "14:00", "end": "22:00"},
            {"name": "night", "days": ["mon", "tue", "wed", "thu"], "start": "22:00", "end": "06:00"}
        ],
        "weekly_shutdowns": [
            {"name": "weekend", "from_day": "sat", "from": "06:00", "until_day": "sun", "until": "18:00"}
        ]
    });
    let calendar = serde_json::from_value(calendar).unwrap();
    rules::set_calendar(&mut tx, "ONE", calendar).await.unwrap();
    services::sources::ensure(&mut tx, "ai").await.unwrap();
    tx.commit().await.unwrap();
    fill(&db.superuser_url, predictions).await;

    let mut draft = default_policy();
    draft.rules[1].when = Condition::test(Field::Confidence, Op::Lt, 0.70);
    let mut took = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let mut tx = store.begin_system().await.unwrap();
        let started = Instant::now();
        let found = rules::preview(&mut tx, PolicyId(1), &draft, 30, |_| {}).await.unwrap();
        took.push(started.elapsed());
        assert_eq!(found.coverage.predictions, predictions);
        assert!(found.draft.created > found.live.created);
    }
    took.sort_unstable();
    println!(
        "preview of {predictions} predictions: median {:.3} s, slowest {:.3} s of {ROUNDS}",
        took[ROUNDS / 2].as_secs_f64(),
        took[ROUNDS - 1].as_secs_f64(),
    );
}

/// Stored history: on each asset alerts of five predictions, half of them closed as confirmed.
async fn fill(superuser: &str, predictions: i64) {
    let mut tx = sqlx::PgPool::connect(superuser).await.unwrap().begin().await.unwrap();
    for statement in [
        "SET LOCAL session_replication_role = replica",
        "CREATE TEMPORARY TABLE machine ON COMMIT DROP AS
         SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM asset WHERE kind = 'machine'",
    ] {
        sqlx::query(statement).execute(&mut *tx).await.unwrap();
    }
    sqlx::query(
        "INSERT INTO alert (site_id, asset_id, failure_mode, state, first_event_id, source_id,
                confidence, highest_confidence, predictions, evaluated, first_seen, last_seen,
                outcome, closed_at)
         SELECT 1, m.id, (ARRAY['tool_wear', 'backlash_growth', 'spindle_runout', 'tool_breakage'])[1 + g / 5000 % 4],
                CASE WHEN g % 2 = 0 THEN 'closed' ELSE 'open' END, 'e' || g, 1, 0.8, 0.8, 5, 5,
                t.at, t.at + interval '2 days',
                CASE WHEN g % 2 = 0 THEN 'confirmed' END,
                CASE WHEN g % 2 = 0 THEN t.at + interval '2 days' END
         FROM generate_series(0, $1 / 5 - 1) AS g
         JOIN machine m ON m.n = g % 5000
         CROSS JOIN LATERAL (SELECT now() - interval '29 days' + g * interval '25 days' / ($1 / 5) AS at) t",
    )
    .bind(predictions)
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO prediction (id, received_at, observed_at, source_id, event_id, site_id, asset_id,
                failure_mode, confidence, rul_hours, window_hours, model_name, model_version,
                alert_id, seq, payload)
         SELECT nextval('prediction_id_seq'), a.first_seen + n * interval '8 hours',
                a.first_seen + n * interval '8 hours', 1, a.first_event_id || '-' || n, 1, a.asset_id,
                a.failure_mode, ((a.id * 7 + n * 13) % 100) / 100.0, 50 + (a.id * 31 % 1000), NULL,
                'spindle-ensemble', '4.2', a.id, n + 1,
                jsonb_build_object('event_id', a.first_event_id || '-' || n, 'asset', 'M1', 'asset_key', 'M1',
                    'failure_mode_sent', a.failure_mode, 'failure_mode', a.failure_mode, 'confidence', 0.8,
                    'observed_at', a.first_seen, 'model_name', 'spindle-ensemble', 'model_version', '4.2',
                    'description', repeat('rear bearing set, see the drawing. ', 8),
                    'attributes', jsonb_build_object('line_pressure_bar', 5.1, 'load', 0.4),
                    'spare_parts', '[]'::jsonb, 'evidence', '[]'::jsonb, 'extra', '{}'::jsonb,
                    'flags', jsonb_build_object('overdue', false, 'stale', false))
         FROM alert a CROSS JOIN generate_series(0, 4) AS n",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let analyse = sqlx::PgPool::connect(superuser).await.unwrap();
    sqlx::query("ANALYZE").execute(&analyse).await.unwrap();
}
