//! People over HTTP, as a browser without scripts sees them.

use domain::ids::SiteId;
use domain::permission::{KeyScope, Role};
use http::StatusCode;
use services::Caller;
use services::users::{disable_user, rename_user};

use super::world::{PASSWORD, World};

const PAGE: &str = "/account";

/// What stands in the page between two marks.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let begin = page.find(before).unwrap_or_else(|| panic!("no {before} in {page}")) + before.len();
    let end = page[begin..].find(after).unwrap();
    &page[begin..begin + end]
}

/// The value of the field that shows a secret once.
fn shown(page: &str) -> Option<&str> {
    let begin = page.find("id=\"shown-once\"")?;
    let field = between(&page[begin.saturating_sub(200)..], "<input", ">");
    Some(between(field, "value=\"", "\""))
}

#[tokio::test]
async fn an_invitation_is_made_shown_once_and_accepted_without_scripts() {
    let world = World::new().await;
    world.person("ada@plant.example", Role::Admin, None).await;
    let ada = world.sign_in("ada@plant.example").await;
    let form = "name=Bo+Berg&email=bo%40plant.example&role=viewer&site=&until=&zone=UTC";
    let made = world.post_form("/ui/users/invite", Some(&ada), form).await;
    assert_eq!(made.status, StatusCode::FOUND, "{made:?}");
    let page = world.get(made.location(), Some(&ada)).await;
    let link = shown(&page.body).unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    assert!(link.starts_with("http://127.0.0.1:3000/setup?token="), "{link}");
    let again = world.get(made.location(), Some(&ada)).await;
    assert_eq!(shown(&again.body), None, "shown once");

    let path = link.trim_start_matches("http://127.0.0.1:3000");
    let page = world.get(path, None).await;
    assert!(page.body.contains("Bo Berg"), "{}", page.body);
    let token = path.split_once("token=").unwrap().1;
    let form = format!("token={token}&password={}", PASSWORD.replace(' ', "+"));
    let done = world.post_form("/ui/users/set-up", None, &form).await;
    let bo = done.cookie().expect("signed in");
    assert_eq!(world.get(PAGE, Some(&bo)).await.status, StatusCode::OK);
    world.sign_in("bo@plant.example").await;
}

#[tokio::test]
async fn a_deactivated_person_is_refused_at_the_next_request() {
    let world = World::new().await;
    world.person("ada@plant.example", Role::Admin, None).await;
    let bo = world.person("bo@plant.example", Role::Viewer, None).await;
    let cookie = world.sign_in("bo@plant.example").await;
    assert_eq!(world.get(PAGE, Some(&cookie)).await.status, StatusCode::OK);
    let mut tx = world.state.services.store.begin_system().await.unwrap();
    disable_user(&mut tx, &Caller::system(), bo).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.get(PAGE, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_password_ends_the_old_id_and_every_other_session() {
    let world = World::new().await;
    world.person("bo@plant.example", Role::Viewer, None).await;
    let here = world.sign_in("bo@plant.example").await;
    let tablet = world.sign_in("bo@plant.example").await;
    let form = format!("current={}&new=another+good+sentence", PASSWORD.replace(' ', "+"));
    let done = world.post_form("/ui/users/password", Some(&here), &form).await;
    assert_eq!(done.location(), "/account?done=password", "{done:?}");
    let fresh = done.cookie().expect("a new session");
    assert_ne!(fresh, here);
    for dead in [&here, &tablet] {
        assert_eq!(world.get(PAGE, Some(dead)).await.status, StatusCode::SEE_OTHER);
    }
    let page = world.get(PAGE, Some(&fresh)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("another good sentence"));
}

#[tokio::test]
async fn signing_out_elsewhere_keeps_this_session() {
    let world = World::new().await;
    world.person("bo@plant.example", Role::Viewer, None).await;
    let here = world.sign_in("bo@plant.example").await;
    let tablet = world.sign_in("bo@plant.example").await;
    let done = world.post_form("/ui/users/end-own-sessions", Some(&here), "").await;
    assert_eq!(done.status, StatusCode::FOUND, "{done:?}");
    assert_eq!(world.get(PAGE, Some(&here)).await.status, StatusCode::OK);
    assert_eq!(world.get(PAGE, Some(&tablet)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_key_made_on_the_page_is_shown_once_works_and_is_revoked_at_once() {
    let world = World::new().await;
    world.person("ines@plant.example", Role::IntegrationAdmin, None).await;
    let ines = world.sign_in("ines@plant.example").await;
    let form = "name=press&scopes%5B%5D=read&scopes%5B%5D=predictions&user=&until=&zone=UTC";
    let made = world.post_form("/ui/users/key-create", Some(&ines), form).await;
    assert_eq!(made.status, StatusCode::FOUND, "{made:?}");
    let page = world.get(made.location(), Some(&ines)).await;
    let key = shown(&page.body).unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    let again = world.get("/admin/keys", Some(&ines)).await;
    assert!(!again.body.contains(&key[12..]), "only its beginning is shown later");
    assert!(again.body.contains(&key[..11]));
    let ask = || world.call(http::Method::GET, "/api/v1/alerts", Some(&key), "");
    assert_eq!(ask().await.status, StatusCode::OK);
    let id = between(&again.body, "id=\"revoke-", "\"").to_owned();
    let done = world.post_form("/ui/users/key-revoke", Some(&ines), &format!("id={id}")).await;
    assert_eq!(done.status, StatusCode::FOUND, "{done:?}");
    assert_eq!(ask().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_for_more_than_its_maker_may_is_refused_on_the_page() {
    let world = World::new().await;
    let ada = world.person("ada@plant.example", Role::Admin, None).await;
    world.person("ines@plant.example", Role::IntegrationAdmin, None).await;
    let ines = world.sign_in("ines@plant.example").await;
    let form = format!("name=press&scopes%5B%5D={}&user={ada}", KeyScope::Decide);
    let refused = world.post_form("/ui/users/key-create", Some(&ines), &form).await;
    assert!(refused.location().contains("__err"), "{refused:?}");
    assert!(!refused.location().contains("shown="));
}

#[tokio::test]
async fn the_pages_say_no_to_those_who_may_not() {
    let world = World::new().await;
    world.person("vi@plant.example", Role::Viewer, None).await;
    let cookie = world.sign_in("vi@plant.example").await;
    for path in
        ["/admin/users", "/admin/users/1", "/admin/roles", "/admin/keys", "/admin/checks", "/audit"]
    {
        let page = world.get(path, Some(&cookie)).await;
        assert!(page.body.contains(app::strings::errors::FORBIDDEN), "{path}: {}", page.body);
        assert!(!page.body.contains("href=\"/admin\""), "the rail does not lead there");
    }
}

#[tokio::test]
async fn the_log_is_exported_as_text_within_ones_sites_and_the_export_is_noted() {
    let world = World::new().await;
    let ada = world.person("ada@plant.example", Role::Admin, None).await;
    let cookie = world.sign_in("ada@plant.example").await;
    let mut tx = world.state.services.store.begin_system().await.unwrap();
    let bad = "=HYPERLINK(\"http://evil\")";
    rename_user(&mut tx, &Caller::system(), ada, bad, "ada@plant.example").await.unwrap();
    tx.commit().await.unwrap();
    let form = "q=object:app_user&zone=America%2FChicago&format=csv";
    let file = world.post_form("/audit/export", Some(&cookie), form).await;
    assert_eq!(file.status, StatusCode::OK, "{file:?}");
    assert!(file.header("content-disposition").contains("audit.csv"));
    assert!(file.body.starts_with("\u{feff}\"id\",\"at\""), "{}", file.body);
    assert!(file.body.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{}", file.body);
    assert!(!file.body.contains(",\"=HYPERLINK"), "{}", file.body);
    assert!(file.body.contains("\"user.rename\""));
    assert!(!file.body.contains("audit.export"), "an export is not in itself");

    let again = "q=action:audit.export&zone=UTC&format=json";
    let file = world.post_form("/audit/export", Some(&cookie), again).await;
    let noted = file.json();
    assert_eq!(noted.as_array().unwrap().len(), 1, "{noted}");
    assert_eq!(noted[0]["detail"]["query"], "object:app_user");
    assert_eq!(noted[0]["actor"], bad);

    world.person("ines@plant.example", Role::IntegrationAdmin, Some(SiteId(1))).await;
    let ines = world.sign_in("ines@plant.example").await;
    let file = world.post_form("/audit/export", Some(&ines), "q=&zone=UTC&format=json").await;
    let events = file.json();
    let actions: Vec<_> = events.as_array().unwrap().iter().map(|e| &e["action"]).collect();
    assert!(!actions.is_empty() && actions.iter().all(|a| *a == "role.grant"), "{actions:?}");
}

#[tokio::test]
async fn people_and_keys_leave_as_files_without_any_secret() {
    let world = World::new().await;
    world.person("ada@plant.example", Role::Admin, None).await;
    let cookie = world.sign_in("ada@plant.example").await;
    let key = world.key(&[KeyScope::Read], None).await;
    let people = world.get("/export/users.csv?q=ada", Some(&cookie)).await;
    assert!(people.body.contains("\"ada@plant.example\",\"active\""), "{}", people.body);
    assert!(people.body.contains("\"admin\"\r\n"), "{}", people.body);
    let none = world.get("/export/users.csv?q=nobody", Some(&cookie)).await;
    assert_eq!(none.body.lines().count(), 1, "the filter of the page counts");
    let keys = world.get("/export/api-keys.csv", Some(&cookie)).await;
    assert!(keys.body.contains(&key[..11]) && !keys.body.contains(&key[12..]), "{}", keys.body);
}
