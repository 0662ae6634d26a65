//! What a call says about the connection it went over.

/// What a call says about its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Well,
    /// It does not answer, or not readably.
    Failed,
    /// It does not accept our credentials.
    Unauthorised,
}
