use domain::views::alerts::AlertRow;
use leptos::prelude::*;

use super::did::{did, level};
use crate::strings::{alerts as texts, common};
use crate::ui::{Conf, Plate, Query, Says, Sev, Tag, Time, format};

/// Address of an alert that keeps the filter of the list.
pub(super) fn href(row: &AlertRow) -> String {
    let query = Query::current().get_untracked().without("after");
    let filter = query.href();
    match filter.split_once('?') {
        Some((_, filter)) => format!("/alerts/{}?{filter}", row.id),
        None => format!("/alerts/{}", row.id),
    }
}

/// Where an asset is: its path without itself.
pub(super) fn place(path: &str) -> String {
    path.rsplit_once(" / ").map_or(path, |(above, _)| above).to_owned()
}

/// What the rules did, with a mark where it needs a look.
#[component]
pub(crate) fn Did(row: AlertRow) -> impl IntoView {
    let text = did(&row);
    let capped = row.note.as_deref() == Some(texts::CAP);
    view! {
        {match level(&row) {
            Some(level) => view! { <Says level>{text}</Says> }.into_any(),
            None => view! { <span>{text}</span> }.into_any(),
        }}
        {capped
            .then(|| view! { " " <span title=texts::CAP_HINT><Tag>{texts::CAP}</Tag></span> })}
    }
    .into_any()
}

/// One alert in the table.
#[component]
pub(super) fn Line(row: AlertRow) -> impl IntoView {
    let href = href(&row);
    let repeats = (row.predictions > 1).then(|| texts::repeats(row.predictions));
    view! {
        <tr>
            <td><Sev level=row.severity /></td>
            <th scope="row">
                <Plate tag=row.asset.tag.clone() />
                <span class="sub">{place(&row.asset.path)}</span>
            </th>
            <td>
                <a href=href data-item="">{row.failure_mode_name.clone()}</a>
                {repeats.map(|text| view! { <span class="sub">{text}</span> })}
            </td>
            <td class="num">{confidence(&row)}</td>
            <td class="num">{life(&row)}</td>
            <td><Time at=row.first_seen zone=row.asset.time_zone.clone() /></td>
            <td><Did row=row.clone() /></td>
        </tr>
    }
    .into_any()
}

/// One alert on a narrow screen.
#[component]
pub(crate) fn Card(row: AlertRow) -> impl IntoView {
    let href = href(&row);
    let repeats = (row.predictions > 1).then(|| texts::repeats(row.predictions));
    view! {
        <li>
            <a href=href>
                <span class="row" data-fit="">
                    <Plate tag=row.asset.tag.clone() />
                    <span class="push"><Sev level=row.severity /></span>
                </span>
                <span class="fm">{row.failure_mode_name.clone()}</span>
                <span class="sub">{place(&row.asset.path)}</span>
                <span class="row">
                    {confidence(&row)}
                    <span class="sm">{life(&row)}</span>
                    {repeats.map(|text| view! { <span class="sm muted">{text}</span> })}
                </span>
                <span class="row sm">
                    <Did row=row.clone() />
                    <span class="push muted"><Time at=row.first_seen zone=row.asset.time_zone.clone() /></span>
                </span>
            </a>
        </li>
    }
    .into_any()
}

fn confidence(row: &AlertRow) -> AnyView {
    match row.confidence {
        Some(value) => view! { <Conf value /> }.into_any(),
        None => view! { <span class="muted">{common::NO_DATA}</span> }.into_any(),
    }
}

fn life(row: &AlertRow) -> AnyView {
    match row.rul_hours {
        Some(hours) => format::life(hours.max(0.0)).into_any(),
        None => view! { <span class="muted">{texts::NOT_GIVEN}</span> }.into_any(),
    }
}
