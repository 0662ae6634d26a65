use domain::ids::AssetId;
use domain::views::assets::{AssetDetail, QrCode};
use leptos::prelude::*;

use super::actions::load_asset;
use super::{crumbs, id_in_address};
use crate::strings::assets as texts;
use crate::ui::{Button, ButtonKind, Crumb, Loaded, PageHead};

/// A code, dark on light in every theme: readers want it so.
#[component]
pub(super) fn Qr(code: QrCode) -> impl IntoView {
    view! {
        <svg
            class="qr"
            viewBox=format!("0 0 {0} {0}", code.size)
            shape-rendering="crispEdges"
            role="img"
            aria-label=code.url
        >
            <path d=code.path />
        </svg>
    }
    .into_any()
}

/// `/assets/{id}/label`: what is printed and stuck on the machine.
#[component]
pub fn AssetLabelPage() -> impl IntoView {
    let id = id_in_address();
    let detail = Resource::new(move || id.get(), |id| load_asset(AssetId(id)));
    view! {
        <Loaded resource=detail rows=6 view=move |detail| view! { <Label detail /> } />
    }
    .into_any()
}

#[component]
fn Label(detail: AssetDetail) -> impl IntoView {
    let asset = detail.asset;
    let named = asset.tag.clone();
    let mut path = crumbs(&detail.above);
    path.push(Crumb::link(asset.tag.clone(), format!("/assets/{}", asset.id)));
    let print = move |_| {
        let _ = window().print();
    };
    view! {
        <div class="screen-only">
            <PageHead title=texts::LABEL crumbs=path meta=texts::LABEL_HINT>
                <Button kind=ButtonKind::Primary icon="print" on:click=print>
                    {texts::PRINT}
                </Button>
            </PageHead>
        </div>
        <article class="label-card" aria-label=named>
            <Qr code=detail.qr.clone() />
            <div>
                <p class="label-tag">{asset.tag}</p>
                <p class="label-name">{asset.name}</p>
                <p class="label-line">{asset.path}</p>
                {asset
                    .serial_number
                    .map(|serial| view! { <p class="label-line">{texts::SERIAL} " " {serial}</p> })}
                <p class="label-url">{detail.qr.url}</p>
            </div>
        </article>
    }
    .into_any()
}
