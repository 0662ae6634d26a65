use domain::views::assets::AssetDetail;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::edits::{DecommissionAsset, RecommissionAsset};
use crate::error::AppError;
use crate::strings::assets as texts;
use crate::ui::{Button, ButtonKind, Check, ConfirmForm, Hidden};
use crate::work_orders::count_successes;

/// Taking out of use and back.
#[derive(Clone, Copy)]
pub(super) struct Retiring {
    out: ServerAction<DecommissionAsset>,
    back: ServerAction<RecommissionAsset>,
    /// Grows with every accepted step.
    pub(super) accepted: RwSignal<u32>,
}

impl Retiring {
    pub(super) fn new() -> Self {
        let steps = Self {
            out: ServerAction::new(),
            back: ServerAction::new(),
            accepted: RwSignal::new(0),
        };
        count_successes(steps.out, steps.accepted);
        count_successes(steps.back, steps.accepted);
        steps
    }

    /// The last refusal.
    pub(super) fn error(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            let answers = [self.out.value().get(), self.back.value().get()];
            answers.into_iter().flatten().find_map(Result::err)
        })
    }
}

/// Asks before an asset is taken out of use; open work must be accepted by its number.
#[component]
pub(super) fn Decommission(detail: AssetDetail, retiring: Retiring) -> impl IntoView {
    let orders = detail.open.orders;
    let consequence = texts::retires(&detail.asset.tag, detail.below);
    view! {
        <div class="row">
            <ConfirmForm
                id="decommission"
                label=texts::DECOMMISSION
                danger=true
                title=texts::DECOMMISSION_TITLE
                consequence
            >
                <ActionForm action=retiring.out attr:class="stack" attr:data-gap="small">
                    <Hidden name="id" value=detail.asset.id.to_string() />
                    <Hidden name="version" value=detail.version.to_string() />
                    {(orders > 0)
                        .then(|| {
                            view! {
                                <label class="check">
                                    <input
                                        type="checkbox"
                                        name="accepted"
                                        value=orders.to_string()
                                        required=true
                                    />
                                    <span>{texts::accept_orders(orders)}</span>
                                </label>
                            }
                        })}
                    <Button kind=ButtonKind::Danger submit=true busy=retiring.out.pending()>
                        {texts::DECOMMISSION_NOW}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        </div>
    }
    .into_any()
}

/// Asks before an asset is taken back.
#[component]
pub(super) fn Recommission(detail: AssetDetail, retiring: Retiring) -> impl IntoView {
    if detail.below_retired {
        return view! { <p class="muted sm">{texts::BELOW_RETIRED}</p> }.into_any();
    }
    let children = detail.children;
    view! {
        <div class="row">
            <ConfirmForm
                id="recommission"
                label=texts::RECOMMISSION
                title=texts::RECOMMISSION_TITLE
                consequence=texts::RECOMMISSION_HINT
            >
                <ActionForm action=retiring.back attr:class="stack" attr:data-gap="small">
                    <Hidden name="id" value=detail.asset.id.to_string() />
                    <Hidden name="version" value=detail.version.to_string() />
                    {(children > 0)
                        .then(|| view! { <Check name="below" label=texts::also_below(children) checked=true /> })}
                    <Button kind=ButtonKind::Primary submit=true busy=retiring.back.pending()>
                        {texts::RECOMMISSION_NOW}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        </div>
    }
    .into_any()
}
