//! Why somebody can, or can't, do something somewhere.

use domain::asset::AssetKey;
use domain::ids::UserId;
use domain::views::users::{Reason, RoleName, SiteName, UserState, Why, WhyAsk};
use store::ScopedTx;
use store::users as table;

use super::show::site_of;
use crate::Error;

/// Answers from the same rows that every request asks.
///
/// # Errors
/// [`Error::NotFound`] for a person the caller does not see.
pub(super) async fn why(tx: &mut ScopedTx, asked: WhyAsk) -> Result<Why, Error> {
    let person = table::person(tx, asked.person).await?.ok_or(Error::NotFound)?;
    let state: UserState =
        person.status.parse().map_err(|e| store::Error::corrupt("app_user", e))?;
    let mut reasons = vec![Reason::Account(state)];
    let mut site: Option<SiteName> = None;
    let on = asked.on.as_deref().map(str::trim).filter(|tag| !tag.is_empty());
    if let Some(tag) = on {
        let key = AssetKey::normalise(tag).ok();
        let found = match &key {
            Some(key) => table::site_of_tag(tx, key.as_str()).await?,
            None => None,
        };
        match found {
            Some((id, name)) => site = Some(SiteName { id, name }),
            None => reasons.push(Reason::UnknownObject(tag.to_owned())),
        }
    }
    let rows = table::given(tx, &[UserId(person.id).0]).await?;
    if rows.is_empty() {
        reasons.push(Reason::NoRole);
    }
    for row in rows {
        let at = site_of(&row);
        let covers = match (&at, &site) {
            (None, _) | (_, None) => true,
            (Some(at), Some(site)) => at.id == site.id,
        };
        reasons.push(Reason::Role {
            allows: row.permissions()?.contains(&asked.permission),
            role: RoleName { role: row.role()?, name: row.custom_name.clone() },
            site: at,
            covers,
            ended: row.expires_at.filter(|_| row.ended),
        });
    }
    let known = on.is_none() || site.is_some();
    let allowed = reasons.iter().any(|r| matches!(r, Reason::Role { .. }) && r.holds());
    let yes = state == UserState::Active && known && allowed;
    Ok(Why { person: person.name, site, yes, reasons, asked })
}
