use domain::ids::SiteId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::actions::load_crews;

/// The crews of a site as suggestions of an input with `list="crews"`. They come once the script
/// runs; the input takes any name without them.
#[component]
pub(crate) fn Crews(
    /// The site of the work.
    site: SiteId,
) -> impl IntoView {
    let names = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        spawn_local(async move {
            if let Ok(found) = load_crews(site.0).await {
                names.try_set(found);
            }
        });
    });
    view! { <CrewList names /> }.into_any()
}

/// Names as suggestions.
#[component]
pub(super) fn CrewList(#[prop(into)] names: Signal<Vec<String>>) -> impl IntoView {
    let options = move || {
        let names = names.get().into_iter();
        names.map(|name| view! { <option value=name></option> }).collect_view()
    };
    view! { <datalist id="crews">{options}</datalist> }.into_any()
}
