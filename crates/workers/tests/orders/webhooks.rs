//! S13, B26, B27: a call counts only if it is verified.

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use secrecy::{ExposeSecret, SecretString};
use services::Caller;
use services::connections::{rotate_webhook_token, set_secret};
use services::secrets::{MasterKey, Vault};
use services::work_orders::webhooks::{Call, Door, Heard, Manners, receive};

use crate::bench::Bench;

const HEADER: &str = "x-maintainx-webhook-body-signature";
const BODY: &[u8] = br#"{"workOrderId": 4711}"#;

struct Desk {
    bench: Bench,
    vault: Vault,
    manners: Manners,
    signing: ConnectionId,
}

impl Desk {
    /// A CMMS that signs, `mx`, beside one that cannot, `maximo`.
    async fn new() -> Self {
        let bench = Bench::new("maximo", None).await;
        let id: i64 = sqlx::query_scalar(
            "WITH c AS (
                 INSERT INTO connection (slug, name, system, state, base_url)
                 VALUES ('mx', 'MaintainX', 'maintainx', 'live', 'https://mx.example') RETURNING id
             ), audited AS (
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 SELECT 'system', 'connection.create', 'connection', id FROM c
             )
             SELECT id FROM c",
        )
        .fetch_one(bench.services().store.pool())
        .await
        .unwrap();
        let vault = Vault::new(MasterKey::random().unwrap(), Vec::new());
        Self { bench, vault, manners: Manners::default(), signing: ConnectionId(id) }
    }

    async fn secret(&self, value: &str) {
        let mut tx = self.bench.services().store.begin_system().await.unwrap();
        let value = SecretString::from(value);
        let caller = Caller::system();
        set_secret(&mut tx, &self.vault, &caller, self.signing, "webhook", &value, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn call(&self, door: Door<'_>, headers: &[(String, String)], body: &[u8]) -> Heard {
        let mut tx = self.bench.services().store.begin_system().await.unwrap();
        let call = Call { headers, body };
        let heard = receive(&mut tx, &self.vault, &self.manners, door, call).await.unwrap();
        tx.commit().await.unwrap();
        heard
    }

    async fn now(&self) -> DateTime<Utc> {
        self.bench.services().store.begin_system().await.unwrap().now()
    }

    async fn waiting(&self) -> i64 {
        self.bench.plant.number("SELECT count(*) FROM order_reading").await
    }
}

fn signed(secret: &str, at: DateTime<Utc>, body: &[u8]) -> Vec<(String, String)> {
    use hmac::{Hmac, KeyInit, Mac};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{}.", at.timestamp())).chain_update(body);
    let signature = hex::encode(mac.finalize().into_bytes());
    vec![(HEADER.to_owned(), format!("t={},v1={signature}", at.timestamp()))]
}

const SIGNED: Door<'static> = Door::Signed("mx");

#[tokio::test]
async fn a_signed_call_counts_once_and_within_five_minutes() {
    let desk = Desk::new().await;
    desk.secret("first-secret").await;
    let now = desk.now().await;
    let headers = signed("first-secret", now, BODY);
    assert_eq!(desk.call(SIGNED, &headers, BODY).await, Heard::Taken);
    assert_eq!(desk.waiting().await, 1);
    assert_eq!(desk.call(SIGNED, &headers, BODY).await, Heard::Again);
    for minutes in [-6, 6] {
        let at = now + chrono::TimeDelta::minutes(minutes);
        let headers = signed("first-secret", at, BODY);
        assert_eq!(desk.call(SIGNED, &headers, BODY).await, Heard::Stale);
    }
    assert_eq!(desk.waiting().await, 1);
}

#[tokio::test]
async fn a_call_that_proves_nothing_has_no_effect() {
    let desk = Desk::new().await;
    let now = desk.now().await;
    let headers = signed("", now, BODY);
    assert_eq!(desk.call(SIGNED, &headers, BODY).await, Heard::Unverified);
    desk.secret("first-secret").await;
    assert_eq!(desk.call(SIGNED, &headers, BODY).await, Heard::Unverified);
    let foreign = signed("another-connection's", now, BODY);
    assert_eq!(desk.call(SIGNED, &foreign, BODY).await, Heard::Unverified);
    let right = signed("first-secret", now, BODY);
    let tampered = br#"{"workOrderId": 4712}"#;
    assert_eq!(desk.call(SIGNED, &right, tampered).await, Heard::Unverified);
    assert_eq!(desk.call(SIGNED, &[], BODY).await, Heard::Unverified);
    assert_eq!(desk.call(Door::Signed("maximo"), &right, BODY).await, Heard::Unverified);
    assert_eq!(desk.call(Door::Signed("nowhere"), &right, BODY).await, Heard::Unverified);
    assert_eq!(desk.waiting().await, 0);
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_count() {
    let desk = Desk::new().await;
    let now = desk.now().await;
    for secret in ["first-secret", "second-secret", "third-secret"] {
        desk.secret(secret).await;
    }
    let heard = async |secret| desk.call(SIGNED, &signed(secret, now, BODY), BODY).await;
    assert_eq!(heard("third-secret").await, Heard::Taken);
    assert_eq!(heard("second-secret").await, Heard::Taken);
    assert_eq!(heard("first-secret").await, Heard::Unverified);
}

#[tokio::test]
async fn a_secret_in_the_path_is_for_those_that_cannot_sign() {
    let desk = Desk::new().await;
    let token = |id| {
        let desk = &desk;
        async move {
            let mut tx = desk.bench.services().store.begin_system().await.unwrap();
            let caller = Caller::system();
            let token = rotate_webhook_token(&mut tx, &caller, id).await.unwrap();
            tx.commit().await.unwrap();
            token
        }
    };
    let first = token(desk.bench.connection).await;
    let second = token(desk.bench.connection).await;
    let body = br#"{"WONUM": "1001", "siteid": "BEDFORD"}"#;
    for token in [&first, &second] {
        let door = Door::Secret("maximo", token.expose_secret());
        assert_eq!(desk.call(door, &[], body).await, Heard::Taken);
    }
    let wrong = Door::Secret("maximo", "0123456789abcdef");
    assert_eq!(desk.call(wrong, &[], body).await, Heard::Unverified);
    let asked = "SELECT cmms_id || ' ' || asked FROM order_reading";
    assert_eq!(desk.bench.plant.text(asked).await, "BEDFORD/1001 2");
    let signing = token(desk.signing).await;
    let unsigned = Door::Secret("mx", signing.expose_secret());
    assert_eq!(desk.call(unsigned, &[], BODY).await, Heard::Unverified);
}

#[tokio::test]
async fn a_call_without_an_id_has_the_list_read() {
    let desk = Desk::new().await;
    desk.bench.sync().await;
    desk.bench.plant.run("UPDATE order_sync SET next_at = now() + interval '1 hour'").await;
    let mut tx = desk.bench.services().store.begin_system().await.unwrap();
    let token =
        rotate_webhook_token(&mut tx, &Caller::system(), desk.bench.connection).await.unwrap();
    tx.commit().await.unwrap();
    let door = Door::Secret("maximo", token.expose_secret());
    assert_eq!(desk.call(door, &[], b"something else").await, Heard::Taken);
    let due = "SELECT count(*) FROM order_sync WHERE next_at <= now()";
    assert_eq!(desk.bench.plant.number(due).await, 1);
}
