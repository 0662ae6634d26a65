//! Who may call what. Deny by default: a route or server function without a line here is refused,
//! and a test fails (S1). The check runs before the body is read.

use domain::permission::{KeyScope, Permission};
use http::Method;

/// What a caller needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Public,
    /// An API key with this scope, whose owner holds this permission at one site at least; the use
    /// case checks the site.
    Key(KeyScope, Permission),
    /// A session of a person who holds this permission at one site at least; the use case checks
    /// the site.
    Session(Permission),
    /// A session.
    SignedIn,
    /// A page: without a session the answer leads to the sign-in page.
    Page,
    /// A caller on this machine, or an API key that may read.
    Operator,
    /// A caller on this machine; the route exists only with `--test-clock`.
    Test,
}

/// One line: method, path as in the router (or of the server function), what it needs.
pub type Entry = (Method, &'static str, Access);

/// Every route and every server function.
pub static PERMISSIONS: &[Entry] = &[
    // The program
    (Method::GET, "/healthz", Access::Public),
    (Method::GET, "/readyz", Access::Public),
    (Method::GET, "/metrics", Access::Operator),
    (Method::GET, "/pkg/{*path}", Access::Public),
    (Method::GET, "/live", Access::SignedIn),
    (Method::POST, "/test/clock", Access::Test),
    // Machines
    (Method::GET, "/api/v1/openapi.json", Access::Public),
    (
        Method::POST,
        "/api/v1/predictions",
        Access::Key(KeyScope::Predictions, Permission::PredictionSend),
    ),
    (Method::GET, "/api/v1/predictions/{id}", Access::Key(KeyScope::Read, Permission::View)),
    (Method::GET, "/api/v1/alerts", Access::Key(KeyScope::Read, Permission::View)),
    (Method::GET, "/api/v1/alerts/{id}", Access::Key(KeyScope::Read, Permission::View)),
    (
        Method::POST,
        "/api/v1/reviews/{alert_id}/decision",
        Access::Key(KeyScope::Decide, Permission::ReviewDecide),
    ),
    (
        Method::POST,
        "/api/v1/reviews/{alert_id}/undo",
        Access::Key(KeyScope::Decide, Permission::ReviewDecide),
    ),
    (
        Method::POST,
        "/api/v1/telemetry",
        Access::Key(KeyScope::Telemetry, Permission::TelemetrySend),
    ),
    (Method::GET, "/api/v1/assets", Access::Key(KeyScope::Read, Permission::View)),
    (Method::POST, "/api/v1/assets/import", Access::Key(KeyScope::Assets, Permission::AssetEdit)),
    (
        Method::POST,
        "/api/v1/quarantine/{id}/replay",
        Access::Key(KeyScope::Decide, Permission::Integrate),
    ),
    (Method::GET, "/api/v1/work-orders", Access::Key(KeyScope::Read, Permission::View)),
    (
        Method::POST,
        "/api/v1/work-orders",
        Access::Key(KeyScope::Decide, Permission::WorkOrderRaise),
    ),
    (Method::GET, "/api/v1/work-orders/{id}", Access::Key(KeyScope::Read, Permission::View)),
    // These three also ask for the right to plan, to work or to integrate, by what is asked.
    (
        Method::POST,
        "/api/v1/work-orders/{id}/transition",
        Access::Key(KeyScope::Decide, Permission::View),
    ),
    (
        Method::POST,
        "/api/v1/work-orders/{id}/retry",
        Access::Key(KeyScope::Decide, Permission::View),
    ),
    (
        Method::POST,
        "/api/v1/work-orders/{id}/skip",
        Access::Key(KeyScope::Decide, Permission::View),
    ),
    (
        Method::GET,
        "/api/v1/work-orders/{id}/attachments/{attachment}",
        Access::Key(KeyScope::Read, Permission::View),
    ),
    // CMMSs: a signature or a secret in the path is proof; the handler asks for it first.
    (Method::POST, "/api/v1/webhooks/{connection}", Access::Public),
    (Method::POST, "/api/v1/webhooks/{connection}/{token}", Access::Public),
    // Pages
    (Method::GET, "/work-orders/{id}/attachments/{attachment}", Access::Session(Permission::View)),
    (Method::GET, "/", Access::Page),
    (Method::GET, "/sign-in", Access::Public),
    (Method::GET, "/setup", Access::Public),
    (Method::GET, "/setup/2", Access::Page),
    (Method::GET, "/overview", Access::Page),
    (Method::GET, "/search", Access::Page),
    (Method::GET, "/review", Access::Page),
    (Method::GET, "/review/{id}", Access::Page),
    (Method::GET, "/alerts", Access::Page),
    (Method::GET, "/alerts/{id}", Access::Page),
    (Method::GET, "/work-orders", Access::Page),
    (Method::GET, "/work-orders/{id}", Access::Page),
    (Method::GET, "/assets", Access::Page),
    (Method::GET, "/assets/new", Access::Page),
    (Method::GET, "/assets/import", Access::Page),
    (Method::POST, "/assets/import/upload", Access::Session(Permission::AssetEdit)),
    (Method::GET, "/assets/import/{id}", Access::Page),
    (Method::GET, "/assets/import/{id}/errors.csv", Access::Session(Permission::AssetEdit)),
    (Method::GET, "/assets/reconcile", Access::Page),
    (Method::GET, "/assets/{id}", Access::Page),
    (Method::GET, "/assets/{id}/edit", Access::Page),
    (Method::GET, "/assets/{id}/move", Access::Page),
    (Method::GET, "/assets/{id}/label", Access::Page),
    (Method::GET, "/assets/{id}/history", Access::Page),
    (Method::GET, "/assets/{id}/calendar", Access::Page),
    (Method::GET, "/connections/{slug}/mapping", Access::Page),
    (Method::GET, "/logbook", Access::Page),
    (Method::GET, "/quarantine", Access::Page),
    #[cfg(debug_assertions)]
    (Method::GET, "/ui", Access::Page),
    // Lists as files
    (Method::GET, "/export/alerts.csv", Access::Session(Permission::View)),
    (Method::GET, "/export/assets.csv", Access::Session(Permission::View)),
    (Method::GET, "/export/review.csv", Access::Session(Permission::ReviewDecide)),
    (Method::GET, "/export/work-orders.csv", Access::Session(Permission::View)),
    (Method::GET, "/export/logbook.csv", Access::Session(Permission::View)),
    (Method::GET, "/export/quarantine.csv", Access::Session(Permission::Integrate)),
    (Method::GET, "/export/users.csv", Access::Session(Permission::Administer)),
    (Method::GET, "/export/api-keys.csv", Access::Session(Permission::SecretManage)),
    (Method::GET, "/audit", Access::Page),
    (Method::POST, "/audit/export", Access::Session(Permission::AuditRead)),
    (Method::GET, "/admin", Access::Page),
    (Method::GET, "/admin/users", Access::Page),
    (Method::GET, "/admin/users/{id}", Access::Page),
    (Method::GET, "/admin/roles", Access::Page),
    (Method::GET, "/admin/keys", Access::Page),
    (Method::GET, "/admin/checks", Access::Page),
    (Method::GET, "/account", Access::Page),
    (Method::GET, "/connections", Access::Page),
    (Method::GET, "/connections/new", Access::Page),
    (Method::GET, "/connections/{id}", Access::Page),
    (Method::GET, "/connections/{id}/setup", Access::Page),
    (Method::GET, "/rules", Access::Page),
    (Method::GET, "/rules/{id}", Access::Page),
    (Method::GET, "/rules/{id}/edit", Access::Page),
    (Method::GET, "/rules/{id}/publish", Access::Page),
    (Method::GET, "/rules/{id}/versions", Access::Page),
    (Method::GET, "/rules/{id}/compare", Access::Page),
    (Method::GET, "/rules/{id}/export", Access::Session(Permission::View)),
    // Server functions
    (Method::POST, "/ui/frame/load", Access::SignedIn),
    (Method::POST, "/ui/overview/load", Access::Session(Permission::View)),
    (Method::POST, "/ui/search/find", Access::Session(Permission::View)),
    (Method::POST, "/ui/alerts/list", Access::Session(Permission::View)),
    (Method::POST, "/ui/alerts/detail", Access::Session(Permission::View)),
    (Method::POST, "/ui/alerts/review", Access::Session(Permission::ReviewDecide)),
    (Method::POST, "/ui/alerts/approve", Access::Session(Permission::ReviewDecide)),
    (Method::POST, "/ui/alerts/reject", Access::Session(Permission::ReviewDecide)),
    (Method::POST, "/ui/alerts/snooze", Access::Session(Permission::ReviewDecide)),
    (Method::POST, "/ui/alerts/undo", Access::Session(Permission::ReviewDecide)),
    (Method::POST, "/ui/alerts/raise", Access::Session(Permission::WorkOrderRaise)),
    (Method::POST, "/ui/predictions/quarantine", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/predictions/replay", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/predictions/map-failure-mode", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/predictions/map-asset", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/predictions/dismiss", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/frame/badges", Access::SignedIn),
    (Method::POST, "/ui/frame/preference", Access::SignedIn),
    (Method::POST, "/ui/frame/notices-read", Access::SignedIn),
    (Method::POST, "/ui/work_orders/list", Access::Session(Permission::View)),
    (Method::POST, "/ui/work_orders/load", Access::Session(Permission::View)),
    // What a step needs depends on where it goes; the use case asks.
    (Method::POST, "/ui/work_orders/move", Access::Session(Permission::View)),
    (Method::POST, "/ui/work_orders/close", Access::Session(Permission::WorkOrderWork)),
    (Method::POST, "/ui/work_orders/retry", Access::Session(Permission::View)),
    (Method::POST, "/ui/work_orders/amend", Access::Session(Permission::View)),
    (Method::POST, "/ui/work_orders/skip", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/tree", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/branch", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/list", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/load", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/history", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/draft", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/create", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/edit", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/move", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/decommission", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/recommission", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/import-load", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/import-match", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/import-apply", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/plan", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/plan-decide", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/plan-apply", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/pair", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/read-register", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/calendar", Access::Session(Permission::View)),
    (Method::POST, "/ui/assets/calendar-save", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/crew-add", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/crew-edit", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/assets/crews", Access::Session(Permission::View)),
    (Method::POST, "/ui/connections/mapping", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/mapping-field", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/mapping-value", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/mapping-suggested", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/mapping-publish", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/logbook/load", Access::Session(Permission::View)),
    (Method::POST, "/ui/logbook/desk", Access::Session(Permission::View)),
    (Method::POST, "/ui/logbook/write", Access::Session(Permission::LogbookWrite)),
    (Method::POST, "/ui/logbook/tick", Access::Session(Permission::LogbookWrite)),
    (Method::POST, "/ui/logbook/hand-over", Access::Session(Permission::LogbookWrite)),
    (Method::POST, "/ui/logbook/take-over", Access::Session(Permission::LogbookWrite)),
    (Method::POST, "/ui/logbook/raise", Access::Session(Permission::WorkOrderRaise)),
    (Method::POST, "/ui/connections/list", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/systems", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/one", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/calls", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/waiting", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/check", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/create", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/configure", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/schedule", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/test", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/pause", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/resume", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/retry", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/replay", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/go-live", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/secret", Access::Session(Permission::SecretManage)),
    (Method::POST, "/ui/connections/secret-discard", Access::Session(Permission::SecretManage)),
    (Method::POST, "/ui/connections/webhook", Access::Session(Permission::Integrate)),
    (Method::POST, "/ui/connections/webhook-address", Access::Session(Permission::SecretManage)),
    (Method::POST, "/ui/work_orders/by-hand", Access::Session(Permission::View)),
    (Method::POST, "/ui/rules/list", Access::Session(Permission::View)),
    (Method::POST, "/ui/rules/page", Access::Session(Permission::View)),
    (Method::POST, "/ui/rules/versions", Access::Session(Permission::View)),
    (Method::POST, "/ui/rules/compare", Access::Session(Permission::View)),
    (Method::POST, "/ui/rules/editing", Access::Session(Permission::View)),
    (Method::POST, "/ui/rules/publishing", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/preview", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/save", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/import", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/restore", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/discard", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/rebase", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/shadow-start", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/shadow-end", Access::Session(Permission::RuleDraft)),
    (Method::POST, "/ui/rules/publish", Access::Session(Permission::RulePublish)),
    (Method::POST, "/ui/rules/pause", Access::Session(Permission::RulePublish)),
    (Method::POST, "/ui/rules/override", Access::Session(Permission::RulePublish)),
    (Method::POST, "/ui/users/sign-in", Access::Public),
    (Method::POST, "/ui/users/sign-out", Access::SignedIn),
    (Method::POST, "/ui/users/set-up-link", Access::Public),
    (Method::POST, "/ui/users/set-up", Access::Public),
    (Method::POST, "/ui/users/set-up-site", Access::Session(Permission::AssetEdit)),
    (Method::POST, "/ui/users/time-zones", Access::SignedIn),
    (Method::POST, "/ui/users/people", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/person", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/invite", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/link", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/disable", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/enable", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/rename", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/give-role", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/take-role", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/end-sessions", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/roles", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/role-duplicate", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/role-rename", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/role-delete", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/roles-save", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/checks", Access::Session(Permission::Administer)),
    (Method::POST, "/ui/users/keys", Access::Session(Permission::SecretManage)),
    (Method::POST, "/ui/users/key-create", Access::Session(Permission::SecretManage)),
    (Method::POST, "/ui/users/key-revoke", Access::Session(Permission::SecretManage)),
    (Method::POST, "/ui/users/account", Access::SignedIn),
    (Method::POST, "/ui/users/password", Access::SignedIn),
    (Method::POST, "/ui/users/end-own-sessions", Access::SignedIn),
    (Method::POST, "/ui/audit/load", Access::Session(Permission::AuditRead)),
];

/// What a request needs; `Err(true)` if the path is known with other methods, `Err(false)` if there
/// is no line at all.
///
/// # Errors
/// When nothing allows the request.
pub fn access(method: &Method, path: &str) -> Result<Access, bool> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let mut known = false;
    for (of_method, of_path, access) in PERMISSIONS {
        if *of_path == path {
            if of_method == method {
                return Ok(*access);
            }
            known = true;
        }
    }
    Err(known)
}
