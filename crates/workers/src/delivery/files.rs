//! Trend graphs and notes on their way to records that exist, each once.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cmms::CreateOutcome;
use cmms::engine::on_behalf_of;
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

/// Sends files of one connection until `stop`.
pub(super) async fn run(
    services: Services,
    clients: Clients,
    connection: ConnectionId,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        match one(&services, &clients, connection).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => pause(&error).await,
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// How sending ended: the state, the wait until another try, and why.
type End = (&'static str, Option<Duration>, Option<String>);

async fn one(
    services: &Services,
    clients: &Clients,
    connection: ConnectionId,
) -> Result<bool, Error> {
    let mut tx = services.store.begin_system().await?;
    let lease = services.settings.scaled(LEASE);
    let Some(file) = attachments::take_outgoing(&mut tx, connection, lease).await? else {
        return Ok(false);
    };
    tx.commit().await?;
    crash_point!("file.after_take");
    let order = WorkOrderId(file.work_order_id);
    let (state, wait, why) = match clients.manifest(connection).await {
        _ if file.in_doubt => ("failed", None, Some(IN_DOUBT.to_owned())),
        Ok(Some(client)) => {
            let content = STANDARD.encode(&file.content);
            let sent =
                json!({"name": file.name, "content_type": file.content_type, "content": content});
            let answer = on_behalf_of(order, client.attach(&file.cmms_id, &sent)).await;
            end(answer, file.attempts)
        }
        Ok(None) => ("failed", None, Some("this connection takes no files".to_owned())),
        Err(error) => again(file.attempts, error.to_string()),
    };
    crash_point!("file.after_call");
    finish(services, &file, state, wait.map(|wait| services.settings.scaled(wait)), why).await?;
    Ok(true)
}

const IN_DOUBT: &str = "sent without a certain answer: look there before sending it again";

fn end(answer: Option<Result<(), CreateOutcome>>, attempts: i32) -> End {
    let Some(answer) = answer else {
        return ("failed", None, Some("this CMMS takes no files".to_owned()));
    };
    match answer {
        Ok(()) | Err(CreateOutcome::Created(_)) => ("sent", None, None),
        Err(CreateOutcome::NotSent(why) | CreateOutcome::Unauthorised(why)) => again(attempts, why),
        Err(CreateOutcome::RateLimited { retry_after }) => {
            let wait = retry_after.unwrap_or(Duration::from_secs(30));
            ("queued", Some(wait), Some("the CMMS asks to wait".to_owned()))
        }
        Err(CreateOutcome::Refused { message, .. }) => ("failed", None, Some(message)),
        Err(CreateOutcome::Unknown(why)) => ("failed", None, Some(format!("{IN_DOUBT} ({why})"))),
    }
}

fn again(attempts: i32, why: String) -> End {
    let place = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    match RETRIES.get(place) {
        Some(seconds) => ("queued", Some(Duration::from_secs(*seconds)), Some(why)),
        None => ("failed", None, Some(why)),
    }
}

async fn finish(
    services: &Services,
    file: &Outgoing,
    state: &str,
    wait: Option<Duration>,
    why: Option<String>,
) -> Result<(), Error> {
    let mut tx = services.store.begin_system().await?;
    if attachments::finish_outgoing(&mut tx, file, state, wait, why.as_deref()).await? {
        let site = SiteId(file.site_id);
        if state != "queued" {
            let action =
                if state == "sent" { "work_order.file_sent" } else { "work_order.file_failed" };
            let entry = AuditEntry::new(action, "work_order", file.work_order_id)
                .site(site)
                .detail(json!({"file": file.name, "error": why}));
            tx.audit(vec![entry]).await?;
        }
        tx.touch(Topic::WorkOrders, Some(site));
    }
    Ok(tx.commit().await?)
}
