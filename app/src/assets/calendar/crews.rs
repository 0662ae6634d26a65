use domain::views::calendars::{Crew, SiteCalendarPage};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Forms;
use crate::strings::calendars as texts;
use crate::ui::{Button, Check, ErrorSummary, Hidden, Input, Panel, field_error};

/// Crews of the site: whom work can be assigned to besides persons.
#[component]
pub(super) fn CrewPanel(page: SiteCalendarPage, forms: Forms) -> impl IntoView {
    let (site, week) = (page.site.0, page.week.monday.to_string());
    let error = Signal::derive(move || {
        let answers = [forms.add.value().get(), forms.edit.value().get()];
        answers.into_iter().flatten().find_map(Result::err)
    });
    let adding = Signal::derive(move || forms.add.value().get().and_then(Result::err));
    let edits = page.may_edit;
    let empty = page.crews.is_empty();
    let of = week.clone();
    let crews = page
        .crews
        .into_iter()
        .map(|crew| view! { <OneCrew crew site week=of.clone() edits forms /> })
        .collect_view();
    view! {
        <Panel id="crews-of" title=texts::CREWS note=texts::CREWS_HINT>
            {empty.then(|| view! { <p class="body muted">{texts::NO_CREWS}</p> })}
            <ul class="lines">{crews}</ul>
            {edits
                .then(|| {
                    view! {
                        <ActionForm action=forms.add attr:class="body stack form crew-new">
                            <ErrorSummary error />
                            <Hidden name="site" value=site.to_string() />
                            <Hidden name="week" value=week />
                            <div class="row bottom">
                                <Input
                                    name="name"
                                    id="crew-name"
                                    label=texts::NAME
                                    required=true
                                    error=field_error(adding, "name")
                                />
                                <Input
                                    name="note"
                                    id="crew-note"
                                    label=texts::NOTE
                                    error=field_error(adding, "note")
                                />
                                <Button submit=true icon="plus" busy=forms.add.pending()>
                                    {texts::ADD_CREW}
                                </Button>
                            </div>
                        </ActionForm>
                    }
                })}
        </Panel>
    }
    .into_any()
}

#[component]
fn OneCrew(crew: Crew, site: i64, week: String, edits: bool, forms: Forms) -> impl IntoView {
    let id = crew.id;
    let quiet = if crew.retired { "muted" } else { "" };
    view! {
        <li>
            <span class=quiet>
                <b>{crew.name.clone()}</b>
                " "
                {crew.note.clone()}
                {crew.retired.then(|| view! { " " <span class="tag">{texts::RETIRED}</span> })}
            </span>
            {edits
                .then(|| {
                    view! {
                        <details>
                            <summary aria-label=format!("{} {}", texts::CHANGE, crew.name)>
                                {texts::CHANGE}
                            </summary>
                            <ActionForm action=forms.edit attr:class="stack form">
                                <Hidden name="site" value=site.to_string() />
                                <Hidden name="week" value=week />
                                <Hidden name="id" value=id.to_string() />
                                <div class="row bottom">
                                    <Input
                                        name="name"
                                        id=format!("crew-{id}-name")
                                        label=texts::NAME
                                        value=crew.name
                                        required=true
                                    />
                                    <Input
                                        name="note"
                                        id=format!("crew-{id}-note")
                                        label=texts::NOTE
                                        value=crew.note
                                    />
                                    <Check name="retired" label=texts::RETIRED checked=crew.retired />
                                    <Button submit=true busy=forms.edit.pending()>
                                        {texts::SAVE_CREW}
                                    </Button>
                                </div>
                            </ActionForm>
                        </details>
                    }
                })}
        </li>
    }
    .into_any()
}
