//! Connections.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::connections::{ConnectionPage, ConnectionsPage, NewConnectionPage, SetUpConnectionPage};

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Connections {
    List,
    New,
    One,
    SetUp,
}

impl Room for Connections {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_connections()
    }

    fn open(self) -> impl Future<Output = Opened> {
        connections(self)
    }
}

#[wasm_split(connections, fallible, preload(load_connections), wasm_split_path = leptos::wasm_split)]
fn connections(page: Connections) -> Opened {
    Ok(match page {
        Connections::List => view! { <ConnectionsPage /> }.into_any(),
        Connections::New => view! { <NewConnectionPage /> }.into_any(),
        Connections::One => view! { <ConnectionPage /> }.into_any(),
        Connections::SetUp => view! { <SetUpConnectionPage /> }.into_any(),
    })
}
