//! What nobody needs any more goes: ended sessions, old answers under an `Idempotency-Key`, secrets
//! that were replaced. Secrets under old keys are sealed anew.

use std::time::Duration;

use chrono::TimeDelta;
use services::{Error, Services};
use store::{idempotency, sessions};
use tokio_util::sync::CancellationToken;

use crate::rounds::{Worker, rounds};

const EVERY: Duration = Duration::from_secs(15 * 60);
/// R20: a repeat is recognised for so long.
const ANSWERS_DAYS: i32 = 7;
/// A secret that was replaced can be gone back to for so long.
const KEPT_SECRETS: TimeDelta = TimeDelta::days(7);

struct Housekeeping(Services);

impl Worker for Housekeeping {
    const NAME: &'static str = "housekeeping";

    async fn round(&mut self) -> Result<usize, Error> {
        let store = &self.0.store;
        let sessions = sessions::delete_ended(store).await?;
        let answers = idempotency::forget_older_than(store, ANSWERS_DAYS).await?;
        let mut tx = store.begin_system().await?;
        let before = tx.now() - KEPT_SECRETS;
        services::connections::drop_replaced(&mut tx, before).await?;
        tx.commit().await?;
        let mut tx = store.begin_system().await?;
        while self.0.settings.vault.renew(&mut tx).await? > 0 {}
        tx.commit().await?;
        if sessions + answers > 0 {
            tracing::debug!(sessions, answers, "cleared away");
        }
        Ok(0)
    }
}

/// Clears away until `stop`.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    let every = services.settings.scaled(EVERY).max(Duration::from_secs(1));
    rounds(Housekeeping(services), None, every, &stop).await;
}

#[cfg(test)]
mod tests {
    use services::Settings;
    use sqlx::Connection;
    use store::Store;
    use store::testing::database;

    use super::*;

    #[tokio::test]
    async fn ended_sessions_and_old_answers_go_and_the_others_stay() {
        let db = database().await;
        let store = Store::connect(&db.url, 4).await.unwrap();
        let mut by_hand = sqlx::PgConnection::connect(&db.superuser_url).await.unwrap();
        sqlx::raw_sql(
            "SET session_replication_role = replica;
             INSERT INTO app_user (email, email_key, name, status, rights_version)
             VALUES ('a@b', 'a@b', 'Ada', 'active', 3);
             INSERT INTO session (id_sha256, user_id, rights_version, data, last_seen_at, ends_at)
             SELECT s.name::bytea, u.id, version, '{}', now() - idle, now() + left_for
             FROM app_user u, (VALUES
                 ('valid', 3, interval '1 minute', interval '1 hour'),
                 ('idle', 3, interval '31 minutes', interval '1 hour'),
                 ('old', 3, interval '1 minute', interval '-1 second'),
                 ('rights', 2, interval '1 minute', interval '1 hour')
             ) AS s (name, version, idle, left_for);
             INSERT INTO idempotency (caller, route, key, fingerprint, status, body, created_at)
             VALUES ('k', 'r', 'young', '', 200, '{}', now() - interval '6 days 23 hours'),
                    ('k', 'r', 'old', '', 200, '{}', now() - interval '7 days 1 hour')",
        )
        .execute(&mut by_hand)
        .await
        .unwrap();
        let services = Services { store: store.clone(), settings: Settings::default() };
        assert_eq!(Housekeeping(services).round().await.unwrap(), 0);
        let left: Vec<String> = sqlx::query_scalar(
            "SELECT convert_from(id_sha256, 'UTF8') FROM session
             UNION ALL SELECT key FROM idempotency ORDER BY 1",
        )
        .fetch_all(store.pool())
        .await
        .unwrap();
        assert_eq!(left, ["valid", "young"]);
    }
}
