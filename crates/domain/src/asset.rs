//! The asset tree: kinds, criticality, and how an asset named in a message is compared.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::alert::words;

words! {
    /// The four levels of the asset tree.
    AssetKind {
        /// A plant; the scope of rights, calendar and policy override.
        Site = "site",
        /// A group of machines.
        Line = "line",
        /// One machine.
        Machine = "machine",
        /// A part of a machine that fails on its own.
        Component = "component",
    }
}

impl AssetKind {
    /// The kinds that may stand directly above this one; empty for a site.
    pub const fn parents(self) -> &'static [Self] {
        match self {
            Self::Site => &[],
            Self::Line => &[Self::Site],
            Self::Machine => &[Self::Line, Self::Site],
            Self::Component => &[Self::Machine, Self::Component],
        }
    }

    /// Whether an asset of this kind may hang under `parent` (`None`: at the top).
    pub fn may_hang_under(self, parent: Option<Self>) -> bool {
        match parent {
            None => self == Self::Site,
            Some(parent) => self.parents().contains(&parent),
        }
    }
}

words! {
    /// How much the plant depends on an asset, most first.
    Criticality {
        /// The plant stops.
        Critical = "critical",
        /// A line stops.
        High = "high",
        /// Work can go round it.
        Medium = "medium",
        /// Hardly noticed.
        Low = "low",
    }
}

impl Criticality {
    /// What rules call *critical*: critical or high.
    pub const fn is_critical(self) -> bool {
        matches!(self, Self::Critical | Self::High)
    }

    /// 1 for low up to 4 for critical, so that "at least high" is a comparison.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Critical => 4,
            Self::High => 3,
            Self::Medium => 2,
            Self::Low => 1,
        }
    }

    /// A component's own criticality, else its machine's, else medium.
    pub fn effective(own: Option<Self>, inherited: Option<Self>) -> Self {
        own.or(inherited).unwrap_or(Self::Medium)
    }
}

words! {
    /// Whether an asset is in use.
    AssetStatus {
        /// In use.
        Active = "active",
        /// Taken out of use; kept for its history.
        Decommissioned = "decommissioned",
    }
}

/// Why a text cannot name an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssetKeyError {
    /// Nothing is left after trimming.
    #[error("is empty")]
    Empty,
    /// A character without width stands inside: two names that look alike would differ.
    #[error("contains a zero-width character")]
    ZeroWidth,
    /// A line break, tab or other control character stands inside.
    #[error("contains a control character")]
    Control,
}

impl AssetKeyError {
    /// Stable code for error answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::ZeroWidth => "zero_width_character",
            Self::Control => "control_character",
        }
    }
}

/// The form in which equipment ids, serial numbers and barcodes are compared: NFC, trimmed,
/// lower case. Look-alike letters of another script stay different.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetKey(String);

impl AssetKey {
    /// Normalises a name as sent. White space and zero-width characters around it are dropped.
    ///
    /// # Errors
    /// When nothing is left, or a zero-width or control character stands inside.
    pub fn normalise(text: &str) -> Result<Self, AssetKeyError> {
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_zero_width(c));
        if trimmed.is_empty() {
            return Err(AssetKeyError::Empty);
        }
        if trimmed.chars().any(is_zero_width) {
            return Err(AssetKeyError::ZeroWidth);
        }
        if trimmed.chars().any(char::is_control) {
            return Err(AssetKeyError::Control);
        }
        if trimmed.is_ascii() {
            return Ok(Self(trimmed.to_ascii_lowercase()));
        }
        let lower: String = trimmed.nfc().flat_map(char::to_lowercase).collect();
        Ok(Self(lower.nfc().collect()))
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AssetKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

const fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}' | '\u{180E}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        AssetKey::normalise(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn case_space_and_zero_width_around_do_not_matter() {
        for text in ["VMC-1050-SP02", "  vmc-1050-sp02 ", "\u{FEFF}Vmc-1050-sp02\u{200B}"] {
            assert_eq!(key(text), "vmc-1050-sp02");
        }
    }

    #[test]
    fn composed_and_decomposed_forms_are_the_same_asset() {
        assert_eq!(key("Fr\u{e4}se-1"), key("Fra\u{308}se-1"));
        assert_eq!(key("FRA\u{308}SE-1"), key("fr\u{e4}se-1"));
    }

    #[test]
    fn look_alike_letters_are_another_asset() {
        assert_ne!(key("MC-3001"), key("\u{41c}C-3001"));
    }

    #[test]
    fn inner_zero_width_and_control_characters_are_refused() {
        assert_eq!(AssetKey::normalise("MC\u{200B}-1"), Err(AssetKeyError::ZeroWidth));
        assert_eq!(AssetKey::normalise("MC\n-1"), Err(AssetKeyError::Control));
        assert_eq!(AssetKey::normalise(" \u{200B} "), Err(AssetKeyError::Empty));
    }

    #[test]
    fn a_component_inherits_unless_it_has_its_own() {
        use Criticality::{High, Low, Medium};
        assert_eq!(Criticality::effective(None, Some(High)), High);
        assert_eq!(Criticality::effective(Some(Low), Some(High)), Low);
        assert_eq!(Criticality::effective(None, None), Medium);
    }

    #[test]
    fn only_known_levels_stand_above_each_other() {
        assert!(AssetKind::Site.may_hang_under(None));
        assert!(!AssetKind::Machine.may_hang_under(None));
        assert!(AssetKind::Machine.may_hang_under(Some(AssetKind::Line)));
        assert!(!AssetKind::Line.may_hang_under(Some(AssetKind::Machine)));
        assert!(!AssetKind::Site.may_hang_under(Some(AssetKind::Site)));
    }
}
