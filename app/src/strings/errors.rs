//! Sentences of errors: what failed, was anything saved, what to do.

/// Nothing at this address.
pub const NOT_FOUND: &str = "There is nothing here, or you may not see it.";
/// The right is missing.
pub const FORBIDDEN: &str = "Your role does not allow this. Nothing was changed.";
/// No session.
pub const NOT_SIGNED_IN: &str = "You are not signed in, or your session has ended.";
/// A fault of ours.
pub const INTERNAL: &str = "Something went wrong on our side. Nothing was saved. Try again; \
                            if it happens again, pass on the request number.";
/// Problems in the input.
pub const INVALID: &str = "Some of this needs a correction. Nothing was saved.";
/// Cannot be done right now.
pub const UNAVAILABLE: &str = "The server cannot do this right now. Nothing was saved. Try again \
                               in a moment.";
/// Too many attempts.
pub const TOO_MANY: &str = "Too many at once. Nothing was saved. Wait a moment and try again.";
/// No network.
pub const OFFLINE: &str = "The server cannot be reached. Nothing was saved. Check the network \
                           and try again.";
/// Title of the page for an unknown address.
pub const PAGE_NOT_FOUND: &str = "Page not found";
/// What to do on an unknown address.
pub const PAGE_NOT_FOUND_HINT: &str = "The address may be old or mistyped.";
/// Label before a request id.
pub const REQUEST_ID: &str = "Request";
/// Link to sign in again.
pub const SIGN_IN_AGAIN: &str = "Sign in";
/// Link that loads the page again.
pub const RELOAD: &str = "Load again";
/// Title when a part of the program did not come.
pub const PART_MISSING: &str = "This page could not be loaded";
/// Why that may be.
pub const PART_MISSING_HINT: &str = "The network is gone, or the server has been updated since you \
                                     opened it. Nothing was changed.";
/// Heading above the list of problems of a form.
pub const SUMMARY: &str = "Please correct";
