use chrono::Datelike;
use domain::ids::AssetId;
use domain::views::calendars::{Band, DayView, WeekView};
use leptos::prelude::*;

use crate::strings::calendars as texts;
use crate::ui::{Column, LinkButton, Panel, Query, Table};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// "Mon 15 Jun"
fn name(day: &DayView) -> String {
    let weekday = texts::WEEKDAYS[day.date.weekday().num_days_from_monday() as usize].1;
    format!("{weekday} {} {}", day.date.day(), MONTHS[day.date.month0() as usize])
}

/// A week, one line a day; a day of 23 or 25 hours is shorter or longer than the others.
#[component]
pub(super) fn Week(week: WeekView, site: AssetId) -> impl IntoView {
    let to = move |date: chrono::NaiveDate| {
        Query::of(format!("/assets/{site}/calendar")).with("week", &date.to_string()).href()
    };
    let (previous, next) = (to(week.previous), to(week.next));
    let today = format!("/assets/{site}/calendar");
    let note = texts::produces(week.production_minutes);
    let longest = week.days.iter().map(|day| day.minutes).max().unwrap_or(1440).max(1);
    let days = week.days.clone();
    view! {
        <Panel
            id="week"
            title=texts::WEEK
            note=note
            aside=ViewFn::from(move || {
                view! {
                    <span class="row">
                        <LinkButton href=previous.clone() icon="right" icon_only=true attr:data-flip="">
                            {texts::PREVIOUS}
                        </LinkButton>
                        <LinkButton href=today.clone()>{texts::TODAY}</LinkButton>
                        <LinkButton href=next.clone() icon="right" icon_only=true>
                            {texts::NEXT}
                        </LinkButton>
                    </span>
                }
            })
        >
            <div class="body">
                <ol class="week">
                    {week.days.into_iter().map(|day| view! { <Day day longest /> }).collect_view()}
                </ol>
                <ul class="legend-row sm muted">
                    <li><span class="cal-key" data-is="production"></span>{texts::PRODUCTION}</li>
                    <li><span class="cal-key" data-is="shift"></span>{texts::SHIFTS}</li>
                    <li><span class="cal-key" data-is="shutdown"></span>{texts::SHUTDOWN}</li>
                    <li><span class="cal-key" data-is="batch"></span>{texts::BATCH}</li>
                    <li><span class="cal-key" data-is="now"></span>{texts::NOW}</li>
                </ul>
                <details class="as-table">
                    <summary>{texts::AS_TABLE}</summary>
                    <AsTable days />
                </details>
            </div>
        </Panel>
    }
    .into_any()
}

fn share(minutes: i32, of: i32) -> String {
    format!("{:.3}%", f64::from(minutes) / f64::from(of) * 100.0)
}

#[component]
fn Day(day: DayView, longest: i32) -> impl IntoView {
    let at = move |minute| share(minute, longest);
    let title = name(&day);
    let sentence = texts::day(&title, &day);
    let odd = texts::length(day.minutes);
    let ticks = day
        .ticks
        .iter()
        .map(|(minute, hour)| {
            view! {
                <line class="tick" x1=at(*minute) x2=at(*minute) y1="14" y2="58" />
                <text class="hour" x=at(*minute) y="10">{hour.clone()}</text>
            }
        })
        .collect_view();
    let shifts = day.shifts.iter().map(|b| band(b, "shift", 17, 22, longest)).collect_view();
    let runs = day.production.iter().map(|b| band(b, "production", 43, 10, longest)).collect_view();
    let stops = day.shutdowns.iter().map(|b| band(b, "shutdown", 17, 36, longest)).collect_view();
    let mark = move |minute: i32, is: &'static str| {
        view! { <line class="mark" data-is=is x1=at(minute) x2=at(minute) y1="14" y2="58" /> }
    };
    let batch = day.batch.as_ref().map(|(minute, _)| mark(*minute, "batch"));
    let now = day.now.map(|minute| mark(minute, "now"));
    view! {
        <li data-minutes=day.minutes.to_string() data-holiday=day.holiday.then_some("")>
            <div class="day">
                <b>{title}</b>
                {day.holiday.then(|| view! { <span class="tag">{texts::HOLIDAY}</span> })}
                {odd.map(|text| view! { <span class="sub">{text}</span> })}
            </div>
            <svg class="hours" role="img" aria-label=sentence>
                <rect class="ground" x="0" y="14" width=at(day.minutes) height="44" />
                {ticks}
                {runs}
                {shifts}
                {stops}
                {batch}
                {now}
            </svg>
        </li>
    }
    .into_any()
}

/// A stretch with its name; the inner drawing cuts the name where the stretch ends.
fn band(band: &Band, is: &'static str, y: i32, height: i32, longest: i32) -> AnyView {
    let quiet = (is == "shift" && !band.production).then_some("");
    view! {
        <svg
            class="band"
            data-is=is
            data-quiet=quiet
            x=share(band.from, longest)
            y=y.to_string()
            width=share(band.until - band.from, longest)
            height=height.to_string()
        >
            <rect x="0" y="0" width="100%" height="100%" />
            <text x="6" y="15">{band.name.clone()}</text>
        </svg>
    }
    .into_any()
}

#[component]
fn AsTable(days: Vec<DayView>) -> impl IntoView {
    let columns = vec![
        Column::text(texts::DAY),
        Column::text(texts::PRODUCTION),
        Column::text(texts::SHIFTS),
        Column::text(texts::SHUTDOWN),
    ];
    let list = |bands: &[Band]| {
        let words: Vec<String> = bands.iter().map(texts::band).collect();
        if words.is_empty() { texts::NONE.to_owned() } else { words.join("; ") }
    };
    let rows = days
        .iter()
        .map(|day| {
            let odd = texts::length(day.minutes);
            view! {
                <tr>
                    <th scope="row">
                        {name(day)}
                        {day.holiday.then(|| view! { <span class="sub">{texts::HOLIDAY}</span> })}
                        {odd.map(|text| view! { <span class="sub">{text}</span> })}
                    </th>
                    <td>{list(&day.production)}</td>
                    <td>{list(&day.shifts)}</td>
                    <td>{list(&day.shutdowns)}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption=texts::WEEK hide_caption=true columns>{rows}</Table> }.into_any()
}
