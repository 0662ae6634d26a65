//! Theme, density, letter keys and working site: cookies set by plain forms.

use leptos::prelude::*;

use crate::codec::Answer;
use crate::error::AppError;

/// A preference a person may set, with its cookie and the values it takes.
#[cfg(feature = "ssr")]
const KNOWN: [(&str, &str, &[&str]); 3] = [
    ("theme", "mw_theme", &["system", "light", "dark"]),
    ("density", "mw_density", &["compact", "comfortable"]),
    ("letters", "mw_letters", &["on", "off"]),
];

/// Sets one preference and goes back to `next`.
///
/// # Errors
/// An unknown name or value.
#[server(prefix = "/ui", endpoint = "frame/preference", output = Answer)]
pub async fn set_preference(
    /// Which one.
    name: String,
    /// Its new value.
    value: String,
    /// The page to come back to.
    next: String,
) -> Result<(), AppError> {
    use crate::context::ssr::{fail, set_cookie};
    let cookie = match name.as_str() {
        "site" if value.is_empty() || value.parse::<domain::ids::SiteId>().is_ok() => "mw_site",
        _ => KNOWN
            .iter()
            .find(|(known, _, values)| *known == name && values.contains(&value.as_str()))
            .map(|(_, cookie, _)| *cookie)
            .ok_or_else(|| fail(AppError::invalid(Vec::new())))?,
    };
    set_cookie(cookie, &value);
    leptos_axum::redirect(crate::ui::query::local(&next));
    Ok(())
}

/// A form that sets one preference; children are its buttons.
#[component]
pub(super) fn PreferenceForm(
    /// Which one.
    name: &'static str,
    /// The page to come back to.
    next: Signal<String>,
    /// Buttons with `name="value"`.
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action="/ui/frame/preference">
            <input type="hidden" name="name" value=name />
            <input type="hidden" name="next" value=move || next.get() />
            {children()}
        </form>
    }
    .into_any()
}
