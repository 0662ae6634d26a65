//! What the pages of administration share: tabs, the start, choices of forms.

use chrono::{DateTime, TimeDelta, Utc};
use domain::permission::Permission;
use domain::views::users::{RoleName, SiteName, Violation};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

use crate::codec::Answer;
use crate::error::AppError;
use crate::frame::use_frame;
use crate::strings::people as texts;
use crate::ui::{
    Choice, Column, Empty, Loaded, PageHead, Query, Tab, Table, Tabs, Time, TimeStyle,
};

/// The pages of administration, as far as the person may see them.
#[component]
pub(super) fn AdminTabs() -> impl IntoView {
    let frame = use_frame();
    let path = use_location().pathname;
    let pages = [
        ("/admin/users", texts::USERS, Permission::Administer),
        ("/admin/roles", texts::ROLES, Permission::Administer),
        ("/admin/keys", texts::KEYS, Permission::SecretManage),
        ("/admin/checks", texts::CHECKS, Permission::Administer),
    ];
    let shown: Vec<_> = pages.into_iter().filter(|(_, _, needs)| frame.may(*needs)).collect();
    let tabs = Signal::derive(move || {
        path.with(|path| {
            shown
                .iter()
                .map(|(href, label, _)| Tab::new(*href, *label, path.starts_with(href)))
                .collect()
        })
    });
    view! { <Tabs label=texts::TABS tabs /> }.into_any()
}

/// `/admin`: the first page the person may see.
#[component]
pub fn AdminPage() -> impl IntoView {
    let people = use_frame().may(Permission::Administer);
    view! { <Redirect path=if people { "/admin/users" } else { "/admin/keys" } /> }
}

/// Roles as choices of a form.
pub(super) fn role_choices(roles: Vec<RoleName>) -> Vec<Choice> {
    roles.iter().map(|role| Choice::new(role.role.to_string(), texts::role(role))).collect()
}

/// Sites as choices of a form; every site comes first where it can be given.
pub(super) fn site_choices(sites: Vec<SiteName>, everywhere: bool) -> Vec<Choice> {
    let all = everywhere.then(|| Choice::new("", texts::EVERYWHERE));
    let sites = sites.into_iter().map(|site| Choice::new(site.id.to_string(), site.name));
    all.into_iter().chain(sites).collect()
}

/// The last day of a right or a key that ends at this instant: it ends with that day.
pub(super) fn last_day(end: DateTime<Utc>) -> DateTime<Utc> {
    end - TimeDelta::seconds(1)
}

/// Rules of the program's own that do not hold.
///
/// # Errors
/// Nobody is signed in, or has no right to it.
#[server(prefix = "/ui", endpoint = "users/checks", output = Answer)]
pub async fn load_checks() -> Result<Vec<Violation>, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::Administer).await?;
    let found = store::self_check::violations(&mut tx).await?;
    tx.commit().await?;
    Ok(found
        .into_iter()
        .map(|row| Violation { rule: row.rule, count: row.count, since: row.since })
        .collect())
}

/// `/admin/checks`
#[component]
pub fn ChecksPage() -> impl IntoView {
    let query = Query::current();
    let list = Resource::new(move || query.get().href(), |_| load_checks());
    view! {
        <PageHead title=texts::CHECKS meta=texts::CHECKS_LEAD />
        <AdminTabs />
        <Loaded resource=list view=move |list| view! { <Checks list /> } />
    }
    .into_any()
}

#[component]
fn Checks(list: Vec<Violation>) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <section class="panel">
                <Empty icon="check" title=texts::CHECKS_OK>
                    <p>{texts::CHECKS_OK_HINT}</p>
                </Empty>
            </section>
        }
        .into_any();
    }
    let columns =
        vec![Column::text(texts::RULE), Column::number(texts::ROWS), Column::text(texts::SINCE)];
    view! {
        <section class="panel">
            <Table caption=texts::CHECKS hide_caption=true columns>
                {list
                    .into_iter()
                    .map(|row| {
                        view! {
                            <tr data-bad="" data-sev="critical">
                                <th scope="row">
                                    {texts::violated(&row.rule)}
                                    <code class="sub">{row.rule.clone()}</code>
                                </th>
                                <td class="num">{row.count}</td>
                                <td><Time at=row.since style=TimeStyle::Absolute /></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        </section>
    }
    .into_any()
}

/// Server-only helpers of the forms.
#[cfg(feature = "ssr")]
pub(super) mod ssr {
    use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
    use domain::ids::SiteId;
    use domain::permission::RoleRef;
    use services::users::GrantInput;

    use crate::context::ssr::fail;
    use crate::error::{AppError, FieldError};

    /// The end of a day in a zone; an empty field is no end.
    pub(crate) fn end_of(day: &str, zone: &str) -> Result<Option<DateTime<Utc>>, AppError> {
        let day = day.trim();
        if day.is_empty() {
            return Ok(None);
        }
        let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
        let next = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().and_then(|day| day.succ_opt());
        let end = next.and_then(|next| {
            let midnight = next.and_time(NaiveTime::MIN);
            (0..4).find_map(|hours| {
                zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest()
            })
        });
        match end {
            Some(end) => Ok(Some(end.to_utc())),
            None => Err(bad("until", "A day, please.")),
        }
    }

    /// The role of a form.
    pub(in crate::users) fn grant(
        role: &str,
        site: &str,
        until: &str,
        zone: &str,
    ) -> Result<GrantInput, AppError> {
        let role: RoleRef =
            role.parse().map_err(|_| bad("role", "Choose what the person may do."))?;
        let site = match site {
            "" => None,
            id => Some(id.parse::<SiteId>().map_err(|_| bad("site", "Choose a site."))?),
        };
        Ok(GrantInput { role, site, expires_at: end_of(until, zone)? })
    }

    pub(in crate::users) fn bad(field: &str, message: &str) -> AppError {
        let field = FieldError { field: field.to_owned(), message: message.to_owned() };
        fail(AppError::invalid(vec![field]))
    }
}
