//! Files added to records that exist.

use serde_json::Value;

use super::ManifestClient;
use super::heard::StepError;
use super::watch::during;
use crate::CreateOutcome;
use crate::manifest::Attach;
use crate::template::Scope;

impl ManifestClient {
    /// Adds a file, `{name, content_type, content}` with base64 content; `None` when the manifest
    /// does not know how. A file `in_doubt` may be there from a call before: it is looked for first.
    /// The error says whether the file may be there all the same.
    pub async fn attach(
        &self,
        id: &str,
        file: &Value,
        in_doubt: bool,
    ) -> Option<Result<(), CreateOutcome>> {
        let attach = self.manifest.operations.attach.as_ref()?;
        let sent = during("attach", self.add(attach, &Value::from(id), file, in_doubt)).await;
        Some(sent.map_err(|error| self.outcome(error)))
    }

    /// Whether a file that may be there can be sent again without there being two.
    pub fn attaches_again(&self) -> bool {
        self.manifest.operations.attach.as_ref().is_some_and(Attach::repeats)
    }

    async fn add(
        &self,
        attach: &Attach,
        id: &Value,
        file: &Value,
        in_doubt: bool,
    ) -> Result<(), StepError> {
        let extra = [("id", id), ("file", file)];
        if let Some(already) = attach.already.as_ref().filter(|_| in_doubt) {
            let now = self.time();
            let names = self.names(&now);
            let scope = Scope::of(&names);
            if self.done_already(already, &scope.with_all(&extra)).await?.is_some() {
                return Ok(());
            }
        }
        self.run(&attach.steps, &extra).await.map(drop)
    }
}
