//! The vault on a real Postgres: what it seals opens in its place and nowhere else (S9).

use domain::ids::ConnectionId;
use secrecy::{ExposeSecret, SecretString};
use services::secrets::{MasterKey, Place, Vault, VaultError};
use sqlx::{Connection, PgConnection};
use store::testing::TestDb;
use store::{AuditEntry, ScopedTx, Store};

struct World {
    store: Store,
    db: TestDb,
    key: String,
}

impl World {
    async fn new() -> Self {
        let db = store::testing::database().await;
        let store = Store::connect(&db.url, 4).await.expect("a pool");
        let key = MasterKey::random().expect("a key").to_base64().expose_secret().to_owned();
        Self { store, db, key }
    }

    fn vault(&self) -> Vault {
        Vault::new(MasterKey::read(&self.key).expect("a good key"), Vec::new())
    }

    async fn begin(&self) -> ScopedTx {
        self.store.begin_system().await.expect("a transaction")
    }

    async fn put(&self, vault: &Vault, connection: i64, field: &str, role: &str, value: &str) {
        let mut tx = self.begin().await;
        let place = Place { connection: ConnectionId(connection), field: field.to_owned() };
        vault.put(&mut tx, &place, role, &SecretString::from(value), None).await.expect("sealed");
        tx.commit().await.expect("committed");
    }

    async fn open(
        &self,
        vault: &Vault,
        connection: i64,
        role: &str,
    ) -> Result<Vec<String>, VaultError> {
        let mut tx = self.begin().await;
        let opened = vault.open(&mut tx, ConnectionId(connection), role).await?;
        tx.commit().await.expect("committed");
        Ok(opened.into_values().map(|value| value.expose_secret().to_owned()).collect())
    }

    /// A statement by somebody who got hold of the database.
    async fn tamper(&self, statement: &'static str) {
        let mut conn = PgConnection::connect(&self.db.superuser_url).await.expect("a connection");
        sqlx::query("SET session_replication_role = replica")
            .execute(&mut conn)
            .await
            .expect("set");
        sqlx::query(statement).execute(&mut conn).await.expect("tampered");
    }
}

/// The built-in book stands in for a connection: the vault does not care.
const BOOK: i64 = 1;

#[tokio::test]
async fn what_is_sealed_opens_and_lies_encrypted() {
    let world = World::new().await;
    let vault = world.vault();
    world.put(&vault, BOOK, "api_key", "current", "canary-7f3a").await;
    assert_eq!(world.open(&vault, BOOK, "current").await.expect("opened"), ["canary-7f3a"]);
    let mut conn = PgConnection::connect(&world.db.superuser_url).await.expect("a connection");
    let bytes: Vec<u8> = sqlx::query_scalar("SELECT ciphertext FROM secret")
        .fetch_one(&mut conn)
        .await
        .expect("row");
    assert!(!String::from_utf8_lossy(&bytes).contains("canary"));
}

#[tokio::test]
async fn flipped_bits_and_moved_rows_do_not_open() {
    let changes = [
        "UPDATE secret SET ciphertext = set_byte(ciphertext, 0, get_byte(ciphertext, 0) # 1)",
        "UPDATE secret SET nonce = set_byte(nonce, 3, get_byte(nonce, 3) # 128)",
        "UPDATE secret SET version = version + 7 WHERE field = 'api_key'",
        "UPDATE secret SET site_id = 5",
        "UPDATE data_key SET wrapped = set_byte(wrapped, 9, get_byte(wrapped, 9) # 4)",
        "UPDATE data_key SET site_id = 8",
        "UPDATE secret s SET nonce = o.nonce, ciphertext = o.ciphertext FROM secret o
         WHERE o.field <> s.field",
    ];
    for change in changes {
        let world = World::new().await;
        let vault = world.vault();
        world.put(&vault, BOOK, "api_key", "current", "one").await;
        world.put(&vault, BOOK, "password", "current", "other").await;
        world.tamper(change).await;
        let refused = world.open(&vault, BOOK, "current").await;
        assert!(matches!(refused, Err(VaultError::Forged { .. })), "{change}: {refused:?}");
    }
}

#[tokio::test]
async fn a_new_secret_waits_until_it_is_promoted_and_the_old_one_is_kept() {
    let world = World::new().await;
    let vault = world.vault();
    world.put(&vault, BOOK, "api_key", "current", "old").await;
    world.put(&vault, BOOK, "api_key", "next", "new").await;
    assert_eq!(world.open(&vault, BOOK, "current").await.expect("opened"), ["old"]);
    assert_eq!(world.open(&vault, BOOK, "next").await.expect("opened"), ["new"]);
    let mut tx = world.begin().await;
    let changed = store::secrets::promote(&mut tx, ConnectionId(BOOK)).await.expect("promoted");
    let rows = changed.into_iter().map(|id| AuditEntry::new("secret.promote", "secret", id));
    tx.audit(rows.collect()).await.expect("audited");
    tx.commit().await.expect("committed");
    assert_eq!(world.open(&vault, BOOK, "current").await.expect("opened"), ["new"]);
    assert_eq!(world.open(&vault, BOOK, "previous").await.expect("opened"), ["old"]);
}

#[tokio::test]
async fn master_and_data_keys_are_replaced_while_secrets_stay_readable() {
    let world = World::new().await;
    let before = world.vault();
    world.put(&before, BOOK, "api_key", "current", "stays").await;
    let fresh = MasterKey::random().expect("a key");
    let alone = Vault::new(
        MasterKey::read(fresh.to_base64().expose_secret()).expect("a good key"),
        Vec::new(),
    );
    assert!(matches!(world.open(&alone, BOOK, "current").await, Err(VaultError::OtherMaster(_))));
    let both = Vault::new(fresh, vec![MasterKey::read(&world.key).expect("a good key")]);
    assert_eq!(world.open(&both, BOOK, "current").await.expect("opened"), ["stays"]);
    let mut tx = world.begin().await;
    both.rotate(&mut tx, 0).await.expect("rotated");
    assert_eq!(both.renew(&mut tx).await.expect("renewed"), 2);
    assert_eq!(both.renew(&mut tx).await.expect("nothing left"), 0);
    tx.commit().await.expect("committed");
    assert_eq!(world.open(&alone, BOOK, "current").await.expect("opened"), ["stays"]);
    assert!(world.open(&before, BOOK, "current").await.is_err());
}

#[tokio::test]
async fn without_a_master_key_nothing_is_taken_or_given() {
    let world = World::new().await;
    world.put(&world.vault(), BOOK, "api_key", "current", "one").await;
    let closed = Vault::default();
    assert!(matches!(world.open(&closed, BOOK, "current").await, Err(VaultError::Closed)));
}
