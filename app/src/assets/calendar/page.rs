use chrono::NaiveDate;
use domain::asset::AssetKind;
use domain::views::calendars::SiteCalendarPage;
use leptos::prelude::*;

use super::actions::{AddCrew, EditCrew, SaveCalendar, load_calendar};
use super::crews::CrewPanel;
use super::editor::Editor;
use super::week::Week;
use crate::assets::{AssetTabs, id_in_address};
use crate::strings::{assets, calendars as texts};
use crate::ui::{Crumb, Loaded, PageHead, Query};
use crate::work_orders::count_successes;

/// The forms of the page.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub(super) save: ServerAction<SaveCalendar>,
    pub(super) add: ServerAction<AddCrew>,
    pub(super) edit: ServerAction<EditCrew>,
}

/// `/assets/{id}/calendar?week=2026-06-15`
#[component]
pub fn CalendarPage() -> impl IntoView {
    let (id, query) = (id_in_address(), Query::current());
    let forms =
        Forms { save: ServerAction::new(), add: ServerAction::new(), edit: ServerAction::new() };
    let accepted = RwSignal::new(0);
    count_successes(forms.save, accepted);
    count_successes(forms.add, accepted);
    count_successes(forms.edit, accepted);
    let week: Memo<Option<NaiveDate>> =
        Memo::new(move |_| query.with(|q| q.get("week").and_then(|date| date.parse().ok())));
    let page = Resource::new(
        move || (id.get(), week.get(), accepted.get()),
        |(id, week, _)| load_calendar(id, week),
    );
    view! {
        <Loaded resource=page rows=14 view=move |page| view! { <Calendar page forms /> } />
    }
    .into_any()
}

#[component]
fn Calendar(page: SiteCalendarPage, forms: Forms) -> impl IntoView {
    let path = vec![
        Crumb::link(assets::TITLE, "/assets"),
        Crumb::link(page.name.clone(), format!("/assets/{}", page.asset)),
    ];
    let edits = page.may_edit;
    view! {
        <PageHead title=texts::TITLE crumbs=path meta=page.name.clone() />
        <AssetTabs id=page.asset kind=AssetKind::Site current="calendar" />
        <div class="stack">
            <Week week=page.week.clone() site=page.asset />
            <CrewPanel page=page.clone() forms />
            {edits.then(|| view! { <Editor page=page.clone() action=forms.save /> })}
        </div>
    }
    .into_any()
}
