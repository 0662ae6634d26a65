//! Where the frame's data comes from.

use domain::alert::AlertState;
use domain::asset::AssetKind;
use domain::ids::{NoticeId, SiteId};
use domain::permission::Permission;
use domain::views::users::Violation;
use services::assets::AssetQuery;
use services::{Caller, assets, notices};

use super::{Badges, FrameData, Me, NoticeItem, SiteChoice};
use crate::context::ssr::{AppContext, cookie, server_ctx, working_site};
use crate::error::AppError;
use crate::ui::Level;

/// Sites in the site menu, at most.
const SITES: i64 = 500;

/// Everything for the first paint.
pub(super) async fn frame() -> Result<FrameData, AppError> {
    let ctx = server_ctx()?;
    let (theme, density) = (cookie("mw_theme"), cookie("mw_density"));
    let (letters, wanted) = (cookie("mw_letters"), working_site());
    let caller = ctx.caller()?;
    let sites = sites(&ctx, caller).await?;
    let badges = badges(&ctx, caller).await?;
    let may = |permission: &Permission| caller.may(*permission);
    Ok(FrameData {
        me: Me {
            id: caller.user()?,
            name: caller.name.clone(),
            initials: initials(&caller.name),
            permissions: Permission::ALL.iter().copied().filter(may).collect(),
        },
        site: wanted.filter(|site| sites.iter().any(|s| s.id == *site)),
        sites,
        letters: letters.as_deref() != Some("off"),
        theme: theme.filter(|t| t != "system").unwrap_or_default(),
        density: density.unwrap_or_else(|| "compact".to_owned()),
        badges,
    })
}

async fn sites(ctx: &AppContext, caller: &Caller) -> Result<Vec<SiteChoice>, AppError> {
    let mut tx = ctx.services.begin(caller, Permission::View).await?;
    let query =
        AssetQuery { kind: Some(AssetKind::Site), limit: Some(SITES), ..Default::default() };
    let page = assets::list(&mut tx, query).await?;
    Ok(page
        .items
        .into_iter()
        .map(|asset| SiteChoice {
            id: SiteId(asset.id.0),
            name: asset.name,
            zone: asset.time_zone.unwrap_or_else(|| "UTC".to_owned()),
        })
        .collect())
}

/// Reviews the person may decide, and their unread notices.
pub(super) async fn badges(ctx: &AppContext, caller: &Caller) -> Result<Badges, AppError> {
    let review = if caller.may(Permission::ReviewDecide) {
        let mut tx = ctx.services.begin(caller, Permission::ReviewDecide).await?;
        let filter = store::alerts::AlertFilter {
            states: vec![AlertState::WaitingReview.as_str().to_owned()],
            ..Default::default()
        };
        store::alerts::count(&mut tx, &filter).await?
    } else {
        0
    };
    let mut tx = ctx.services.begin(caller, Permission::View).await?;
    let notices = notices::unread(&mut tx, caller).await?;
    let item = |notice: store::notices::Notice| NoticeItem {
        id: NoticeId(notice.id),
        level: level(&notice.kind),
        text: notice.title,
        href: notice.link,
        at: notice.created_at,
    };
    let violations = if caller.may(Permission::Administer) {
        let found = store::self_check::violations(&mut tx).await?.into_iter();
        found.map(|v| Violation { rule: v.rule, count: v.count, since: v.since }).collect()
    } else {
        Vec::new()
    };
    Ok(Badges { review, notices: notices.into_iter().map(item).collect(), violations })
}

/// How urgent a kind of notice is.
fn level(kind: &str) -> Level {
    match kind {
        "delivery_failed" => Level::High,
        "review_overdue" | "delivery_late" => Level::Medium,
        _ => Level::Low,
    }
}

/// "DK" for Dana Kowalski.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let (first, last) = (words.next(), words.next_back());
    let letters = [first, last].into_iter().flatten().filter_map(|word| word.chars().next());
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_first_and_last_name() {
        assert_eq!(initials("Dana Kowalski"), "DK");
        assert_eq!(initials("Dana van der Berg"), "DB");
        assert_eq!(initials("dana@example.com"), "D");
        assert_eq!(initials(""), "");
    }
}
