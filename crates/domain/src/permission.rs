//! Who may what: the permissions, the built-in roles, the scopes of API keys.

use serde::{Deserialize, Serialize};

use crate::UnknownWord;
use crate::alert::words;
use crate::ids::CustomRoleId;

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

impl Permission {
    /// What a role may hold, in the order of the matrix; the others belong to machines.
    pub fn of_people() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|p| !p.is_of_machines())
    }

    /// Only a key may do it.
    pub const fn is_of_machines(self) -> bool {
        matches!(self, Self::PredictionSend | Self::TelemetrySend)
    }

    /// What comes with it.
    pub const fn implies(self) -> &'static [Self] {
        match self {
            Self::View | Self::PredictionSend | Self::TelemetrySend => &[],
            Self::RulePublish => &[Self::View, Self::RuleDraft],
            _ => &[Self::View],
        }
    }

    /// These permissions with everything that comes with them, in declaration order.
    pub fn closed(permissions: &[Self]) -> Vec<Self> {
        let held =
            |p: Self| permissions.iter().any(|&given| given == p || given.implies().contains(&p));
        Self::of_people().filter(|&p| held(p)).collect()
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

/// A role as it is given: one of the program's, or one of the installation's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum RoleRef {
    /// One of the program's.
    BuiltIn(Role),
    /// One of the installation's own.
    Custom(CustomRoleId),
}

impl RoleRef {
    /// The role of the program.
    pub const fn built_in(self) -> Option<Role> {
        match self {
            Self::BuiltIn(role) => Some(role),
            Self::Custom(_) => None,
        }
    }

    /// The role of the installation.
    pub const fn custom(self) -> Option<CustomRoleId> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Custom(id) => Some(id),
        }
    }
}

impl From<Role> for RoleRef {
    fn from(role: Role) -> Self {
        Self::BuiltIn(role)
    }
}

impl From<CustomRoleId> for RoleRef {
    fn from(id: CustomRoleId) -> Self {
        Self::Custom(id)
    }
}

/// `planner`, `custom-12`: for addresses and forms.
impl std::fmt::Display for RoleRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn(role) => role.fmt(f),
            Self::Custom(id) => write!(f, "custom-{id}"),
        }
    }
}

impl std::str::FromStr for RoleRef {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text.strip_prefix("custom-") {
            Some(id) => id.parse().map(Self::Custom).map_err(|_| UnknownWord(text.to_owned())),
            None => text.parse().map(Self::BuiltIn),
        }
    }
}

impl From<RoleRef> for String {
    fn from(role: RoleRef) -> Self {
        role.to_string()
    }
}

impl TryFrom<String> for RoleRef {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_role_holds_what_comes_with_its_permissions() {
        for role in Role::ALL {
            let held = role.permissions();
            assert_eq!(Permission::closed(held), held, "{role}");
        }
    }

    #[test]
    fn closing_adds_what_is_implied_and_nothing_of_machines() {
        let closed = Permission::closed(&[Permission::RulePublish, Permission::PredictionSend]);
        let expected = [Permission::View, Permission::RuleDraft, Permission::RulePublish];
        assert_eq!(closed, expected);
        assert_eq!(Permission::closed(&[]), []);
    }

    #[test]
    fn a_role_is_written_and_read_alike() {
        let roles = Role::ALL.iter().map(|&role| RoleRef::from(role));
        for role in roles.chain([CustomRoleId(12).into()]) {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        for wrong in ["", "chef", "custom-", "custom-x"] {
            assert!(wrong.parse::<RoleRef>().is_err(), "{wrong}");
        }
    }
}
