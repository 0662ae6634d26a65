use domain::ids::SiteId;
use domain::permission::{KeyScope, Permission, Role};
use http::{Method, StatusCode};
use services::users::GrantInput;

use super::world::World;
use crate::http::permissions::{Access, PERMISSIONS};

/// An address the route matches; nothing is behind the ids.
fn address(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "999999" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn nothing_but_the_public_lines_answers_a_stranger() {
    let world = World::new().await;
    for (method, path, access) in PERMISSIONS {
        let answer = world.call(method.clone(), &address(path), None, "").await;
        let expected = match access {
            Access::Public => continue,
            Access::Page => StatusCode::SEE_OTHER,
            Access::Test => StatusCode::NOT_FOUND,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(answer.status, expected, "{method} {path}: {answer:?}");
        if *access == Access::Page {
            assert!(answer.location().starts_with("/sign-in"), "{path}: {}", answer.location());
        }
    }
}

#[tokio::test]
async fn a_key_does_what_its_scope_says_and_nothing_else() {
    let world = World::new().await;
    let admin = world.person("ada@plant.example", Role::Admin, None).await;
    for scope in KeyScope::ALL {
        let user = (*scope == KeyScope::Decide).then_some(admin);
        let key = world.key(&[*scope], user).await;
        for (method, path, access) in PERMISSIONS {
            let Access::Key(needed, _) = access else { continue };
            let answer = world.call(method.clone(), &address(path), Some(&key), "{").await;
            let refused = matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
            assert_eq!(refused, needed != scope, "{scope:?} on {method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_person_does_what_their_roles_say_and_nothing_else() {
    let world = World::new().await;
    for role in Role::ALL {
        let email = format!("{}@plant.example", role.as_str());
        world.person(&email, *role, Some(SiteId(1))).await;
        let cookie = world.sign_in(&email).await;
        for (method, path, access) in PERMISSIONS {
            let Access::Session(permission) = access else { continue };
            let answer = match *method {
                Method::GET => world.get(&address(path), Some(&cookie)).await,
                _ => world.post_form(&address(path), Some(&cookie), "").await,
            };
            let allowed = role.permissions().contains(permission);
            assert_eq!(
                answer.status != StatusCode::FORBIDDEN,
                allowed,
                "{role:?} on {path}: {answer:?}"
            );
        }
    }
}

/// A role of the installation with one permission (and what comes with it) opens exactly the lines
/// of those permissions.
#[tokio::test]
async fn a_role_of_the_installation_does_what_its_boxes_say_and_nothing_else() {
    let world = World::new().await;
    for permission in Permission::of_people() {
        let held = Permission::closed(&[permission]);
        let role = world.custom_role(permission.as_str(), &held).await;
        let email = format!("{permission}@plant.example");
        world.person_with(&email, GrantInput::new(role, Some(SiteId(1)))).await;
        let cookie = world.sign_in(&email).await;
        for (method, path, access) in PERMISSIONS {
            let Access::Session(needed) = access else { continue };
            let answer = match *method {
                Method::GET => world.get(&address(path), Some(&cookie)).await,
                _ => world.post_form(&address(path), Some(&cookie), "").await,
            };
            assert_eq!(
                answer.status != StatusCode::FORBIDDEN,
                held.contains(needed),
                "{permission} on {path}: {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_session_opens_no_machine_route_and_a_key_no_page() {
    let world = World::new().await;
    world.person("ada@plant.example", Role::Admin, None).await;
    let cookie = world.sign_in("ada@plant.example").await;
    let key = world.key(&[KeyScope::Read], None).await;
    for (method, path, access) in PERMISSIONS {
        match access {
            Access::Key(..) if *method == Method::GET => {
                let answer = world.get(&address(path), Some(&cookie)).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            }
            Access::Page => {
                let answer = world.call(method.clone(), &address(path), Some(&key), "").await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            }
            _ => {}
        }
    }
}
