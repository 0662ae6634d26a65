//! What a login session holds, and how one begins and ends.

/// Key of the person's id.
pub const USER: &str = "user";
/// Key of the version of their rights: at another one the session is dead.
pub const RIGHTS_VERSION: &str = "rights_version";
/// Key of the minutes without a request after which the session ends.
pub const IDLE_MINUTES: &str = "idle_minutes";
/// Key of the network address at sign-in.
pub const ADDRESS: &str = "address";
/// Key of the words for the browser at sign-in.
pub const BROWSER: &str = "browser";
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

    use super::{
        ADDRESS, BROWSER, IDLE_MINUTES, IDLE_MINUTES_DEFAULT, IDLE_MINUTES_TABLET, RIGHTS_VERSION,
        USER,
    };
    use crate::context::ssr::{AppContext, fail};
    use crate::error::AppError;

    /// What the session of this request is stored as, if there is one.
    pub fn current() -> Option<Vec<u8>> {
        let parts = use_context::<Parts>()?;
        let id = parts.extensions.get::<Session>()?.id()?;
        Some(services::users::session_hash(id.0))
    }

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
        let address = use_context::<AppContext>().map(|ctx| ctx.address);
        let agent = use_context::<Parts>().and_then(|parts| {
            parts.headers.get(http::header::USER_AGENT)?.to_str().ok().and_then(super::browser)
        });
        let idle = if tablet { IDLE_MINUTES_TABLET } else { IDLE_MINUTES_DEFAULT };
        let made = async {
            session.cycle_id().await?;
            session.insert(USER, user.0).await?;
            session.insert(RIGHTS_VERSION, rights_version).await?;
            session.insert(IDLE_MINUTES, idle).await?;
            session.insert(ADDRESS, address).await?;
            session.insert(BROWSER, agent).await?;
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

/// "Firefox on Windows", out of what a browser says about itself.
#[cfg(any(feature = "ssr", test))]
fn browser(agent: &str) -> Option<String> {
    let find = |words: &[(&str, &'static str)]| {
        words.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // The later ones claim to be the earlier ones, too.
    let name = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ])?;
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    Some(system.map_or_else(|| name.to_owned(), |system| format!("{name} on {system}")))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_named_in_words() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                    Gecko) Chrome/124.0 Safari/537.36 Edg/124.0";
        assert_eq!(browser(edge).as_deref(), Some("Edge on Windows"));
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Safari/604.1";
        assert_eq!(browser(phone).as_deref(), Some("Safari on iPhone"));
        assert_eq!(browser("curl/8.5"), None);
    }
}
