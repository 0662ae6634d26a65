use std::collections::BTreeSet;

use http::Method;
use leptos::server_fn::axum::server_fn_paths;

use crate::http::permissions::{PERMISSIONS, access};
use crate::http::{own, pages};

fn every_route() -> BTreeSet<(String, String)> {
    let own = own();
    let routes = own.listed().iter().map(|(method, path)| (method.to_string(), (*path).to_owned()));
    let pages = pages::list().into_iter().map(|page| ("GET".to_owned(), page.path().to_owned()));
    let functions = server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned()));
    routes.chain(pages).chain(functions).collect()
}

#[tokio::test]
async fn every_route_and_server_function_has_its_line_and_no_line_is_left_over() {
    let routed = every_route();
    let listed: BTreeSet<_> =
        PERMISSIONS.iter().map(|(m, p, _)| (m.to_string(), (*p).to_owned())).collect();
    let missing: Vec<_> = routed.difference(&listed).collect();
    let left_over: Vec<_> = listed.difference(&routed).collect();
    assert!(missing.is_empty(), "add a line to PERMISSIONS for {missing:#?}");
    assert!(left_over.is_empty(), "these lines of PERMISSIONS lead nowhere: {left_over:#?}");
    assert_eq!(PERMISSIONS.len(), listed.len(), "a line is there twice");
}

#[tokio::test]
async fn server_functions_are_posted_and_live_under_ui() {
    for (path, method) in server_fn_paths() {
        assert_eq!(method, Method::POST, "{path} changes state by {method}");
        assert!(path.starts_with("/ui/"), "{path}");
    }
}

#[test]
fn what_has_no_line_is_refused() {
    assert_eq!(access(&Method::GET, "/unheard-of"), Err(false));
    assert_eq!(access(&Method::DELETE, "/healthz"), Err(true));
    assert!(access(&Method::HEAD, "/healthz").is_ok());
}
