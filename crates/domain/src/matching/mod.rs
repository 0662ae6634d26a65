//! Pairing our assets with those of a CMMS's register.
//!
//! A pair is made without asking only when an equipment id, serial number or barcode, compared in a
//! safe [`form`], names exactly one asset on either side and nothing contradicts it. Everything
//! else is shown: as a conflict where the names disagree, as a duplicate where one names several
//! assets, as a suggestion with score and reasons where something speaks for a pair.

mod exact;
pub mod form;
mod suggest;

use crate::alert::words;

words! {
    /// By what two assets were paired.
    Method {
        /// The equipment id.
        Tag = "tag",
        /// The serial number.
        Serial = "serial",
        /// The barcode.
        Barcode = "barcode",
    }
}

words! {
    /// What speaks for or against a pair.
    Reason {
        /// The equipment ids are the same but for separators and zeros.
        SameTag = "same_tag",
        /// The equipment ids have the same letters and digits, grouped differently.
        SqueezedTag = "squeezed_tag",
        /// The equipment ids differ by one letter.
        NearTag = "near_tag",
        /// One equipment id ends with the other.
        PartOfTag = "part_of_tag",
        /// The serial numbers are the same.
        SameSerial = "same_serial",
        /// The serial numbers differ by one letter.
        NearSerial = "near_serial",
        /// The barcodes are the same.
        SameBarcode = "same_barcode",
        /// The names are the same.
        SameName = "same_name",
        /// The names share most words.
        NearName = "near_name",
        /// Maker and model are the same.
        SameModel = "same_model",
        /// Their parents are a pair.
        SameParent = "same_parent",
        /// The serial numbers differ.
        OtherSerial = "other_serial",
        /// The makers differ.
        OtherMaker = "other_maker",
        /// The equipment ids have other numbers, as neighbours have.
        OtherNumber = "other_number",
    }
}

/// An asset of either register, as far as pairing looks at it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Record<'a> {
    /// Equipment id.
    pub tag: &'a str,
    /// Name.
    pub name: &'a str,
    /// Serial number.
    pub serial: Option<&'a str>,
    /// Barcode.
    pub barcode: Option<&'a str>,
    /// Maker.
    pub manufacturer: Option<&'a str>,
    /// Model.
    pub model: Option<&'a str>,
    /// Position of the asset above in the same register.
    pub parent: Option<u32>,
    /// No longer in use; gives way to one in use that has the same name.
    pub retired: bool,
}

/// A pair, by positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pair {
    /// Position in our register.
    pub ours: u32,
    /// Position in theirs.
    pub theirs: u32,
}

/// A pair that needs no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Which two.
    pub pair: Pair,
    /// By what.
    pub method: Method,
    /// Certainty in percent.
    pub score: u8,
}

/// Names that disagree: one asset is claimed by several of the other register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What says what, sorted.
    pub claims: Vec<(Pair, Method)>,
}

/// One serial number, barcode or equipment id on several assets in use of the CMMS's register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// What is doubled.
    pub method: Method,
    /// Positions in their register, sorted.
    pub theirs: Vec<u32>,
}

/// A pair that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Which two.
    pub pair: Pair,
    /// Percent; 50 at least.
    pub score: u8,
    /// What speaks for it and against it.
    pub reasons: Vec<Reason>,
}

/// What comes of comparing two registers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matching {
    /// Pairs that need no person.
    pub links: Vec<Link>,
    /// Names that disagree; none of these assets is linked or suggested.
    pub conflicts: Vec<Conflict>,
    /// Names on several assets.
    pub duplicates: Vec<Duplicate>,
    /// At most three for each of our assets, the best first.
    pub suggestions: Vec<Suggestion>,
}

/// Compares two registers; `linked` pairs stand and are not answered again.
///
/// Takes time in proportion to the registers: names are sorted once, and groups too large to mean
/// anything are not compared pair by pair.
pub fn compare(ours: &[Record<'_>], theirs: &[Record<'_>], linked: &[Pair]) -> Matching {
    let found = exact::pairs(ours, theirs, linked);
    let suggestions = suggest::suggestions(ours, theirs, linked, &found);
    Matching {
        links: found.links,
        conflicts: found.conflicts,
        duplicates: found.duplicates,
        suggestions,
    }
}

/// Whether two makers can be the same: one of them is not known, or they share a word.
fn makers_agree(ours: &Record<'_>, theirs: &Record<'_>) -> bool {
    let (Some(one), Some(other)) = (ours.manufacturer, theirs.manufacturer) else { return true };
    let (one, other) = (form::words(one), form::words(other));
    one.is_empty() || other.is_empty() || one.iter().any(|word| other.contains(word))
}

/// Whether both have a serial number that tells assets apart, and not the same.
fn serials_differ(ours: &Record<'_>, theirs: &Record<'_>) -> bool {
    let code = |record: &Record<'_>| record.serial.and_then(form::code);
    matches!((code(ours), code(theirs)), (Some(one), Some(other)) if one != other)
}

#[cfg(test)]
mod tests;
