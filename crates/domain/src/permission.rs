//! Who may what: the permissions, the built-in roles, the scopes of API keys.

use crate::alert::words;

words! {
    /// One right; always held for a set of sites.
    Permission {
        /// See alerts, work orders, assets and KPIs.
        View = "view",
        /// Write the shift logbook.
        LogbookWrite = "logbook_write",
        /// Work on and close work orders of the built-in book.
        WorkOrderWork = "work_order_work",
        /// Decide reviews.
        ReviewDecide = "review_decide",
        /// Raise a work order.
        WorkOrderRaise = "work_order_raise",
        /// Edit, map and reconcile assets.
        AssetEdit = "asset_edit",
        /// Draft rules.
        RuleDraft = "rule_draft",
        /// Publish rules.
        RulePublish = "rule_publish",
        /// Sources, connections, mappings, quarantine, replay.
        Integrate = "integrate",
        /// Secrets and API keys.
        SecretManage = "secret_manage",
        /// Read and export the audit log.
        AuditRead = "audit_read",
        /// Users, roles, retention.
        Administer = "administer",
        /// Send predictions (machines only).
        PredictionSend = "prediction_send",
        /// Send telemetry (machines only).
        TelemetrySend = "telemetry_send",
    }
}

words! {
    /// Built-in roles.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Runs machines.
        Operator = "operator",
        /// Repairs machines.
        Technician = "technician",
        /// Decides reviews.
        Reviewer = "reviewer",
        /// Leads a shift.
        Supervisor = "supervisor",
        /// Plans work.
        Planner = "planner",
        /// Runs the integrations.
        IntegrationAdmin = "integration_admin",
        /// Runs everything.
        Admin = "admin",
    }
}

impl Role {
    /// What the role may do.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{
            Administer, AssetEdit, AuditRead, Integrate, LogbookWrite, ReviewDecide, RuleDraft,
            RulePublish, SecretManage, View, WorkOrderRaise, WorkOrderWork,
        };
        match self {
            Self::Viewer => &[View],
            Self::Operator => &[View, LogbookWrite],
            Self::Technician => &[View, LogbookWrite, WorkOrderWork],
            Self::Reviewer => &[View, LogbookWrite, ReviewDecide],
            Self::Supervisor => &[View, LogbookWrite, WorkOrderWork, ReviewDecide, WorkOrderRaise],
            Self::Planner => &[
                View,
                LogbookWrite,
                WorkOrderWork,
                ReviewDecide,
                WorkOrderRaise,
                AssetEdit,
                RuleDraft,
                RulePublish,
            ],
            Self::IntegrationAdmin => {
                &[View, AssetEdit, RuleDraft, Integrate, SecretManage, AuditRead]
            }
            Self::Admin => &[
                View,
                LogbookWrite,
                WorkOrderWork,
                ReviewDecide,
                WorkOrderRaise,
                AssetEdit,
                RuleDraft,
                RulePublish,
                Integrate,
                SecretManage,
                AuditRead,
                Administer,
            ],
        }
    }

    /// Who is asked next when this role leaves a review overdue.
    pub const fn escalates_to(self) -> Option<Self> {
        match self {
            Self::Reviewer => Some(Self::Supervisor),
            Self::Supervisor => Some(Self::Planner),
            Self::Planner => Some(Self::Admin),
            _ => None,
        }
    }
}

words! {
    /// What an API key may be used for.
    KeyScope {
        /// `POST /predictions`.
        Predictions = "predictions",
        /// `POST /telemetry`.
        Telemetry = "telemetry",
        /// `POST /production`, `/downtime`, `/time-cards`.
        Production = "production",
        /// `POST /assets/import`.
        Assets = "assets",
        /// Every `GET`.
        Read = "read",
        /// Acts of people; the key must be bound to one.
        Decide = "decide",
        /// `GET /training-data`.
        Training = "training",
    }
}
