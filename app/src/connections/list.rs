use std::time::Duration;

use domain::views::connections::{ConnectionRow, Health, System};
use leptos::prelude::*;

use super::hours::Hours;
use super::systems::cards;
use super::{level, load_connections};
use crate::browser::{every, minute};
use crate::frame::Zone;
use crate::strings::connections as texts;
use crate::ui::time::written;
use crate::ui::{
    ButtonKind, Column, Empty, LinkButton, Loaded, PageHead, Panel, Says, Table, Tag, Time,
    TimeStyle, format,
};

/// How often the list is asked for: no event announces a circuit.
const STEP: Duration = Duration::from_secs(10);

/// `/connections`
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let turns = every(STEP);
    let list = Resource::new(move || turns.get(), |_| load_connections());
    view! {
        <Loaded resource=list rows=8 view=|(rows, systems)| view! { <All rows systems /> } />
    }
    .into_any()
}

#[component]
fn All(rows: Vec<ConnectionRow>, systems: Option<Vec<System>>) -> impl IntoView {
    let healthy = rows.iter().filter(|row| row.health == Health::Healthy).count();
    let meta = texts::counted(rows.len(), healthy);
    let columns = vec![
        Column::text(texts::NAME),
        Column::text(texts::HEALTH),
        Column::text(texts::CIRCUIT),
        Column::number(texts::WAITING),
        Column::number(texts::LAST_OK),
        Column::text(texts::DAY),
        Column::number(texts::ERRORS),
        Column::text(texts::SITES),
    ];
    let lines = rows.into_iter().map(line).collect_view();
    view! {
        <PageHead title=texts::TITLE meta>
            <LinkButton kind=ButtonKind::Primary icon="plus" key="n" href="/connections/new">
                {texts::ADD}
            </LinkButton>
        </PageHead>
        <div class="stack">
            <section class="panel" aria-label=texts::TITLE>
                <Table caption=texts::CAPTION hide_caption=true columns class="con">
                    {lines}
                </Table>
            </section>
            {systems
                .map(|systems| {
                    view! {
                        <Panel id="first" title=texts::WHICH>
                            <Empty icon="plug" title=texts::NONE>
                                <p>{texts::NONE_HINT}</p>
                            </Empty>
                            {cards(systems)}
                        </Panel>
                    }
                })}
        </div>
    }
    .into_any()
}

fn line(row: ConnectionRow) -> AnyView {
    let href = format!("/connections/{}", row.id);
    let level = level(row.health);
    let zone = Zone::current();
    let until = row.open_until.map(|at| written(at, &zone, TimeStyle::Clock));
    let circuit = texts::circuit(row.circuit, until.as_deref());
    let failed: i64 = row.hours.iter().map(|hour| hour.failed).sum();
    let sites = row.sites.iter().map(|site| site.name.clone()).collect::<Vec<_>>().join(", ");
    let system = if row.system == "book" { texts::BUILT_IN.to_owned() } else { row.system_name };
    let (backlog, oldest) = (row.backlog, row.oldest_waiting);
    let now = minute();
    let waiting = move || {
        let age = now.get().zip(oldest).map(|(now, since)| (now - since).num_minutes().max(0));
        texts::waiting(backlog, age)
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{row.name}</a>
                {(row.state == "shadow").then(|| view! { " " <Tag>{texts::SHADOW}</Tag> })}
                <span class="sub">{system}</span>
            </th>
            <td>
                <Says level>{texts::health(row.health)}</Says>
                {row.why.map(|why| view! { <span class="sub why">{why}</span> })}
            </td>
            <td class="nowrap">{circuit}</td>
            <td class="num">{waiting}</td>
            <td class="num">
                {match row.last_ok_at {
                    Some(at) => view! { <Time at /> }.into_any(),
                    None => view! { <span class="muted">{texts::NEVER}</span> }.into_any(),
                }}
            </td>
            <td><Hours hours=row.hours /></td>
            <td class="num">{format::integer(failed)}</td>
            <td>{sites}</td>
        </tr>
    }
    .into_any()
}
