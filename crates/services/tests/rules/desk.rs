use std::sync::Arc;

use domain::ids::{ConnectionId, SiteId};
use domain::permission::Role;
use domain::policy::{Condition, Field, Op, default_policy};
use services::{Error, assets, rules};

use crate::plant::Plant;

fn asks_from(limit: f64) -> domain::policy::Policy {
    let mut policy = default_policy();
    policy.rules[1].when = Condition::test(Field::Confidence, Op::Lt, limit);
    policy
}

#[tokio::test]
async fn a_draft_changes_nothing_until_it_is_published_with_a_reason() {
    let plant = Plant::new(3, "critical").await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    let draft = plant.save(&planner, 0, asks_from(0.60)).await.unwrap();
    let asked = plant.send("a", "M1", 0.65, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.state(asked).await, "waiting_review", "the draft decides nothing");

    let without = plant.publish_draft(&planner, draft, "  ").await;
    assert!(matches!(without, Err(Error::Invalid(_))), "{without:?}");
    let version = plant.publish_draft(&planner, draft, "reviews cost too much").await.unwrap();
    assert_eq!(version, 2);
    plant.decide().await;
    assert_eq!(plant.state(asked).await, "waiting_review", "what was decided stays");
    let created = plant.send("b", "M2", 0.65, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.state(created).await, "work_order", "the next prediction obeys");
    assert_eq!(plant.count("SELECT count(*) FROM policy_draft").await, 0);
    let audited = "SELECT count(*) FROM audit_event WHERE action IN ('rule.draft', 'rule.publish')
                   AND actor_kind = 'user' AND entity_id IS NOT NULL";
    assert_eq!(plant.count(audited).await, 2);
}

#[tokio::test]
async fn of_two_people_who_save_one_draft_the_second_is_told() {
    let plant = Plant::new(1, "critical").await;
    let one = plant.person("one@plant.example", Role::Planner).await;
    let two = plant.person("two@plant.example", Role::Planner).await;
    let first = plant.save(&one, 0, asks_from(0.60)).await.unwrap();
    let lost = plant.save(&two, 0, asks_from(0.65)).await;
    let Err(Error::Conflict { code: "draft_changed", message, .. }) = lost else {
        panic!("{lost:?}");
    };
    assert!(message.contains("one@plant.example"), "{message}");
    let second = plant.save(&two, first, asks_from(0.65)).await.unwrap();
    let stale = plant.publish_draft(&one, first, "mine").await;
    assert!(matches!(stale, Err(Error::Conflict { code: "draft_changed", .. })), "{stale:?}");
    plant.publish_draft(&two, second, "ours").await.unwrap();
}

#[tokio::test]
async fn an_invalid_draft_is_kept_but_not_published() {
    let plant = Plant::new(1, "critical").await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    let mut unfinished = default_policy();
    unfinished.rules.pop();
    unfinished.rules[0].when = Condition::test(Field::Confidence, Op::Lt, 50.0);
    let draft = plant.save(&planner, 0, unfinished).await.unwrap();
    let Err(Error::Invalid(problems)) = plant.publish_draft(&planner, draft, "try").await else {
        panic!("an invalid policy was published");
    };
    let paths: Vec<_> = problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["rules[5]", "rules[0].when.value"]);
    assert_eq!(plant.count("SELECT max(version)::bigint FROM policy_version").await, 1);
}

#[tokio::test]
async fn a_draft_begun_before_another_version_must_be_put_on_top_of_it_first() {
    let plant = Plant::new(1, "critical").await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    let draft = plant.save(&planner, 0, asks_from(0.60)).await.unwrap();
    assert_eq!(plant.pause(&planner, 1, "Can wait for a shutdown", true).await.unwrap(), 2);
    let refused = plant.publish_draft(&planner, draft, "now").await;
    assert!(matches!(refused, Err(Error::Conflict { code: "base_changed", .. })), "{refused:?}");
    let id = plant.policy().await;
    let mut tx = plant.at_desk(&planner).await;
    rules::rebase(&mut tx, &planner, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(plant.publish_draft(&planner, draft + 1, "now").await.unwrap(), 3);
}

#[tokio::test]
async fn pausing_a_rule_is_a_version_that_says_why() {
    let plant = Plant::new(2, "critical").await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    assert_eq!(plant.pause(&planner, 1, "Doubtful", true).await.unwrap(), 2);
    let stale = plant.pause(&planner, 1, "Doubtful", false).await;
    assert!(matches!(stale, Err(Error::Conflict { code: "version_changed", .. })));
    let catch_all = plant.pause(&planner, 2, "Everything else", true).await;
    assert!(matches!(catch_all, Err(Error::Invalid(_))), "{catch_all:?}");
    let alert = plant.send("a", "M1", 0.6, 432.0).await;
    plant.decide().await;
    let found = services::alerts::get(&mut plant.tx().await, alert).await.unwrap();
    let reasons = found.decision.unwrap().reasons;
    assert!(reasons[1].paused && !reasons[1].matched);
    assert_eq!(plant.state(alert).await, "work_order");
    assert_eq!(plant.pause(&planner, 2, "Doubtful", false).await.unwrap(), 3);
    let asked = plant.send("b", "M2", 0.6, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.state(asked).await, "waiting_review");
}

#[tokio::test]
async fn drafting_and_publishing_are_rights_of_their_own() {
    let plant = Plant::new(1, "critical").await;
    let id = plant.policy().await;
    let operator = plant.person("o@plant.example", Role::Operator).await;
    let drafter = plant.person("i@plant.example", Role::IntegrationAdmin).await;
    assert!(matches!(plant.save(&operator, 0, asks_from(0.6)).await, Err(Error::Denied)));
    let draft = plant.save(&drafter, 0, asks_from(0.6)).await.unwrap();
    assert!(matches!(plant.publish_draft(&drafter, draft, "x").await, Err(Error::Denied)));
    assert!(matches!(plant.pause(&drafter, 1, "Doubtful", true).await, Err(Error::Denied)));
    let mut tx = plant.at_desk(&operator).await;
    for refused in [
        rules::discard(&mut tx, &operator, id).await,
        rules::rebase(&mut tx, &operator, id).await,
        rules::start_shadow(&mut tx, &operator, id).await,
        rules::restore(&mut tx, &operator, id, 1).await.map(drop),
        rules::import_draft(&mut tx, &operator, id, draft, &rules::to_toml(&asks_from(0.6)))
            .await
            .map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Denied)), "{refused:?}");
    }
    let page = rules::page(&mut tx, &operator, id).await.unwrap();
    assert!(!page.row.may_draft && !page.row.may_publish);
}

async fn two_sites(plant: &Plant) -> (SiteId, SiteId) {
    let csv = "tag,kind,parent,name,criticality,status\nTWO,site,,Two,,active\n\
               T1,machine,TWO,Mill,critical,active\n";
    let mut tx = plant.tx().await;
    let rows = assets::from_csv(csv.as_bytes()).unwrap();
    assets::import(&mut tx, &services::Caller::system(), rows, false).await.unwrap();
    tx.commit().await.unwrap();
    (
        SiteId(plant.count("SELECT id FROM asset WHERE tag = 'ONE'").await),
        SiteId(plant.count("SELECT id FROM asset WHERE tag = 'TWO'").await),
    )
}

#[tokio::test]
async fn who_plans_one_site_changes_only_rules_that_reach_no_other() {
    let plant = Plant::new(1, "critical").await;
    let (one, two) = two_sites(&plant).await;
    let planner = plant.person_at("p@plant.example", Role::Planner, &[two]).await;
    assert!(matches!(plant.save(&planner, 0, asks_from(0.6)).await, Err(Error::Denied)));
    let mut tx = plant.at_desk(&planner).await;
    let refused = rules::override_site(&mut tx, &planner, one, "mine").await;
    assert!(matches!(refused, Err(Error::NotFound)), "another site is not there: {refused:?}");
    let id = rules::override_site(&mut tx, &planner, two, "we differ").await.unwrap();
    let saved = rules::save_draft(&mut tx, &planner, id, 0, asks_from(0.6)).await.unwrap();
    rules::publish_draft(&mut tx, &planner, id, saved.version, "quieter").await.unwrap();
    tx.commit().await.unwrap();
    let elsewhere = plant.person_at("e@plant.example", Role::Planner, &[one]).await;
    let mut tx = plant.at_desk(&elsewhere).await;
    let hidden = rules::page(&mut tx, &elsewhere, id).await;
    assert!(matches!(hidden, Err(Error::NotFound)), "{hidden:?}");
    assert_eq!(rules::list(&mut tx, &elsewhere).await.unwrap().policies.len(), 1);
}

#[tokio::test]
async fn rules_of_a_site_begin_as_a_copy_and_win_over_those_of_the_connection() {
    let plant = Plant::new(1, "critical").await;
    let (_, two) = two_sites(&plant).await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    let mut tx = plant.at_desk(&planner).await;
    let id = rules::override_site(&mut tx, &planner, two, "we differ").await.unwrap();
    let again = rules::override_site(&mut tx, &planner, two, "again").await;
    assert!(matches!(again, Err(Error::Conflict { code: "has_override", .. })), "{again:?}");
    let page = rules::page(&mut tx, &planner, id).await.unwrap();
    assert_eq!(page.row.policy.rules, default_policy().rules);
    let saved = rules::save_draft(&mut tx, &planner, id, 0, asks_from(0.6)).await.unwrap();
    rules::publish_draft(&mut tx, &planner, id, saved.version, "quieter").await.unwrap();
    tx.commit().await.unwrap();
    let (here, there) =
        (plant.send("a", "M1", 0.65, 432.0).await, plant.send("b", "T1", 0.65, 432.0).await);
    plant.decide().await;
    assert_eq!(plant.state(here).await, "waiting_review");
    assert_eq!(plant.state(there).await, "work_order");
}

#[tokio::test]
async fn an_older_version_and_a_text_become_drafts_and_a_slip_is_named_with_its_line() {
    let plant = Plant::new(1, "critical").await;
    let id = plant.policy().await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    let draft = plant.save(&planner, 0, asks_from(0.6)).await.unwrap();
    plant.publish_draft(&planner, draft, "quieter").await.unwrap();
    let mut tx = plant.at_desk(&planner).await;
    let restored = rules::restore(&mut tx, &planner, id, 1).await.unwrap();
    let comparison = rules::compare(&mut tx, &planner, id, Some(1), Some(0)).await.unwrap();
    assert_eq!(comparison.changes, []);
    let text = rules::to_toml(&asks_from(0.8)).replace("0.8", "80.0");
    let line = 1 + text.lines().position(|line| line.contains("80.0")).unwrap();
    let refused = rules::import_draft(&mut tx, &planner, id, restored.version, &text).await;
    let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
    assert!(problems[0].message.starts_with(&format!("Line {line}:")), "{problems:?}");
    let text = text.replace("80.0", "0.8");
    rules::import_draft(&mut tx, &planner, id, restored.version, &text).await.unwrap();
    let comparison = rules::compare(&mut tx, &planner, id, None, None).await.unwrap();
    assert_eq!((comparison.from, comparison.to, comparison.changes.len()), (2, 0, 1));
    tx.commit().await.unwrap();
    assert_eq!(plant.count("SELECT max(version)::bigint FROM policy_version").await, 2);
}

#[tokio::test]
async fn a_shadow_is_asked_and_counted_and_does_nothing() {
    let plant = Plant::new(4, "critical").await;
    let id = plant.policy().await;
    let planner = plant.person("p@plant.example", Role::Planner).await;
    plant.save(&planner, 0, asks_from(0.6)).await.unwrap();
    let mut tx = plant.at_desk(&planner).await;
    rules::start_shadow(&mut tx, &planner, id).await.unwrap();
    tx.commit().await.unwrap();
    for (machine, confidence) in [("M1", 0.65), ("M2", 0.9), ("M3", 0.3), ("M4", 0.7)] {
        plant.send(machine, machine, confidence, 432.0).await;
    }
    plant.decide().await;
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 1, "only what was decided");
    assert_eq!(plant.count("SELECT count(*) FROM review WHERE status = 'pending'").await, 2);
    let mut tx = plant.at_desk(&planner).await;
    let shadow = rules::page(&mut tx, &planner, id).await.unwrap().shadow.unwrap();
    assert_eq!((shadow.decisions, shadow.other), (4, 2));
    assert_eq!(shadow.latest.len(), 2);
    assert!(shadow.latest.iter().all(|c| c.shadow == domain::policy::DecisionAction::Create));
    rules::end_shadow(&mut tx, &planner, id).await.unwrap();
    tx.commit().await.unwrap();
    plant.send("later", "M3", 0.9, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.count("SELECT count(*) FROM shadow_decision").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_happens_to_rules_touches_what_was_decided_while_traffic_runs() {
    let plant = Arc::new(Plant::new(12, "critical").await);
    let planner = plant.person("p@plant.example", Role::Planner).await;
    let traffic = tokio::spawn({
        let plant = Arc::clone(&plant);
        async move {
            for round in 0..12 {
                for machine in 1..=12 {
                    let confidence = 0.3 + 0.05 * f64::from((round + machine) % 12);
                    let (event, asset) = (format!("e{round}-{machine}"), format!("M{machine}"));
                    plant.send(&event, &asset, confidence, 432.0).await;
                }
                plant.decide().await;
            }
        }
    });
    let id = plant.policy().await;
    let mut version = 1;
    for limit in [0.55, 0.6, 0.65, 0.7] {
        let mark = plant.count("SELECT coalesce(max(id), 0) FROM decision").await;
        let before = snapshot(&plant, mark).await;
        let expected =
            plant.count("SELECT coalesce(max(version), 0)::bigint FROM policy_draft").await;
        let draft = plant.save(&planner, i32::try_from(expected).unwrap(), asks_from(limit)).await;
        version = plant.publish_draft(&planner, draft.unwrap(), "r").await.unwrap();
        version = plant.pause(&planner, version, "Low confidence", true).await.unwrap();
        let mut tx = plant.at_desk(&planner).await;
        let restored = rules::restore(&mut tx, &planner, id, 1).await.unwrap();
        let text = rules::to_toml(&asks_from(limit));
        rules::import_draft(&mut tx, &planner, id, restored.version, &text).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(snapshot(&plant, mark).await, before, "past decisions have changed");
        let mut tx = plant.at_desk(&planner).await;
        rules::discard(&mut tx, &planner, id).await.unwrap();
        tx.commit().await.unwrap();
    }
    traffic.await.unwrap();
    plant.decide().await;
    assert_eq!(version, 9);
    every_decision_follows_the_version_it_names(&plant).await;
}

async fn snapshot(plant: &Plant, up_to: i64) -> Vec<String> {
    sqlx::query_scalar("SELECT d::text FROM decision d WHERE id <= $1 ORDER BY id")
        .bind(up_to)
        .fetch_all(plant.services.store.pool())
        .await
        .unwrap()
}

/// Evaluates every decision again by the version it names and the inputs it kept.
async fn every_decision_follows_the_version_it_names(plant: &Plant) {
    let rows: Vec<(String, String, String, chrono::DateTime<chrono::Utc>)> = sqlx::query_as(
        "SELECT v.body::text, d.inputs::text, d.rule, d.decided_at
             FROM decision d JOIN policy_version v
                  ON v.policy_id = d.policy_id AND v.version = d.policy_version",
    )
    .fetch_all(plant.services.store.pool())
    .await
    .unwrap();
    assert!(rows.len() > 15, "{}", rows.len());
    for (body, inputs, rule, at) in rows {
        let policy: domain::policy::Policy = serde_json::from_str(&body).unwrap();
        let facts: domain::policy::Facts = serde_json::from_str(&inputs).unwrap();
        assert_eq!(domain::policy::evaluate(&policy, &facts, at).rule, rule);
    }
}

#[tokio::test]
async fn what_the_rules_did_in_a_month_is_counted_by_rule() {
    let plant = Plant::new(3, "critical").await;
    let reviewer = plant.person("r@plant.example", Role::Planner).await;
    plant.send("a", "M1", 0.9, 432.0).await;
    plant.send("b", "M2", 0.6, 432.0).await;
    plant.send("c", "M3", 0.3, 432.0).await;
    plant.decide().await;
    let mut tx = plant.at_desk(&reviewer).await;
    let list = rules::list(&mut tx, &reviewer).await.unwrap();
    let row = &list.policies[0];
    let by_name = |name: &str| {
        let at = row.policy.rules.iter().position(|rule| rule.name == name).unwrap();
        row.month[at]
    };
    assert_eq!((by_name("Critical, in production").matched, by_name("Doubtful").matched), (1, 1));
    assert_eq!(by_name("Critical, in production").work_orders, 1);
    assert_eq!(by_name("Doubtful").work_orders, 0);
    assert_eq!(list.free_sites.len(), 1);
    assert_eq!(row.connection_id, ConnectionId(1));
}
