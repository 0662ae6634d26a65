//! Inviting, giving and taking roles, and the last administrator.

use chrono::TimeDelta;
use domain::ids::GrantId;
use domain::views::users::{PeopleFilter, UserState};
use services::users::{
    enable_user, invite, issue_link, list_people, person, rename_user, revoke_role,
};

use super::*;

/// The token of a link.
fn token(link: &SecretString) -> SecretString {
    let (_, token) = link.expose_secret().split_once("token=").unwrap();
    SecretString::from(token.to_owned())
}

fn set_up_with(link: &SecretString) -> SetUp {
    SetUp {
        token: token(link),
        email: String::new(),
        name: String::new(),
        password: PASSWORD.into(),
    }
}

impl World {
    async fn caller(&self, id: UserId) -> Caller {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let grants = store::users::grants(&mut tx, id).await.unwrap();
        of_person(id, "Somebody".into(), &grants)
    }

    async fn person_with(&self, by: &Caller, new: &NewUser) -> (UserId, Caller) {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let (id, _) = create_user(&mut tx, by, new).await.unwrap();
        tx.commit().await.unwrap();
        (id, self.caller(id).await)
    }

    async fn first_grant(&self, user: UserId) -> GrantId {
        let mut tx = self.services.store.begin_system().await.unwrap();
        GrantId(store::users::given(&mut tx, &[user.0]).await.unwrap()[0].id)
    }
}

#[tokio::test]
async fn an_invited_person_gets_a_mail_sets_a_password_and_signs_in() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let settings = &world.services.settings;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let new = user("bo@plant.example", Role::Viewer, None);
    let nothing = NewUser { grants: Vec::new(), ..new.clone() };
    assert!(matches!(invite(&mut tx, settings, &ada, &nothing).await, Err(Error::Invalid(_))));
    let (bo, link) = invite(&mut tx, settings, &ada, &new).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.services.store.begin_system().await.unwrap();
    let seen = person(&mut tx, &ada, bo, None).await.unwrap();
    assert_eq!(seen.person.state, UserState::Invited);
    assert!(seen.link_until.is_some());
    let mails = store::notices::take_mail(&mut tx, 10).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].address, "bo@plant.example");
    assert!(mails[0].body.contains(link.expose_secret()));

    let mut tx = world.services.store.begin_system().await.unwrap();
    store::notices::mail_done(&mut tx, mails[0].id, Ok(())).await.unwrap();
    tx.commit().await.unwrap();
    let kept: String = sqlx::query_scalar("SELECT body FROM mail")
        .fetch_one(world.services.store.pool())
        .await
        .unwrap();
    assert_eq!(kept, "", "the link does not stay in the database");

    assert_eq!(set_up(&world.services, &set_up_with(&link)).await.unwrap(), bo);
    let done = world.sign_in("bo@plant.example", PASSWORD, "192.0.2.1").await;
    assert!(matches!(done, SignIn::Done { user, .. } if user == bo));
    let again = set_up(&world.services, &set_up_with(&link)).await;
    assert!(matches!(again, Err(Error::NotFound)), "a link works once");
}

#[tokio::test]
async fn a_new_link_ends_the_old_one_and_a_disabled_account_has_none() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let settings = &world.services.settings;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let new = user("bo@plant.example", Role::Viewer, None);
    let (bo, old) = invite(&mut tx, settings, &ada, &new).await.unwrap();
    let (_, link) = issue_link(&mut tx, settings, &ada, bo).await.unwrap();
    disable_user(&mut tx, &ada, bo).await.unwrap();
    tx.commit().await.unwrap();
    for dead in [&old, &link] {
        let refused = set_up(&world.services, &set_up_with(dead)).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    let mut tx = world.services.store.begin_system().await.unwrap();
    let refused = issue_link(&mut tx, settings, &ada, bo).await;
    assert!(matches!(refused, Err(Error::Conflict { code: "disabled", .. })));
    enable_user(&mut tx, &ada, bo).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(set_up(&world.services, &set_up_with(&old)).await, Err(Error::NotFound)));
    assert_eq!(set_up(&world.services, &set_up_with(&link)).await.unwrap(), bo);
}

#[tokio::test]
async fn nobody_takes_over_the_account_of_somebody_who_may_more() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let (_, bo) = world.person_with(&ada, &user("bo@plant.example", Role::Admin, Some(1))).await;
    let (cy_id, _) =
        world.person_with(&ada, &user("cy@plant.example", Role::Planner, Some(1))).await;
    let settings = &world.services.settings;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let link = issue_link(&mut tx, settings, &bo, ada_id).await;
    assert!(matches!(link, Err(Error::Denied)));
    let name = rename_user(&mut tx, &bo, ada_id, "Ada", "bo2@plant.example").await;
    assert!(matches!(name, Err(Error::Denied)));
    issue_link(&mut tx, settings, &bo, cy_id).await.unwrap();
    rename_user(&mut tx, &bo, cy_id, "Cyd", "cyd@plant.example").await.unwrap();
    let taken = rename_user(&mut tx, &ada, cy_id, "Cyd", "ADA@plant.example").await;
    assert!(matches!(taken, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn of_two_administrators_who_remove_each_other_at_once_one_stays() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let (bo_id, bo) = world.person_with(&ada, &user("bo@plant.example", Role::Admin, None)).await;
    let (of_ada, of_bo) = (world.first_grant(ada_id).await, world.first_grant(bo_id).await);
    let store = &world.services.store;
    let mut first = store.begin_system().await.unwrap();
    revoke_role(&mut first, &ada, bo_id, of_bo).await.unwrap();
    // The second one is at it before the first has committed: it must wait and then see.
    let second = {
        let store = store.clone();
        tokio::spawn(async move {
            let mut tx = store.begin_system().await.unwrap();
            let done = revoke_role(&mut tx, &bo, ada_id, of_ada).await;
            tx.commit().await.unwrap();
            done
        })
    };
    let waits: i64 = loop {
        let waiting = sqlx::query_scalar(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .fetch_one(store.pool())
        .await
        .unwrap();
        if waiting > 0 || second.is_finished() {
            break waiting;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(waits, 1, "the second one waits for the first");
    first.commit().await.unwrap();
    let refused = second.await.unwrap();
    assert!(matches!(refused, Err(Error::Conflict { code: "last_admin", .. })), "{refused:?}");
    let mut tx = store.begin_system().await.unwrap();
    assert!(store::users::admin_exists(&mut tx).await.unwrap());
}

#[tokio::test]
async fn two_administrators_who_disable_each_other_from_many_sides_leave_one() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    for round in 0..5 {
        let email = format!("bo{round}@plant.example");
        let (bo_id, bo) = world.person_with(&ada, &user(&email, Role::Admin, None)).await;
        let store = &world.services.store;
        let disable = |caller: Caller, whom: UserId| async move {
            let mut tx = store.begin_system().await.unwrap();
            let done = disable_user(&mut tx, &caller, whom).await;
            tx.commit().await.unwrap();
            done.is_ok()
        };
        let (one, other) = tokio::join!(disable(ada.clone(), bo_id), disable(bo.clone(), ada_id));
        assert!(one != other, "one of both is refused: {one} {other}");
        if other {
            let mut tx = store.begin_system().await.unwrap();
            enable_user(&mut tx, &bo, ada_id).await.unwrap();
            disable_user(&mut tx, &ada, bo_id).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_last_administrator_cannot_be_given_an_end_either() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let end = Some(tx.now() + TimeDelta::days(30));
    let ends = GrantInput { expires_at: end, ..GrantInput::new(Role::Admin, None) };
    let refused = grant_role(&mut tx, &ada, ada_id, ends).await;
    assert!(matches!(refused, Err(Error::Conflict { code: "last_admin", .. })));
    let past = GrantInput { expires_at: Some(tx.now()), ..GrantInput::new(Role::Viewer, None) };
    assert!(matches!(grant_role(&mut tx, &ada, ada_id, past).await, Err(Error::Invalid(_))));
    // Somebody who ends some day does not keep the house open.
    let (bo, _) = create_user(
        &mut tx,
        &ada,
        &NewUser { grants: vec![ends], ..user("bo@plant.example", Role::Viewer, None) },
    )
    .await
    .unwrap();
    let grant = GrantId(store::users::given(&mut tx, &[ada_id.0]).await.unwrap()[0].id);
    let refused = revoke_role(&mut tx, &ada, ada_id, grant).await;
    assert!(matches!(refused, Err(Error::Conflict { code: "last_admin", .. })));
    grant_role(&mut tx, &ada, bo, GrantInput::new(Role::Admin, None)).await.unwrap();
    revoke_role(&mut tx, &ada, ada_id, grant).await.unwrap();
}

#[tokio::test]
async fn a_right_for_a_while_ends_by_itself() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let tx = world.services.store.begin_system().await.unwrap();
    let end = Some(tx.now() + TimeDelta::days(30));
    drop(tx);
    let contractor = NewUser {
        grants: vec![GrantInput { expires_at: end, ..GrantInput::new(Role::Technician, None) }],
        ..user("jo@plant.example", Role::Viewer, None)
    };
    let (jo, caller) = world.person_with(&ada, &contractor).await;
    assert!(caller.may(Permission::WorkOrderWork));
    world.by_hand("UPDATE role_grant SET expires_at = now() WHERE expires_at IS NOT NULL").await;
    assert!(!world.caller(jo).await.may(Permission::View), "the next request is refused");
    let mut tx = world.services.store.begin_system().await.unwrap();
    let seen = person(&mut tx, &ada, jo, None).await.unwrap();
    assert!(seen.person.given[0].ended);
}

#[tokio::test]
async fn an_administrator_of_one_site_sees_and_changes_its_people_only() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let (here, bo) = world.person_with(&ada, &user("bo@plant.example", Role::Admin, Some(1))).await;
    let (there, _) =
        world.person_with(&ada, &user("cy@plant.example", Role::Viewer, Some(2))).await;
    let both = NewUser {
        grants: vec![
            GrantInput::new(Role::Viewer, Some(SiteId(1))),
            GrantInput::new(Role::Planner, Some(SiteId(2))),
        ],
        ..user("di@plant.example", Role::Viewer, None)
    };
    let (di, _) = world.person_with(&ada, &both).await;

    let mut tx = world.services.begin(&bo, Permission::Administer).await.unwrap();
    let list = list_people(&mut tx, &bo, &PeopleFilter::default()).await.unwrap();
    let ids: Vec<UserId> = list.items.iter().map(|p| p.id).collect();
    assert!(ids.contains(&here) && ids.contains(&di) && !ids.contains(&there));
    assert!(ids.contains(&ada_id), "somebody with rights everywhere has them here, too");
    assert_eq!(list.total, 3);
    assert!(!list.everywhere);
    let seen = list.items.iter().find(|p| p.id == di).unwrap();
    assert_eq!(seen.given.len(), 1, "a role at another site is not shown");
    let hidden = person(&mut tx, &bo, there, None).await;
    assert!(matches!(hidden, Err(Error::NotFound)));

    let elsewhere = {
        let mut tx = world.services.store.begin_system().await.unwrap();
        let given = store::users::given(&mut tx, &[di.0]).await.unwrap();
        GrantId(given.iter().find(|g| g.site_id == Some(2)).unwrap().id)
    };
    let refused = revoke_role(&mut tx, &bo, di, elsewhere).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let of_ada = world.first_grant(ada_id).await;
    assert!(matches!(revoke_role(&mut tx, &bo, ada_id, of_ada).await, Err(Error::Denied)));
    let everywhere = disable_user(&mut tx, &bo, di).await;
    assert!(matches!(everywhere, Err(Error::Denied)));
    let swapped = revoke_role(&mut tx, &bo, here, world.first_grant(di).await).await;
    assert!(matches!(swapped, Err(Error::NotFound)), "a grant of somebody else");
}

#[tokio::test]
async fn people_are_listed_by_name_page_by_page_and_filtered() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    for n in 0..60 {
        let new = NewUser {
            name: format!("Person {n:02}"),
            ..user(&format!("p{n}@plant.example"), Role::Viewer, Some(1 + n % 2))
        };
        create_user(&mut tx, &ada, &new).await.unwrap();
    }
    let all = PeopleFilter::default();
    let first = list_people(&mut tx, &ada, &all).await.unwrap();
    assert_eq!((first.items.len(), first.total), (50, 61));
    let rest = PeopleFilter { after: first.next, ..all.clone() };
    let rest = list_people(&mut tx, &ada, &rest).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (11, None));
    let mut names: Vec<String> =
        first.items.into_iter().chain(rest.items).map(|p| p.name).collect();
    let sorted = names.clone();
    names.dedup();
    names.sort();
    assert_eq!(names, sorted);
    let count = |filter: PeopleFilter| {
        let ada = ada.clone();
        let services = world.services.clone();
        async move {
            let mut tx = services.store.begin_system().await.unwrap();
            list_people(&mut tx, &ada, &filter).await.unwrap().total
        }
    };
    tx.commit().await.unwrap();
    assert_eq!(count(PeopleFilter { q: Some("PERSON 5".into()), ..all.clone() }).await, 10);
    assert_eq!(count(PeopleFilter { q: Some("p7@".into()), ..all.clone() }).await, 1);
    assert_eq!(count(PeopleFilter { site: Some(SiteId(2)), ..all.clone() }).await, 31);
    assert_eq!(count(PeopleFilter { role: Some(Role::Admin.into()), ..all.clone() }).await, 1);
    assert_eq!(count(PeopleFilter { state: Some(UserState::Disabled), ..all }).await, 0);
}

#[tokio::test]
async fn the_log_says_what_changed_and_names_nobody() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let new = user("secret-name@plant.example", Role::Viewer, None);
    let (bo, _) = world.person_with(&ada, &new).await;
    let grant = world.first_grant(bo).await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    rename_user(&mut tx, &ada, bo, "Secret-Name", "secret-name@plant.example").await.unwrap();
    revoke_role(&mut tx, &ada, bo, grant).await.unwrap();
    disable_user(&mut tx, &ada, bo).await.unwrap();
    tx.commit().await.unwrap();
    let rows: Vec<(String, serde_json::Value)> = sqlx::query_as(
        "SELECT action, detail FROM audit_event WHERE entity = 'app_user' AND entity_id = $1
         ORDER BY id",
    )
    .bind(bo.0)
    .fetch_all(world.services.store.pool())
    .await
    .unwrap();
    let detail = |action: &str| &rows.iter().find(|r| r.0 == action).unwrap().1;
    assert_eq!(detail("role.grant")["after"]["role"], "viewer");
    assert_eq!(detail("role.revoke")["before"]["role"], "viewer");
    assert_eq!(detail("user.status")["before"]["status"], "active");
    assert_eq!(detail("user.status")["after"]["status"], "disabled");
    assert_eq!(detail("user.rename")["after"]["name_and_address"], "changed");
    assert!(!format!("{rows:?}").to_lowercase().contains("secret-name"), "{rows:?}");
}
