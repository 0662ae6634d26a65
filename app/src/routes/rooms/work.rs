//! Work orders and the logbook.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::logbook::LogbookPage;
use crate::work_orders::{WorkOrderPage, WorkOrdersPage};

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Work {
    List,
    One,
    Logbook,
}

impl Room for Work {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_work()
    }

    fn open(self) -> impl Future<Output = Opened> {
        work(self)
    }
}

#[wasm_split(work, fallible, preload(load_work), wasm_split_path = leptos::wasm_split)]
fn work(page: Work) -> Opened {
    Ok(match page {
        Work::List => view! { <WorkOrdersPage /> }.into_any(),
        Work::One => view! { <WorkOrderPage /> }.into_any(),
        Work::Logbook => view! { <LogbookPage /> }.into_any(),
    })
}
