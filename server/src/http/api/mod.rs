//! `/api/v1`: what machines say and ask. One file per feature; a handler reads as a story: the
//! caller (checked already), the transaction, the use case, the answer.

mod alerts;
mod assets;
mod openapi;
mod predictions;
mod quarantine;
mod reviews;
mod telemetry;
mod webhooks;
mod work_orders;

use super::routes::Routes;

pub use webhooks::without_token;

/// Every route of the API.
pub fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/openapi.json", openapi::document)
        .post("/api/v1/predictions", predictions::post)
        .get("/api/v1/predictions/{id}", predictions::get)
        .post("/api/v1/telemetry", telemetry::post)
        .get("/api/v1/alerts", alerts::list)
        .get("/api/v1/alerts/{id}", alerts::get)
        .post("/api/v1/reviews/{alert_id}/decision", reviews::post_decision)
        .post("/api/v1/reviews/{alert_id}/undo", reviews::post_undo)
        .get("/api/v1/assets", assets::get)
        .post("/api/v1/assets/import", assets::post_import)
        .post("/api/v1/quarantine/{id}/replay", quarantine::post_replay)
        .post("/api/v1/webhooks/{connection}", webhooks::post_signed)
        .post("/api/v1/webhooks/{connection}/{token}", webhooks::post_by_token)
        .get("/api/v1/work-orders", work_orders::list)
        .post("/api/v1/work-orders", work_orders::post)
        .get("/api/v1/work-orders/{id}", work_orders::get)
        .post("/api/v1/work-orders/{id}/transition", work_orders::post_transition)
        .post("/api/v1/work-orders/{id}/retry", work_orders::post_retry)
        .post("/api/v1/work-orders/{id}/skip", work_orders::post_skip)
        .get("/api/v1/work-orders/{id}/attachments/{attachment}", work_orders::api_attachment)
        .get("/work-orders/{id}/attachments/{attachment}", work_orders::attachment)
}
