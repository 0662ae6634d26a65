use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::sheet::Sheet;
use crate::codec::Answer;
use crate::error::AppError;
use crate::strings::users;
use crate::ui::{Button, ButtonKind, Check, ErrorSummary, Hidden, Input, field_error};

/// Checks a password, makes a session and goes to `next`.
///
/// # Errors
/// One message for an unknown person and a wrong password; minutes to wait after too many tries.
#[server(prefix = "/ui", endpoint = "users/sign-in", output = Answer)]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
    #[server(default)] tablet: bool,
) -> Result<(), AppError> {
    use services::users::{SignIn, SignInInput};

    use super::session::ssr::{begin, session};
    use crate::context::ssr::{fail, server_ctx};
    use crate::error::Code;
    let (ctx, session) = (server_ctx()?, session()?);
    let input = SignInInput { email, password: password.into(), address: ctx.address.clone() };
    match services::users::sign_in(&ctx.services, &input).await? {
        SignIn::Done { user, rights_version } => {
            begin(&session, user, rights_version, tablet).await?;
            leptos_axum::redirect(crate::ui::query::local(&next));
            Ok(())
        }
        SignIn::Wrong => Err(fail(AppError::new(Code::Invalid, users::WRONG))),
        SignIn::Locked { secs } => Err(fail(AppError::new(Code::TooMany, users::locked(secs)))),
    }
}

/// `/sign-in?next=`
#[component]
pub fn SignInPage() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let query = use_query_map();
    let next = query.read_untracked().get("next").unwrap_or_default();
    view! {
        <Title text=users::SIGN_IN />
        <Sheet class="sign-in">
            <h1 tabindex="-1">{users::SIGN_IN}</h1>
            <p class="muted lead">{users::SIGN_IN_LEAD}</p>
            <ActionForm action attr:class="stack form">
                <ErrorSummary error />
                <Hidden name="next" value=next />
                <Input
                    name="email"
                    label=users::EMAIL
                    kind="email"
                    autocomplete="username"
                    required=true
                    error=field_error(error, "email")
                />
                <Input
                    name="password"
                    label=users::PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    error=field_error(error, "password")
                />
                <Check name="tablet" label=users::TABLET />
                <Button kind=ButtonKind::Primary submit=true busy=action.pending() busy_text=users::SIGNING_IN>
                    {users::SIGN_IN}
                </Button>
                <p class="sm muted">{users::FORGOTTEN}</p>
            </ActionForm>
        </Sheet>
    }
}
