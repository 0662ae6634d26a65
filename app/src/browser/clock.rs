//! The browser's clock, in steps coarse enough for "3 min ago".

use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

const STEP: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
struct Clock(RwSignal<Option<DateTime<Utc>>>);

/// Starts the one clock of the page; it first ticks after hydration.
pub(crate) fn provide_clock() {
    let clock = Clock(RwSignal::new(None));
    provide_context(clock);
    Effect::new(move |_| {
        clock.0.set(now());
        if let Ok(handle) = set_interval_with_handle(move || clock.0.set(now()), STEP) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// The instant, moving every 20 s; `None` on the server and while hydrating.
pub fn minute() -> Signal<Option<DateTime<Utc>>> {
    use_context::<Clock>().map_or_else(|| Signal::derive(|| None), |clock| clock.0.into())
}

/// Grows in even steps while the tab is visible: for what no event announces. Always 0 on the
/// server.
pub fn every(step: Duration) -> Signal<u64> {
    let turns = RwSignal::new(0_u64);
    Effect::new(move |_| {
        let turn = move || {
            if !document().hidden() {
                turns.update(|turns| *turns += 1);
            }
        };
        if let Ok(handle) = set_interval_with_handle(turn, step) {
            on_cleanup(move || handle.clear());
        }
    });
    turns.into()
}

/// The browser's instant.
pub(super) fn now() -> Option<DateTime<Utc>> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64)
}

/// Fields of an instant in a zone by the browser's own tables, and the zone's abbreviation.
#[cfg(not(feature = "ssr"))]
pub(crate) fn in_zone(at: DateTime<Utc>, zone: &str) -> Option<(chrono::NaiveDateTime, String)> {
    use wasm_bindgen::JsValue;

    let options = js_sys::Object::new();
    for (key, value) in [
        ("timeZone", zone),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "2-digit"),
        ("day", "2-digit"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
        ("timeZoneName", "short"),
    ] {
        js_sys::Reflect::set(&options, &key.into(), &value.into()).ok()?;
    }
    let locales = js_sys::Array::of1(&JsValue::from_str("en-US"));
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: js_sys::Function =
        js_sys::Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.into();
    let format =
        js_sys::Reflect::construct(&class, &js_sys::Array::of2(&locales, &options)).ok()?;
    let to_parts: js_sys::Function =
        js_sys::Reflect::get(&format, &"formatToParts".into()).ok()?.into();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
    let date = js_sys::Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
    let parts: js_sys::Array = to_parts.call1(&format, &date).ok()?.into();
    let part = |name: &str| {
        parts.iter().find_map(|part| {
            let kind = js_sys::Reflect::get(&part, &"type".into()).ok()?.as_string()?;
            (kind == name)
                .then(|| js_sys::Reflect::get(&part, &"value".into()).ok()?.as_string())?
        })
    };
    let number = |name: &str| part(name)?.parse::<u32>().ok();
    let day = chrono::NaiveDate::from_ymd_opt(
        part("year")?.parse().ok()?,
        number("month")?,
        number("day")?,
    )?;
    let fields = day.and_hms_opt(number("hour")?, number("minute")?, number("second")?)?;
    Some((fields, part("timeZoneName").unwrap_or_default()))
}
