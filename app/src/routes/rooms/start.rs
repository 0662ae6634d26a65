//! Overview and search.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::overview::OverviewPage;
use crate::search::SearchPage;

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Start {
    Overview,
    Search,
}

impl Room for Start {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_start()
    }

    fn open(self) -> impl Future<Output = Opened> {
        start(self)
    }
}

#[wasm_split(start, fallible, preload(load_start), wasm_split_path = leptos::wasm_split)]
fn start(page: Start) -> Opened {
    Ok(match page {
        Start::Overview => view! { <OverviewPage /> }.into_any(),
        Start::Search => view! { <SearchPage /> }.into_any(),
    })
}
