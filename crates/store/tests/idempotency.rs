//! R20: a client may repeat any write.

use serde_json::json;
use store::Store;
use store::idempotency::{Known, claim, store_answer};
use store::testing::database;

#[tokio::test]
async fn a_repeated_key_gets_the_stored_answer_and_other_content_is_refused() {
    let db = database().await;
    let store = Store::connect(&db.url, 4).await.unwrap();
    let mut first = store.begin_system().await.unwrap();
    assert_eq!(claim(&mut first, "key:1", "POST /a", "k", b"x").await.unwrap(), Known::New);

    let mut parallel = store.begin_system().await.unwrap();
    assert_eq!(claim(&mut parallel, "key:1", "POST /a", "k", b"x").await.unwrap(), Known::Running);
    for (caller, route, key) in
        [("key:2", "POST /a", "k"), ("key:1", "POST /b", "k"), ("key:1", "POST /a", "l")]
    {
        assert_eq!(claim(&mut parallel, caller, route, key, b"x").await.unwrap(), Known::New);
    }
    drop(parallel);

    let answer = json!({ "id": 1 });
    store_answer(&mut first, "key:1", "POST /a", "k", b"x", 202, &answer).await.unwrap();
    first.commit().await.unwrap();

    let mut again = store.begin_system().await.unwrap();
    let known = claim(&mut again, "key:1", "POST /a", "k", b"x").await.unwrap();
    assert_eq!(known, Known::Answered { status: 202, body: answer });
    let other = claim(&mut again, "key:1", "POST /a", "k", b"y").await.unwrap();
    assert_eq!(other, Known::Mismatch);
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_no_answer() {
    let db = database().await;
    let store = Store::connect(&db.url, 4).await.unwrap();
    let mut failed = store.begin_system().await.unwrap();
    claim(&mut failed, "key:1", "POST /a", "k", b"x").await.unwrap();
    store_answer(&mut failed, "key:1", "POST /a", "k", b"x", 202, &json!({})).await.unwrap();
    drop(failed);
    let mut again = store.begin_system().await.unwrap();
    let mut known = claim(&mut again, "key:1", "POST /a", "k", b"x").await.unwrap();
    while known == Known::Running {
        tokio::task::yield_now().await;
        again = store.begin_system().await.unwrap();
        known = claim(&mut again, "key:1", "POST /a", "k", b"x").await.unwrap();
    }
    assert_eq!(known, Known::New);
}
