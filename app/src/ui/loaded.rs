//! Loading, failed, or there: the states around everything that comes from the server.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Level, Query, Shape, Skeleton};
use crate::error::{AppError, Code};
use crate::strings::errors;

/// Shows what a resource brings. While it is loaded for the first time a skeleton stands in;
/// while it is loaded again the old content stays.
#[component]
pub fn Loaded<T, F, V>(
    /// Comes from a server function.
    resource: Resource<Result<T, AppError>>,
    /// Lines of the skeleton: about as high as the result.
    #[prop(default = 6)]
    rows: u32,
    /// Draws the result.
    view: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=move || view! { <Skeleton rows /> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => view(value).into_any(),
                        Err(error) => view! { <ErrorPanel error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// An error in the place of what it kept from being shown.
#[component]
pub fn ErrorPanel(
    /// What happened.
    error: AppError,
) -> impl IntoView {
    let here = Query::current();
    let (href, label) = if error.code == Code::NotSignedIn {
        let next = here.with_untracked(Query::href);
        (format!("/sign-in?next={}", super::query::encode(&next)), errors::SIGN_IN_AGAIN)
    } else {
        (here.with_untracked(Query::href), errors::RELOAD)
    };
    let offer = !matches!(error.code, Code::NotFound | Code::Forbidden);
    let id = error.request_id.filter(|_| error.code == Code::Internal);
    view! {
        <div class="notice" data-sev="critical" role="alert">
            <Shape level=Level::Critical />
            <div>
                <p>{error.message}</p>
                {id
                    .map(|id| {
                        view! {
                            <p class="xs muted">
                                {format!("{} ", errors::REQUEST_ID)}<code>{id}</code>
                            </p>
                        }
                    })}
            </div>
            {offer.then(|| view! { <a class="btn push" data-size="small" rel="external" href=href>{label}</a> })}
        </div>
    }
}
