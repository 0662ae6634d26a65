use domain::views::logbook::Desk;
use leptos::ev::KeyboardEvent;
use leptos::form::ActionForm;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::page::Forms;
use crate::strings::logbook as texts;
use crate::ui::{Button, ButtonKind, ErrorSummary, Hidden, Icon, Query};

/// `Ctrl+Enter` sends the form around a text.
pub(super) fn send_on_ctrl_enter(event: &KeyboardEvent) {
    if event.key() != "Enter" || !(event.ctrl_key() || event.meta_key()) {
        return;
    }
    let text = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(form) = text.and_then(|text| text.form()) {
        event.prevent_default();
        let _ = form.request_submit();
    }
}

/// The form for a new entry, or for the correction of one.
#[component]
pub(super) fn Quick(
    /// Where it goes, and what can be picked.
    desk: Desk,
    /// Its action.
    forms: Forms,
) -> impl IntoView {
    let query = Query::current();
    let error = Signal::derive(move || forms.write.value().get().and_then(Result::err));
    let asset = query.with_untracked(|q| q.get("asset").unwrap_or_default().to_owned());
    let back = query.with_untracked(|q| q.without("correct").href());
    let correcting = desk.correct.is_some();
    let add = if correcting { texts::CORRECT_NOW } else { texts::ADD };
    let text = NodeRef::<Textarea>::new();
    let written = move || matches!(forms.write.value().get(), Some(Ok(())));
    Effect::watch(
        written,
        move |written, _, _| {
            if let Some(form) = text.get_untracked().filter(|_| *written).and_then(|t| t.form()) {
                form.reset();
            }
        },
        false,
    );
    let options = |list: Vec<String>| {
        list.into_iter().map(|value| view! { <option value=value></option> }).collect_view()
    };
    view! {
        <ActionForm action=forms.write attr:class="panel quick" attr:aria-label=texts::NEW>
            <ErrorSummary error />
            <Hidden name="site" value=desk.site_id.to_string() />
            <Hidden name="key" value=desk.key />
            {desk
                .correct
                .map(|(id, text)| {
                    view! {
                        <Hidden name="strikes" value=id.to_string() />
                        <p class="correcting sm">
                            {texts::CORRECTS} " " <del>{text}</del> " "
                            <a href=back>{texts::CANCEL}</a>
                        </p>
                    }
                })}
            <label for="text" class="hidden">{texts::WHAT}</label>
            <textarea
                node_ref=text
                class="input"
                id="text"
                name="text"
                rows="2"
                required=true
                maxlength="4000"
                placeholder=texts::WHAT
                aria-label=texts::WHAT
                data-key="n"
                aria-keyshortcuts="n"
                autofocus=correcting
                on:keydown=move |event| send_on_ctrl_enter(&event)
            ></textarea>
            <div class="row">
                <label class="slot" for="asset">
                    <Icon name="scan" />
                    <span class="hidden">{texts::ASSET}</span>
                    <input
                        class="input"
                        id="asset"
                        name="asset"
                        list="assets"
                        autocomplete="off"
                        autocapitalize="characters"
                        placeholder=texts::ASSET
                        value=asset
                    />
                </label>
                <label class="slot" for="tag">
                    <Icon name="plus" />
                    <span class="hidden">{texts::TAG}</span>
                    <input
                        class="input"
                        id="tag"
                        name="tag"
                        list="tags"
                        autocomplete="off"
                        maxlength="40"
                        placeholder=texts::TAG
                    />
                </label>
                {(!correcting)
                    .then(|| {
                        view! {
                            <label class="check slot">
                                <input type="checkbox" name="point" value="true" />
                                <span>{texts::POINT}</span>
                            </label>
                        }
                    })}
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=forms.write.pending()
                    busy_text=texts::SAVING
                >
                    {add}
                </Button>
            </div>
            <datalist id="assets">{options(desk.assets)}</datalist>
            <datalist id="tags">{options(desk.tags)}</datalist>
        </ActionForm>
    }
}
