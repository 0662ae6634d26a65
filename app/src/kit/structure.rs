use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::ui::{
    Actor, Column, Fact, Facts, Level, Pager, Panel, Query, Says, Seg, Sev, Tab, Table, Tabs, Time,
    TimeStyle, Timeline, TimelineItem,
};

/// A Thursday in June: samples do not age.
fn then() -> DateTime<Utc> {
    DateTime::from_timestamp(1_781_773_920, 0).unwrap_or_default()
}

/// Tables, tabs, facts, timelines.
#[component]
pub(super) fn Structure() -> impl IntoView {
    let columns = vec![
        Column::text("Severity"),
        Column::text("Asset").sorted_by("asset"),
        Column::number("Hours"),
    ];
    let rows =
        [(Level::Critical, "MC-3004-AX-Z", "60"), (Level::Low, "MC-3001-ATC", "1\u{202f}248")]
            .map(|(level, tag, hours)| {
                view! {
                    <tr>
                        <td><Sev level /></td>
                        <th scope="row">{tag}<span class="sub">"Line 1"</span></th>
                        <td class="num">{hours}</td>
                    </tr>
                }
            })
            .collect_view();
    let tab = |label: &str, current| Tab::new("#structure", label, current);
    let tabs = vec![tab("Waiting", true).count(4), tab("Handled", false)];
    let ranges = vec![tab("24 h", false), tab("7 d", false), tab("30 d", true)];
    let query = Query::of("/ui").with("after", "20");
    let styles = [
        TimeStyle::Relative,
        TimeStyle::Absolute,
        TimeStyle::Clock,
        TimeStyle::Day,
        TimeStyle::Full,
    ];
    let times = styles.map(|style| view! { <Time at=then() style /> " · " }).collect_view();
    view! {
        <Panel id="structure" title="Structure" note="tables, tabs, facts, time">
            <div class="body stack">
                <Tabs label="Parts" tabs />
                <p class="row"><Seg label="Range" choices=ranges /></p>
                <Facts>
                    <Fact label="Confidence">"0.78"</Fact>
                    <Fact label="Remaining life">"18 d "<small>"14 to 23"</small></Fact>
                    <Fact label="State"><Says level=Level::Ok>"Healthy"</Says></Fact>
                </Facts>
                <p>{times}</p>
            </div>
            <Table caption="Two machines" columns>{rows}</Table>
            <Pager query next=Some("40".to_owned()) total=Some(1_240) />
            <Timeline>
                <TimelineItem at=then() actor=Actor::Machine by="spindle-ensemble 4.2">"Predicted"</TimelineItem>
                <TimelineItem at=then() actor=Actor::Person by="Dana Kowalski">"Approved"</TimelineItem>
                <TimelineItem at=then() actor=Actor::Result(Level::Ok)>"Confirmed"</TimelineItem>
                <TimelineItem at=then() actor=Actor::Next>"Closure"</TimelineItem>
            </Timeline>
        </Panel>
    }
    .into_any()
}
