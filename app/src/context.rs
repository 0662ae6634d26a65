//! What the server provides to every page and server function of one request.

/// Server-only helpers: the caller, the use cases, cookies, the status of the answer.
#[cfg(feature = "ssr")]
pub mod ssr {
    use domain::ids::SiteId;
    use domain::permission::Permission;
    use http::header::{ACCEPT, COOKIE, REFERER};
    use http::request::Parts;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;

    use services::{Caller, Services};
    use store::{Scope, ScopedTx};

    use crate::error::{AppError, Code, FieldError};
    use crate::strings::errors;

    /// The cookie of the working site.
    const SITE: &str = "mw_site";

    /// Provided per request by the server through `provide_context`.
    #[derive(Clone)]
    pub struct AppContext {
        /// Finds the log lines of this request.
        pub request_id: String,
        /// The use cases.
        pub services: Services,
        /// Who is signed in, with the rights of this moment.
        pub caller: Option<Caller>,
        /// Network address of the browser.
        pub address: String,
        /// Where the order of changes stood when this page was begun.
        pub live_position: String,
    }

    impl AppContext {
        /// Who is signed in.
        ///
        /// # Errors
        /// Nobody is.
        pub fn caller(&self) -> Result<&Caller, AppError> {
            self.caller.as_ref().ok_or_else(|| fail(AppError::not_signed_in()))
        }

        /// A transaction over the sites where the caller has the permission.
        ///
        /// # Errors
        /// Nobody is signed in, the permission is missing, or the database is away.
        pub async fn begin(&self, permission: Permission) -> Result<ScopedTx, AppError> {
            Ok(self.noted(self.services.begin(self.caller()?, permission).await?))
        }

        /// A transaction in the name of the caller over every site, for what belongs to the caller
        /// alone.
        ///
        /// # Errors
        /// Nobody is signed in, or the database is away.
        pub async fn begin_own(&self) -> Result<ScopedTx, AppError> {
            let caller = self.caller()?;
            Ok(self.noted(self.services.store.begin(&Scope::All, caller.actor).await?))
        }

        /// The audit rows say which request it was, and from where.
        fn noted(&self, mut tx: ScopedTx) -> ScopedTx {
            tx.set_request_id(self.request_id.as_str());
            tx.set_address(self.address.as_str());
            tx
        }

        /// The same, only over the site the person works at if they chose one: for lists. Take it
        /// before the first `.await` of the server function.
        ///
        /// # Errors
        /// As [`Self::begin`].
        pub async fn begin_here(&self, permission: Permission) -> Result<ScopedTx, AppError> {
            let caller = self.caller()?;
            let scope = scope_here(caller, permission, working_site())?;
            Ok(self.noted(self.services.store.begin(&scope, caller.actor).await?))
        }
    }

    /// What went wrong in a use case, as people see it; the cause goes to the log. Takes the
    /// context of the request, so call it (through `?` or `map_err`) inside a server function.
    impl From<services::Error> for AppError {
        fn from(error: services::Error) -> Self {
            use services::Error;
            let error = match error {
                Error::NotSignedIn => Self::not_signed_in(),
                Error::Denied => Self::forbidden(),
                Error::NotFound => Self::not_found(),
                Error::Invalid(problems) => Self::invalid(
                    problems
                        .into_iter()
                        .map(|p| FieldError { field: p.path, message: p.message })
                        .collect(),
                ),
                Error::Conflict { message, .. } => Self::new(Code::Conflict, message),
                Error::TooMany { .. } => Self::new(Code::TooMany, errors::TOO_MANY),
                Error::Unavailable => Self::new(Code::Unavailable, errors::UNAVAILABLE),
                Error::Store(cause) => {
                    tracing::error!(error = ?cause, "a use case failed");
                    Self::internal()
                }
            };
            fail(error)
        }
    }

    impl From<store::Error> for AppError {
        fn from(error: store::Error) -> Self {
            services::Error::from(error).into()
        }
    }

    /// The context of this request. Take it before the first `.await`.
    ///
    /// # Errors
    /// An internal error if the server did not provide one.
    pub fn server_ctx() -> Result<AppContext, AppError> {
        use_context::<AppContext>().ok_or_else(|| fail(AppError::internal()))
    }

    /// The sites where the caller has the permission, narrowed to the site they work at if they
    /// chose one of them.
    ///
    /// # Errors
    /// The permission is missing everywhere.
    pub fn scope_here(
        caller: &Caller,
        permission: Permission,
        working: Option<SiteId>,
    ) -> Result<Scope, services::Error> {
        let scope = caller.scope(permission)?;
        Ok(match working.filter(|site| scope.contains(*site)) {
            Some(site) => Scope::Sites(vec![site]),
            None => scope,
        })
    }

    /// The value of a cookie of this request.
    pub fn cookie(name: &str) -> Option<String> {
        cookie_of(&use_context::<Parts>()?.headers, name)
    }

    /// The value of a cookie of a request.
    pub fn cookie_of(headers: &http::HeaderMap, name: &str) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }

    /// Keeps a preference in the browser for a year.
    pub fn set_cookie(name: &str, value: &str) {
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
        if let (Some(options), Ok(header)) =
            (use_context::<ResponseOptions>(), http::HeaderValue::from_str(&cookie))
        {
            options.append_header(http::header::SET_COOKIE, header);
        }
    }

    /// The site the person works at, by their preference; not yet checked against their rights.
    pub fn working_site() -> Option<SiteId> {
        cookie(SITE)?.parse().ok()
    }

    /// The same of a request outside the pages.
    pub fn working_site_of(headers: &http::HeaderMap) -> Option<SiteId> {
        cookie_of(headers, SITE)?.parse().ok()
    }

    /// Gives an error its request id and the answer its status; sends people without a session
    /// to the sign-in page and back.
    pub fn fail(mut error: AppError) -> AppError {
        if error.request_id.is_none() {
            error.request_id = use_context::<AppContext>().map(|ctx| ctx.request_id);
        }
        let parts = use_context::<Parts>();
        if error.code == Code::NotSignedIn {
            leptos_axum::redirect(&sign_in_href(parts.as_ref()));
            return error;
        }
        let plain_form = parts.as_ref().is_some_and(|p| is_server_fn(p) && accepts_html(p));
        if !plain_form
            && let Some(options) = use_context::<ResponseOptions>()
            && let Ok(status) = http::StatusCode::from_u16(error.code.status())
        {
            options.set_status(status);
        }
        error
    }

    /// Where to sign in and come back to what this request asked for.
    fn sign_in_href(parts: Option<&Parts>) -> String {
        let wanted = parts.and_then(|parts| {
            if is_server_fn(parts) {
                let referer = parts.headers.get(REFERER)?.to_str().ok()?;
                let uri: http::Uri = referer.parse().ok()?;
                uri.path_and_query().map(ToString::to_string)
            } else {
                parts.uri.path_and_query().map(ToString::to_string)
            }
        });
        match wanted {
            Some(path) if !path.starts_with("/sign-in") && path != "/" => {
                format!("/sign-in?next={}", crate::ui::query::encode(&path))
            }
            _ => "/sign-in".to_owned(),
        }
    }

    fn is_server_fn(parts: &Parts) -> bool {
        parts.uri.path().starts_with("/ui/")
    }

    fn accepts_html(parts: &Parts) -> bool {
        parts
            .headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("text/html"))
    }
}
