//! Assets, one by one.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::assets::{
    AssetHistoryPage, AssetLabelPage, AssetPage, AssetsPage, EditAssetPage, MoveAssetPage,
    NewAssetPage,
};

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Assets {
    List,
    New,
    One,
    Edit,
    Move,
    Label,
    History,
}

impl Room for Assets {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_assets()
    }

    fn open(self) -> impl Future<Output = Opened> {
        assets(self)
    }
}

#[wasm_split(assets, fallible, preload(load_assets), wasm_split_path = leptos::wasm_split)]
fn assets(page: Assets) -> Opened {
    Ok(match page {
        Assets::List => view! { <AssetsPage /> }.into_any(),
        Assets::New => view! { <NewAssetPage /> }.into_any(),
        Assets::One => view! { <AssetPage /> }.into_any(),
        Assets::Edit => view! { <EditAssetPage /> }.into_any(),
        Assets::Move => view! { <MoveAssetPage /> }.into_any(),
        Assets::Label => view! { <AssetLabelPage /> }.into_any(),
        Assets::History => view! { <AssetHistoryPage /> }.into_any(),
    })
}
