use domain::calendar::ShiftPattern;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::sheet::{Sheet, Steps};
use crate::codec::Answer;
use crate::error::AppError;
use crate::strings::{calendars, users};
use crate::ui::{
    Button, ButtonKind, Choice, ErrorSummary, Hidden, Input, LinkButton, Select, field_error,
};

/// Whose link it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Name and address of an invited person; none is the first administrator.
    pub invited: Option<(String, String)>,
}

/// Whether a one-time link can be used.
///
/// # Errors
/// Not found for a link that is unknown, used or too old.
#[server(prefix = "/ui", endpoint = "users/set-up-link", output = Answer)]
pub async fn set_up_link(token: String) -> Result<Link, AppError> {
    use crate::context::ssr::server_ctx;
    let ctx = server_ctx()?;
    let mut tx = ctx.services.store.begin_system().await?;
    let invited = services::users::setup_open(&mut tx, &token.into()).await?;
    Ok(Link { invited: invited.map(|account| (account.name, account.email)) })
}

/// Uses a one-time link: makes the first administrator, or gives an invited person their password;
/// signs them in.
///
/// # Errors
/// A bad link, or problems of fields.
#[server(prefix = "/ui", endpoint = "users/set-up", output = Answer)]
pub async fn set_up(
    token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    password: String,
) -> Result<(), AppError> {
    use services::users::SetUp;

    use super::session::ssr::{begin, session};
    use crate::context::ssr::server_ctx;
    let (ctx, session) = (server_ctx()?, session()?);
    let input = SetUp { token: token.into(), email, name, password: password.into() };
    let user = services::users::set_up(&ctx.services, &input).await?;
    let mut tx = ctx.services.store.begin_system().await?;
    let account = store::users::account(&mut tx, user).await?;
    let sites = store::users::site_exists(&mut tx).await?;
    drop(tx);
    let rights_version = account.map_or(0, |account| account.rights_version);
    begin(&session, user, rights_version, false).await?;
    leptos_axum::redirect(if sites { "/" } else { "/setup/2" });
    Ok(())
}

/// Adds the first site.
///
/// # Errors
/// Problems of fields, or no right to edit assets.
#[server(prefix = "/ui", endpoint = "users/set-up-site", output = Answer)]
pub async fn set_up_site(
    tag: String,
    name: String,
    time_zone: String,
    #[server(default)] pattern: String,
) -> Result<(), AppError> {
    use domain::permission::Permission;

    use crate::context::ssr::{fail, server_ctx};
    let ctx = server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.services.begin(&caller, Permission::AssetEdit).await?;
    let row = services::assets::ImportRow {
        row: 1,
        tag: Some(tag.clone()),
        kind: Some("site".to_owned()),
        name: Some(name),
        time_zone: Some(time_zone.clone()),
        ..Default::default()
    };
    let report = services::assets::import(&mut tx, &caller, vec![row], false).await?;
    if !report.errors.is_empty() {
        let problem = |e: domain::views::assets::ImportError| crate::error::FieldError {
            field: e.path,
            message: e.message,
        };
        return Err(fail(AppError::invalid(report.errors.into_iter().map(problem).collect())));
    }
    // A new site runs round the clock; another pattern replaces that.
    if let Ok(pattern) = pattern.parse::<ShiftPattern>()
        && pattern != ShiftPattern::RoundTheClock
    {
        services::rules::set_calendar(&mut tx, &tag, pattern.calendar(time_zone)).await?;
    }
    tx.commit().await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Names of the time zones that can be chosen.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/ui", endpoint = "users/time-zones", output = Answer)]
pub async fn time_zones() -> Result<Vec<String>, AppError> {
    crate::context::ssr::server_ctx()?.caller()?;
    Ok(chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect())
}

/// `/setup?token=`: the first administrator, or an invited person.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let query = use_query_map();
    let token = query.read_untracked().get("token").unwrap_or_default();
    let asked = token.clone();
    let link = Resource::new_blocking(|| (), move |()| set_up_link(asked.clone()));
    view! {
        <Suspense>
            {move || {
                let token = token.clone();
                Suspend::new(async move {
                    match link.await {
                        Ok(link) => view! { <SetUpForm token link /> }.into_any(),
                        Err(_) => view! { <BadLink /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn BadLink() -> impl IntoView {
    view! {
        <Title text=users::BAD_LINK />
        <Sheet class="sign-in">
            <h1 tabindex="-1">{users::BAD_LINK}</h1>
            <p class="muted lead">{users::BAD_LINK_HINT}</p>
            <p><LinkButton href="/sign-in">{users::SIGN_IN}</LinkButton></p>
        </Sheet>
    }
}

#[component]
fn SetUpForm(token: String, link: Link) -> impl IntoView {
    let action = ServerAction::<SetUp>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let first = link.invited.is_none();
    let title = if first { users::SET_UP } else { users::WELCOME };
    let lead = match &link.invited {
        None => users::SET_UP_LEAD.to_owned(),
        Some((name, email)) => users::welcome_lead(name, email),
    };
    view! {
        <Title text=title />
        <Sheet class="sign-in">
            {first.then(|| view! { <Steps current=1 /> })}
            <h1 tabindex="-1">{title}</h1>
            <p class="muted lead">{lead}</p>
            <ActionForm action attr:class="stack form">
                <ErrorSummary error />
                <Hidden name="token" value=token />
                {first
                    .then(|| {
                        view! {
                            <Input
                                name="name"
                                label=users::NAME
                                autocomplete="name"
                                required=true
                                error=field_error(error, "name")
                            />
                            <Input
                                name="email"
                                label=users::EMAIL
                                kind="email"
                                autocomplete="username"
                                required=true
                                error=field_error(error, "email")
                            />
                        }
                    })}
                <Input
                    name="password"
                    label=users::PASSWORD
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    hint=users::PASSWORD_HINT.to_owned()
                    error=field_error(error, "password")
                />
                <Button kind=ButtonKind::Primary submit=true busy=action.pending()>
                    {users::CONTINUE}
                </Button>
            </ActionForm>
        </Sheet>
    }
}

fn patterns() -> Vec<Choice> {
    let all = ShiftPattern::ALL.iter();
    all.map(|pattern| Choice::new(pattern.as_str(), calendars::pattern(*pattern))).collect()
}

/// `/setup/2`: the first site.
#[component]
pub fn SetUpSitePage() -> impl IntoView {
    let action = ServerAction::<SetUpSite>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let zones = Resource::new_blocking(|| (), |()| time_zones());
    view! {
        <Title text=users::SITE />
        <Sheet class="sign-in">
            <Steps current=2 />
            <h1 tabindex="-1">{users::SITE}</h1>
            <p class="muted lead">{users::SITE_LEAD}</p>
            <ActionForm action attr:class="stack form">
                <ErrorSummary error />
                <Input
                    name="name"
                    label=users::SITE_NAME
                    autocomplete="organization"
                    required=true
                    error=field_error(error, "name")
                />
                <Suspense>
                    {move || Suspend::new(async move {
                        let choices = zones
                            .await
                            .unwrap_or_else(|_| vec!["UTC".to_owned()])
                            .into_iter()
                            .map(|zone| Choice::new(zone.clone(), zone.replace('_', " ")))
                            .collect();
                        view! {
                            <Select
                                name="time_zone"
                                label=users::TIME_ZONE
                                choices
                                value="UTC"
                                required=true
                                error=field_error(error, "time_zone")
                            />
                        }
                    })}
                </Suspense>
                <Select
                    name="pattern"
                    label=calendars::PATTERN
                    choices=patterns()
                    value=ShiftPattern::RoundTheClock.as_str()
                    hint=calendars::PATTERN_HINT.to_owned()
                />
                <Input
                    name="tag"
                    label=users::SITE_TAG
                    mono=true
                    required=true
                    hint=users::SITE_TAG_HINT.to_owned()
                    error=field_error(error, "tag")
                />
                <div class="row end">
                    <LinkButton kind=ButtonKind::Quiet href="/">{users::LATER}</LinkButton>
                    <Button kind=ButtonKind::Primary submit=true busy=action.pending()>
                        {users::SAVE}
                    </Button>
                </div>
            </ActionForm>
        </Sheet>
    }
}
