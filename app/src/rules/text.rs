use domain::views::rules::PolicyRow;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::ImportRules;
use super::href;
use crate::strings::rules as texts;
use crate::ui::{Button, ErrorSummary, Hidden, LinkButton, Panel, Textarea, field_error};

/// Rules as a text: files to keep, and a field that takes one as the draft.
#[component]
pub(super) fn AsText(
    /// The policy.
    row: PolicyRow,
    /// Version of the draft; 0 when there is none.
    version: i32,
    /// The form.
    import: ServerAction<ImportRules>,
    /// What the field starts with.
    #[prop(optional)]
    text: String,
) -> impl IntoView {
    let error = Signal::derive(move || import.value().get().and_then(Result::err));
    let export = format!("{}/export", href(row.id));
    view! {
        <Panel id="as-text" title=texts::AS_TEXT>
            <div class="body stack">
                <p class="muted sm">{texts::AS_TEXT_HINT}</p>
                <div class="row">
                    <LinkButton href=format!("{export}?format=toml") icon="download">
                        {texts::DOWNLOAD_TOML}
                    </LinkButton>
                    <LinkButton href=format!("{export}?format=json") icon="download">
                        {texts::DOWNLOAD_JSON}
                    </LinkButton>
                </div>
                {row
                    .may_draft
                    .then(|| {
                        view! {
                            <ActionForm action=import attr:class="stack form">
                                <ErrorSummary error />
                                <Hidden name="id" value=row.id.to_string() />
                                <Hidden name="version" value=version.to_string() />
                                <Upload />
                                <Textarea
                                    name="text"
                                    label=texts::TEXT
                                    rows=12
                                    value=text
                                    required=true
                                    error=field_error(error, "text")
                                />
                                <div class="row">
                                    <Button
                                        submit=true
                                        busy=import.pending()
                                        busy_text=texts::TAKING
                                    >
                                        {texts::TAKE_TEXT}
                                    </Button>
                                </div>
                            </ActionForm>
                        }
                    })}
            </div>
        </Panel>
    }
    .into_any()
}

/// Puts the content of a file into the field; only there once the script runs.
#[component]
fn Upload() -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    view! {
        <div class="field" hidden=move || !ready.get()>
            <label for="text-file">{texts::UPLOAD}</label>
            <input
                class="input"
                id="text-file"
                type="file"
                accept=".toml,.json,.txt,application/json"
                on:change=move |event| read_file(&event)
            />
        </div>
    }
    .into_any()
}

fn read_file(event: &web_sys::Event) {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    let input = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok());
    let file = input.and_then(|input| input.files()).and_then(|files| files.get(0));
    let (Some(file), Ok(reader)) = (file, web_sys::FileReader::new()) else { return };
    let read = reader.clone();
    let loaded = Closure::once_into_js(move || {
        let text = read.result().ok().and_then(|text| text.as_string());
        let area = document().get_element_by_id("text");
        let area = area.and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
        if let (Some(text), Some(area)) = (text, area) {
            area.set_value(&text);
            let _ = area.focus();
        }
    });
    reader.set_onload(loaded.dyn_ref());
    let _ = reader.read_as_text(&file);
}
