//! Calendars of sites.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::assets::CalendarPage;

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Calendars {
    Calendar,
}

impl Room for Calendars {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_calendars()
    }

    fn open(self) -> impl Future<Output = Opened> {
        calendars(self)
    }
}

#[wasm_split(calendars, fallible, preload(load_calendars), wasm_split_path = leptos::wasm_split)]
fn calendars(page: Calendars) -> Opened {
    Ok(match page {
        Calendars::Calendar => view! { <CalendarPage /> }.into_any(),
    })
}
