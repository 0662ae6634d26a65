//! Trend graphs and notes on their way to records that exist, each once.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cmms::CreateOutcome;
use cmms::engine::{ManifestClient, on_behalf_of};
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use serde_json::json;
use services::{Error, Services};
use store::work_orders::attachments::{self, Outgoing};
use store::{AuditEntry, Topic, crash_point};
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::Clients;

/// A worker that dies leaves the file to others after this.
const LEASE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(500);
/// Waits after calls that certainly changed nothing.
const RETRIES: [u64; 6] = [5, 30, 120, 600, 3_600, 14_400];
/// A file whose call had no certain answer is looked for after this: as long as a create's
/// look-ups take together.
const SETTLED: Duration = Duration::from_secs(155);

/// Sends files of one connection until `stop`.
pub(super) async fn run(
    services: Services,
    clients: Clients,
    connection: ConnectionId,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        match clients.manifest(connection).await {
            Ok(Some(client)) => match send_file(&services, connection, &client).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => pause(&error).await,
            },
            Ok(None) => return,
            Err(error) => tracing::debug!(%error, "no client to send files with"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// How sending ended.
struct End {
    state: &'static str,
    /// Until another try.
    wait: Option<Duration>,
    why: Option<String>,
}

impl End {
    fn failed(why: impl Into<String>) -> Self {
        Self { state: "failed", wait: None, why: Some(why.into()) }
    }
}

/// Sends one file of a connection that is due; answers whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn send_file(
    services: &Services,
    connection: ConnectionId,
    client: &ManifestClient,
) -> Result<bool, Error> {
    let mut tx = services.store.begin_system().await?;
    let lease = services.settings.scaled(LEASE);
    let Some(file) = attachments::take_outgoing(&mut tx, connection, lease).await? else {
        return Ok(false);
    };
    tx.commit().await?;
    crash_point!("file.after_take");
    let end = send(client, &file).await;
    crash_point!("file.after_call");
    finish(services, &file, end).await?;
    Ok(true)
}

async fn send(client: &ManifestClient, file: &Outgoing) -> End {
    if file.in_doubt && !client.attaches_again() {
        return End::failed(IN_DOUBT);
    }
    let content = STANDARD.encode(&file.content);
    let sent = json!({"name": file.name, "content_type": file.content_type, "content": content});
    let call = client.attach(&file.cmms_id, &sent, file.in_doubt);
    let Some(answer) = on_behalf_of(WorkOrderId(file.work_order_id), call).await else {
        return End::failed("this CMMS takes no files");
    };
    // What is in doubt stays so until it is found or sent.
    let queued = if file.in_doubt { "unknown" } else { "queued" };
    match answer {
        Ok(()) | Err(CreateOutcome::Created(_)) => End { state: "sent", wait: None, why: None },
        Err(CreateOutcome::NotSent(why) | CreateOutcome::Unauthorised(why)) => {
            again(queued, file.attempts, None, why)
        }
        Err(CreateOutcome::RateLimited { retry_after }) => End {
            state: queued,
            wait: Some(retry_after.unwrap_or(Duration::from_secs(30))),
            why: Some("the CMMS asks to wait".to_owned()),
        },
        Err(CreateOutcome::Refused { message, .. }) => End::failed(message),
        Err(CreateOutcome::Unknown(why)) if client.attaches_again() => {
            again("unknown", file.attempts, Some(SETTLED), why)
        }
        Err(CreateOutcome::Unknown(why)) => End::failed(format!("{IN_DOUBT} ({why})")),
    }
}

const IN_DOUBT: &str = "sent without a certain answer: look there before sending it again";

/// Another try after so many, and not before `settled`.
fn again(state: &'static str, attempts: i32, settled: Option<Duration>, why: String) -> End {
    let place = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    match RETRIES.get(place) {
        Some(seconds) => {
            let wait = Duration::from_secs(*seconds).max(settled.unwrap_or_default());
            End { state, wait: Some(wait), why: Some(why) }
        }
        None => End::failed(why),
    }
}

async fn finish(services: &Services, file: &Outgoing, end: End) -> Result<(), Error> {
    let End { state, wait, why } = end;
    let wait = wait.map(|wait| services.settings.scaled(wait));
    let mut tx = services.store.begin_system().await?;
    if attachments::finish_outgoing(&mut tx, file, state, wait, why.as_deref()).await? {
        let site = SiteId(file.site_id);
        let action = match state {
            "sent" => Some("work_order.file_sent"),
            "failed" => Some("work_order.file_failed"),
            _ => None,
        };
        if let Some(action) = action {
            let entry = AuditEntry::new(action, "work_order", file.work_order_id)
                .site(site)
                .detail(json!({"file": file.name, "error": why}));
            tx.audit(vec![entry]).await?;
        }
        tx.touch(Topic::WorkOrders, Some(site));
    }
    Ok(tx.commit().await?)
}
