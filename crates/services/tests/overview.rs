//! The overview over a real database: scope, staleness, what needs whom.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{SiteId, UserId};
use domain::permission::{Permission, Role};
use domain::prediction::{RawModel, RawPrediction, SourceSettings, validate};
use domain::views::overview::{About, Health, LinkState, NeedKind, Overview, StepKind};
use services::alerts::Decider;
use services::predictions::{Request, receive};
use services::{Caller, Grant, Services, Settings, assets, overview, rules, search, sources};
use store::{Actor, Scope, ScopedTx, Store};

struct Plant {
    services: Services,
    superuser_url: String,
}

impl Plant {
    /// Sites `ONE` and `TWO` with two machines each, in production round the clock.
    async fn new() -> Self {
        let db = store::testing::database().await;
        let store = Store::connect(&db.url, 8).await.unwrap();
        let services = Services { store, settings: Settings::default() };
        let mut csv = "tag,kind,parent,name,serial_number,barcode,criticality,status\n".to_owned();
        for site in ["ONE", "TWO"] {
            csv.push_str(&format!("{site},site,,Plant {site},,,,active\n"));
            for n in 1..=2 {
                csv.push_str(&format!(
                    "{site}-M{n},machine,{site},Mill {n},SN-{site}-{n},BC{site}{n},critical,active\n"
                ));
            }
        }
        let mut tx = services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        rules::ensure_defaults(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        Self { services, superuser_url: db.superuser_url }
    }

    async fn tx(&self) -> ScopedTx {
        self.services.store.begin_system().await.unwrap()
    }

    fn advance(&self, by: TimeDelta) {
        self.services.store.clock.advance(by);
    }

    async fn site(&self, tag: &str) -> SiteId {
        let id = sqlx::query_scalar("SELECT id FROM asset WHERE tag = $1").bind(tag);
        SiteId(id.fetch_one(self.services.store.pool()).await.unwrap())
    }

    /// A prediction of a source, decided at once.
    async fn send(&self, source: &str, asset: &str, confidence: f64) {
        let mut tx = self.tx().await;
        let id = sources::ensure(&mut tx, source).await.unwrap();
        let caller = Caller { actor: Actor::Source(id), source: Some(id), ..Caller::system() };
        let raw = RawPrediction {
            event_id: Some(format!("{source}-{asset}-{}", tx.now().timestamp_millis())),
            asset: Some(asset.to_owned()),
            failure_mode: Some("tool_wear".to_owned()),
            confidence: Some(confidence),
            rul_hours: Some(432.0),
            intervention_window_hours: Some(336.0),
            observed_at: Some(tx.now().to_rfc3339()),
            model: RawModel { name: Some("m".to_owned()), version: None },
            ..RawPrediction::default()
        };
        let prediction = validate(raw, &SourceSettings::default(), tx.now()).unwrap();
        let request = Request::of(&caller, b"raw", vec![prediction]).unwrap();
        receive(&mut tx, &[request]).await.unwrap();
        tx.commit().await.unwrap();
        let mut decider = Decider::default();
        loop {
            let mut tx = self.tx().await;
            if decider.decide_pending(&mut tx).await.unwrap() == 0 {
                return;
            }
            tx.commit().await.unwrap();
        }
    }

    /// A person with a role at one site, or everywhere.
    async fn person(&self, email: &str, role: Role, site: Option<SiteId>) -> Caller {
        let pool = sqlx::PgPool::connect(&self.superuser_url).await.unwrap();
        let mut tx = pool.begin().await.unwrap();
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO app_user (email, email_key, name, status)
             VALUES ($1, $1, $1, 'active') RETURNING id",
        )
        .bind(email)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             VALUES ('system', 't', 'app_user', $1)",
        )
        .bind(id)
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let scope = site.map_or(Scope::All, |site| Scope::Sites(vec![site]));
        let grant = |&permission| Grant { permission, scope: scope.clone() };
        Caller {
            actor: Actor::User(UserId(id)),
            name: email.to_owned(),
            source: None,
            grants: role.permissions().iter().map(grant).collect(),
        }
    }

    async fn look(&self, who: &Caller) -> Overview {
        self.look_since(who, None).await
    }

    async fn look_since(&self, who: &Caller, since: Option<DateTime<Utc>>) -> Overview {
        let mut tx = self.services.begin(who, Permission::View).await.unwrap();
        let seen = overview::overview(&mut tx, who, since).await.unwrap();
        tx.commit().await.unwrap();
        seen
    }
}

#[tokio::test]
async fn the_numbers_are_those_of_the_last_hour_at_the_persons_sites() {
    let plant = Plant::new().await;
    let one = plant.site("ONE").await;
    let admin = plant.person("ada", Role::Admin, None).await;
    let local = plant.person("leo", Role::Planner, Some(one)).await;
    plant.send("cell", "ONE-M1", 0.8).await;
    plant.send("cell", "TWO-M1", 0.6).await;
    plant.send("cell", "TWO-M2", 0.6).await;

    let all = plant.look(&admin).await;
    let counts: Vec<i64> = all.stages.iter().map(|stage| stage.count).collect();
    assert_eq!(
        counts,
        [3, 3, 3, 2, 0, 0],
        "predictions, alerts, decisions, reviews, orders, closed"
    );
    assert!(matches!(all.stages[2].about, About::Rules { created: 1, asked: 2, held: 0, .. }));
    assert_eq!(all.stages[0].beats.iter().sum::<i64>(), 3);
    assert_eq!(all.open, 3);
    assert_eq!(all.risks.len(), 3);
    let reviews = all.needs.iter().find(|need| need.kind == NeedKind::Reviews).unwrap();
    assert_eq!(reviews.count, 2);
    assert!(all.oldest.is_some());
    assert!(all.steps.is_empty());

    let mine = plant.look(&local).await;
    let counts: Vec<i64> = mine.stages.iter().map(|stage| stage.count).collect();
    assert_eq!(counts, [1, 1, 1, 0, 0, 0], "another site's numbers are not mine");
    assert_eq!(mine.risks.len(), 1);
    assert_eq!(mine.risks[0].asset.tag, "ONE-M1");
    assert!(mine.needs.is_empty(), "{:?}", mine.needs);
    assert_eq!(mine.oldest, None);
}

#[tokio::test]
async fn behind_silent_sources_numbers_are_old_ones_and_say_so() {
    let plant = Plant::new().await;
    let admin = plant.person("ada", Role::Admin, None).await;
    plant.send("cell", "ONE-M1", 0.8).await;
    plant.advance(TimeDelta::minutes(20));
    plant.send("line", "ONE-M2", 0.8).await;
    plant.advance(TimeDelta::minutes(15));

    let one_silent = plant.look(&admin).await;
    assert_eq!(one_silent.stages[0].health, Health::Trouble);
    let states: Vec<_> = one_silent.links.iter().filter(|l| l.inbound).map(|l| l.state).collect();
    assert_eq!(states, [LinkState::Healthy, LinkState::Silent]);

    plant.advance(TimeDelta::hours(3));
    let dead = plant.look(&admin).await;
    let sources = &dead.stages[0];
    assert_eq!(sources.health, Health::Dead);
    assert!(dead.at - sources.until > TimeDelta::hours(3), "no data since the last message");
    assert_eq!(sources.count, 2, "the hour before the silence, not an empty one");
    for stage in &dead.stages[1..] {
        assert!(stage.stale, "{stage:?}");
        assert_eq!(stage.until, sources.until, "{stage:?}");
    }
    assert_eq!(dead.stages[1].count, 2, "not shown as zero");

    plant.send("line", "ONE-M2", 0.81).await;
    let again = plant.look(&admin).await;
    assert_eq!(again.stages[0].health, Health::Trouble, "one speaks again");
    assert!(again.stages.iter().all(|stage| !stage.stale));
}

#[tokio::test]
async fn a_late_question_is_over_target_and_an_undecided_case_stops_the_rules() {
    let plant = Plant::new().await;
    let admin = plant.person("ada", Role::Admin, None).await;
    plant.send("cell", "ONE-M1", 0.6).await;
    plant.advance(TimeDelta::days(6));
    plant.send("cell", "ONE-M2", 0.6).await;
    let seen = plant.look(&admin).await;
    assert_eq!(seen.stages[3].health, Health::Late);
    assert_eq!(seen.needs[0].overdue, 1);

    // A case that nobody decides: the lane is ready since two minutes ago.
    let pool = sqlx::PgPool::connect(&plant.superuser_url).await.unwrap();
    sqlx::query("UPDATE decision_lane SET ready_at = now() - interval '2 minutes'")
        .execute(&pool)
        .await
        .unwrap();
    let seen = plant.look(&admin).await;
    assert_eq!(seen.stages[2].health, Health::Dead);
    assert!(seen.stages[3].stale && seen.stages[4].stale && seen.stages[5].stale);
    assert!(!seen.stages[1].stale, "what comes before the rules is live");
}

#[tokio::test]
async fn the_last_visit_is_the_one_before_this_and_a_reload_does_not_move_it() {
    let plant = Plant::new().await;
    let dana = plant.person("dana", Role::Planner, None).await;
    plant.send("cell", "ONE-M1", 0.6).await;
    let first = plant.look(&dana).await;
    assert_eq!(first.last_visit, None);
    assert_eq!(first.happened, 1, "a first visit tells the last day");

    plant.advance(TimeDelta::hours(9));
    plant.send("cell", "ONE-M2", 0.6).await;
    let next = plant.look(&dana).await;
    let last = next.last_visit.expect("they were here");
    assert!((next.at - last - TimeDelta::hours(9)).num_minutes().abs() < 2, "{last}");
    assert_eq!(next.happened, 1, "only what happened since");
    plant.advance(TimeDelta::minutes(5));
    assert_eq!(plant.look(&dana).await.last_visit, Some(last), "the same visit");
    let earlier = plant.look_since(&dana, Some(first.at - TimeDelta::hours(1))).await;
    assert_eq!(earlier.happened, 2);
}

#[tokio::test]
async fn an_empty_installation_shows_its_first_steps_instead_of_zeros() {
    let plant = Plant::new().await;
    let admin = plant.person("ada", Role::Admin, None).await;
    let seen = plant.look(&admin).await;
    let assets = (StepKind::Assets, true);
    assert!(seen.steps.contains(&assets), "{:?}", seen.steps);
    assert!(seen.steps.contains(&(StepKind::Prediction, false)), "{:?}", seen.steps);
    assert_eq!(seen.stages[0].health, Health::Unused);
    plant.send("cell", "ONE-M1", 0.6).await;
    assert!(plant.look(&admin).await.steps.is_empty());
}

#[tokio::test]
async fn a_search_finds_by_tag_serial_barcode_name_and_number_within_the_sites() {
    let plant = Plant::new().await;
    let one = plant.site("ONE").await;
    let admin = plant.person("ada", Role::Admin, None).await;
    let local = plant.person("leo", Role::Viewer, Some(one)).await;
    plant.send("cell", "ONE-M1", 0.8).await;
    plant.send("cell", "TWO-M1", 0.8).await;
    let find = async |who: &Caller, text: &str| {
        let mut tx = plant.services.begin(who, Permission::View).await.unwrap();
        search::search(&mut tx, text).await.unwrap()
    };
    let tags = |found: &domain::views::search::Found| {
        found.assets.iter().map(|asset| asset.tag.clone()).collect::<Vec<_>>()
    };
    for (text, tag) in [("one-m1", "ONE-M1"), ("SN-ONE-2", "ONE-M2"), ("BCTWO1", "TWO-M1")] {
        let found = find(&admin, text).await;
        assert_eq!(tags(&found), [tag], "{text}");
        assert!(found.assets[0].exact, "{text}");
    }
    let found = find(&admin, "mill 1").await;
    assert_eq!(tags(&found), ["ONE-M1", "TWO-M1"]);
    assert_eq!(found.alerts.len(), 2);
    assert_eq!(find(&admin, "TWO-M1").await.orders.len(), 1, "its work order");
    let alert = found.alerts[0].id;
    assert_eq!(find(&admin, &format!("#{alert}")).await.alerts[0].id, alert);

    let mine = find(&local, "mill 1").await;
    assert_eq!(tags(&mine), ["ONE-M1"], "another site's assets are not found");
    assert_eq!(mine.alerts.len(), 1);
    assert_eq!(find(&local, "ONE-M1").await.orders.len(), 1);
    let other = find(&local, "TWO-M1").await;
    assert!(other.assets.is_empty() && other.alerts.is_empty() && other.orders.is_empty());
    assert!(tags(&find(&local, "BCTWO1").await).is_empty());

    for nothing in ["", "   ", "%", "_", "\\", "' OR 1=1", "\0"] {
        let found = find(&admin, nothing).await;
        assert!(found.assets.is_empty() && found.orders.is_empty(), "{nothing:?}: {found:?}");
    }
}
