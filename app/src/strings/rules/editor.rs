//! The rule editor and the page that publishes a draft.

/// Editor, title of the panel of rules.
pub const RULES: &str = "Rules";
/// Adds a rule.
pub const ADD_RULE: &str = "Add rule";
/// Copies a rule.
pub const DUPLICATE: &str = "Duplicate";
/// Removes a rule.
pub const REMOVE_RULE: &str = "Remove rule";
/// Moves up.
pub const UP: &str = "Move up";
/// Moves down.
pub const DOWN: &str = "Move down";
/// Name of a rule.
pub const NAME: &str = "Name of the rule";
/// Passed over.
pub const PAUSE_IN_DRAFT: &str = "Paused: pass this rule over";
/// Legend.
pub const WHEN_HINT: &str = "a prediction meets";
/// Legend.
pub const FOR: &str = "For";
/// Legend.
pub const FOR_HINT: &str = "long enough to trust";
/// Legend.
pub const UNLESS: &str = "Unless";
/// Legend.
pub const UNLESS_HINT: &str = "any of";
/// Adds a test.
pub const ADD_CONDITION: &str = "Add condition";
/// Adds a group.
pub const ADD_GROUP: &str = "Add group";
/// Adds repeats.
pub const ADD_DURATION: &str = "Add duration";
/// Adds an exception.
pub const ADD_EXCEPTION: &str = "Add exception";
/// Removes a part.
pub const REMOVE: &str = "Remove";
/// No conditions.
pub const ALWAYS: &str = "Always: it fits every prediction that gets here.";
/// Joins conditions.
pub const ALL_OF: &str = "all of";
/// Joins conditions.
pub const ANY_OF: &str = "any of";
/// Joins conditions.
pub const NONE_OF: &str = "none of";
/// Joins conditions.
pub const NOT_ALL_OF: &str = "not all of";
/// Label of the joiner.
pub const JOINER: &str = "How the conditions are joined";
/// Between conditions.
pub const AND: &str = "and";
/// Between conditions.
pub const OR: &str = "or";
/// Label of a choice.
pub const WHAT: &str = "What is asked";
/// Label of a choice.
pub const HOW: &str = "How it is compared";
/// Label of a choice.
pub const WITH: &str = "With what";
/// Label of a choice.
pub const UNIT: &str = "Unit";
/// Unit.
pub const HOURS: &str = "hours";
/// Unit.
pub const DAYS: &str = "days";
/// Choice.
pub const YES: &str = "yes";
/// Choice.
pub const NO: &str = "no";
/// An attribute of the message.
pub const ATTRIBUTE: &str = "attribute of the message…";
/// Label.
pub const ATTRIBUTE_NAME: &str = "Name of the attribute";
/// Adds to a list.
pub const ADD_VALUE: &str = "Add…";
/// Repeats: before n.
pub const AT_LEAST: &str = "at least";
/// Repeats: between n and m.
pub const OF_THE_LAST: &str = "of the last";
/// Repeats: after m.
pub const PREDICTIONS_WITHIN: &str = "predictions within";
/// What a rule does.
pub const DO: &str = "What happens";
/// Action.
pub const PRIORITY: &str = "priority";
/// Action.
pub const BY_CRITICALITY: &str = "by criticality";
/// Action.
pub const IF_CRITICAL: &str = "critical assets";
/// Action.
pub const OTHERWISE: &str = "others";
/// Action.
pub const AS: &str = "as";
/// Action.
pub const KIND: &str = "kind of work";
/// Action.
pub const ASSIGN: &str = "for";
/// Action.
pub const WHO: &str = "Name of the crew or e-mail address";
/// Action.
pub const DUE: &str = "due";
/// Action.
pub const LEAD_HOURS: &str = "created before it starts by";
/// Action.
pub const URGENT: &str = "If it cannot wait that long";
/// Choice.
pub const URGENT_ASK: &str = "ask a reviewer";
/// Choice.
pub const URGENT_CREATE: &str = "create a work order now";
/// The last rule.
pub const CATCH_ALL: &str =
    "The last rule catches everything, so it has no conditions and cannot be paused.";
/// Saves.
pub const SAVE: &str = "Save draft";
/// While saving.
pub const SAVING: &str = "Saving…";
/// Goes to publish.
pub const PUBLISH: &str = "Publish…";
/// Publishes.
pub const PUBLISH_NOW: &str = "Publish";
/// Edits are not saved.
pub const UNSAVED: &str = "not saved yet";
/// Asked before a link out of the editor.
pub const LEAVE_TITLE: &str = "Leave without saving?";
/// What would be lost.
pub const LEAVE_HINT: &str =
    "Your edits are not saved as a draft yet. They are gone when you leave.";
/// Leaves.
pub const LEAVE: &str = "Leave without saving";
/// Label of the choice of a view.
pub const VIEW: &str = "View";
/// The editor as a sentence.
pub const AS_SENTENCE: &str = "Sentence";
/// The editor as text.
pub const SHORT_TEXT: &str = "Text";
/// Said of a rule with a problem.
pub const WRONG: &str = "needs a correction";
/// Nothing to save.
pub const UNCHANGED: &str = "no changes";
/// Throws the draft away.
pub const DISCARD: &str = "Discard draft…";
/// The question.
pub const DISCARD_TITLE: &str = "Discard the draft?";
/// What happens.
pub const DISCARD_HINT: &str = "The draft is gone for everybody. What is in force stays as it is.";
/// Does it.
pub const DISCARD_NOW: &str = "Discard the draft";
/// While it runs.
pub const DISCARDING: &str = "Discarding…";
/// On phones.
pub const SMALL: &str = "Editing needs a wider screen. Here you can read the draft; rules can be paused \
                         on the page of the policy.";
/// Puts the draft on top.
pub const REBASE: &str = "Put my draft on top of it";
/// Saved in the meantime by another.
pub const RELOAD: &str = "Load their version";
/// Only some may edit.
pub const READ_ONLY: &str = "You may look, but not change these rules: they decide for sites where you \
                             may not draft.";
/// Publish page.
pub const PUBLISH_TITLE: &str = "Publish the draft";
/// Publish page.
pub const PUBLISH_LEAD: &str =
    "From then on it decides about new predictions. What was decided stays.";
/// Nothing to publish.
pub const CANNOT_PUBLISH: &str = "The draft cannot be published yet.";
/// Cancel of the publish page.
pub const BACK_TO_EDIT: &str = "Back to the draft";
/// Lints.
pub const PROBABLY_NOT: &str = "Probably not meant";
/// Name of a new rule.
pub fn new_rule(n: i64) -> String {
    format!("New rule {n}")
}

/// Name of a copy.
pub fn copy_of(name: &str) -> String {
    format!("{name} (copy)")
}
