use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::error::AppError;

/// What was loaded, kept up to date: when one of `topics` changes it is fetched again, and drawn
/// again only where `same` says that it differs. Forms that are being filled in stay as they are.
pub(crate) fn follow<T, F, R>(
    loaded: T,
    topics: Vec<Signal<u64>>,
    fetch: F,
    same: fn(&T, &T) -> bool,
) -> RwSignal<T>
where
    T: Clone + Send + Sync + 'static,
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<T, AppError>> + 'static,
{
    let kept = RwSignal::new(loaded);
    Effect::new(move |first: Option<()>| {
        topics.iter().for_each(Track::track);
        if first.is_some() {
            let fresh = fetch();
            spawn_local(async move {
                if let Ok(fresh) = fresh.await
                    && kept.try_with_untracked(|old| !same(old, &fresh)) == Some(true)
                {
                    kept.set(fresh);
                }
            });
        }
    });
    kept
}
