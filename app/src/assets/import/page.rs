use domain::views::assets::ImportSession;
use leptos::prelude::*;

use super::Steps;
use super::actions::{ApplyImport, MatchImport, load_import};
use super::columns::Columns;
use super::outcome::{Check, Done};
use crate::assets::id_in_address;
use crate::strings::assets as texts;
use crate::ui::{
    Button, ButtonKind, Crumb, Level, LinkButton, Loaded, Notice, PageHead, Panel, Query,
};
use crate::work_orders::count_successes;

fn path() -> Vec<Crumb> {
    vec![Crumb::link(texts::TITLE, "/assets")]
}

/// `/assets/import?problem=`: the file.
#[component]
pub fn ImportPage() -> impl IntoView {
    let query = Query::current();
    let problem = move || {
        let code = query.with(|q| q.get("problem").map(str::to_owned))?;
        Some(view! {
            <Notice level=Level::Critical announce=true>
                <p>{texts::upload_problem(&code)}</p>
            </Notice>
        })
    };
    view! {
        <PageHead title=texts::IMPORT_TITLE crumbs=path() meta=texts::IMPORT_LEAD />
        <div class="stack">
            <Steps current=1 />
            {problem}
            <Panel id="upload" title=texts::STEP_FILE.0>
                <form
                    class="body stack form"
                    method="post"
                    action="/assets/import/upload"
                    enctype="multipart/form-data"
                >
                    <div class="field">
                        <label for="file">{texts::FILE}</label>
                        <input
                            class="input file"
                            id="file"
                            name="file"
                            type="file"
                            accept=".csv,.txt,text/csv,text/plain"
                            required=true
                            aria-describedby="file-d"
                        />
                        <p class="hint" id="file-d">{texts::FILE_HINT}</p>
                    </div>
                    <div class="row end">
                        <LinkButton kind=ButtonKind::Quiet href="/assets">{texts::CANCEL}</LinkButton>
                        <Button kind=ButtonKind::Primary submit=true>{texts::UPLOAD}</Button>
                    </div>
                </form>
            </Panel>
            <Panel id="known" title=texts::COLUMNS_WE_KNOW>
                <p class="body mono sm wrap">
                    "tag, kind, parent, name, serial_number, barcode, manufacturer, model, "
                    "installed_on, criticality, status, time_zone"
                </p>
            </Panel>
        </div>
    }
    .into_any()
}

/// `/assets/import/{id}?step=`: columns, check, done.
#[component]
pub fn ImportStepsPage() -> impl IntoView {
    let (id, query) = (id_in_address(), Query::current());
    let matching = ServerAction::<MatchImport>::new();
    let applying = ServerAction::<ApplyImport>::new();
    let accepted = RwSignal::new(0);
    count_successes(matching, accepted);
    count_successes(applying, accepted);
    let again = Memo::new(move |_| query.with(|q| q.get("step") == Some("columns")));
    let session = Resource::new(
        move || (id.get(), again.get(), accepted.get()),
        |(id, again, _)| load_import(id, again),
    );
    view! {
        <Loaded
            resource=session
            rows=12
            view=move |session: ImportSession| {
                let step = match (session.matched, session.applied) {
                    (_, true) => 4,
                    (true, false) => 3,
                    (false, false) => 2,
                };
                view! {
                    <PageHead
                        title=texts::IMPORT_TITLE
                        crumbs=path()
                        meta=session.file_name.clone()
                    />
                    <div class="stack">
                        <Steps current=step />
                        {match step {
                            2 => view! { <Columns session matching /> }.into_any(),
                            3 => view! { <Check session applying /> }.into_any(),
                            _ => view! { <Done session /> }.into_any(),
                        }}
                    </div>
                }
            }
        />
    }
    .into_any()
}
