//! What a condition can ask about.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::UnknownWord;

const ATTRIBUTE: &str = "attributes.";

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)?) => {
        /// What a condition can ask about. Written as its snake_case name, attributes as
        /// `attributes.<name>`.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Field {
            $($(#[$doc])* $variant,)*
            /// A scalar of the prediction's `attributes`.
            Attribute(String),
        }

        impl Field {
            /// Every field with a fixed name, in the order in which an editor lists them.
            pub const FIXED: &'static [Self] = &[$(Self::$variant),*];

            /// The name as written in rules.
            pub fn name(&self) -> Cow<'static, str> {
                match self {
                    $(Self::$variant => Cow::Borrowed($word),)*
                    Self::Attribute(name) => Cow::Owned(format!("{ATTRIBUTE}{name}")),
                }
            }
        }

        impl std::str::FromStr for Field {
            type Err = UnknownWord;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s {
                    $($word => Ok(Self::$variant),)*
                    _ => match s.strip_prefix(ATTRIBUTE) {
                        Some(name) if !name.is_empty() => Ok(Self::Attribute(name.to_owned())),
                        _ => Err(UnknownWord(s.to_owned())),
                    },
                }
            }
        }
    };
}

fields! {
    /// Confidence of the prediction, 0–1.
    Confidence = "confidence",
    /// Remaining useful life as predicted, hours.
    RemainingLifeHours = "remaining_life_hours",
    /// Intervention window as predicted, hours.
    WindowHours = "window_hours",
    /// Whether the predicted end of life had passed when the prediction was made.
    Overdue = "overdue",
    /// Failure mode code; `within` includes the modes below it.
    FailureMode = "failure_mode",
    /// Name of the model.
    Model = "model",
    /// Version of the model.
    ModelVersion = "model_version",
    /// Name of the source.
    Source = "source",
    /// Effective criticality of the asset; `ge high` means high or critical.
    Criticality = "criticality",
    /// Whether the criticality is critical or high.
    Critical = "critical",
    /// Site, line, machine or component.
    AssetKind = "asset_kind",
    /// Tag of the asset itself.
    AssetTag = "asset_tag",
    /// The asset and everything above it; `within` takes the tag of a subtree.
    Asset = "asset",
    /// Whether an open work order stands on the same asset.
    OpenWorkOrder = "open_work_order",
    /// How many predictions the alert holds, this one included.
    Predictions = "predictions",
    /// Whether production runs now.
    InProduction = "in_production",
    /// Name of the shift under way.
    Shift = "shift",
    /// Whether a planned shutdown lies inside the window.
    ShutdownInWindow = "shutdown_in_window",
    /// Day of the week in site time, `mon` to `sun`.
    DayOfWeek = "day_of_week",
}

/// The type of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// Text.
    Text,
    /// Text with an order.
    Level,
    /// Text with a place in a tree.
    Tree,
    /// Whatever the message carries.
    Any,
}

impl Field {
    /// The type of its value.
    pub const fn kind(&self) -> FieldType {
        match self {
            Self::Confidence | Self::RemainingLifeHours | Self::WindowHours | Self::Predictions => {
                FieldType::Number
            }
            Self::Overdue
            | Self::Critical
            | Self::OpenWorkOrder
            | Self::InProduction
            | Self::ShutdownInWindow => FieldType::Bool,
            Self::Model
            | Self::ModelVersion
            | Self::Source
            | Self::AssetKind
            | Self::AssetTag
            | Self::Shift
            | Self::DayOfWeek => FieldType::Text,
            Self::Criticality => FieldType::Level,
            Self::FailureMode | Self::Asset => FieldType::Tree,
            Self::Attribute(_) => FieldType::Any,
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.name())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(|e: UnknownWord| D::Error::custom(format!("unknown field {:?}", e.0)))
    }
}
