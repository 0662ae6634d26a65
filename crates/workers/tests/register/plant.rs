//! A plant with one external connection, in a database of its own.

use domain::ids::ConnectionId;
use services::{Caller, Services, Settings, assets};
use sqlx::{AssertSqlSafe, PgPool};
use store::Store;

pub struct Plant {
    pub services: Services,
    pub connection: ConnectionId,
    superuser: PgPool,
}

impl Plant {
    /// A site `ONE` and what else stands in `csv`: `tag,kind,parent,name,serial_number,barcode`.
    pub async fn new(csv: &str) -> Self {
        let db = store::testing::database().await;
        let store = Store::connect(&db.url, 8).await.unwrap();
        let services = Services { store, settings: Settings::default() };
        let mut tx = services.store.begin_system().await.unwrap();
        let head = "tag,kind,parent,name,serial_number,barcode\nONE,site,,One,,\n";
        let file = assets::from_csv(format!("{head}{csv}").as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), file, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        tx.commit().await.unwrap();
        let superuser = PgPool::connect(&db.superuser_url).await.unwrap();
        let mut by_hand = superuser.begin().await.unwrap();
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut *by_hand)
            .await
            .unwrap();
        let connection: i64 = sqlx::query_scalar(
            "WITH c AS (INSERT INTO connection (slug, name, system, state, base_url)
                        VALUES ('cmms', 'CMMS', 'hippo', 'shadow', 'http://127.0.0.1:1') RETURNING id)
             INSERT INTO connection_site (connection_id, site_id) SELECT c.id, s.id FROM c, site s
             RETURNING connection_id",
        )
        .fetch_one(&mut *by_hand)
        .await
        .unwrap();
        by_hand.commit().await.unwrap();
        Self { services, connection: ConnectionId(connection), superuser }
    }

    pub async fn count(&self, query: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(&self.superuser)
            .await
            .unwrap()
    }

    /// Begins a full reading.
    pub async fn begin(&self) {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let system = Caller::system();
        assert!(
            assets::reconcile::read_again(&mut tx, &system, self.connection).await.unwrap(),
            "a reading is under way"
        );
        tx.commit().await.unwrap();
    }

    /// As if the lease of a dead process had run out.
    pub async fn lapse(&self) {
        sqlx::query("UPDATE asset_sync SET leased_until = NULL")
            .execute(&self.superuser)
            .await
            .unwrap();
    }

    /// Rows by the thousand, past every check.
    #[allow(dead_code, reason = "the example fills the plant so")]
    pub async fn fill(&self, statement: &'static str, count: i64) {
        let mut tx = self.superuser.begin().await.unwrap();
        sqlx::raw_sql("SET LOCAL session_replication_role = replica")
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query(statement).bind(count).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        sqlx::raw_sql("ANALYZE").execute(&self.superuser).await.unwrap();
    }
}
