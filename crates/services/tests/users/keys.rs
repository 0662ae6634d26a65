//! Keys: who may make which, and who sees them.

use domain::ids::ApiKeyId;
use services::users::list_keys;

use super::*;

impl World {
    async fn integrator(&self, ada: &Caller, site: Option<i64>) -> (UserId, Caller) {
        let email = format!("ines{site:?}@plant.example");
        let mut tx = self.services.store.begin_system().await.unwrap();
        let new = user(&email, Role::IntegrationAdmin, site);
        let (id, _) = create_user(&mut tx, ada, &new).await.unwrap();
        let grants = store::users::grants(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        (id, of_person(id, "Ines".into(), &grants))
    }
}

fn at(sites: &[i64], scopes: &[KeyScope], user: Option<UserId>) -> NewKey {
    let sites = Some(sites.iter().map(|&s| SiteId(s)).collect());
    NewKey { sites, ..key_for(scopes, user) }
}

#[tokio::test]
async fn a_key_never_carries_more_than_its_maker_may() {
    let world = World::new().await;
    let (ada_id, ada) = world.admin().await;
    let (ines_id, ines) = world.integrator(&ada, None).await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let as_ada = create_api_key(&mut tx, &ines, &key_for(&[KeyScope::Decide], Some(ada_id))).await;
    let Err(Error::Invalid(problems)) = as_ada else { panic!("{as_ada:?}") };
    assert_eq!(problems[0].code, "beyond_own_rights");
    let own = key_for(&[KeyScope::Decide, KeyScope::Read], Some(ines_id));
    create_api_key(&mut tx, &ines, &own).await.unwrap();
    create_api_key(&mut tx, &ines, &key_for(&[KeyScope::Predictions], None)).await.unwrap();
    create_api_key(&mut tx, &ines, &key_for(&[KeyScope::Read, KeyScope::Assets], None))
        .await
        .unwrap();
    let past = NewKey { expires_at: Some(tx.now()), ..key_for(&[KeyScope::Read], None) };
    assert!(matches!(create_api_key(&mut tx, &ines, &past).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn who_manages_one_site_makes_sees_and_revokes_its_keys_only() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let (_, ines) = world.integrator(&ada, Some(1)).await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    let scopes = [KeyScope::Predictions];
    let everywhere = create_api_key(&mut tx, &ines, &key_for(&scopes, None)).await;
    assert!(matches!(everywhere, Err(Error::Denied)));
    let elsewhere = create_api_key(&mut tx, &ines, &at(&[1, 2], &scopes, None)).await;
    assert!(matches!(elsewhere, Err(Error::Denied)));
    let (here, _) = create_api_key(&mut tx, &ines, &at(&[1], &scopes, None)).await.unwrap();
    let (both, _) = create_api_key(&mut tx, &ada, &at(&[1, 2], &scopes, None)).await.unwrap();
    let (all, _) = create_api_key(&mut tx, &ada, &key_for(&scopes, None)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.services.begin(&ines, Permission::SecretManage).await.unwrap();
    let list = list_keys(&mut tx, &ines, None).await.unwrap();
    let ids: Vec<ApiKeyId> = list.items.iter().map(|k| k.id).collect();
    assert_eq!(ids, [here]);
    assert!(!list.everywhere);
    for foreign in [both, all] {
        let refused = revoke_api_key(&mut tx, &ines, foreign).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    revoke_api_key(&mut tx, &ines, here).await.unwrap();
    assert!(!list_keys(&mut tx, &ines, None).await.unwrap().items[0].live);
    let twice = revoke_api_key(&mut tx, &ines, here).await;
    assert!(matches!(twice, Err(Error::NotFound)));
}

#[tokio::test]
async fn the_log_knows_a_key_by_its_beginning_only() {
    let world = World::new().await;
    let (_, ada) = world.admin().await;
    let key = world.key(&ada, key_for(&[KeyScope::Predictions], None)).await;
    let detail: serde_json::Value =
        sqlx::query_scalar("SELECT detail FROM audit_event WHERE action = 'api_key.create'")
            .fetch_one(world.services.store.pool())
            .await
            .unwrap();
    assert_eq!(detail["after"]["key"], "set");
    assert_eq!(detail["after"]["scopes"][0], "predictions");
    let secret = &key.expose_secret()[12..];
    assert!(!detail.to_string().contains(secret));
}
