//! Roles of an installation's own, and why somebody can or can't.

use std::collections::BTreeMap;

use domain::ids::CustomRoleId;
use domain::permission::RoleRef;
use domain::views::users::{BoxChange, Reason, UserState, WhyAsk};
use services::users::{delete_role, duplicate_role, rename_role, role_matrix, save_boxes};

use super::*;

impl World {
    async fn role(&self, by: &Caller, of: Role, name: &str) -> CustomRoleId {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let id = duplicate_role(&mut tx, by, of.into(), name).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn change(
        &self,
        by: &Caller,
        role: CustomRoleId,
        version: i32,
        boxes: &[(Permission, bool)],
    ) -> Result<u32, Error> {
        let changes: Vec<BoxChange> =
            boxes.iter().map(|&(permission, give)| BoxChange { role, permission, give }).collect();
        let mut tx = self.services.store.begin_system().await.unwrap();
        let done = save_boxes(&mut tx, by, &changes, &BTreeMap::from([(role, version)])).await?;
        tx.commit().await.unwrap();
        Ok(done)
    }

    async fn with_role(&self, by: &Caller, email: &str, role: impl Into<RoleRef>) -> UserId {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let grants = vec![GrantInput::new(role, Some(SiteId(1)))];
        let new = NewUser { grants, ..user(email, Role::Viewer, None) };
        let (id, _) = create_user(&mut tx, by, &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn rights(&self, id: UserId) -> Caller {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let grants = store::users::grants(&mut tx, id).await.unwrap();
        of_person(id, "Somebody".into(), &grants)
    }
}

#[tokio::test]
async fn a_changed_role_changes_the_rights_of_its_people_at_once_and_ends_their_sessions() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let role = world.role(&ada, Role::Operator, "Press lead").await;
    let bo = world.with_role(&ada, "bo@plant.example", role).await;
    let key = world.key(&ada, key_for(&[KeyScope::Decide], Some(bo))).await;
    assert!(!world.rights(bo).await.may(Permission::ReviewDecide));

    let store = &world.services.store;
    let mut tx = store.begin_system().await.unwrap();
    let version = store::users::account(&mut tx, bo).await.unwrap().unwrap().rights_version;
    drop(tx);
    let data = serde_json::json!({});
    store::sessions::create(store, b"session", bo, version, 30, &data).await.unwrap();

    let affected = world.change(&ada, role, 1, &[(Permission::ReviewDecide, true)]).await.unwrap();
    assert_eq!(affected, 1);
    assert!(world.rights(bo).await.may_at(Permission::ReviewDecide, SiteId(1)));
    assert!(!world.rights(bo).await.may_at(Permission::ReviewDecide, SiteId(2)));
    assert!(store::sessions::caller(store, b"session", true).await.unwrap().is_none());
    let by_key = caller_for_key(&world.services, key.expose_secret()).await.unwrap();
    assert!(by_key.caller.may(Permission::ReviewDecide), "a person's key follows the role");

    world.change(&ada, role, 2, &[(Permission::ReviewDecide, false)]).await.unwrap();
    assert!(!world.rights(bo).await.may(Permission::ReviewDecide));
    let mut tx = store.begin_system().await.unwrap();
    let asked = store::users::people_with_role(&mut tx, Role::Reviewer, SiteId(1)).await.unwrap();
    assert!(asked.is_empty());
    drop(tx);
    world.change(&ada, role, 3, &[(Permission::ReviewDecide, true)]).await.unwrap();
    let mut tx = store.begin_system().await.unwrap();
    let asked = store::users::people_with_role(&mut tx, Role::Reviewer, SiteId(1)).await.unwrap();
    assert_eq!(asked.len(), 1, "who may decide is asked");
    assert_eq!(world.audited("role.update", "ok").await, 3);
}

#[tokio::test]
async fn what_comes_with_a_permission_comes_and_goes_with_it() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let role = world.role(&ada, Role::Viewer, "Rules").await;
    world.change(&ada, role, 1, &[(Permission::RulePublish, true)]).await.unwrap();
    let bo = world.with_role(&ada, "bo@plant.example", role).await;
    assert!(world.rights(bo).await.may(Permission::RuleDraft));
    world.change(&ada, role, 2, &[(Permission::RuleDraft, false)]).await.unwrap();
    let rights = world.rights(bo).await;
    assert!(!rights.may(Permission::RulePublish) && rights.may(Permission::View));
}

#[tokio::test]
async fn an_old_version_is_refused_and_of_two_savers_one_wins() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let role = world.role(&ada, Role::Viewer, "Press lead").await;
    let give = [(Permission::LogbookWrite, true)];
    let take = [(Permission::View, false)];
    let (one, other) =
        tokio::join!(world.change(&ada, role, 1, &give), world.change(&ada, role, 1, &take));
    let refused =
        |r: &Result<u32, Error>| matches!(r, Err(Error::Conflict { code: "role_changed", .. }));
    assert_eq!([&one, &other].iter().filter(|r| refused(r)).count(), 1, "{one:?} {other:?}");
    assert!(one.is_ok() || other.is_ok());
    let mut tx = world.services.store.begin_system().await.unwrap();
    let stale = rename_role(&mut tx, &ada, role, 1, "Lead").await;
    assert!(matches!(stale, Err(Error::Conflict { code: "role_changed", .. })));
}

#[tokio::test]
async fn nobody_puts_into_a_role_what_they_lack() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let people = world.role(&ada, Role::Viewer, "People desk").await;
    world.change(&ada, people, 1, &[(Permission::Administer, true)]).await.unwrap();
    let mut tx = world.services.store.begin_system().await.unwrap();
    let new = NewUser {
        grants: vec![GrantInput::new(people, None)],
        ..user("bo@plant.example", Role::Viewer, None)
    };
    let (bo, _) = create_user(&mut tx, &ada, &new).await.unwrap();
    tx.commit().await.unwrap();
    let bo = world.rights(bo).await;
    let beyond = world.change(&bo, people, 2, &[(Permission::SecretManage, true)]).await;
    assert!(matches!(beyond, Err(Error::Denied)));
    let mut tx = world.services.store.begin_system().await.unwrap();
    let copy = duplicate_role(&mut tx, &bo, Role::Planner.into(), "Copy").await;
    assert!(matches!(copy, Err(Error::Denied)));
    let given = grant_role(&mut tx, &bo, UserId(1), GrantInput::new(Role::Planner, None)).await;
    assert!(matches!(given, Err(Error::Denied)));
    duplicate_role(&mut tx, &bo, people.into(), "Second desk").await.unwrap();
    let local = user("cy@plant.example", Role::Admin, Some(1));
    let (cy, _) = create_user(&mut tx, &ada, &local).await.unwrap();
    tx.commit().await.unwrap();
    let cy = world.rights(cy).await;
    let of_one_site = world.change(&cy, people, 2, &[(Permission::LogbookWrite, true)]).await;
    assert!(matches!(of_one_site, Err(Error::Denied)), "a role counts at every site");
}

#[tokio::test]
async fn names_are_unique_and_a_role_somebody_has_stays() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let role = world.role(&ada, Role::Viewer, "Press lead").await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let twice = duplicate_role(&mut tx, &ada, Role::Viewer.into(), " PRESS lead ").await;
    assert!(matches!(twice, Err(Error::Invalid(_))));
    drop(tx);
    world.with_role(&ada, "bo@plant.example", role).await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let held = delete_role(&mut tx, &ada, role, 1).await;
    assert!(matches!(held, Err(Error::Conflict { code: "role_in_use", .. })));
    drop(tx);
    let free = world.role(&ada, Role::Viewer, "Free").await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    delete_role(&mut tx, &ada, free, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.audited("role.delete", "ok").await, 1);
}

#[tokio::test]
async fn the_answer_to_why_is_what_the_next_request_gets() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    world
        .by_hand(
            "INSERT INTO asset (id, site_id, kind, tag, tag_key, name, criticality, status, path, path_text)
             OVERRIDING SYSTEM VALUE
             SELECT id, site, kind, tag, lower(tag), tag, 'low', 'active', ARRAY[site], tag
             FROM (VALUES (1, 1, 'site', 'RFD'), (2, 2, 'site', 'AUR'), (3, 2, 'machine', 'ML-2007'))
                  AS a (id, site, kind, tag)",
        )
        .await;
    let bo = world.with_role(&ada, "bo@plant.example", Role::Supervisor).await;
    let why = |permission, on: Option<&str>| {
        let ask = WhyAsk { person: bo, permission, on: on.map(str::to_owned) };
        let (services, ada) = (world.services.clone(), ada.clone());
        async move {
            let mut tx = services.store.begin_system().await.unwrap();
            role_matrix(&mut tx, &ada, Some(ask)).await.unwrap().why.unwrap()
        }
    };
    let here = why(Permission::ReviewDecide, Some(" rfd ")).await;
    assert!(here.yes, "{here:?}");
    assert_eq!(here.site.as_ref().map(|s| s.id), Some(SiteId(1)));
    let there = why(Permission::ReviewDecide, Some("ML-2007")).await;
    assert!(!there.yes);
    assert!(
        there.reasons.iter().any(|r| matches!(r, Reason::Role { allows: true, covers: false, .. })),
        "{there:?}"
    );
    let never = why(Permission::RulePublish, Some("RFD")).await;
    assert!(!never.yes);
    assert!(never.reasons.iter().any(|r| matches!(r, Reason::Role { allows: false, .. })));
    let nothing = why(Permission::ReviewDecide, Some("NOT-THERE")).await;
    assert!(!nothing.yes);
    assert!(nothing.reasons.contains(&Reason::UnknownObject("NOT-THERE".into())));
    assert!(why(Permission::ReviewDecide, None).await.yes);

    world.by_hand("UPDATE role_grant SET expires_at = now() WHERE role = 'supervisor'").await;
    let ended = why(Permission::ReviewDecide, Some("RFD")).await;
    assert!(!ended.yes && !world.rights(bo).await.may(Permission::ReviewDecide));
    world.by_hand("UPDATE role_grant SET expires_at = NULL; UPDATE app_user SET status = 'disabled' WHERE email_key LIKE 'bo@%'").await;
    let disabled = why(Permission::ReviewDecide, Some("RFD")).await;
    assert!(!disabled.yes);
    assert_eq!(disabled.reasons[0], Reason::Account(UserState::Disabled));
}
