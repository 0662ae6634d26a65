use domain::views::calendars::{
    CalendarForm, ShiftForm, ShutdownForm, SiteCalendarPage, WeeklyForm,
};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::SaveCalendar;
use super::choices::CrewList;
use super::rows::{Cell, DayCell, Place, Problem, Refusal, Tick};
use crate::strings::calendars as texts;
use crate::ui::{
    Button, ButtonKind, Choice, ErrorSummary, Hidden, Input, Panel, Select, Textarea, field_error,
};

/// The calendar as one form: saved together, every problem at its field. An empty row stands at
/// the end of each list; more come with the script.
#[component]
pub(super) fn Editor(page: SiteCalendarPage, action: ServerAction<SaveCalendar>) -> impl IntoView {
    let error: Refusal = Signal::derive(move || action.value().get().and_then(Result::err));
    let zones =
        page.zones.iter().map(|z| Choice::new(z.clone(), z.replace('_', " "))).collect::<Vec<_>>();
    let (form, site) = (page.form, page.site);
    let offered = page.crews.into_iter().filter(|crew| !crew.retired);
    let names = Signal::stored(offered.map(|crew| crew.name).collect::<Vec<_>>());
    view! {
        <Panel id="calendar" title=texts::EDIT note=texts::EDIT_HINT>
            <ActionForm action attr:class="body stack form calendar-form">
                <ErrorSummary error />
                <Hidden name="site" value=site.to_string() />
                <Hidden name="version" value=page.version.to_string() />
                <Hidden name="week" value=page.week.monday.to_string() />
                <CrewList names />
                <Basics form=form.clone() zones error />
                <Shifts rows=form.shifts error />
                <fieldset class="part">
                    <legend>{texts::HOLIDAYS}</legend>
                    <Textarea
                        name="form[holidays]"
                        id="holidays"
                        label=texts::DATES
                        value=form.holidays
                        rows=4
                        hint=texts::HOLIDAYS_HINT
                        error=field_error(error, "holidays")
                    />
                </fieldset>
                <Shutdowns rows=form.shutdowns error />
                <Weekly rows=form.weekly error />
                <div class="row end">
                    <Button
                        kind=ButtonKind::Primary
                        submit=true
                        busy=action.pending()
                        busy_text=texts::SAVING
                    >
                        {texts::SAVE}
                    </Button>
                </div>
            </ActionForm>
        </Panel>
    }
    .into_any()
}

#[component]
fn Basics(form: CalendarForm, zones: Vec<Choice>, error: Refusal) -> impl IntoView {
    let around = form.production == "round_the_clock";
    let days =
        texts::WEEKDAYS.iter().map(|(word, _, long)| Choice::new(*word, *long)).collect::<Vec<_>>();
    let radio = |value: &'static str, label: &'static str, checked: bool| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    id=if checked { "production" } else { "production-other" }
                    name="form[production]"
                    value=value
                    checked=checked
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="part">
            <legend>{texts::ZONE_AND_PRODUCTION}</legend>
            <div class="pair three">
                <Select
                    name="form[zone]"
                    id="zone"
                    label=texts::ZONE
                    choices=zones
                    value=form.zone
                    required=true
                    error=field_error(error, "zone")
                />
                <Select
                    name="form[batch_day]"
                    id="batch_day"
                    label=texts::BATCH_DAY
                    choices=days
                    value=form.batch_day
                    error=field_error(error, "batch_day")
                />
                <Input
                    name="form[batch_at]"
                    id="batch_at"
                    label=texts::AT
                    kind="time"
                    value=form.batch_at
                    required=true
                    error=field_error(error, "batch_at")
                />
            </div>
            <div class="stack" data-gap="small" role="radiogroup" aria-label=texts::RUNS>
                <p class="strong sm">{texts::RUNS}</p>
                {radio("round_the_clock", texts::ROUND_THE_CLOCK, around)}
                {radio("shifts", texts::DURING_SHIFTS, !around)}
                <Problem error field="production" />
            </div>
        </fieldset>
    }
    .into_any()
}

/// Rows that are there, one empty one, and as many more as the button has added.
fn rows_of<T, V>(rows: Vec<T>, extra: RwSignal<u32>, row: V) -> AnyView
where
    T: Clone + Default + Send + Sync + 'static,
    V: Fn(u32, T) -> AnyView + Clone + Send + Sync + 'static,
{
    let there = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let rows = StoredValue::new(rows);
    view! {
        <For
            each=move || 0..there.saturating_add(1).saturating_add(extra.get())
            key=|index| *index
            children=move |index| {
                let stored = rows.with_value(|rows| rows.get(index as usize).cloned());
                row(index, stored.unwrap_or_default())
            }
        />
    }
    .into_any()
}

fn another(extra: RwSignal<u32>, label: &'static str) -> AnyView {
    view! {
        <p>
            <Button icon="plus" on:click=move |_| extra.update(|extra| *extra += 1)>
                {label}
            </Button>
        </p>
    }
    .into_any()
}

#[component]
fn Shifts(rows: Vec<ShiftForm>, error: Refusal) -> impl IntoView {
    let extra = RwSignal::new(0);
    let row = move |index: u32, shift: ShiftForm| {
        let place = Place { list: "shifts", index, error };
        let fresh = shift == ShiftForm::default();
        let on = [shift.mon, shift.tue, shift.wed, shift.thu, shift.fri, shift.sat, shift.sun];
        let days = texts::WEEKDAYS
            .iter()
            .zip(on)
            .map(|((word, short, long), on)| {
                view! {
                    <Tick
                        place=place.clone()
                        field=*word
                        label=(*short).to_owned()
                        checked=on
                        long=*long
                    />
                }
            })
            .collect_view();
        view! {
            <li class="entry">
                <div class="entry-fields">
                    <Cell place=place.clone() field="name" label=texts::NAME value=shift.name />
                    <Cell
                        place=place.clone()
                        field="start"
                        label=texts::STARTS
                        kind="time"
                        value=shift.start
                    />
                    <Cell
                        place=place.clone()
                        field="end"
                        label=texts::ENDS
                        kind="time"
                        value=shift.end
                    />
                </div>
                <div class="row ticks" role="group" aria-label=texts::DAYS>{days}</div>
                <div class="row">
                    <Tick
                        place=place.clone()
                        field="production"
                        label=texts::COUNTS
                        checked=shift.production || fresh
                    />
                    {(!fresh)
                        .then(|| {
                            view! {
                                <Tick
                                    place=place.clone()
                                    field="remove"
                                    label=texts::REMOVE
                                    checked=false
                                />
                            }
                        })}
                </div>
            </li>
        }
        .into_any()
    };
    view! {
        <fieldset class="part">
            <legend>{texts::SHIFTS}</legend>
            <p class="hint sm muted">{texts::SHIFTS_HINT}</p>
            <Problem error field="shifts" />
            <ul class="entries">{rows_of(rows, extra, row)}</ul>
            {another(extra, texts::ADD_SHIFT)}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Shutdowns(rows: Vec<ShutdownForm>, error: Refusal) -> impl IntoView {
    let extra = RwSignal::new(0);
    let row = move |index: u32, shutdown: ShutdownForm| {
        let place = Place { list: "shutdowns", index, error };
        let fresh = shutdown == ShutdownForm::default();
        view! {
            <li class="entry">
                <div class="entry-fields">
                    <Cell place=place.clone() field="name" label=texts::NAME value=shutdown.name />
                    <Cell
                        place=place.clone()
                        field="from"
                        label=texts::FROM
                        kind="datetime-local"
                        value=shutdown.from
                    />
                    <Cell
                        place=place.clone()
                        field="until"
                        label=texts::UNTIL
                        kind="datetime-local"
                        value=shutdown.until
                    />
                    <Cell
                        place=place.clone()
                        field="crew"
                        label=texts::CREW
                        value=shutdown.crew
                        list="crews"
                    />
                </div>
                {(!fresh)
                    .then(|| {
                        view! {
                            <Tick place field="remove" label=texts::REMOVE checked=false />
                        }
                    })}
            </li>
        }
        .into_any()
    };
    view! {
        <fieldset class="part">
            <legend>{texts::SHUTDOWNS}</legend>
            <p class="hint sm muted">{texts::SHUTDOWNS_HINT}</p>
            <Problem error field="shutdowns" />
            <ul class="entries">{rows_of(rows, extra, row)}</ul>
            {another(extra, texts::ADD_SHUTDOWN)}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Weekly(rows: Vec<WeeklyForm>, error: Refusal) -> impl IntoView {
    let extra = RwSignal::new(0);
    let row = move |index: u32, weekly: WeeklyForm| {
        let place = Place { list: "weekly", index, error };
        let fresh = weekly == WeeklyForm::default();
        let or = |day: String, other: &str| if fresh { other.to_owned() } else { day };
        view! {
            <li class="entry">
                <div class="entry-fields">
                    <Cell place=place.clone() field="name" label=texts::NAME value=weekly.name />
                    <DayCell
                        place=place.clone()
                        field="from_day"
                        label=texts::FROM
                        value=or(weekly.from_day, "sat")
                    />
                    <Cell
                        place=place.clone()
                        field="from"
                        label=texts::AT
                        kind="time"
                        value=weekly.from
                    />
                    <DayCell
                        place=place.clone()
                        field="until_day"
                        label=texts::UNTIL
                        value=or(weekly.until_day, "sun")
                    />
                    <Cell
                        place=place.clone()
                        field="until"
                        label=texts::AT
                        kind="time"
                        value=weekly.until
                    />
                    <Cell
                        place=place.clone()
                        field="crew"
                        label=texts::CREW
                        value=weekly.crew
                        list="crews"
                    />
                    <Cell
                        place=place.clone()
                        field="except"
                        label=texts::EXCEPT
                        value=weekly.except
                    />
                </div>
                {(!fresh)
                    .then(|| {
                        view! {
                            <Tick place field="remove" label=texts::REMOVE checked=false />
                        }
                    })}
            </li>
        }
        .into_any()
    };
    view! {
        <fieldset class="part">
            <legend>{texts::WEEKLY}</legend>
            <Problem error field="weekly" />
            <ul class="entries">{rows_of(rows, extra, row)}</ul>
            {another(extra, texts::ADD_WEEKLY)}
        </fieldset>
    }
    .into_any()
}
