use domain::ids::SiteId;
use leptos::prelude::*;

use super::actions::load_crews;

/// The crews of a site as suggestions of an input with `list="crews"`. Without them, or without a
/// script that has loaded them, the input takes any name.
#[component]
pub(crate) fn Crews(
    /// The site of the work.
    site: SiteId,
) -> impl IntoView {
    let crews = Resource::new(|| (), move |()| load_crews(site.0));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let names = crews.await.unwrap_or_default();
                view! {
                    <datalist id="crews">
                        {names
                            .into_iter()
                            .map(|name| view! { <option value=name></option> })
                            .collect_view()}
                    </datalist>
                }
            })}
        </Suspense>
    }
    .into_any()
}
