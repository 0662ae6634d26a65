use domain::views::users::KeyItem;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::RevokeKey;
use crate::strings::people as texts;
use crate::ui::{
    Button, ButtonKind, Column, ConfirmForm, Hidden, Level, Says, Table, Tag, Time, TimeStyle,
};
use crate::users::admin::last_day;

/// Keys; with an action they can be revoked.
#[component]
pub(in crate::users) fn KeyTable(
    /// The keys.
    keys: Vec<KeyItem>,
    /// The form that ends one.
    revoke: Option<ServerAction<RevokeKey>>,
) -> impl IntoView {
    let columns = vec![
        Column::text(texts::KEY),
        Column::text(texts::SCOPES),
        Column::text(texts::SITE),
        Column::text(texts::ACTS_FOR),
        Column::text(texts::LAST_USED),
        Column::text(texts::ENDS),
        Column::hidden(texts::ACTIONS),
    ];
    let rows = keys.into_iter().map(|key| view! { <Row key revoke /> }).collect_view();
    view! {
        <Table caption=texts::KEYS_CAPTION hide_caption=true columns class="two-line keys">
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn Row(key: KeyItem, revoke: Option<ServerAction<RevokeKey>>) -> impl IntoView {
    let (level, word) = match (key.live, key.revoked_at) {
        (true, _) => (Level::Ok, texts::LIVE),
        (false, Some(_)) => (Level::Unknown, texts::REVOKED),
        (false, None) => (Level::Unknown, texts::DEAD),
    };
    let sites = key.sites.map_or_else(|| texts::EVERYWHERE.to_owned(), |sites| sites.join(", "));
    let source = key.source.map(|source| format!("{}: {source}", texts::SOURCE));
    let used = match key.last_used_at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { <span class="muted">{texts::UNUSED}</span> }.into_any(),
    };
    let ends = match key.revoked_at.or(key.expires_at.map(last_day)) {
        Some(at) => view! { <Time at style=TimeStyle::Day /> }.into_any(),
        None => view! { <span class="muted">{texts::FOR_GOOD}</span> }.into_any(),
    };
    let scopes = key
        .scopes
        .into_iter()
        .map(|scope| view! { <Tag>{texts::scope(scope)}</Tag> " " })
        .collect_view();
    let id = key.id;
    let form = revoke.filter(|_| key.revocable).map(|revoke| {
        view! {
            <ConfirmForm
                id=format!("revoke-{id}")
                label=texts::REVOKE_ASK
                title=texts::REVOKE_TITLE
                consequence=texts::REVOKE_HINT
            >
                <ActionForm action=revoke>
                    <Hidden name="id" value=id.to_string() />
                    <Button kind=ButtonKind::Danger submit=true>{texts::REVOKE}</Button>
                </ActionForm>
            </ConfirmForm>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {key.name}
                <span class="sub mono">{key.prefix}"…"</span>
                <span class="sub">{source}</span>
            </th>
            <td class="wide">{scopes}</td>
            <td>{sites}</td>
            <td>{key.person.map(|person| person.name)}</td>
            <td>{used}</td>
            <td><Says level>{word}</Says><span class="sub">{ends}</span></td>
            <td class="num">{form}</td>
        </tr>
    }
    .into_any()
}
