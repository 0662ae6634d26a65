use std::time::Duration;

use axum::body::Body;
use domain::ids::SiteId;
use domain::permission::Role;
use http::header::COOKIE;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use store::{Store, Topic};
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::http::live::{Hub, relay};

const PATIENCE: Duration = Duration::from_secs(20);

impl World {
    async fn watch(&self, cookie: &str) -> Body {
        self.watch_since(cookie, "", None).await
    }

    async fn watch_since(&self, cookie: &str, query: &str, heard: Option<&str>) -> Body {
        let mut request = Request::get(format!("/live{query}")).header(COOKIE, cookie);
        if let Some(heard) = heard {
            request = request.header("last-event-id", heard);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.stream(request).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body()
    }
}

/// The topic of the next event, or `None` at the end of the stream.
async fn next(body: &mut Body) -> Option<String> {
    Some(next_event(body).await?.0)
}

/// Topic and position of the next event.
async fn next_event(body: &mut Body) -> Option<(String, Option<String>)> {
    loop {
        let frame =
            tokio::time::timeout(PATIENCE, body.frame()).await.expect("an event in time")?;
        let text = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        if let Some(data) = field("data: ") {
            let event: serde_json::Value = serde_json::from_str(data).unwrap();
            let id = field("id: ").map(str::to_owned);
            return Some((event["topic"].as_str().unwrap().to_owned(), id));
        }
    }
}

#[tokio::test]
async fn a_page_hears_of_its_sites_from_every_process_until_the_program_stops() {
    let world = World::new().await;
    world.person("dana@plant.example", Role::Viewer, Some(SiteId(1))).await;
    let cookie = world.sign_in("dana@plant.example").await;
    let state = &world.state;
    let here = state.services.store.clone();
    tokio::spawn(relay(here.clone(), state.live.clone(), state.shutdown.clone()));
    let elsewhere = Store::connect(&world.url, 2).await.unwrap();
    tokio::spawn(relay(elsewhere.clone(), Hub::default(), CancellationToken::new()));
    let mut page = world.watch(&cookie).await;

    // Both relays listen once a change gets through; until then it is announced again.
    for (store, topic) in [(&here, Topic::Alerts), (&elsewhere, Topic::WorkOrders)] {
        let announce = async {
            loop {
                store.signals.publish(&[(Topic::Reviews, Some(SiteId(2)))]);
                store.signals.publish(&[(topic, Some(SiteId(1)))]);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let heard = tokio::select! {
            () = announce => None,
            heard = async {
                loop {
                    let heard = next(&mut page).await;
                    if heard.as_deref() != Some("alerts") || topic == Topic::Alerts {
                        return heard;
                    }
                }
            } => heard,
        };
        assert_eq!(heard.as_deref(), Some(topic.as_str()), "another site's change is not told");
    }
    state.shutdown.cancel();
    while next(&mut page).await.is_some() {}
}

#[tokio::test]
async fn who_connects_late_or_again_hears_what_changed_since_and_nothing_of_other_sites() {
    let world = World::new().await;
    world.person("dana@plant.example", Role::Viewer, Some(SiteId(1))).await;
    let cookie = world.sign_in("dana@plant.example").await;
    let hub = &world.state.live;
    let since = format!("?since={}", hub.position());
    hub.tell((Topic::Alerts, Some(SiteId(2))));
    hub.tell((Topic::WorkOrders, Some(SiteId(1))));
    let mut late = world.watch_since(&cookie, &since, None).await;
    assert_eq!(next(&mut late).await.as_deref(), Some("work_orders"));

    hub.tell((Topic::Reviews, Some(SiteId(1))));
    let (topic, position) = next_event(&mut late).await.unwrap();
    assert_eq!(topic, "reviews");
    let position = position.expect("where to come back to");
    drop(late);
    hub.tell((Topic::Logbook, Some(SiteId(1))));
    let mut again = world.watch_since(&cookie, &since, Some(&position)).await;
    assert_eq!(next(&mut again).await.as_deref(), Some("logbook"), "and not what was heard before");

    let mut other = world.watch_since(&cookie, "?since=another-7", None).await;
    for topic in ["alerts", "reviews", "work_orders", "logbook", "notices", "predictions"] {
        assert_eq!(
            next(&mut other).await.as_deref(),
            Some(topic),
            "of another process: everything"
        );
    }
}

#[tokio::test]
async fn the_stream_ends_with_the_session() {
    let world = World::new().await;
    world.person("dana@plant.example", Role::Viewer, None).await;
    let cookie = world.sign_in("dana@plant.example").await;
    let mut page = world.watch(&cookie).await;
    world.post_form("/ui/users/sign-out", Some(&cookie), "").await;
    assert_eq!(next(&mut page).await, None);
    assert_eq!(world.get("/live", Some(&cookie)).await.status, StatusCode::UNAUTHORIZED);
}
