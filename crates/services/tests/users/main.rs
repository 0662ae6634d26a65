//! People: signing in, set-up, rights, keys; each security event leaves its audit row.

mod keys;
mod people;
mod roles;
mod sessions;

use std::time::{Duration, Instant};

use domain::ids::{SiteId, UserId};
use domain::permission::{KeyScope, Permission, Role};
use secrecy::{ExposeSecret, SecretString};
use services::users::{
    GrantInput, NewKey, NewUser, SetUp, SignIn, SignInInput, caller_for_key, create_admin,
    create_api_key, create_user, disable_user, grant_role, issue_setup_token, note_key_use,
    of_person, revoke_api_key, set_up, sign_in,
};
use services::{Caller, Error, Services, Settings};
use store::Store;
use store::testing::{TestDb, database};

const PASSWORD: &str = "four words make it";

struct World {
    services: Services,
    db: TestDb,
}

impl World {
    async fn new() -> Self {
        let db = database().await;
        let store = Store::connect(&db.url, 8).await.unwrap();
        Self { services: Services { store, settings: Settings::default() }, db }
    }

    async fn admin(&self) -> (UserId, Caller) {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let id = create_admin(&mut tx, "Ada@Plant.example", "Ada", &PASSWORD.into()).await.unwrap();
        let grants = store::users::grants(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        (id, of_person(id, "Ada".into(), &grants))
    }

    async fn sign_in(&self, email: &str, password: &str, address: &str) -> SignIn {
        let input =
            SignInInput { email: email.into(), password: password.into(), address: address.into() };
        sign_in(&self.services, &input).await.unwrap()
    }

    async fn key(&self, caller: &Caller, new: NewKey) -> SecretString {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let (_, key) = create_api_key(&mut tx, caller, &new).await.unwrap();
        tx.commit().await.unwrap();
        key
    }

    /// As somebody would do by hand, past the triggers.
    async fn by_hand(&self, statement: &'static str) {
        let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&self.db.superuser_url)
            .await
            .unwrap();
        sqlx::raw_sql("SET session_replication_role = replica").execute(&mut conn).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    }

    async fn audited(&self, action: &str, outcome: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM audit_event WHERE action = $1 AND outcome = $2")
            .bind(action)
            .bind(outcome)
            .fetch_one(self.services.store.pool())
            .await
            .unwrap()
    }
}

fn key_for(scopes: &[KeyScope], user: Option<UserId>) -> NewKey {
    NewKey {
        name: "press line".into(),
        source: None,
        user,
        scopes: scopes.to_vec(),
        sites: None,
        expires_at: None,
    }
}

fn user(email: &str, role: Role, site: Option<i64>) -> NewUser {
    NewUser {
        email: email.into(),
        name: "Somebody".into(),
        password_hash: Some("x".into()),
        grants: vec![GrantInput::new(role, site.map(SiteId))],
    }
}

#[tokio::test]
async fn a_person_signs_in_with_any_spelling_of_the_address() {
    let world = World::new().await;
    let (id, _) = world.admin().await;
    let done = world.sign_in("ada@plant.EXAMPLE ", PASSWORD, "192.0.2.1").await;
    assert!(matches!(done, SignIn::Done { user, .. } if user == id));
    assert_eq!(world.sign_in("ada@plant.example", "wrong", "192.0.2.1").await, SignIn::Wrong);
    assert_eq!(world.sign_in("eve@plant.example", PASSWORD, "192.0.2.1").await, SignIn::Wrong);
    assert_eq!(world.audited("user.sign_in", "ok").await, 1);
    assert_eq!(world.audited("user.sign_in", "failed").await, 2);
}

#[tokio::test]
async fn five_failures_lock_known_and_unknown_accounts_alike_and_the_lock_ends() {
    let world = World::new().await;
    world.admin().await;
    for email in ["ada@plant.example", "eve@plant.example"] {
        for n in 0..5 {
            let address = format!("192.0.2.{n}");
            assert_eq!(world.sign_in(email, "wrong", &address).await, SignIn::Wrong);
        }
        let locked = world.sign_in(email, PASSWORD, "192.0.2.99").await;
        assert!(
            matches!(locked, SignIn::Locked { secs } if (20..=30).contains(&secs)),
            "{locked:?}"
        );
    }
    assert_eq!(world.audited("user.lock", "ok").await, 2);
    assert_eq!(world.audited("user.sign_in", "locked").await, 2);
    world.by_hand("UPDATE sign_in_failure SET locked_until = now()").await;
    assert_eq!(world.sign_in("ada@plant.example", "wrong", "192.0.2.99").await, SignIn::Wrong);
    let again = world.sign_in("ada@plant.example", PASSWORD, "192.0.2.98").await;
    assert!(matches!(again, SignIn::Locked { secs } if (50..=60).contains(&secs)), "{again:?}");
    world.by_hand("UPDATE sign_in_failure SET locked_until = now()").await;
    let done = world.sign_in("ada@plant.example", PASSWORD, "192.0.2.98").await;
    assert!(matches!(done, SignIn::Done { .. }));
    assert_eq!(world.sign_in("ada@plant.example", "wrong", "192.0.2.97").await, SignIn::Wrong);
    let done = world.sign_in("ada@plant.example", PASSWORD, "192.0.2.97").await;
    assert!(matches!(done, SignIn::Done { .. }), "one failure after a good one locks nothing");
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_waits() {
    let world = World::new().await;
    world.admin().await;
    for n in 0..5 {
        let email = format!("nobody{n}@plant.example");
        assert_eq!(world.sign_in(&email, "wrong", "192.0.2.1").await, SignIn::Wrong);
    }
    let locked = world.sign_in("ada@plant.example", PASSWORD, "192.0.2.1").await;
    assert!(matches!(locked, SignIn::Locked { secs } if secs <= 5), "{locked:?}");
    let elsewhere = world.sign_in("ada@plant.example", PASSWORD, "192.0.2.2").await;
    assert!(matches!(elsewhere, SignIn::Done { .. }));
}

#[tokio::test]
async fn an_unknown_person_costs_the_same_work() {
    let world = World::new().await;
    world.admin().await;
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for n in 0..10 {
        let address = format!("192.0.2.{n}");
        for (email, times) in
            [("ada@plant.example", &mut known), ("eve@plant.example", &mut unknown)]
        {
            world.by_hand("DELETE FROM sign_in_failure").await;
            let begun = Instant::now();
            assert_eq!(world.sign_in(email, "wrong", &address).await, SignIn::Wrong);
            times.push(begun.elapsed());
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (known, unknown) = (median(&mut known), median(&mut unknown));
    // Leaving out the hash would be a difference of a factor, on any machine.
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn a_set_up_link_works_once_and_never_beside_an_administrator() {
    let world = World::new().await;
    let services = &world.services;
    let issue = || async {
        let mut tx = services.store.begin_system().await.unwrap();
        let token = issue_setup_token(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        token
    };
    let old = issue().await.unwrap();
    let token = issue().await.unwrap();
    let input = |token: &SecretString, password: &str| SetUp {
        token: token.clone(),
        email: "ada@plant.example".into(),
        name: "Ada".into(),
        password: password.into(),
    };
    let refused = set_up(services, &input(&old, PASSWORD)).await;
    assert!(matches!(refused, Err(Error::NotFound)), "a newer link ends the older one");
    let refused = set_up(services, &input(&token, "password")).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "bad input does not use it up");
    let good = input(&token, PASSWORD);
    let (one, other) = tokio::join!(set_up(services, &good), set_up(services, &good));
    assert_eq!([&one, &other].iter().filter(|r| r.is_ok()).count(), 1, "{one:?} {other:?}");
    assert!(issue().await.is_none(), "there is an administrator now");
    let done = world.sign_in("ada@plant.example", PASSWORD, "192.0.2.1").await;
    assert!(matches!(done, SignIn::Done { .. }));
}

#[tokio::test]
async fn an_invited_person_chooses_a_password() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let invited = NewUser { password_hash: None, ..user("bo@plant.example", Role::Viewer, None) };
    let (id, token) = create_user(&mut tx, &ada, &invited).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.sign_in("bo@plant.example", "", "192.0.2.1").await, SignIn::Wrong);
    let input = SetUp {
        token: token.unwrap(),
        email: "other@plant.example".into(),
        name: String::new(),
        password: PASSWORD.into(),
    };
    assert_eq!(set_up(&world.services, &input).await.unwrap(), id);
    let done = world.sign_in("bo@plant.example", PASSWORD, "192.0.2.1").await;
    assert!(matches!(done, SignIn::Done { user, .. } if user == id));
}

#[tokio::test]
async fn a_session_dies_when_its_owners_rights_change() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let store = &world.services.store;
    let mut tx = store.begin_system().await.unwrap();
    let new = user("bo@plant.example", Role::Viewer, Some(1));
    let (bo, _) = create_user(&mut tx, &ada, &new).await.unwrap();
    tx.commit().await.unwrap();
    let open = |id: &'static [u8]| async move {
        let mut tx = store.begin_system().await.unwrap();
        let version = store::users::account(&mut tx, bo).await.unwrap().unwrap().rights_version;
        let data = serde_json::json!({});
        store::sessions::create(store, id, bo, version, 30, &data).await.unwrap();
        assert!(store::sessions::caller(store, id, true).await.unwrap().is_some());
    };
    let dead = |id: &'static [u8]| async move {
        store::sessions::caller(store, id, true).await.unwrap().is_none()
            && store::sessions::load(store, id).await.unwrap().is_none()
    };

    open(b"role").await;
    let mut tx = store.begin_system().await.unwrap();
    let grant = GrantInput::new(Role::Operator, Some(SiteId(1)));
    grant_role(&mut tx, &ada, bo, grant).await.unwrap();
    tx.commit().await.unwrap();
    assert!(dead(b"role").await);

    open(b"password").await;
    let mut tx = store.begin_system().await.unwrap();
    store::users::set_password(&mut tx, bo, "y").await.unwrap();
    tx.commit().await.unwrap();
    assert!(dead(b"password").await);

    open(b"idle").await;
    world.by_hand("UPDATE session SET last_seen_at = now() - interval '31 minutes'").await;
    assert!(dead(b"idle").await);

    open(b"old").await;
    world.by_hand("UPDATE session SET ends_at = now()").await;
    assert!(dead(b"old").await);

    open(b"disabled").await;
    let mut tx = store.begin_system().await.unwrap();
    disable_user(&mut tx, &ada, bo).await.unwrap();
    tx.commit().await.unwrap();
    assert!(dead(b"disabled").await);
    assert_eq!(world.audited("role.grant", "ok").await, 6, "each grant: on itself, on its user");
}

#[tokio::test]
async fn nobody_gives_a_right_they_lack_and_the_last_administrator_stays() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let local = user("bo@plant.example", Role::Admin, Some(1));
    let (bo, _) = create_user(&mut tx, &ada, &local).await.unwrap();
    let grants = store::users::grants(&mut tx, bo).await.unwrap();
    let bo_caller = of_person(bo, "Bo".into(), &grants);
    let give = |site| GrantInput::new(Role::Planner, site);
    assert!(grant_role(&mut tx, &bo_caller, bo, give(Some(SiteId(1)))).await.is_ok());
    let elsewhere = grant_role(&mut tx, &bo_caller, bo, give(Some(SiteId(2)))).await;
    assert!(matches!(elsewhere, Err(Error::Denied)));
    assert!(matches!(grant_role(&mut tx, &bo_caller, bo, give(None)).await, Err(Error::Denied)));
    let viewer = of_person(UserId(9), "V".into(), &[]);
    assert!(matches!(grant_role(&mut tx, &viewer, bo, give(None)).await, Err(Error::Denied)));
    let last = disable_user(&mut tx, &ada, ada_id).await;
    assert!(matches!(last, Err(Error::Conflict { code: "last_admin", .. })));
    let twice = create_user(&mut tx, &ada, &user("ADA@plant.example", Role::Viewer, None)).await;
    assert!(matches!(twice, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_key_works_until_it_is_revoked_or_ends() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let services = &world.services;
    let key = world.key(&ada, key_for(&[KeyScope::Predictions], None)).await;
    let text = key.expose_secret();
    assert!(text.starts_with("mw_") && text.len() == 55, "{}", text.len());
    let caller = caller_for_key(services, text).await.unwrap();
    assert!(caller.caller.may(Permission::PredictionSend));
    assert!(caller.source.is_some() && caller.use_unnoted);
    note_key_use(services, caller.key).await.unwrap();
    assert!(!caller_for_key(services, text).await.unwrap().use_unnoted);
    for wrong in ["", "mw_", &text[..54], &text.to_uppercase()] {
        assert!(matches!(caller_for_key(services, wrong).await, Err(Error::NotSignedIn)));
    }
    world.by_hand("UPDATE api_key SET expires_at = now()").await;
    assert!(matches!(caller_for_key(services, text).await, Err(Error::NotSignedIn)));
    world.by_hand("UPDATE api_key SET expires_at = NULL").await;
    let mut tx = services.store.begin_system().await.unwrap();
    revoke_api_key(&mut tx, &ada, caller.key).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(caller_for_key(services, text).await, Err(Error::NotSignedIn)));
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM api_key WHERE api_key::text LIKE $1")
            .bind(format!("%{}%", &text[12..]))
            .fetch_one(services.store.pool())
            .await
            .unwrap();
    assert_eq!(stored, 0, "the secret part is nowhere in the table");
}

#[tokio::test]
async fn a_persons_key_ends_with_the_person() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let services = &world.services;
    let mut tx = services.store.begin_system().await.unwrap();
    let new = user("bo@plant.example", Role::Reviewer, Some(1));
    let (bo, _) = create_user(&mut tx, &ada, &new).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = services.store.begin_system().await.unwrap();
    let nobody = create_api_key(&mut tx, &ada, &key_for(&[KeyScope::Decide], None)).await;
    assert!(matches!(nobody, Err(Error::Invalid(_))), "acts of people need a person");
    drop(tx);
    let key = world.key(&ada, key_for(&[KeyScope::Decide], Some(bo))).await;
    let caller = caller_for_key(services, key.expose_secret()).await.unwrap().caller;
    assert!(caller.may_at(Permission::ReviewDecide, SiteId(1)));
    assert!(!caller.may_at(Permission::ReviewDecide, SiteId(2)));
    assert_eq!(caller.user().unwrap(), bo);
    let mut tx = services.store.begin_system().await.unwrap();
    disable_user(&mut tx, &ada, bo).await.unwrap();
    tx.commit().await.unwrap();
    let refused = caller_for_key(services, key.expose_secret()).await;
    assert!(matches!(refused, Err(Error::NotSignedIn)));
}
