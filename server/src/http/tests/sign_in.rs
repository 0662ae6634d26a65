use axum::body::Body;
use domain::ids::SiteId;
use domain::permission::Role;
use http::header::{COOKIE, SET_COOKIE};
use http::{Method, Request, StatusCode};
use secrecy::ExposeSecret;
use services::Caller;
use services::users::{GrantInput, grant_role, issue_setup_token};

use super::world::{PASSWORD, World};

const PAGE: &str = "/setup/2";

#[tokio::test]
async fn a_page_runs_only_scripts_with_its_own_nonce() {
    let world = World::new().await;
    let answer = world.get("/sign-in", None).await;
    assert_eq!(answer.status, StatusCode::OK);
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let expected = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    assert_eq!(policy, expected);
    assert!(answer.body.contains("<script") && answer.body.contains(nonce));
    let scripts = answer.body.matches("<script").count();
    let with_nonce = answer
        .body
        .split("<script")
        .skip(1)
        .filter(|tag| tag.split('>').next().is_some_and(|tag| tag.contains(nonce)))
        .count();
    assert_eq!(scripts, with_nonce, "a script without nonce");
    assert!(!answer.body.contains("style=\""), "the policy forbids styles in attributes");
    let again = world.get("/sign-in", None).await;
    assert!(!again.header("content-security-policy").contains(nonce), "the nonce is used twice");
}

#[tokio::test]
async fn signing_in_leads_to_where_one_wanted_to_go_and_only_inside() {
    let world = World::new().await;
    world.person("dana@plant.example", Role::Admin, None).await;
    let wanted = world.get("/setup/2?a=1", None).await;
    assert_eq!(wanted.status, StatusCode::SEE_OTHER);
    assert_eq!(wanted.location(), "/sign-in?next=/setup/2%3Fa%3D1");
    let password = PASSWORD.replace(' ', "+");
    for (next, leads) in [
        ("%2Fsetup%2F2", "/setup/2"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%2Fevil.example", "/"),
    ] {
        let form = format!("email=dana%40plant.example&password={password}&next={next}");
        let answer = world.post_form("/ui/users/sign-in", None, &form).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.location(), leads);
        let cookie = answer.header(SET_COOKIE).to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Secure"), "plain HTTP on this machine: {cookie}");
        let page = world.get(PAGE, answer.cookie().as_deref()).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let world = World::at("https://plant.example").await;
    world.person("dana@plant.example", Role::Viewer, None).await;
    let form = format!("email=dana%40plant.example&password={}", PASSWORD.replace(' ', "+"));
    let answer = world.post_form("/ui/users/sign-in", None, &form).await;
    let cookie = answer.header(SET_COOKIE);
    assert!(cookie.starts_with("__Host-millwright=") && cookie.contains("Secure"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn a_failed_form_comes_back_with_its_message_and_without_a_session() {
    let world = World::new().await;
    let form = "email=dana%40plant.example&password=wrong&next=";
    let answer = world.post_form("/ui/users/sign-in", None, form).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
    assert!(answer.location().starts_with("http://127.0.0.1:3000/sign-in?"), "{answer:?}");
    assert!(answer.cookie().is_none());
    let back = answer.location().trim_start_matches("http://127.0.0.1:3000").to_owned();
    let page = world.get(&back, None).await;
    assert!(page.body.contains(app::strings::users::WRONG), "{}", page.body);
    assert!(!answer.location().contains("wrong"), "the password is not in the address");
}

#[tokio::test]
async fn a_new_session_has_a_new_id_and_signing_out_ends_the_old_one() {
    let world = World::new().await;
    world.person("dana@plant.example", Role::Admin, None).await;
    let first = world.sign_in("dana@plant.example").await;
    let form = format!("email=dana%40plant.example&password={}", PASSWORD.replace(' ', "+"));
    let second = world.post_form("/ui/users/sign-in", Some(&first), &form).await.cookie().unwrap();
    assert_ne!(first, second);
    assert_eq!(world.get(PAGE, Some(&first)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get(PAGE, Some(&second)).await.status, StatusCode::OK);
    let out = world.post_form("/ui/users/sign-out", Some(&second), "").await;
    assert_eq!(out.location(), "/sign-in", "{out:?}");
    assert_eq!(world.get(PAGE, Some(&second)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_changed_right_ends_the_session_at_the_next_request() {
    let world = World::new().await;
    let dana = world.person("dana@plant.example", Role::Viewer, Some(SiteId(1))).await;
    let cookie = world.sign_in("dana@plant.example").await;
    assert_eq!(world.get(PAGE, Some(&cookie)).await.status, StatusCode::OK);
    let mut tx = world.state.services.store.begin_system().await.unwrap();
    let grant = GrantInput::new(Role::Operator, Some(SiteId(1)));
    grant_role(&mut tx, &Caller::system(), dana, grant).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.get(PAGE, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_site_cannot_act_with_the_session() {
    let world = World::new().await;
    world.person("dana@plant.example", Role::Admin, None).await;
    let cookie = world.sign_in("dana@plant.example").await;
    let cases: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[],
    ];
    for headers in cases {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri("/ui/users/sign-out")
            .header(COOKIE, &cookie)
            .header("content-type", "text/plain");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(answer.json()["code"], "cross_site");
    }
    assert_eq!(world.get(PAGE, Some(&cookie)).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn the_set_up_link_makes_an_administrator_once() {
    let world = World::new().await;
    let mut tx = world.state.services.store.begin_system().await.unwrap();
    let token = issue_setup_token(&mut tx).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let token = token.expose_secret();
    let page = world.get(&format!("/setup?token={token}"), None).await;
    assert!(page.body.contains(app::strings::users::SET_UP), "{}", page.body);
    let bad = world.get("/setup?token=guess", None).await;
    assert!(bad.body.contains(app::strings::users::BAD_LINK), "{}", bad.body);
    let form =
        format!("token={token}&name=Ada&email=ada%40plant.example&password=four+words+make+it");
    let done = world.post_form("/ui/users/set-up", None, &form).await;
    assert_eq!(done.location(), "/setup/2", "{done:?}");
    let cookie = done.cookie().unwrap();
    assert_eq!(world.get(PAGE, Some(&cookie)).await.status, StatusCode::OK);
    let again = world.post_form("/ui/users/set-up", None, &form).await;
    assert!(again.cookie().is_none(), "{again:?}");
    let site = "tag=RFD2&name=Rockford&time_zone=America%2FChicago";
    let added = world.post_form("/ui/users/set-up-site", Some(&cookie), site).await;
    assert_eq!(added.location(), "/", "{added:?}");
}
