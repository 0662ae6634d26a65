use domain::views::connections::ConnectionDetail;
use leptos::prelude::*;

use crate::strings::connections as texts;
use crate::ui::{LinkButton, Panel};

/// Which mapping is published, and the way to it.
#[component]
pub(super) fn MappingTab(detail: ConnectionDetail) -> impl IntoView {
    let says = match detail.mapping_version {
        0 => texts::MAPPING_NONE.to_owned(),
        version => texts::mapping(version),
    };
    let href = format!("/connections/{}/mapping", detail.row.slug);
    view! {
        <Panel id="mapping" title=texts::MAPPING_TITLE>
            <div class="body">
                <p>{says}</p>
                <p class="prose muted">{detail.notes}</p>
                <LinkButton href>{texts::MAPPING_OPEN}</LinkButton>
            </div>
        </Panel>
    }
    .into_any()
}
