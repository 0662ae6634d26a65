//! Rules and their versions.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::rules::{ComparePage, PolicyPage, PublishPage, RulesPage, VersionsPage};

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Rules {
    List,
    One,
    Publish,
    Versions,
    Compare,
}

impl Room for Rules {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_rules()
    }

    fn open(self) -> impl Future<Output = Opened> {
        rules(self)
    }
}

#[wasm_split(rules, fallible, preload(load_rules), wasm_split_path = leptos::wasm_split)]
fn rules(page: Rules) -> Opened {
    Ok(match page {
        Rules::List => view! { <RulesPage /> }.into_any(),
        Rules::One => view! { <PolicyPage /> }.into_any(),
        Rules::Publish => view! { <PublishPage /> }.into_any(),
        Rules::Versions => view! { <VersionsPage /> }.into_any(),
        Rules::Compare => view! { <ComparePage /> }.into_any(),
    })
}
