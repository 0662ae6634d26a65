//! Texts of signing in and of the first minutes.

/// Title and button.
pub const SIGN_IN: &str = "Sign in";
/// While it is checked.
pub const SIGNING_IN: &str = "Signing in…";
/// Under the title.
pub const SIGN_IN_LEAD: &str = "Predictions in, work orders out.";
/// Field.
pub const EMAIL: &str = "E-mail";
/// Field.
pub const PASSWORD: &str = "Password";
/// Box to tick.
pub const TABLET: &str = "Keep me signed in on this tablet";
/// Under the form.
pub const FORGOTTEN: &str = "Forgotten? Ask whoever administers this installation.";
/// The one message for an unknown person and a wrong password.
pub const WRONG: &str = "E-mail or password is wrong. Check both and try again.";
/// Title for the first administrator.
pub const SET_UP: &str = "Create the administrator";
/// Under it.
pub const SET_UP_LEAD: &str = "This account may do everything. Others are added later.";
/// Name of the list of steps.
pub const SET_UP_STEPS: &str = "Set-up";
/// First step.
pub const STEP_ADMIN: (&str, &str) = ("Administrator", "your account");
/// Second step.
pub const STEP_SITE: (&str, &str) = ("Site", "time zone and shifts");
/// Third step.
pub const STEP_START: (&str, &str) = ("Start", "the built-in book");
/// Title for an invited person.
pub const WELCOME: &str = "Welcome";
/// Title for a link that cannot be used.
pub const BAD_LINK: &str = "This link cannot be used";
/// What to do then.
pub const BAD_LINK_HINT: &str = "It was used already, is too old, or is incomplete. The program \
                                 prints a new set-up link at each start until there is an \
                                 administrator; invited people ask whoever invited them.";
/// Field.
pub const NAME: &str = "Name";
/// Under the password.
pub const PASSWORD_HINT: &str = "At least 8 characters; a sentence is best.";
/// Button.
pub const CONTINUE: &str = "Continue";
/// Title of the second step.
pub const SITE: &str = "Set up your first site";
/// Under it.
pub const SITE_LEAD: &str = "Times, shifts and KPIs follow the site. It starts connected to the \
                             built-in work-order book.";
/// Field.
pub const SITE_NAME: &str = "Site name";
/// Field.
pub const TIME_ZONE: &str = "Time zone";
/// Field.
pub const SITE_TAG: &str = "Site tag";
/// Under it.
pub const SITE_TAG_HINT: &str = "Short, without spaces, such as RFD2. Imports and keys name the \
                                 site by it.";
/// Link past the step.
pub const LATER: &str = "Later";
/// Button.
pub const SAVE: &str = "Save and continue";
/// In the drawing.
pub const DRAWING_PART: &str = "Part";
/// In the drawing.
pub const DRAWING_CONFIDENCE: &str = "Confidence";
/// In the drawing.
pub const DRAWING_LIFE: &str = "Remaining life";
/// In the drawing.
pub const DRAWING_ORDER: &str = "Work order";

/// How long to wait after too many failed sign-ins.
pub fn locked(secs: i64) -> String {
    if secs > 90 {
        format!("Too many failed attempts. Try again in {} minutes.", (secs + 59) / 60)
    } else {
        format!("Too many failed attempts. Try again in {} seconds.", secs.max(1))
    }
}

/// Whose account it is.
pub fn welcome_lead(name: &str, email: &str) -> String {
    format!("{name}, choose a password. You sign in with {email}.")
}
