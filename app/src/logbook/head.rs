use domain::views::logbook::{Desk, Shift};
use leptos::prelude::*;

use crate::strings::logbook as texts;
use crate::ui::time::written;
use crate::ui::{Button, ExportLink, Icon, PageHead, Query, Seg, Tab, TimeStyle};

/// "Day shift, Thu 18 Jun, 06:00 to 14:00".
fn line(shift: &Shift, zone: &str) -> String {
    let at = |at| (written(at, zone, TimeStyle::Day), written(at, zone, TimeStyle::Clock));
    let ((day, from), (last, until)) = (at(shift.from), at(shift.until));
    if (shift.until - shift.from).num_hours() > 24 {
        texts::long_line(shift, (&day, &from), (&last, &until))
    } else {
        texts::shift_line(shift, &day, &from, &until)
    }
}

/// Which shift it is, and the way to others.
#[component]
pub(super) fn Head(
    /// The shift and those before it.
    desk: Desk,
) -> impl IntoView {
    let query = Query::current();
    let zone = desk.time_zone.clone();
    let site = desk.sites.iter().find(|site| site.id == desk.site_id);
    let place = site.map(|site| site.name.clone()).unwrap_or_default();
    let meta = format!("{}. {place}", line(&desk.shift, &zone));
    let shown = desk.shift.key.clone();
    let site = desk.site_id.to_string();
    let shifts: Vec<_> = desk
        .shifts
        .iter()
        .map(|shift| {
            let href = Query::of("/logbook").with("site", &site);
            let href = if shift.current { href } else { href.with("shift", &shift.key) };
            let here = (shift.key == shown).then_some("page");
            view! {
                <li>
                    <a href=href.href() aria-current=here>
                        {line(shift, &zone)}
                        {shift.current.then(|| view! { <span class="tag">{texts::UNDER_WAY}</span> })}
                    </a>
                </li>
            }
        })
        .collect();
    let (id, sites) = (desk.site_id, desk.sites);
    let several = sites.len() > 1;
    let choices = Signal::derive(move || {
        let tab = |site: &domain::views::logbook::SiteName| {
            let href = query.with(|q| {
                let q = q.without("shift").without("asset").without("correct").without("raise");
                q.with("site", &site.id.to_string()).href()
            });
            Tab::new(href, site.name.clone(), site.id == id)
        };
        sites.iter().map(tab).collect::<Vec<_>>()
    });
    view! {
        <PageHead title=texts::TITLE meta>
            <span class="desk-only">
                <Button icon="print" on:click=move |_| drop(window().print())>{texts::PRINT}</Button>
            </span>
            <span class="desk-only"><ExportLink list="logbook" /></span>
            <button class="btn" type="button" popovertarget="shifts">
                <Icon name="calendar" />
                <span class="btn-t">{texts::SHIFTS}</span>
            </button>
        </PageHead>
        <div class="dialog shifts" popover="auto" id="shifts" role="dialog" aria-labelledby="shifts-h">
            <h2 id="shifts-h">{texts::SHIFTS}</h2>
            <ul>{shifts}</ul>
        </div>
        {several.then(|| view! { <div class="sites"><Seg label=texts::SITES choices /></div> })}
    }
}
