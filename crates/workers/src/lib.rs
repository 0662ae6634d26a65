//! When things run: decisions, deliveries, schedules, notices and mail, self-check.
//!
//! Every worker is a loop over one transaction at a time and may be killed at any instruction.
//! Several processes may run them on one database.

mod decide;
pub mod delivery;
mod mail;
mod rounds;
mod schedule;
mod self_check;

pub use lettre::message::Mailbox;
pub use mail::{MailSettings, Mailer, mailer};

use std::time::Duration;

use services::Services;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How the workers run.
pub struct Settings {
    /// The transport of mail, if any.
    pub mailer: Option<Box<dyn Mailer>>,
    /// Whom mail comes from.
    pub mail_from: Mailbox,
}

/// Starts every worker; they end soon after `stop`, having finished the transaction at hand.
pub fn start(services: &Services, settings: Settings, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..decide::TASKS {
        tasks.spawn(decide::run(services.clone(), stop.clone()));
    }
    tasks.spawn(deliveries(services.clone(), stop.clone()));
    tasks.spawn(schedule::run(services.clone(), stop.clone()));
    tasks.spawn(self_check::run(services.clone(), stop.clone()));
    if let Some(mailer) = settings.mailer {
        let from = settings.mail_from;
        tasks.spawn(mail::run(services.clone(), mailer, from, stop.clone()));
    }
    tasks
}

/// Deliveries read their connections once; until the database answers, that is tried again.
async fn deliveries(services: Services, stop: CancellationToken) {
    rounds::rounds("delivery", None, Duration::from_secs(1), &stop, async || {
        delivery::run(services.clone(), stop.clone()).await.map(|()| 0)
    })
    .await;
}
