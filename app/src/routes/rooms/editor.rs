//! The rule editor.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::rules::EditRulesPage;

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Editor {
    Edit,
}

impl Room for Editor {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_editor()
    }

    fn open(self) -> impl Future<Output = Opened> {
        editor(self)
    }
}

#[wasm_split(editor, fallible, preload(load_editor), wasm_split_path = leptos::wasm_split)]
fn editor(page: Editor) -> Opened {
    Ok(match page {
        Editor::Edit => view! { <EditRulesPage /> }.into_any(),
    })
}
