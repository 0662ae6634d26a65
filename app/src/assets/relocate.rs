use domain::ids::AssetId;
use domain::views::assets::AssetDetail;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::load_asset;
use super::edits::MoveAsset;
use super::{crumbs, id_in_address};
use crate::strings::assets as texts;
use crate::ui::{
    Button, ButtonKind, Crumb, ErrorSummary, Hidden, Input, LinkButton, Loaded, PageHead,
    field_error,
};

/// `/assets/{id}/move`
#[component]
pub fn MoveAssetPage() -> impl IntoView {
    let id = id_in_address();
    let action = ServerAction::<MoveAsset>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let detail = Resource::new(move || id.get(), |id| load_asset(AssetId(id)));
    view! {
        <Loaded
            resource=detail
            rows=6
            view=move |detail: AssetDetail| {
                let id = detail.asset.id;
                let mut path = crumbs(&detail.above);
                path.push(Crumb::link(detail.asset.tag.clone(), format!("/assets/{id}")));
                view! {
                    <PageHead title=texts::MOVE_TITLE crumbs=path meta=detail.asset.path.clone() />
                    <ActionForm action attr:class="stack form panel sheet">
                        <ErrorSummary error />
                        <Hidden name="id" value=id.to_string() />
                        <Hidden name="version" value=detail.version.to_string() />
                        <p>{texts::goes_along(detail.below)}</p>
                        <Input
                            name="parent"
                            label=texts::NEW_PARENT
                            value=detail.asset.parent.unwrap_or_default()
                            mono=true
                            required=true
                            hint=texts::NEW_PARENT_HINT.to_owned()
                            error=field_error(error, "parent")
                        />
                        <div class="row end">
                            <LinkButton kind=ButtonKind::Quiet href=format!("/assets/{id}")>
                                {texts::CANCEL}
                            </LinkButton>
                            <Button
                                kind=ButtonKind::Primary
                                submit=true
                                busy=action.pending()
                                busy_text=texts::MOVING
                            >
                                {texts::MOVE_NOW}
                            </Button>
                        </div>
                    </ActionForm>
                }
            }
        />
    }
    .into_any()
}
