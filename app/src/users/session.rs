//! What a login session holds, and how one begins and ends.

/// Key of the person's id.
pub const USER: &str = "user";
/// Key of the version of their rights: at another one the session is dead.
pub const RIGHTS_VERSION: &str = "rights_version";
/// Key of the minutes without a request after which the session ends.
pub const IDLE_MINUTES: &str = "idle_minutes";
/// Idle minutes of an ordinary session.
pub const IDLE_MINUTES_DEFAULT: i32 = 30;
/// Idle minutes on a tablet a shift leaves lying around: as long as a session can last at all.
pub const IDLE_MINUTES_TABLET: i32 = 12 * 60;

/// Server-only: beginning and ending.
#[cfg(feature = "ssr")]
pub mod ssr {
    use domain::ids::UserId;
    use http::request::Parts;
    use leptos::prelude::*;
    use tower_sessions::Session;

    use super::{IDLE_MINUTES, IDLE_MINUTES_DEFAULT, IDLE_MINUTES_TABLET, RIGHTS_VERSION, USER};
    use crate::context::ssr::fail;
    use crate::error::AppError;

    /// The session of this request. Take it before the first `.await`.
    ///
    /// # Errors
    /// An internal error if the server did not provide one.
    pub fn session() -> Result<Session, AppError> {
        use_context::<Parts>()
            .and_then(|parts| parts.extensions.get::<Session>().cloned())
            .ok_or_else(|| fail(AppError::internal()))
    }

    /// Makes a new session, with a new id, for somebody who has just proved who they are.
    ///
    /// # Errors
    /// When the session cannot be stored.
    pub async fn begin(
        session: &Session,
        user: UserId,
        rights_version: i32,
        tablet: bool,
    ) -> Result<(), AppError> {
        let idle = if tablet { IDLE_MINUTES_TABLET } else { IDLE_MINUTES_DEFAULT };
        let made = async {
            session.cycle_id().await?;
            session.insert(USER, user.0).await?;
            session.insert(RIGHTS_VERSION, rights_version).await?;
            session.insert(IDLE_MINUTES, idle).await?;
            session.save().await
        };
        made.await.map_err(|error| {
            tracing::error!(%error, "session not made");
            fail(AppError::internal())
        })
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the session cannot be removed.
    pub async fn end(session: &Session) -> Result<(), AppError> {
        session.flush().await.map_err(|error| {
            tracing::error!(%error, "session not ended");
            fail(AppError::internal())
        })
    }
}
