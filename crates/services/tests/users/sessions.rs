//! One's own password and sessions, and those of others.

use services::users::{
    NewPassword, change_password, end_own_sessions, end_sessions, own_account, session_hash,
};

use super::*;

impl World {
    async fn session(&self, user: UserId, id: i128) -> Vec<u8> {
        let store = &self.services.store;
        let mut tx = store.begin_system().await.unwrap();
        let version = store::users::account(&mut tx, user).await.unwrap().unwrap().rights_version;
        let data = serde_json::json!({ "address": "192.0.2.7", "browser": "Firefox on Windows" });
        let hash = session_hash(id);
        store::sessions::create(store, &hash, user, version, 30, &data).await.unwrap();
        hash
    }

    async fn lives(&self, hash: &[u8]) -> bool {
        store::sessions::caller(&self.services.store, hash, false).await.unwrap().is_some()
    }
}

fn to(new: &str) -> NewPassword {
    NewPassword { current: PASSWORD.into(), new: new.into(), address: "192.0.2.1".into() }
}

#[tokio::test]
async fn a_new_password_needs_the_current_one_and_ends_every_session() {
    let world = World::new().await;
    let (id, ada) = world.admin().await;
    let mine = world.session(id, 1).await;
    let wrong = NewPassword { current: "not it at all".into(), ..to("another sentence") };
    let refused = change_password(&world.services, &ada, &wrong).await;
    let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
    assert_eq!(problems[0].path, "current");
    let short = change_password(&world.services, &ada, &to("short")).await;
    assert!(matches!(short, Err(Error::Invalid(_))));
    assert!(world.lives(&mine).await);

    let version = change_password(&world.services, &ada, &to("another sentence")).await.unwrap();
    assert!(!world.lives(&mine).await, "the old id is dead");
    assert_eq!(world.sign_in("ada@plant.example", PASSWORD, "192.0.2.1").await, SignIn::Wrong);
    let done = world.sign_in("ada@plant.example", "another sentence", "192.0.2.2").await;
    assert_eq!(done, SignIn::Done { user: id, rights_version: version });
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let wrong = NewPassword { current: "not it at all".into(), ..to("another sentence") };
    for _ in 0..5 {
        let refused = change_password(&world.services, &ada, &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    let locked = change_password(&world.services, &ada, &to("another sentence")).await;
    assert!(matches!(locked, Err(Error::TooMany { .. })), "{locked:?}");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_but_this() {
    let world = World::new().await;
    let (id, ada) = world.admin().await;
    let (mine, tablet, other) =
        (world.session(id, 1).await, world.session(id, 2).await, world.session(id, 3).await);
    let store = &world.services.store;
    let mut tx = store.begin_system().await.unwrap();
    let account = own_account(&mut tx, &ada, Some(&mine)).await.unwrap();
    assert_eq!(account.sessions.len(), 3);
    assert_eq!(account.sessions.iter().filter(|s| s.current).count(), 1);
    assert_eq!(account.sessions[0].browser.as_deref(), Some("Firefox on Windows"));
    let number: i64 = sqlx::query_scalar("SELECT number FROM session WHERE id_sha256 = $1")
        .bind(&tablet)
        .fetch_one(store.pool())
        .await
        .unwrap();
    end_own_sessions(&mut tx, &ada, Some(number), None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!world.lives(&tablet).await && world.lives(&other).await);

    let mut tx = store.begin_system().await.unwrap();
    let gone = end_own_sessions(&mut tx, &ada, Some(number), None).await;
    assert!(matches!(gone, Err(Error::NotFound)));
    end_own_sessions(&mut tx, &ada, None, Some(&mine)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(world.lives(&mine).await && !world.lives(&other).await);
    assert_eq!(world.audited("user.end_sessions", "ok").await, 2);
}

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_others_and_nobody_else_does() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let (bo_id, _) =
        create_user(&mut tx, &ada, &user("bo@plant.example", Role::Viewer, None)).await.unwrap();
    let grants = store::users::grants(&mut tx, bo_id).await.unwrap();
    tx.commit().await.unwrap();
    let bo = of_person(bo_id, "Bo".into(), &grants);
    let (of_ada, of_bo) = (world.session(ada_id, 1).await, world.session(bo_id, 2).await);
    let number: i64 = sqlx::query_scalar("SELECT number FROM session WHERE id_sha256 = $1")
        .bind(&of_ada)
        .fetch_one(world.services.store.pool())
        .await
        .unwrap();
    let mut tx = world.services.store.begin_system().await.unwrap();
    assert!(matches!(end_sessions(&mut tx, &bo, ada_id, None).await, Err(Error::Denied)));
    let foreign = end_own_sessions(&mut tx, &bo, Some(number), None).await;
    assert!(matches!(foreign, Err(Error::NotFound)), "a number of somebody else's session");
    end_sessions(&mut tx, &ada, bo_id, None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!world.lives(&of_bo).await && world.lives(&of_ada).await);
}
