//! What the frame knows: who is signed in, which sites there are, what waits.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::{NoticeId, SiteId, UserId};
use domain::permission::Permission;
use domain::views::users::Violation;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::codec::Answer;
use crate::error::AppError;
use crate::ui::Level;

/// The person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Their id.
    pub id: UserId,
    /// "Dana Kowalski".
    pub name: String,
    /// "DK".
    pub initials: String,
    /// What they may do at one site at least. The server checks again, per site.
    pub permissions: Vec<Permission>,
}

/// A site the person may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteChoice {
    /// Its id.
    pub id: SiteId,
    /// "Rockford, Plant 2".
    pub name: String,
    /// IANA name of its zone.
    pub zone: String,
}

/// An unread notice for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeItem {
    /// Its id.
    pub id: NoticeId,
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// When it came.
    pub at: DateTime<Utc>,
    /// How urgent it is.
    pub level: Level,
}

/// What changes while a page stays open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badges {
    /// Review items waiting.
    pub review: i64,
    /// Unread notices, newest first.
    pub notices: Vec<NoticeItem>,
    /// Rules of the program's own that do not hold; for administrators.
    pub violations: Vec<Violation>,
}

/// Everything the frame needs for its first paint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameData {
    /// Who is signed in.
    pub me: Me,
    /// Sites they may see.
    pub sites: Vec<SiteChoice>,
    /// The site they work at; none shows all.
    pub site: Option<SiteId>,
    /// Shortcuts of one letter are on.
    pub letters: bool,
    /// Chosen theme: `light`, `dark`, or empty for that of the device.
    pub theme: String,
    /// Chosen density: `compact` or `comfortable`.
    pub density: String,
    /// What waits.
    pub badges: Badges,
}

impl FrameData {
    /// Whether the person may do something at one site at least: decides what is shown, never
    /// what is allowed.
    pub fn may(&self, permission: Permission) -> bool {
        self.me.permissions.contains(&permission)
    }

    /// IANA name of the zone in which times are shown: that of the chosen site, or the one all
    /// sites share.
    pub fn zone(&self) -> String {
        let chosen = self.sites.iter().find(|site| Some(site.id) == self.site);
        let first = self.sites.first();
        let shared = first.filter(|first| self.sites.iter().all(|site| site.zone == first.zone));
        chosen.or(shared).map_or_else(|| "UTC".to_owned(), |site| site.zone.clone())
    }
}

/// The frame's data on every page inside it.
///
/// # Panics
/// Outside the frame.
pub fn use_frame() -> Arc<FrameData> {
    expect_context()
}

/// IANA name of the zone in which times of this page are shown.
#[derive(Debug, Clone)]
pub struct Zone(pub String);

impl Zone {
    /// The zone provided around here, or UTC.
    pub fn current() -> String {
        use_context::<Self>().map_or_else(|| "UTC".to_owned(), |zone| zone.0)
    }
}

/// Who is signed in, their sites and what waits for them.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/ui", endpoint = "frame/load", output = Answer)]
pub async fn load_frame() -> Result<FrameData, AppError> {
    super::load::frame().await
}

/// Marks the notices up to `last` as read and goes back to `next`.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/ui", endpoint = "frame/notices-read", output = Answer)]
pub async fn mark_notices_read(
    /// The newest notice that was shown.
    last: NoticeId,
    /// The page to come back to.
    next: String,
) -> Result<(), AppError> {
    use domain::permission::Permission;
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::View).await?;
    services::notices::mark_read(&mut tx, ctx.caller()?, last.0).await?;
    tx.commit().await?;
    leptos_axum::redirect(crate::ui::query::local(&next));
    Ok(())
}

/// What waits for the person now.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/ui", endpoint = "frame/badges", output = Answer)]
pub async fn load_badges() -> Result<Badges, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    super::load::badges(&ctx, ctx.caller()?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(site: Option<i64>, zones: &[&str]) -> FrameData {
        FrameData {
            me: Me {
                id: UserId(1),
                name: "Dana Kowalski".into(),
                initials: "DK".into(),
                permissions: vec![Permission::View],
            },
            sites: (1..)
                .zip(zones)
                .map(|(id, zone)| SiteChoice {
                    id: SiteId(id),
                    name: format!("Site {id}"),
                    zone: (*zone).to_owned(),
                })
                .collect(),
            site: site.map(SiteId),
            letters: true,
            theme: String::new(),
            density: "compact".into(),
            badges: Badges::default(),
        }
    }

    #[test]
    fn times_are_those_of_the_chosen_site() {
        let zones = ["America/Chicago", "Europe/Berlin"];
        assert_eq!(frame(Some(2), &zones).zone(), "Europe/Berlin");
    }

    #[test]
    fn without_a_chosen_site_times_need_one_shared_zone() {
        assert_eq!(frame(None, &["Europe/Berlin", "Europe/Berlin"]).zone(), "Europe/Berlin");
        assert_eq!(frame(None, &["America/Chicago", "Europe/Berlin"]).zone(), "UTC");
        assert_eq!(frame(None, &[]).zone(), "UTC");
    }

    #[test]
    fn a_right_that_was_not_given_is_not_there() {
        assert!(frame(None, &[]).may(Permission::View));
        assert!(!frame(None, &[]).may(Permission::Administer));
    }
}
