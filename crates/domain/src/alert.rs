//! The alert: states, priorities, tiers, and what a reviewer may say.

use serde::{Deserialize, Serialize};

/// Declares a field-less enum with one snake_case spelling for JSON, SQL and URLs.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The one spelling used in JSON, SQL and URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s { $($word => Ok(Self::$variant),)* _ => Err($crate::UnknownWord(s.to_owned())) }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where an alert stands.
    AlertState {
        /// Logged, or not yet decided.
        Open = "open",
        /// A person has been asked.
        WaitingReview = "waiting_review",
        /// Decided, fires at a known instant (weekly batch, next shutdown, next-day review).
        Held = "held",
        /// A work order exists or is being delivered.
        WorkOrder = "work_order",
        /// Finished; carries an outcome.
        Closed = "closed",
    }
}

words! {
    /// What an action means to people.
    Tier {
        /// Somebody is sent.
        Act = "act",
        /// Somebody is asked.
        Review = "review",
        /// Kept for the record.
        Log = "log",
    }
}

words! {
    /// How an alert is shown; derived from the priority of its action.
    Severity {
        /// Priority 1.
        Critical = "critical",
        /// Priority 2.
        High = "high",
        /// Priority 3.
        Medium = "medium",
        /// Priority 4 and 5, and log-only alerts.
        Low = "low",
    }
}

/// Urgency of work: 1 emergency, 2 high, 3 scheduled, 4 low, 5 opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Priority(u8);

impl Priority {
    /// Emergency.
    pub const EMERGENCY: Self = Self(1);
    /// High.
    pub const HIGH: Self = Self(2);
    /// Scheduled, medium.
    pub const MEDIUM: Self = Self(3);
    /// Low.
    pub const LOW: Self = Self(4);
    /// When there is an opportunity.
    pub const OPPORTUNITY: Self = Self(5);

    /// `None` outside 1–5.
    pub const fn new(value: u8) -> Option<Self> {
        if value >= 1 && value <= 5 { Some(Self(value)) } else { None }
    }

    /// 1–5.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// How people see it.
    pub const fn severity(self) -> Severity {
        match self.0 {
            1 => Severity::Critical,
            2 => Severity::High,
            3 => Severity::Medium,
            _ => Severity::Low,
        }
    }
}

impl TryFrom<i16> for Priority {
    type Error = PriorityOutOfRange;
    fn try_from(value: i16) -> Result<Self, Self::Error> {
        u8::try_from(value).ok().and_then(Self::new).ok_or(PriorityOutOfRange(value))
    }
}

impl From<Priority> for i16 {
    fn from(value: Priority) -> Self {
        Self::from(value.0)
    }
}

/// A priority outside 1–5.
#[derive(Debug, thiserror::Error)]
#[error("priority {0} is outside 1 to 5")]
pub struct PriorityOutOfRange(i16);

words! {
    /// What a reviewer says.
    ReviewDecision {
        /// Send the work order.
        Approve = "approve",
        /// Close the alert with a reason.
        Reject = "reject",
        /// Ask again later.
        Snooze = "snooze",
    }
}

words! {
    /// Where a review item stands.
    ReviewStatus {
        /// Waiting for a person.
        Pending = "pending",
        /// Decided, held until its run time so that it can be undone.
        Decided = "decided",
        /// Carried out.
        Done = "done",
        /// A later decision created the work order.
        Superseded = "superseded",
    }
}

words! {
    /// Why a reviewer rejects.
    RejectReason {
        /// Nothing is wrong with the machine.
        FalseAlarm = "false_alarm",
        /// The sensor or its wiring is at fault.
        SensorFault = "sensor_fault",
        /// Already known.
        Known = "known",
        /// Already repaired.
        AlreadyFixed = "already_fixed",
        /// Already planned.
        Planned = "planned",
        /// Another alert or work order covers it.
        Duplicate = "duplicate",
    }
}

words! {
    /// Where a work order comes from.
    Origin {
        /// A rule created it at once.
        Rule = "rule",
        /// A reviewer approved it.
        Review = "review",
        /// A person raised it.
        Person = "person",
        /// The weekly batch released it.
        Batch = "batch",
        /// A planned shutdown released it.
        Shutdown = "shutdown",
        /// It was open in the CMMS already, for the same asset and failure code.
        Linked = "linked",
    }
}
