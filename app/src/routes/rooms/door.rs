//! Signing in, the first run, one's own account.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::users::{AccountPage, SetUpPage, SetUpSitePage, SignInPage};

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Door {
    SignIn,
    SetUp,
    SetUpSite,
    Account,
}

impl Room for Door {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_door()
    }

    fn open(self) -> impl Future<Output = Opened> {
        door(self)
    }
}

#[wasm_split(door, fallible, preload(load_door), wasm_split_path = leptos::wasm_split)]
fn door(page: Door) -> Opened {
    Ok(match page {
        Door::SignIn => view! { <SignInPage /> }.into_any(),
        Door::SetUp => view! { <SetUpPage /> }.into_any(),
        Door::SetUpSite => view! { <SetUpSitePage /> }.into_any(),
        Door::Account => view! { <AccountPage /> }.into_any(),
    })
}
