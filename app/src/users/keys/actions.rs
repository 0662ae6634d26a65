use domain::ids::ApiKeyId;
#[cfg(feature = "ssr")]
use domain::permission::{KeyScope, Permission};
use domain::views::users::KeyList;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// A page of keys; `shown` is the ticket of one that was just made.
///
/// # Errors
/// Nobody is signed in, or manages no keys.
#[server(prefix = "/ui", endpoint = "users/keys", input = Json, output = Answer)]
pub async fn load_keys(
    after: Option<ApiKeyId>,
    shown: Option<String>,
) -> Result<KeyList, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::SecretManage).await?;
    let mut list = services::users::list_keys(&mut tx, &caller, after).await?;
    tx.commit().await?;
    if let Some(ticket) = shown {
        list.shown = services::users::take_shown(caller.user()?, &ticket, &ctx.request_id);
    }
    Ok(list)
}

/// Makes a key and leads to the list, which shows it once.
///
/// # Errors
/// A right or a site the caller lacks, or problems of fields.
#[server(prefix = "/ui", endpoint = "users/key-create", output = Answer)]
pub async fn create_key(
    name: String,
    #[server(default)] source: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] sites: Vec<i64>,
    #[server(default)] user: String,
    #[server(default)] until: String,
    #[server(default)] zone: String,
) -> Result<(), AppError> {
    use domain::ids::SiteId;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let source = Some(source.trim().to_owned()).filter(|source| !source.is_empty());
    let new = services::users::NewKey {
        name: name.trim().to_owned(),
        source,
        user: user.parse().ok(),
        scopes: scopes.iter().filter_map(|word| word.parse::<KeyScope>().ok()).collect(),
        sites: Some(sites.into_iter().map(SiteId).collect::<Vec<_>>()).filter(|s| !s.is_empty()),
        expires_at: crate::users::admin::ssr::end_of(&until, &zone)?,
    };
    let mut tx = ctx.begin(Permission::SecretManage).await?;
    let (_, key) = services::users::create_api_key(&mut tx, &caller, &new).await?;
    tx.commit().await?;
    let ticket = services::users::show_once(caller.user()?, new.name, key)?;
    leptos_axum::redirect(&format!("/admin/keys?shown={ticket}"));
    Ok(())
}

/// Ends a key at once.
///
/// # Errors
/// There is none, or none this person manages.
#[server(prefix = "/ui", endpoint = "users/key-revoke", output = Answer)]
pub async fn revoke_key(id: ApiKeyId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::SecretManage).await?;
    services::users::revoke_api_key(&mut tx, &caller, id).await?;
    Ok(tx.commit().await?)
}
