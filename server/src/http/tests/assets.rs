use axum::body::Body;
use domain::ids::SiteId;
use domain::permission::Role;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE};
use http::{Request, StatusCode};
use services::Caller;
use services::assets::{from_csv, import};

use super::world::{Answer, World};

const PLANT: &str = "tag,kind,parent\nONE,site,\nM1,machine,ONE\nTWO,site,\nT1,machine,TWO\n";

/// Two sites with a machine each; answers the id of an asset.
async fn plant(world: &World) {
    let mut tx = world.state.services.store.begin_system().await.unwrap();
    let rows = from_csv(PLANT.as_bytes()).unwrap();
    import(&mut tx, &Caller::system(), rows, false).await.unwrap();
    tx.commit().await.unwrap();
}

async fn id(world: &World, tag: &str) -> i64 {
    let pool = world.state.services.store.pool();
    sqlx::query_scalar("SELECT id FROM asset WHERE tag = $1")
        .bind(tag)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// A file as the form of the import page sends it.
async fn upload(world: &World, cookie: &str, field: &str, content: &str) -> Answer {
    let body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"plant.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{content}\r\n--cut--\r\n"
    );
    let request = Request::post("/assets/import/upload")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .header(COOKIE, cookie);
    world.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn an_upload_leads_to_its_import_or_back_with_the_reason() {
    let world = World::new().await;
    plant(&world).await;
    world.person("paula@plant.example", Role::Planner, None).await;
    let cookie = world.sign_in("paula@plant.example").await;
    let taken = upload(&world, &cookie, "file", "tag\nM9\n").await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let steps = taken.location().to_owned();
    assert!(steps.starts_with("/assets/import/"), "{steps}");
    let page = world.get(&steps, Some(&cookie)).await;
    assert!(page.status == StatusCode::OK && page.body.contains("plant.csv"), "{}", page.status);
    for (field, content, problem) in [
        ("other", "tag\nM9\n".to_owned(), "no_file"),
        ("file", "tag\n".to_owned(), "no_rows"),
        ("file", "x".repeat(11 * 1024 * 1024), "too_large"),
    ] {
        let refused = upload(&world, &cookie, field, &content).await;
        assert_eq!(refused.location(), format!("/assets/import?problem={problem}"));
    }
    world.person("otto@plant.example", Role::Planner, None).await;
    let other = world.sign_in("otto@plant.example").await;
    assert_eq!(world.get(&steps, Some(&other)).await.status, StatusCode::NOT_FOUND);
    let errors = world.get(&format!("{steps}/errors.csv"), Some(&other)).await;
    assert_eq!(errors.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_and_export_show_the_sites_of_the_person_only() {
    let world = World::new().await;
    plant(&world).await;
    let site = SiteId(id(&world, "ONE").await);
    world.person("vera@plant.example", Role::Viewer, Some(site)).await;
    let cookie = world.sign_in("vera@plant.example").await;
    let (own, other) = (id(&world, "M1").await, id(&world, "T1").await);
    for page in ["", "/label", "/history"] {
        let seen = world.get(&format!("/assets/{own}{page}"), Some(&cookie)).await;
        assert_eq!(seen.status, StatusCode::OK, "{page}");
        let hidden = world.get(&format!("/assets/{other}{page}"), Some(&cookie)).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{page}");
        assert!(!hidden.body.contains("T1"), "{page}");
    }
    let file = world.get("/export/assets.csv", Some(&cookie)).await;
    assert_eq!(file.header(CONTENT_DISPOSITION), "attachment; filename=\"millwright-assets.csv\"");
    assert!(file.body.contains("M1") && !file.body.contains("T1"), "{}", file.body);
    let calendar = world.get(&format!("/assets/{}/calendar", site.0), Some(&cookie)).await;
    assert!(calendar.status == StatusCode::OK && !calendar.body.contains("assets/calendar-save"));
}
