//! Reading the audit log: terms, pages, sites, names, and the case an event belongs to.

use domain::ids::{AuditId, SiteId, UserId};
use domain::permission::Permission;
use domain::views::audit::{AuditAsk, AuditPage};
use services::{Caller, Error, Grant, Services, Settings, audit};
use store::testing::{TestDb, database};
use store::{Actor, Scope, Store};

struct World {
    services: Services,
    db: TestDb,
}

fn reader(scope: Scope) -> Caller {
    Caller {
        actor: Actor::User(UserId(1)),
        name: "Berg".into(),
        source: None,
        grants: vec![Grant { permission: Permission::AuditRead, scope }],
    }
}

impl World {
    async fn new() -> Self {
        let db = database().await;
        let store = Store::connect(&db.url, 4).await.unwrap();
        let world = Self { services: Services { store, settings: Settings::default() }, db };
        world
            .by_hand(
                "INSERT INTO asset (id, site_id, kind, tag, tag_key, name, criticality, status, path, path_text)
                 OVERRIDING SYSTEM VALUE
                 SELECT id, site, kind, tag, lower(tag), name, 'low', 'active', ARRAY[site], tag
                 FROM (VALUES (1, 1, 'site', 'RFD', 'Rockford'), (2, 2, 'site', 'AUR', 'Aurora'),
                              (3, 1, 'machine', 'VMC-1050', 'Mill')) AS a (id, site, kind, tag, name);
                 INSERT INTO site (id, calendar, connection_id)
                 SELECT s.id, '{}', c.id FROM (VALUES (1), (2)) AS s (id), connection c;
                 INSERT INTO app_user (id, email, email_key, name, status)
                 OVERRIDING SYSTEM VALUE VALUES (1, 'a@b', 'a@b', 'Astrid Berg', 'active'),
                                                (2, 'd@k', 'd@k', 'D. Kowalski', 'active');
                 INSERT INTO audit_event (at, actor_kind, actor_id, action, entity, entity_id, site_id, outcome, detail)
                 SELECT now() - age, kind, actor, action, entity, id, site, outcome, detail::jsonb FROM (VALUES
                     (interval '1 day', 'user', 1, 'asset.update', 'asset', 3, 1, 'ok', '{\"name\": [\"Old\", \"Mill\"], \"tag\": \"VMC-1050\"}'),
                     (interval '2 days', 'user', 2, 'rule.publish', 'policy', 1, 2, 'ok', '{}'),
                     (interval '3 days', 'system', NULL, 'rule.pause', 'policy', 1, 1, 'ok', '{}'),
                     (interval '4 days', 'user', 2, 'access.refuse', 'app_user', 2, NULL, 'refused', '{\"address\": \"192.0.2.7\"}'),
                     (interval '100 days', 'user', 1, 'asset.update', 'asset', 3, 1, 'ok', '{}')
                 ) AS e (age, kind, actor, action, entity, id, site, outcome, detail)",
            )
            .await;
        world
    }

    async fn by_hand(&self, statement: &'static str) {
        let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&self.db.superuser_url)
            .await
            .unwrap();
        sqlx::raw_sql("SET session_replication_role = replica").execute(&mut conn).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    }

    async fn asked(&self, by: &Caller, ask: AuditAsk) -> Result<AuditPage, Error> {
        let mut tx = self.services.begin(by, Permission::AuditRead).await?;
        audit::page(&mut tx, by, &ask).await
    }

    async fn find(&self, q: &str) -> AuditPage {
        let ask = AuditAsk { q: q.into(), zone: "UTC".into(), ..AuditAsk::default() };
        self.asked(&reader(Scope::All), ask).await.unwrap()
    }

    async fn actions(&self, q: &str) -> Vec<String> {
        let ours = ["asset.update", "rule.publish", "rule.pause", "access.refuse"];
        let items = self.find(q).await.items.into_iter().map(|row| row.action);
        items.filter(|action| ours.contains(&action.as_str())).collect()
    }
}

#[tokio::test]
async fn every_term_narrows_the_list() {
    let world = World::new().await;
    let all = ["asset.update", "rule.publish", "rule.pause", "access.refuse"];
    assert_eq!(world.actions("").await, all, "newest first, 90 days");
    let cases: [(&str, &[&str]); 16] = [
        ("action:rule.publish", &["rule.publish"]),
        ("action:rule.*", &["rule.publish", "rule.pause"]),
        ("action:rule.*,asset.update", &["asset.update", "rule.publish", "rule.pause"]),
        ("action:rule.* -actor:millwright", &["rule.publish"]),
        ("actor:berg", &["asset.update"]),
        ("actor:\"D. Kowalski\"", &["rule.publish", "access.refuse"]),
        ("actor:user/2 -outcome:done", &["access.refuse"]),
        ("object:asset", &["asset.update"]),
        ("object:policy/1 site:aur", &["rule.publish"]),
        ("object:policy/2", &[]),
        ("site:Rockford,AUR", &["asset.update", "rule.publish", "rule.pause"]),
        ("site:none -action:connection.create", &["access.refuse"]),
        ("outcome:refused", &["access.refuse"]),
        ("after:-60h", &["asset.update", "rule.publish"]),
        ("before:-60h after:-80h", &["rule.pause"]),
        ("after:-200d object:asset", &["asset.update", "asset.update"]),
    ];
    for (query, expected) in cases {
        assert_eq!(world.actions(query).await, expected, "{query}");
    }
    let page = world.find("colour:red before:soon action:rule.*").await;
    assert_eq!(page.ignored, ["colour:red", "before:soon"]);
    assert_eq!(page.items.len(), 2, "what is understood still counts");
    assert!(page.usual_range);
}

#[tokio::test]
async fn another_sites_events_and_those_of_no_site_are_not_there() {
    let world = World::new().await;
    let local = reader(Scope::Sites(vec![SiteId(1)]));
    let ask = |q: &str| AuditAsk { q: q.into(), ..AuditAsk::default() };
    let page = world.asked(&local, ask("")).await.unwrap();
    assert!(page.items.iter().all(|row| row.site.as_deref() == Some("Rockford")), "{page:?}");
    assert_eq!((page.items.len(), page.total), (2, 2));
    assert!(page.facets.iter().all(|f| f.values.iter().all(|v| v.0 != "rule.publish")));
    for sneaky in ["site:AUR", "site:none", "-site:RFD", "action:rule.publish"] {
        assert!(world.asked(&local, ask(sneaky)).await.unwrap().items.is_empty(), "{sneaky}");
    }
    let foreign = world.find("action:rule.publish").await.items[0].id;
    let opened = AuditAsk { open: Some(foreign), ..AuditAsk::default() };
    assert_eq!(world.asked(&local, opened).await.unwrap().opened, None);
    let nobody = Caller { grants: Vec::new(), ..local };
    assert!(matches!(world.asked(&nobody, ask("")).await, Err(Error::Denied)));
}

#[tokio::test]
async fn pages_hold_every_event_once_also_those_of_one_instant() {
    let world = World::new().await;
    world
        .by_hand(
            "INSERT INTO audit_event (at, actor_kind, action, entity, entity_id)
             SELECT now() - interval '1 hour' * (n % 3), 'system', 'test.many', 'source', n
             FROM generate_series(1, 130) AS n",
        )
        .await;
    let by = reader(Scope::All);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let ask = AuditAsk { q: "action:test.many".into(), after, ..AuditAsk::default() };
        let page = world.asked(&by, ask).await.unwrap();
        assert_eq!((page.total, page.more), (130, false));
        seen.extend(page.items.into_iter().map(|row| (row.at, row.id.0)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 130);
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, each once");
    let wrong = AuditAsk { after: Some("x-y".into()), ..AuditAsk::default() };
    assert!(world.asked(&by, wrong).await.is_ok(), "an odd cursor is the first page");
}

#[tokio::test]
async fn menus_count_what_was_found_and_write_terms_that_find_it() {
    let world = World::new().await;
    let page = world.find("-object:connection").await;
    let menu = |key: &str| {
        page.facets.iter().find(|f| f.key.as_str() == key).map(|f| f.values.clone()).unwrap()
    };
    assert!(menu("outcome").contains(&("refused".into(), None, 1)));
    let actor = ("D. Kowalski".to_owned(), Some("D. Kowalski".to_owned()), 2);
    assert!(menu("actor").contains(&actor), "{:?}", menu("actor"));
    for facet in &page.facets {
        for (value, _, count) in &facet.values {
            let (query, _) = domain::audit::AuditQuery::parse("-object:connection");
            let query = query.toggled(facet.key, value).to_string();
            assert_eq!(world.find(&query).await.total, *count, "{query}");
        }
    }
}

#[tokio::test]
async fn an_opened_event_says_what_changed_and_by_which_request() {
    let world = World::new().await;
    world
        .by_hand(
            "INSERT INTO audit_event (actor_kind, actor_id, action, entity, entity_id, request_id, detail)
             VALUES ('user', 1, 'role.grant', 'app_user', 2, 'req-1', '{\"user\": 2, \"after\": {\"role\": \"planner\"}}')",
        )
        .await;
    let id = world.find("action:role.grant").await.items[0].id;
    let by = reader(Scope::All);
    let ask = AuditAsk { open: Some(id), ..AuditAsk::default() };
    let opened = world.asked(&by, ask).await.unwrap().opened.unwrap();
    assert_eq!(opened.changes[0].after.as_deref(), Some("planner"));
    assert_eq!(opened.facts, [("user".to_owned(), "D. Kowalski".to_owned())]);
    assert_eq!(opened.request_id.as_deref(), Some("req-1"));
    let asset = world.find("object:asset").await.items.remove(0);
    assert_eq!(asset.object.label.as_deref(), Some("VMC-1050"));
    let ask = AuditAsk { open: Some(asset.id), ..AuditAsk::default() };
    let opened = world.asked(&by, ask).await.unwrap().opened.unwrap();
    assert_eq!(opened.changes[0].before.as_deref(), Some("Old"));
    let refused = world.find("outcome:refused").await.items.remove(0);
    assert_eq!(refused.address.as_deref(), Some("192.0.2.7"));
    assert_eq!(refused.object.href, None, "who may not administer is not led to people");
}

#[tokio::test]
async fn every_event_of_a_case_leads_to_the_whole_case() {
    let world = World::new().await;
    world
        .by_hand(
            "INSERT INTO source (id, name) OVERRIDING SYSTEM VALUE VALUES (50, 'vibration');
             INSERT INTO alert (id, site_id, asset_id, failure_mode, state, first_event_id, first_seen, last_seen)
             OVERRIDING SYSTEM VALUE VALUES (7, 1, 3, 'spindle_bearing_fault', 'closed', 'e', now(), now());
             INSERT INTO prediction (id, received_at, observed_at, source_id, event_id, site_id, asset_id, confidence, model_name, alert_id, seq, payload)
             VALUES (70, now(), now(), 50, 'e', 1, 3, 0.78, 'ensemble', 7, 1, '{}');
             INSERT INTO decision (id, alert_id, policy_id, policy_version, rule, action, effect, inputs, reasons, calendar, decided_at)
             OVERRIDING SYSTEM VALUE VALUES (8, 7, 1, 1, 'Low', 'review', '{}', '{}', '[]', '{}', now());
             INSERT INTO review (id, alert_id, site_id, status, due)
             OVERRIDING SYSTEM VALUE VALUES (9, 7, 1, 'done', now());
             INSERT INTO work_order (id, site_id, connection_id, alert_id, asset_id, failure_mode, external_ref, origin, requested_kind, title, priority, request, deadline)
             OVERRIDING SYSTEM VALUE SELECT 10, 1, id, 7, 3, 'spindle_bearing_fault', 'ref', 'review', 'user', 'Bearing', 2, '{}', now() FROM connection;
             INSERT INTO audit_event (at, actor_kind, actor_id, action, entity, entity_id, site_id, detail)
             SELECT now() + n * interval '1 second', kind, actor, action, entity, id, 1, detail::jsonb FROM (VALUES
                 (1, 'source', 50, 'alert.open', 'alert', 7, '{}'),
                 (2, 'system', NULL, 'alert.decide', 'decision', 8, '{\"rule\": \"Low\", \"action\": \"review\"}'),
                 (3, 'user', 1, 'review.approve', 'review', 9, '{}'),
                 (4, 'system', NULL, 'work_order.queue', 'work_order', 10, '{}'),
                 (5, 'system', NULL, 'work_order.created', 'work_order', 10, '{\"number\": \"WO-1\"}'),
                 (6, 'user', 2, 'work_order.close', 'work_order', 10, '{}'),
                 (7, 'system', NULL, 'alert.verdict', 'alert', 7, '{\"outcome\": \"confirmed\"}')
             ) AS e (n, kind, actor, action, entity, id, detail)",
        )
        .await;
    let by = reader(Scope::Sites(vec![SiteId(1)]));
    let page = world.find("after:-1h before:2100-01-01").await;
    let events: Vec<AuditId> = page
        .items
        .iter()
        .filter(|row| {
            ["alert", "decision", "review", "work_order"].contains(&row.object.entity.as_str())
        })
        .map(|row| row.id)
        .collect();
    assert_eq!(events.len(), 7);
    for id in events {
        let ask = AuditAsk { open: Some(id), ..AuditAsk::default() };
        let chain = world.asked(&by, ask).await.unwrap().opened.unwrap().chain;
        let actions: Vec<&str> = chain.iter().map(|step| step.action.as_str()).collect();
        let expected = [
            "prediction.receive",
            "alert.open",
            "alert.decide",
            "review.approve",
            "work_order.queue",
            "work_order.created",
            "work_order.close",
            "alert.verdict",
        ];
        assert_eq!(actions, expected);
        assert!(chain.iter().all(|step| step.object.href.is_some()), "each step has a way there");
        assert_eq!(chain[0].actor.name.as_deref(), Some("vibration"));
        assert_eq!(chain[3].actor.name.as_deref(), Some("Astrid Berg"));
        let said = &chain[7].said;
        assert_eq!(said, &[("outcome".to_owned(), "confirmed".to_owned())]);
    }
    let foreign = reader(Scope::Sites(vec![SiteId(2)]));
    let mut tx = world.services.begin(&foreign, Permission::AuditRead).await.unwrap();
    assert_eq!(store::audit::alert_of(&mut tx, "work_order", 10).await.unwrap(), None);
}
