//! The description of the API: `openapi.json` beside this file, cut down to what is routed, with
//! the scope each call needs from the permission table.

use axum::Json;
use serde_json::{Map, Value, json};

use crate::http::permissions::{Access, PERMISSIONS};
use crate::http::problem::{Problem, Result};

static TEMPLATE: &str = include_str!("openapi.json");
const PREFIX: &str = "/api/v1";

/// `GET /api/v1/openapi.json`
pub async fn document() -> Result<Json<Value>> {
    build().map(Json).map_err(|error| {
        tracing::error!(%error, "the API description cannot be read");
        Problem::internal()
    })
}

fn build() -> std::result::Result<Value, serde_json::Error> {
    let mut document: Value = serde_json::from_str(TEMPLATE)?;
    let mut described = Map::new();
    if let Some(Value::Object(paths)) = document.get_mut("paths").map(Value::take) {
        for (path, methods) in paths {
            let Value::Object(methods) = methods else { continue };
            let kept: Map<_, _> = methods
                .into_iter()
                .filter_map(|(method, operation)| {
                    Some((method.clone(), complete(&path, &method, operation)?))
                })
                .collect();
            if !kept.is_empty() {
                described.insert(path, kept.into());
            }
        }
    }
    document["paths"] = described.into();
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    Ok(document)
}

/// The operation with its security and the answers every call can have; `None` if it is not routed.
fn complete(path: &str, method: &str, mut operation: Value) -> Option<Value> {
    let access = PERMISSIONS.iter().find_map(|(m, p, access)| {
        (p.strip_prefix(PREFIX) == Some(path) && m.as_str().eq_ignore_ascii_case(method))
            .then_some(*access)
    })?;
    if let Access::Key(scope, _) = access {
        operation["security"] = json!([{ "key": [scope.as_str()] }]);
        if method != "get" {
            let parameter = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
            match operation.get_mut("parameters").and_then(Value::as_array_mut) {
                Some(parameters) => parameters.push(parameter),
                None => operation["parameters"] = json!([parameter]),
            }
        }
        for status in ["401", "403", "429", "503"] {
            operation["responses"][status] = json!({ "$ref": "#/components/responses/Problem" });
        }
    } else {
        operation["security"] = json!([]);
    }
    Some(operation)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routed: BTreeSet<_> = crate::http::api::routes()
            .listed()
            .iter()
            .filter_map(|(method, path)| {
                Some((method.as_str().to_lowercase(), path.strip_prefix(PREFIX)?.to_owned()))
            })
            .collect();
        let document = build().unwrap();
        let described: BTreeSet<_> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(|m| (m.clone(), path.clone()))
            })
            .collect();
        assert_eq!(routed, described);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, root: &Value) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(target)) = members.get("$ref") {
                        let pointer = target.strip_prefix('#').unwrap();
                        assert!(root.pointer(pointer).is_some(), "{target} leads nowhere");
                    }
                    members.values().for_each(|v| walk(v, root));
                }
                Value::Array(items) => items.iter().for_each(|v| walk(v, root)),
                _ => {}
            }
        }
        let document: Value = serde_json::from_str(TEMPLATE).unwrap();
        walk(&document, &document);
    }
}
