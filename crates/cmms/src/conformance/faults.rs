//! Creating exactly once, whatever happens to whichever call.

use serde_json::{Value, json};

use super::delivery::{End, Store};
use super::{Bench, Checked};
use crate::NewOrder;

pub(super) fn rule(on: &str, skip: u64, times: u64, fault: Value) -> Value {
    json!({"on": on, "skip": skip, "times": times, "fault": fault})
}

/// Every fault; the delays outlast the time-out and end within the look-ups.
fn every_fault() -> Vec<Value> {
    vec![
        json!({"delay": 700}),
        json!("reset_before"),
        json!("reset_after"),
        json!({"late_commit": 120}),
        json!("error_after"),
        json!("truncated"),
        json!("login_page"),
        json!("unauthorised"),
        json!("forbidden"),
        json!({"too_many": 1}),
    ]
}

impl Bench {
    pub(super) async fn creates_once(&self) -> Checked {
        let control = self.control()?;
        let client = self.client()?;
        let (_, before) = control.calls().await?;
        let first = self.order();
        self.once("without a fault", &client, &first).await?;
        let writes = control.calls().await?.1 - before;
        let mut cases = 0;
        for fault in every_fault() {
            for call in 0..writes {
                control.script(&[rule("write", call, 1, fault.clone())]).await?;
                let what = format!("{fault} on change {} of {writes}", call + 1);
                self.once(&what, &client, &self.order()).await?;
                cases += 1;
            }
        }
        for fault in ["reset_after", "truncated", "login_page", "error_after"] {
            let lost = rule("write", 0, 1, json!("reset_after"));
            let blind = rule("read", 0, 1, json!(fault));
            control.script(&[lost, blind]).await?;
            self.once(&format!("{fault} on the look-up"), &client, &self.order()).await?;
            cases += 1;
        }
        control.script(&[]).await?;
        Ok(format!("{cases} faults"))
    }

    /// Delivers, and counts in the ledger.
    async fn once(
        &self,
        what: &str,
        client: &crate::engine::ManifestClient,
        order: &NewOrder,
    ) -> Result<(), String> {
        let store = Store::default();
        let end = self.deliver(client, order, &store, false).await;
        self.is_whole(what, order, &end).await
    }

    /// One record, with everything that belongs to it once.
    async fn is_whole(&self, what: &str, order: &NewOrder, end: &End) -> Result<(), String> {
        let End::Created(record) = end else { return Err(format!("{what}: {end}")) };
        let held = self.control()?.holds(&self.held(&order.external_ref)).await?;
        let [entry] = held.as_slice() else {
            return Err(format!("{what}: the ledger holds {} records", held.len()));
        };
        if entry.id != record.cmms_id {
            return Err(format!("{what}: the ledger says {}, we say {}", entry.id, record.cmms_id));
        }
        if self.manifest.fields.contains_key("spare_parts") {
            let expected = self.parts(order);
            if entry.parts != expected {
                return Err(format!("{what}: parts {:?} instead of {expected:?}", entry.parts));
            }
        }
        if self.manifest.fields.contains_key("asset") && entry.asset.is_empty() {
            return Err(format!("{what}: no asset"));
        }
        Ok(())
    }

    pub(super) fn parts(&self, order: &NewOrder) -> Vec<(String, f64)> {
        let parts = order.body["spare_parts"].as_array().into_iter().flatten();
        let parts = parts.map(|part| {
            (
                part["part"].as_str().unwrap_or_default().to_owned(),
                part["quantity"].as_f64().unwrap_or_default(),
            )
        });
        self.about.expect.parts.clone().unwrap_or_else(|| parts.collect())
    }

    pub(super) async fn resumes(&self) -> Checked {
        let whole = Store::default();
        let client = self.client()?;
        let order = self.order();
        let end = self.deliver(&client, &order, &whole, false).await;
        self.is_whole("without a crash", &order, &end).await?;
        let states = whole.count();
        let mut cases = 0;
        for place in 0..states {
            for stored in [false, true] {
                let order = self.order();
                let dying = Store::dying(place, stored);
                let client = self.client()?;
                let outcome = client.create_from(&order, dying.state(), &dying).await;
                self.hear(format!("{outcome:?}"));
                drop(client);
                let next = dying.revived();
                let end = self.deliver(&self.client()?, &order, &next, true).await;
                let when = if stored { "after" } else { "before" };
                self.is_whole(&format!("dies {when} storing state {}", place + 1), &order, &end)
                    .await?;
                cases += 1;
            }
        }
        Ok(format!("{cases} crashes"))
    }
}
