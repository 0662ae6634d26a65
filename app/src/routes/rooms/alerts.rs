//! Alerts, their review, and what could not be read.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::alerts::{AlertPage, AlertsPage, ReviewPage};
use crate::predictions::QuarantinePage;

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Alerts {
    List,
    One,
    Review,
    Quarantine,
}

impl Room for Alerts {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_alerts()
    }

    fn open(self) -> impl Future<Output = Opened> {
        alerts(self)
    }
}

#[wasm_split(alerts, fallible, preload(load_alerts), wasm_split_path = leptos::wasm_split)]
fn alerts(page: Alerts) -> Opened {
    Ok(match page {
        Alerts::List => view! { <AlertsPage /> }.into_any(),
        Alerts::One => view! { <AlertPage /> }.into_any(),
        Alerts::Review => view! { <ReviewPage /> }.into_any(),
        Alerts::Quarantine => view! { <QuarantinePage /> }.into_any(),
    })
}
