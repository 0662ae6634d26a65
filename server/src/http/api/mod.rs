//! `/api/v1`: what machines say and ask. One file per feature; a handler reads as a story: the
//! caller (checked already), the transaction, the use case, the answer.

mod openapi;

use super::routes::Routes;

/// Every route of the API.
pub fn routes() -> Routes {
    Routes::default().get("/api/v1/openapi.json", openapi::document)
}
