use domain::ids::SiteId;
use domain::permission::{KeyScope, Role};
use http::{Method, StatusCode};
use services::{Caller, assets};

use super::world::World;

impl World {
    /// Two sites, `ONE` and `TWO`, each with that many machines and one open alert on each.
    async fn with_alerts(&self, machines: u32) -> (SiteId, SiteId) {
        let mut csv = "tag,kind,parent,name,criticality,status\n".to_owned();
        let mut sent = Vec::new();
        for site in ["ONE", "TWO"] {
            csv.push_str(&format!("{site},site,,{site},,active\n"));
            for i in 1..=machines {
                csv.push_str(&format!("{site}-{i},machine,{site},=Mill {i},low,active\n"));
                sent.push(serde_json::json!({
                    "event_id": format!("{site}-{i}"), "asset": format!("{site}-{i}"),
                    "failure_mode": "tool_wear", "confidence": 0.6, "rul_hours": 100.5,
                    "observed_at": self.now().await, "model": { "name": "m" },
                }));
            }
        }
        let mut tx = self.state.services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        tx.commit().await.unwrap();
        let key = self.key(&[KeyScope::Predictions], None).await;
        let body = serde_json::json!({ "predictions": sent }).to_string();
        let answer = self.call(Method::POST, "/api/v1/predictions", Some(&key), &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        (self.site("ONE").await, self.site("TWO").await)
    }

    async fn now(&self) -> String {
        self.state.services.store.begin_system().await.unwrap().now().to_rfc3339()
    }

    async fn site(&self, tag: &str) -> SiteId {
        let id = sqlx::query_scalar("SELECT id FROM asset WHERE tag = $1").bind(tag);
        SiteId(id.fetch_one(self.state.services.store.pool()).await.unwrap())
    }
}

#[tokio::test]
async fn a_list_leaves_as_a_file_with_its_filter_and_only_what_the_person_may_see() {
    let world = World::new().await;
    let (one, _) = world.with_alerts(3).await;
    world.person("vi@plant.example", Role::Viewer, Some(one)).await;
    let cookie = world.sign_in("vi@plant.example").await;

    let file = world.get("/export/alerts.csv", Some(&cookie)).await;
    assert_eq!(file.status, StatusCode::OK, "{file:?}");
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("millwright-alerts.csv"), "{file:?}");
    assert!(file.body.starts_with("\u{feff}\"alert\",\"severity\","), "{}", file.body);
    let rows: Vec<&str> = file.body.trim_end().split("\r\n").skip(1).collect();
    assert_eq!(rows.len(), 3, "{}", file.body);
    assert!(!file.body.contains("TWO-"), "another site's rows: {}", file.body);
    assert!(rows[0].contains("\"'=Mill 3\""), "a formula stays text: {}", rows[0]);

    let filtered = world.get("/export/alerts.csv?q=ONE-2", Some(&cookie)).await;
    assert_eq!(filtered.body.trim_end().split("\r\n").count(), 2, "{}", filtered.body);

    let noted: Vec<String> = sqlx::query_scalar(
        "SELECT detail->>'filter' FROM audit_event WHERE action = 'alert.export' ORDER BY id",
    )
    .fetch_all(world.state.services.store.pool())
    .await
    .unwrap();
    assert_eq!(noted, ["", "q=ONE-2"], "who took what is in the audit log");
}

#[tokio::test]
async fn a_long_list_leaves_in_parts_without_losing_or_doubling_a_row() {
    let world = World::new().await;
    world.with_alerts(260).await;
    world.person("ada@plant.example", Role::Admin, None).await;
    let cookie = world.sign_in("ada@plant.example").await;
    let file = world.get("/export/alerts.csv", Some(&cookie)).await;
    let mut ids: Vec<&str> = file
        .body
        .trim_end()
        .split("\r\n")
        .skip(1)
        .map(|row| row.split(',').next().unwrap())
        .collect();
    assert_eq!(ids.len(), 520);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 520, "every alert once");
}

#[tokio::test]
async fn every_list_can_be_exported_and_a_stranger_is_sent_to_sign_in() {
    let world = World::new().await;
    world.with_alerts(1).await;
    world.person("ada@plant.example", Role::Admin, None).await;
    let cookie = world.sign_in("ada@plant.example").await;
    for list in ["alerts", "review", "work-orders", "logbook", "quarantine", "assets"] {
        let path = format!("/export/{list}.csv");
        let file = world.get(&path, Some(&cookie)).await;
        assert_eq!(file.status, StatusCode::OK, "{list}: {file:?}");
        let columns = file.body.lines().next().unwrap().split(',').count();
        for row in file.body.lines().skip(1).filter(|row| !row.is_empty()) {
            assert_eq!(row.split("\",\"").count(), columns, "{list}: {row}");
        }
        let answer = world.get(&path, None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{list}");
        assert!(answer.location().starts_with("/sign-in?next="), "{}", answer.location());
    }
}
