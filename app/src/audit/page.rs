use domain::ids::AuditId;
use domain::views::audit::{AuditAsk, AuditPage as Page};
use leptos::prelude::*;

use super::bar::{Bar, Exports};
use super::facets::Facets;
use super::load_audit;
use super::row::Rows;
use crate::frame::Zone;
use crate::strings::audit as texts;
use crate::ui::time::written;
use crate::ui::{Empty, Level, Loaded, Notice, PageHead, Pager, Query, TimeStyle};

fn ask_of(query: &Query, zone: &str) -> AuditAsk {
    AuditAsk {
        q: query.get("q").unwrap_or_default().to_owned(),
        after: query.get("after").map(str::to_owned),
        open: query.get("open").and_then(|id| id.parse().ok()).map(AuditId),
        zone: zone.to_owned(),
    }
}

/// `/audit?q=&open=&after=`
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = Query::current();
    let zone = Zone::current();
    let page = Resource::new(move || query.with(|q| ask_of(q, &zone)), load_audit);
    view! {
        <PageHead title=texts::TITLE>
            <Exports />
        </PageHead>
        <Bar page />
        <Loaded resource=page rows=14 view=|page| view! { <Log page /> } />
    }
    .into_any()
}

/// The range and what was found in it.
pub(super) fn found(page: &Page) -> String {
    format!("{}, {}", range(page), texts::events(page.total, page.more))
}

/// The range in words.
fn range(page: &Page) -> String {
    if page.usual_range {
        return texts::USUAL.to_owned();
    }
    let zone = Zone::current();
    let from = written(page.from, &zone, TimeStyle::Absolute);
    let until = page.until.map(|at| written(at, &zone, TimeStyle::Absolute));
    texts::range(&from, until.as_deref())
}

#[component]
fn Log(page: Page) -> impl IntoView {
    let query = Query::current().get_untracked();
    let range = range(&page);
    let ignored = (!page.ignored.is_empty()).then(|| {
        let said = texts::ignored(&page.ignored);
        view! {
            <div class="once">
                <Notice level=Level::Medium><p>{said}</p></Notice>
            </div>
        }
    });
    let (facets, next, total, more) =
        (page.facets.clone(), page.next.clone(), page.total, page.more);
    let rows = if page.items.is_empty() {
        view! {
            <Empty icon="audit" title=texts::NOTHING><p>{texts::nothing(&range)}</p></Empty>
        }
        .into_any()
    } else {
        let query = query.without("open");
        view! {
            <Rows page />
            <Pager query next total=Some(total) more />
        }
        .into_any()
    };
    view! {
        {ignored}
        <div class="cols" data-cols="audit">
            <Facets facets />
            <section class="panel audit">{rows}</section>
        </div>
    }
    .into_any()
}
