//! Files: each is there once, also when the answer to its call is lost.

use serde_json::{Value, json};

use super::faults::rule;
use super::{Bench, Checked};
use crate::engine::ManifestClient;

fn file(name: &str) -> Value {
    json!({"name": name, "content_type": "image/svg+xml", "content": "PHN2Zy8+"})
}

impl Bench {
    pub(super) async fn takes_files(
        &self,
        client: &ManifestClient,
        id: &str,
        reference: &str,
    ) -> Checked {
        let add = async |name: &str, in_doubt: bool| {
            let added = client.attach(id, &file(name), in_doubt).await;
            added.ok_or("attach: the manifest does not know how")?.map_err(|error| {
                self.hear(format!("{error:?}"));
                format!("attach: {name}: {error:?}")
            })
        };
        add("trend.svg", false).await?;
        self.has_once(reference, "trend.svg").await?;
        if !client.attaches_again() {
            return Ok("attach".to_owned());
        }
        for fault in ["reset_before", "reset_after", "truncated", "error_after"] {
            let name = format!("{fault}.svg");
            self.control()?.script(&[rule("write", 0, 9, json!(fault))]).await?;
            let lost = add(&name, false).await;
            self.control()?.script(&[]).await?;
            if lost.is_ok() {
                continue;
            }
            add(&name, true).await?;
            self.has_once(reference, &name).await?;
        }
        Ok("attach once".to_owned())
    }

    async fn has_once(&self, reference: &str, name: &str) -> Result<(), String> {
        let held = self.control()?.holds(reference).await?;
        let there = held.iter().flat_map(|entry| &entry.files);
        match there.filter(|file| file.contains(name)).count() {
            1 => Ok(()),
            count => Err(format!("attach: {name} is there {count} times")),
        }
    }
}
