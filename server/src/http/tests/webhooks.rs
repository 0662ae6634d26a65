//! Webhooks of CMMSs at the door: verified before a byte is parsed, and heard once.

use http::{Request, StatusCode};
use secrecy::ExposeSecret;
use services::Caller;
use services::connections::{NewConnection, create, rotate_webhook_token};

use super::world::World;

#[tokio::test]
async fn a_call_is_heard_with_the_secret_in_its_path_and_refused_without() {
    let world = World::new().await;
    let mut tx = world.state.services.store.begin_system().await.unwrap();
    let caller = Caller::system();
    let new = NewConnection {
        name: "Maximo".to_owned(),
        system: "maximo".to_owned(),
        base_url: "https://maximo.example/maximo".to_owned(),
        ..NewConnection::default()
    };
    let id = create(&mut tx, &caller, new).await.unwrap();
    let token = rotate_webhook_token(&mut tx, &caller, id).await.unwrap();
    tx.commit().await.unwrap();
    let right = format!("/api/v1/webhooks/maximo/{}", token.expose_secret());
    let body = r#"{"WONUM": "1001", "siteid": "BEDFORD"}"#;
    let post = async |path: &str, body: Vec<u8>| {
        world.send(Request::post(path).body(body.into()).unwrap()).await
    };
    for _ in 0..2 {
        assert_eq!(post(&right, body.into()).await.status, StatusCode::OK);
    }
    let refused = [
        "/api/v1/webhooks/maximo/wrong",
        "/api/v1/webhooks/maximo",
        "/api/v1/webhooks/book/wrong",
        "/api/v1/webhooks/nowhere",
    ];
    let mut texts = Vec::new();
    for path in refused {
        let answer = post(path, b"{ not even JSON".to_vec()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        let said = answer.json();
        texts.push((said["code"].clone(), said["detail"].clone()));
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    let large = vec![b'a'; 300 * 1024];
    assert_eq!(post(&right, large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
