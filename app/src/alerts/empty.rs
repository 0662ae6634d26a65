use leptos::prelude::*;

use crate::strings::{alerts as texts, common};
use crate::ui::{Empty, Query};

/// A request that opens an alert.
const CURL: &str = r#"curl -sS -X POST $URL/api/v1/predictions \
  -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' \
  -d '{"event_id":"first-1","asset":"TAG","failure_mode":"spindle_bearing_fault",
       "confidence":0.82,"rul_hours":432,"observed_at":"'"$(date -Iseconds)"'",
       "model":{"name":"try","version":"1"}}'"#;

/// Instead of rows: why there are none, and what comes next.
#[component]
pub(super) fn Nothing(
    /// Alerts are open somewhere in sight.
    ever: bool,
) -> impl IntoView {
    let query = Query::current().get_untracked();
    let filtered = ["q", "asset", "sev", "state"].iter().any(|key| query.get(key).is_some());
    if filtered || ever {
        return view! {
            <section class="panel">
                <Empty icon="filter" title=texts::NO_MATCH>
                    <p><a href="/alerts">{texts::CLEAR}</a></p>
                </Empty>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel">
            <Empty icon="check" title=texts::NONE_ACTIVE>
                <p><a href="/alerts?state=closed">{texts::SHOW_CLOSED}</a></p>
            </Empty>
            <div class="body intake">
                <p><b>{texts::INTAKE}</b>" "{texts::INTAKE_HINT}</p>
                <Intake />
            </div>
        </section>
    }
    .into_any()
}

/// The request, with the address of this installation once the script runs, and a way to copy it.
#[component]
fn Intake() -> impl IntoView {
    let origin = RwSignal::new("$URL".to_owned());
    let copied = RwSignal::new(false);
    Effect::new(move |_| {
        if let Ok(here) = window().location().origin() {
            origin.set(here);
        }
    });
    let text = move || CURL.replace("$URL", &origin.get());
    let copy = move |_| {
        copied.set(crate::browser::copy(&text()));
    };
    view! {
        <pre class="code" tabindex="0">{text}</pre>
        <button class="btn" type="button" on:click=copy>
            {move || if copied.get() { common::COPIED } else { common::COPY }}
        </button>
    }
    .into_any()
}
