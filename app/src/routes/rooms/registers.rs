//! What comes in from elsewhere: imported files, registers of CMMSs and how their fields are mapped.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::assets::{ImportPage, ImportStepsPage, ReconcilePage};
use crate::mapping::MappingPage;

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Registers {
    Import,
    ImportSteps,
    Reconcile,
    Mapping,
}

impl Room for Registers {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_registers()
    }

    fn open(self) -> impl Future<Output = Opened> {
        registers(self)
    }
}

#[wasm_split(registers, fallible, preload(load_registers), wasm_split_path = leptos::wasm_split)]
fn registers(page: Registers) -> Opened {
    Ok(match page {
        Registers::Import => view! { <ImportPage /> }.into_any(),
        Registers::ImportSteps => view! { <ImportStepsPage /> }.into_any(),
        Registers::Reconcile => view! { <ReconcilePage /> }.into_any(),
        Registers::Mapping => view! { <MappingPage /> }.into_any(),
    })
}
