//! Texts of people, roles, keys, sessions and one's own account.

use domain::permission::{KeyScope, Permission, Role};
use domain::views::users::{Reason, RoleName, UserState};

use crate::ui::format;

/// Title of the list.
pub const USERS: &str = "Users";
/// Tab and title.
pub const ROLES: &str = "Roles";
/// Tab and title.
pub const KEYS: &str = "API keys";
/// Tab and title.
pub const CHECKS: &str = "Self-check";
/// Name of the tabs.
pub const TABS: &str = "Administration";
/// Under the title of the list.
pub const USERS_LEAD: &str = "Who can sign in, what they may do, and where.";
/// Button.
pub const INVITE: &str = "Invite";
/// Heading of the form.
pub const INVITE_TITLE: &str = "Invite a person";
/// Under it.
pub const INVITE_HINT: &str = "They get a link by mail, and you see it once. With it they choose a \
                               password.";
/// Button of the form.
pub const INVITE_SEND: &str = "Make the invitation";
/// While it is made.
pub const INVITING: &str = "Making the invitation…";
/// Column and field.
pub const NAME: &str = "Name";
/// Field.
pub const EMAIL: &str = "E-mail";
/// Column and filter.
pub const ROLE: &str = "Role";
/// Column.
pub const ROLES_AND_SITES: &str = "Roles and sites";
/// Column and filter.
pub const SITE: &str = "Site";
/// Column.
pub const LAST_SEEN: &str = "Last seen";
/// Column and filter.
pub const STATE: &str = "State";
/// Filter.
pub const SEARCH: &str = "Name or e-mail";
/// Never signed in.
pub const NEVER: &str = "never";
/// A role that counts at every site.
pub const EVERYWHERE: &str = "Every site";
/// Somebody without a role.
pub const NO_ROLE: &str = "no role";
/// Field.
pub const UNTIL: &str = "Until";
/// Before the last day, in a sentence.
pub const UNTIL_DAY: &str = "until";
/// Under it.
pub const UNTIL_HINT: &str =
    "The last day, for people who are here for a while. Leave it empty for good.";
/// Nothing matches.
pub const NOBODY: &str = "Nobody matches these filters";
/// Caption of the list.
pub const CAPTION: &str = "People by name";
/// Label of the text.
pub const LINK_LABEL: &str = "Link";
/// Label of the text.
pub const KEY_LABEL: &str = "Key";
/// Button.
pub const NEW_LINK: &str = "New password link";
/// While it is made.
pub const MAKING: &str = "Making it…";
/// Button that asks.
pub const DISABLE_ASK: &str = "Deactivate…";
/// Button in the question.
pub const DISABLE: &str = "Deactivate";
/// Button.
pub const ENABLE: &str = "Put back to use";
/// Question.
pub const DISABLE_TITLE: &str = "Deactivate this account?";
/// Heading.
pub const GIVEN: &str = "Roles";
/// Column.
pub const ACTIONS: &str = "Actions";
/// Button that asks.
pub const TAKE_ASK: &str = "Take away…";
/// Button in the question.
pub const TAKE: &str = "Take away";
/// Heading of the form.
pub const GIVE_TITLE: &str = "Give a role";
/// Button.
pub const GIVE: &str = "Give the role";
/// While it is saved.
pub const SAVING: &str = "Saving…";
/// A grant that is over.
pub const ENDED: &str = "ended";
/// A grant for good.
pub const FOR_GOOD: &str = "for good";
/// Heading.
pub const SESSIONS: &str = "Sessions";
/// Nothing there.
pub const NO_SESSIONS: &str = "Not signed in anywhere.";
/// Column.
pub const BROWSER: &str = "Browser";
/// Column.
pub const ADDRESS: &str = "From";
/// Column.
pub const SIGNED_IN: &str = "Signed in";
/// Column.
pub const LAST_USED: &str = "Last used";
/// A browser that did not say what it is.
pub const UNKNOWN_BROWSER: &str = "Unknown browser";
/// Beside the session that asks.
pub const THIS_ONE: &str = "this one";
/// Button.
pub const END: &str = "End";
/// Button.
pub const END_ALL: &str = "End all";
/// Button.
pub const END_OTHERS: &str = "Sign out everywhere else";
/// Heading.
pub const ACCOUNT: &str = "Account";
/// Title and entry of the menu.
pub const MY_ACCOUNT: &str = "Your account";
/// Heading.
pub const PASSWORD_TITLE: &str = "Password";
/// Field.
pub const PASSWORD_NOW: &str = "Current password";
/// Field.
pub const PASSWORD_NEW: &str = "New password";
/// Under it.
pub const PASSWORD_HINT: &str =
    "At least 8 characters; a sentence is best. Every other session ends.";
/// Button.
pub const PASSWORD_CHANGE: &str = "Change the password";
/// After it worked.
pub const PASSWORD_DONE: &str = "The password is changed. Every other session has ended.";
/// Button.
pub const SAVE: &str = "Save";
/// Heading.
pub const KEYS_OF: &str = "Keys that act for this person";

/// Title of the matrix.
pub const MATRIX_LEAD: &str =
    "What each role may do. Built-in roles are fixed; duplicate one to change it.";
/// Head of the first column.
pub const MAY: &str = "May";
/// Caption of the matrix.
pub const MATRIX_CAPTION: &str =
    "Permissions and roles; a ticked box means that the role may do it";
/// Button.
pub const DUPLICATE_ASK: &str = "Duplicate a role…";
/// Question.
pub const DUPLICATE_TITLE: &str = "Duplicate a role";
/// What happens.
pub const DUPLICATE_HINT: &str =
    "The copy holds the same permissions and can be changed. Nobody has it yet.";
/// Field.
pub const COPY_OF: &str = "Copy of";
/// Field.
pub const ROLE_NAME: &str = "Name of the role";
/// Button.
pub const DUPLICATE: &str = "Duplicate";
/// Of built-in roles.
pub const BUILT_IN: &str = "built in";
/// Switch on small screens.
pub const SHOW_ROLE: &str = "Role to show";
/// The bar without changes.
pub const NO_CHANGES: &str = "No changes";
/// In the bar.
pub const AT_ONCE: &str =
    "A taken right ends at once, also for people signed in; they sign in again.";
/// Button.
pub const DISCARD: &str = "Discard";
/// Button.
pub const REVIEW: &str = "Review changes";
/// Heading of the review.
pub const REVIEW_TITLE: &str = "Changes to save";
/// Button.
pub const BACK: &str = "Go on editing";
/// Button.
pub const SAVE_CHANGES: &str = "Save changes";
/// Column.
pub const GIVES: &str = "Gives";
/// Column.
pub const TAKES: &str = "Takes";
/// Column.
pub const AFFECTS: &str = "Affects";
/// No person.
pub const NOBODY_HAS_IT: &str = "nobody";
/// A change that changes nothing.
pub const NOTHING_TO_SAVE: &str = "The boxes are as they are stored.";
/// Heading of the question.
pub const WHY: &str = "Why can, why can't";
/// Field.
pub const WHO: &str = "Person";
/// Field.
pub const WANTS: &str = "Wants to";
/// Field.
pub const ON: &str = "On";
/// Under it.
pub const ON_HINT: &str = "Tag of an asset or a site; empty for anywhere.";
/// Button.
pub const ASK: &str = "Ask";
/// The answer.
pub const YES: &str = "Yes";
/// The answer.
pub const NO: &str = "No";
/// Heading.
pub const ENDS_SOON: &str = "Ends soon";
/// Nothing there.
pub const NOTHING_ENDS: &str = "No role ends within 30 days.";
/// Button that asks.
pub const DELETE_ASK: &str = "Delete…";
/// Button in the question.
pub const DELETE: &str = "Delete the role";
/// Question.
pub const DELETE_TITLE: &str = "Delete this role?";
/// What it means.
pub const DELETE_HINT: &str = "Nobody has it. It cannot be brought back.";
/// Heading.
pub const HOLDERS: &str = "Who has it";
/// Button.
pub const RENAME: &str = "Rename";

/// Under the title of the keys.
pub const KEYS_LEAD: &str =
    "With these, machines and programs call the API. A key is shown once, when it is made.";
/// Button.
pub const KEY_NEW: &str = "New key";
/// Heading of the form.
pub const KEY_TITLE: &str = "Make a key";
/// Button of the form.
pub const KEY_MAKE: &str = "Make the key";
/// Field.
pub const KEY_NAME: &str = "What it is for";
/// Field and column.
pub const SOURCE: &str = "Source";
/// Under it.
pub const SOURCE_HINT: &str = "The feed its predictions belong to; its name if empty.";
/// Group of boxes.
pub const SCOPES: &str = "May be used for";
/// Group of boxes.
pub const SITES: &str = "At these sites";
/// Under it.
pub const SITES_HINT: &str = "None ticked means every site.";
/// Field and column.
pub const ACTS_FOR: &str = "Acts for";
/// First choice.
pub const NO_PERSON: &str = "Nobody, it is a machine";
/// Column.
pub const KEY: &str = "Key";
/// Column.
pub const ENDS: &str = "Ends";
/// Never used.
pub const UNUSED: &str = "never used";
/// State.
pub const LIVE: &str = "Live";
/// State.
pub const REVOKED: &str = "Revoked";
/// State.
pub const DEAD: &str = "Ended";
/// Button that asks.
pub const REVOKE_ASK: &str = "Revoke…";
/// Button in the question.
pub const REVOKE: &str = "Revoke the key";
/// Question.
pub const REVOKE_TITLE: &str = "Revoke this key?";
/// What it means.
pub const REVOKE_HINT: &str =
    "Whoever uses it is refused from the next call on. It cannot be brought back.";
/// Nothing there.
pub const NO_KEYS: &str = "No keys yet";
/// What to do.
pub const NO_KEYS_HINT: &str =
    "Make one for each source of predictions, so that each can be revoked alone.";
/// Caption.
pub const KEYS_CAPTION: &str = "Keys, newest first";

/// Under the title of the checks.
pub const CHECKS_LEAD: &str = "Every minute the program looks whether its own rules hold.";
/// Nothing wrong.
pub const CHECKS_OK: &str = "Every rule holds";
/// Why.
pub const CHECKS_OK_HINT: &str =
    "Nothing accepted is lost, nothing is ordered twice, nothing waits unseen.";
/// Column.
pub const RULE: &str = "Rule that does not hold";
/// Column.
pub const ROWS: &str = "Rows";
/// Column.
pub const SINCE: &str = "Since";
/// Link of the banner.
pub const SEE_CHECKS: &str = "What is wrong";

/// A role by name.
pub fn role(role: &RoleName) -> String {
    match (&role.name, role.role.built_in()) {
        (Some(name), _) => name.clone(),
        (None, Some(role)) => built_in(role).to_owned(),
        (None, None) => role.role.to_string(),
    }
}

/// A built-in role.
pub const fn built_in(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Operator => "Operator",
        Role::Technician => "Technician",
        Role::Reviewer => "Reviewer",
        Role::Supervisor => "Supervisor",
        Role::Planner => "Planner",
        Role::IntegrationAdmin => "Integration admin",
        Role::Admin => "Admin",
    }
}

/// A permission as a verb.
pub const fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::View => "See alerts, work orders, assets, KPIs",
        Permission::LogbookWrite => "Write the logbook",
        Permission::WorkOrderWork => "Work on and close work orders",
        Permission::ReviewDecide => "Decide reviews",
        Permission::WorkOrderRaise => "Raise work orders",
        Permission::AssetEdit => "Edit, map and reconcile assets",
        Permission::RuleDraft => "Draft rules",
        Permission::RulePublish => "Publish rules",
        Permission::Integrate => "Run sources and connections",
        Permission::SecretManage => "Set secrets, make API keys",
        Permission::AuditRead => "Read and export the audit log",
        Permission::Administer => "Manage users and roles",
        Permission::PredictionSend => "Send predictions",
        Permission::TelemetrySend => "Send telemetry",
    }
}

/// The permissions of people by subject, in the order of the matrix.
pub const GROUPS: &[(&str, &[Permission])] = &[
    ("Alerts and review", &[Permission::View, Permission::ReviewDecide]),
    (
        "Work orders and logbook",
        &[Permission::WorkOrderRaise, Permission::WorkOrderWork, Permission::LogbookWrite],
    ),
    ("Rules", &[Permission::RuleDraft, Permission::RulePublish]),
    (
        "Assets and connections",
        &[Permission::AssetEdit, Permission::Integrate, Permission::SecretManage],
    ),
    ("Oversight", &[Permission::AuditRead, Permission::Administer]),
];

/// What a scope of a key opens.
pub const fn scope(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Predictions => "Send predictions",
        KeyScope::Telemetry => "Send telemetry",
        KeyScope::Production => "Send production counts",
        KeyScope::Assets => "Import assets",
        KeyScope::Read => "Read",
        KeyScope::Decide => "Act for a person",
        KeyScope::Training => "Read training data",
    }
}

/// How an account stands.
pub const fn state(state: UserState) -> &'static str {
    match state {
        UserState::Invited => "Invited",
        UserState::Active => "Active",
        UserState::Disabled => "Deactivated",
    }
}

/// The name of a box of the matrix: "Planner: decide reviews".
pub fn box_name(role: &str, what: Permission) -> String {
    format!("{role}: {}", lower(permission(what)))
}

/// The name of a box that comes with another one.
pub fn implied_name(role: &str, what: Permission, by: Permission) -> String {
    format!("{}, comes with {}", box_name(role, what), lower(permission(by)))
}

/// Read when pointing at a lock.
pub fn comes_with(by: Permission) -> String {
    format!("comes with: {}", permission(by))
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// "4 changes, affect 23 people".
pub fn pending(changes: usize, people: usize) -> String {
    let changes = match changes {
        1 => "1 change".to_owned(),
        n => format!("{n} changes"),
    };
    format!("{changes}, {}", affects(people))
}

/// "affects 23 people".
pub fn affects(people: usize) -> String {
    match people {
        0 => "affects nobody".to_owned(),
        1 => "affects 1 person".to_owned(),
        n => format!("affects {} people", format::integer(i64::try_from(n).unwrap_or(i64::MAX))),
    }
}

/// What deactivating means.
pub fn disable_hint(name: &str, sessions: usize, keys: usize) -> String {
    format!(
        "{name} is refused from the next request on; {sessions} sessions and {keys} keys stop \
         working. Roles and history stay, and the account can be put back to use."
    )
}

/// Question.
pub fn take_title(role: &str, name: &str) -> String {
    format!("Take the role {role} from {name}?")
}

/// What taking a role means.
pub const TAKE_HINT: &str = "It ends at once, and so do their sessions; they sign in again.";

/// Above a link that was just made.
pub fn link_for(name: &str) -> String {
    format!(
        "The link for {name}. It works once, within seven days, and is on its way by mail if mail is set up."
    )
}

/// Above a key that was just made.
pub fn key_for(name: &str) -> String {
    format!("The key “{name}”. It is stored as a fingerprint only: copy it to where it is used.")
}

/// An unused link.
pub fn link_until(day: &str) -> String {
    format!("An unused link works until {day}.")
}

/// What an answer depends on, as a sentence.
pub fn reason(reason: &Reason, person: &str, site: Option<&str>) -> String {
    match reason {
        Reason::Account(UserState::Active) => format!("{person} can sign in"),
        Reason::Account(UserState::Invited) => format!("{person} has not chosen a password yet"),
        Reason::Account(UserState::Disabled) => format!("The account of {person} is deactivated"),
        Reason::UnknownObject(tag) => format!("There is no asset or site “{tag}”"),
        Reason::NoRole => format!("{person} has no role"),
        Reason::Role { role, allows, site: at, covers, ended } => {
            let name = self::role(role);
            let place = at.as_ref().map_or("every site", |site| site.name.as_str());
            match (ended.is_some(), allows, covers) {
                (true, _, _) => format!("Role {name} has ended"),
                (false, false, _) => format!("Role {name} does not allow it"),
                (false, true, false) => {
                    format!(
                        "Role {name} allows it at {place}, not at {}",
                        site.unwrap_or("this site")
                    )
                }
                (false, true, true) => format!("Role {name} allows it at {place}"),
            }
        }
    }
}

/// A rule of the self-check that does not hold, in words.
pub fn violated(rule: &str) -> String {
    match rule {
        "alert_without_work_order" => "An alert says that it has a work order, and there is none.",
        "two_open_work_orders" => "There are two open work orders for one asset and fault.",
        "prediction_not_evaluated" => "A prediction waits for its decision for over five minutes.",
        "waiting_without_question" => "An alert waits for a review, and nobody was asked.",
        "review_not_carried_out" => "A reviewer's answer has not been carried out.",
        "hold_not_fired" => "A held decision is past its time.",
        "late_delivery_not_shouted" => "A work order is late, and planners were not told.",
        "delivery_without_lane" => "A work order to be sent is not scheduled.",
        "unaudited_alert" => "An alert has no entry in the audit log.",
        "unaudited_work_order" => "A work order has no entry in the audit log.",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// The banner.
pub fn violations(count: usize) -> String {
    match count {
        1 => "One of the program's own rules does not hold.".to_owned(),
        n => format!("{n} of the program's own rules do not hold."),
    }
}

/// After roles were saved.
pub fn saved(people: usize) -> String {
    match people {
        0 => "Saved. Nobody has these roles yet.".to_owned(),
        1 => "Saved. The rights of 1 person have changed.".to_owned(),
        n => format!("Saved. The rights of {n} people have changed."),
    }
}
