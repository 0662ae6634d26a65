//! Texts of the reconciliation of asset registers.

use domain::asset::AssetKind;
use domain::matching::{Method, Reason};
use domain::views::reconcile::{Absence, ApplyReport, ItemKind};

use super::assets;

/// Under the title.
pub const LEAD: &str =
    "Our register and that of the CMMS: what is paired, and what would make both equal.";
/// Tab.
pub const TAB: &str = "Reconcile";
/// Tab.
pub const TREE: &str = "Tree";
/// Name of the tabs.
pub const TABS: &str = "Assets";
/// Name of the choice of a register.
pub const REGISTERS: &str = "Register";
/// Heading over nothing.
pub const NO_REGISTER: &str = "No CMMS is connected";
/// What next.
pub const NO_REGISTER_HINT: &str = "Once a connection reads an asset register, what differs from ours is \
                                    listed here.";
/// Heading over nothing.
pub const NO_PLAN: &str = "Not compared yet";
/// What next.
pub const NO_PLAN_HINT: &str =
    "The first reading of the register has not ended. Its plan appears here.";
/// Heading over nothing.
pub const NOTHING: &str = "Nothing to decide";
/// Why.
pub const NOTHING_HINT: &str = "Every pair is equal, or what differs was set aside.";
/// Before a time.
pub const READ_LAST: &str = "Read";
/// Link.
pub const SHOW_SKIPPED: &str = "Show what was set aside";
/// Link.
pub const SHOW_OPEN: &str = "Show what is open";
/// Column.
pub const TAKE: &str = "Take";
/// Column.
pub const KIND: &str = "Kind";
/// Column.
pub const ASSET: &str = "Asset";
/// Column.
pub const PLACE: &str = "Where";
/// Column.
pub const WHAT: &str = "What changes";
/// Column.
pub const EFFECT: &str = "Effect";
/// Name of the table.
pub const PLAN: &str = "Plan";
/// Caption of the table.
pub const CAPTION: &str = "Changes by kind, one row per asset";
/// Name of the bar.
pub const APPLY: &str = "Apply";
/// Action.
pub const APPLY_TICKED: &str = "Apply what is ticked";
/// Action.
pub const SKIP: &str = "Set aside";
/// Action.
pub const REFUSE: &str = "Not the same asset";
/// Action; a question comes first.
pub const APPLY_ALL: &str = "Apply all…";
/// Question.
pub const APPLY_ALL_TITLE: &str = "Apply every change that needs no choice?";
/// Action.
pub const APPLY_ALL_NOW: &str = "Apply all";
/// In the bar.
pub const CHECKED_AGAIN: &str = "Each change is checked again when you apply it.";
/// In a row.
pub const CHOOSE: &str = "needs your choice";
/// Field: where new assets without a place go.
pub const UNDER: &str = "New ones without a place go under";
/// Nothing is ticked.
pub const NOTHING_TICKED: &str = "tick at least one row";
/// For an empty value.
pub const NONE: &str = "none";
/// Read between old and new.
pub const BECOMES: &str = "becomes";
/// Before a suggested counterpart.
pub const PERHAPS: &str = "perhaps";
/// A new asset without a place.
pub const NEW_WITHOUT_PLACE: &str = "New; its place is not known";
/// Effect.
pub const NO_OPEN_WORK: &str = "no open work";
/// Panel.
pub const BY_HAND: &str = "Pair by hand";
/// Beside it.
pub const BY_HAND_HINT: &str = "settles a conflict; the pair is kept whatever the names say";
/// Field.
pub const OUR_TAG: &str = "Our tag";
/// Action.
pub const PAIR: &str = "Pair";
/// Result.
pub const PAIRED: &str = "Paired.";

/// Action.
pub fn read_again(name: &str) -> String {
    format!("Read {name} again")
}

/// Field.
pub fn their_id(name: &str) -> String {
    format!("Id in {name}")
}

/// A reading under way.
pub fn reading(name: &str, pages: i32, records: i64) -> String {
    format!(
        "Reading {name}: {records} records on {pages} pages so far. Load the page again for more."
    )
}

/// A comparison under way.
pub fn comparing(records: i64) -> String {
    format!("{records} records read; comparing. Load the page again for the plan.")
}

/// A page that failed and is tried again.
pub fn trouble(error: &str) -> String {
    format!("The last page failed and is tried again: {error}")
}

/// A reading that was given up.
pub fn failed(name: &str, error: &str) -> String {
    format!(
        "{name} could not be read: {error} Nothing was changed; the plan below is that of the reading before."
    )
}

/// After the time of the last reading.
pub fn read_records(full: bool, records: i64) -> String {
    match full {
        true => format!(", all {records} records."),
        false => format!(", {records} changed records."),
    }
}

/// Heading of the plan.
pub fn changes(total: i64, name: &str) -> String {
    match total {
        0 => format!("Our register matches {name}"),
        1 => format!("1 change to make our register match {name}"),
        n => format!("{n} changes to make our register match {name}"),
    }
}

/// What was compared.
pub fn compared(records: i32, linked: i32, equal: i32) -> String {
    format!(
        "{records} records there, {linked} paired with ours, {equal} of them equal. The plan is checked \
         again when you apply it."
    )
}

/// After a count.
pub const fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Added => "added",
        ItemKind::Changed => "changed",
        ItemKind::Moved => "moved",
        ItemKind::Missing => "missing there",
        ItemKind::Conflict => "in conflict",
        ItemKind::Duplicate => "doubled there",
        ItemKind::Suggestion => "suggested",
    }
}

/// Heading of a group.
pub const fn group(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Added => "Added",
        ItemKind::Changed => "Changed",
        ItemKind::Moved => "Moved",
        ItemKind::Missing => "Missing in the CMMS",
        ItemKind::Conflict => "Conflicts",
        ItemKind::Duplicate => "Duplicates",
        ItemKind::Suggestion => "Suggested pairs",
    }
}

/// Beside the heading of a group.
pub const fn group_hint(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Added => "new there, without sensors yet",
        ItemKind::Changed => "old and new, field by field",
        ItemKind::Moved => "shown as moves, not as delete and add",
        ItemKind::Missing => "retired here, never deleted",
        ItemKind::Conflict => "id, serial number and barcode disagree; pair the right two by hand",
        ItemKind::Duplicate => "one name on several assets; correct it there",
        ItemKind::Suggestion => "never paired without you",
    }
}

/// In the bar.
pub fn choices(count: i64) -> String {
    match count {
        1 => "1 needs a choice and is not ticked by itself".to_owned(),
        n => format!("{n} need a choice and are not ticked by themselves"),
    }
}

/// What applying all does.
pub fn apply_all(kind: Option<ItemKind>, count: i64) -> String {
    let what = kind.map_or("changes of this plan", self::kind);
    format!(
        "Up to {count} {what}. What needs a choice stays. Each is checked again first; nothing is \
         deleted, and what is retired can be taken back."
    )
}

/// Label of a tick.
pub fn apply_item(tag: &str) -> String {
    format!("Take {tag}")
}

/// Label of a tick of what can only be set aside.
pub fn skip_item(tag: &str) -> String {
    format!("Take {tag}, to set it aside")
}

/// A new asset under one of ours.
pub fn new(kind: Option<AssetKind>) -> String {
    match kind {
        Some(kind) => format!("New: {}", assets::kind(kind).to_lowercase()),
        None => "New".to_owned(),
    }
}

/// A new asset under a new one.
pub fn new_below(record: &str) -> String {
    format!("New, part of {record}, which is new, too")
}

/// Why an asset would be retired.
pub fn missing(absence: Option<Absence>, below: i64) -> String {
    let why = match absence {
        Some(Absence::Retired) => "No longer in use there: retire",
        Some(Absence::Gone) => "No longer in the register: retire",
        Some(Absence::Unknown) | None => "Never found there: retire, or pair by hand",
    };
    match below {
        0 => why.to_owned(),
        1 => format!("{why}, 1 component with it"),
        n => format!("{why}, {n} components with it"),
    }
}

/// Open work on what would be retired.
pub fn open_orders(orders: i64, number: Option<&str>) -> String {
    match (orders, number) {
        (1, Some(number)) => format!("1 open work order may stay: {number}"),
        (n, Some(number)) => format!("{n} open work orders may stay, one is {number}"),
        (n, None) => format!("{n} open work orders may stay"),
    }
}

/// What moves along.
pub fn follows(below: i64, points: i64) -> String {
    format!("{below} components, {points} sensor points follow")
}

/// What a lower criticality touches.
pub fn lowers(alerts: i64) -> String {
    match alerts {
        1 => "touches 1 open alert".to_owned(),
        n => format!("touches {n} open alerts"),
    }
}

/// A score.
pub fn percent(score: u8) -> String {
    format!("{score} %")
}

/// By what.
pub const fn method(method: Method) -> &'static str {
    match method {
        Method::Tag => "equipment id",
        Method::Serial => "serial number",
        Method::Barcode => "barcode",
    }
}

/// One claim of a conflict.
pub fn claim(by: Method, ours: &str, theirs: &str, cmms_id: &str) -> String {
    let named = if theirs == cmms_id { String::new() } else { format!(" (id {cmms_id})") };
    format!("{}: {ours} is {theirs}{named}", method(by))
}

/// A doubled name.
pub fn doubled(by: Option<Method>, others: &[String]) -> String {
    format!("Same {} on {}", by.map_or("name", method), others.join(", "))
}

/// What speaks for or against a pair.
pub const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::SameTag => "same equipment id but for separators and zeros",
        Reason::SqueezedTag => "same letters and digits, grouped otherwise",
        Reason::NearTag => "ids differ by one letter",
        Reason::PartOfTag => "one id ends with the other",
        Reason::SameSerial => "same serial number",
        Reason::NearSerial => "serial numbers differ by one letter",
        Reason::SameBarcode => "same barcode",
        Reason::SameName => "same name",
        Reason::NearName => "similar name",
        Reason::SameModel => "same maker and model",
        Reason::SameParent => "part of the same asset",
        Reason::OtherSerial => "but another serial number",
        Reason::OtherMaker => "but another maker",
        Reason::OtherNumber => "but another number",
    }
}

/// What applying did.
pub fn done(report: &ApplyReport) -> String {
    let mut text = match report.applied {
        1 => "1 done".to_owned(),
        n => format!("{n} done"),
    };
    if !report.refused.is_empty() {
        text.push_str(&format!(", {} refused", report.refused.len()));
    }
    if report.stale > 0 {
        text.push_str(&format!(
            ", {} changed since the plan was made: read the register again",
            report.stale
        ));
    }
    text.push('.');
    text
}
