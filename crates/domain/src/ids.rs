//! One type per kind of id: a function that takes an asset cannot be given an alert.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// The one open case for an asset and failure mode.
    AlertId,
    /// A key with which a machine (or a person's script) calls the API.
    ApiKeyId,
    /// A site, line, machine or component.
    AssetId,
    /// A stored picture or text that goes along with a work order.
    AttachmentId,
    /// One audit row.
    AuditId,
    /// One configured CMMS.
    ConnectionId,
    /// A role of the installation's own.
    CustomRoleId,
    /// What one policy version said about one alert at one instant.
    DecisionId,
    /// A role one person was given.
    GrantId,
    /// An entry of the shift logbook.
    LogbookEntryId,
    /// An in-app notice.
    NoticeId,
    /// One version of a policy.
    PolicyId,
    /// One prediction message.
    PredictionId,
    /// An asset of kind site; the scope of rights.
    SiteId,
    /// An inbound feed.
    SourceId,
    /// A person.
    UserId,
    /// Our intent plus our mirror of the CMMS record.
    WorkOrderId,
}

impl From<SiteId> for AssetId {
    fn from(site: SiteId) -> Self {
        Self(site.0)
    }
}
