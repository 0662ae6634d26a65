//! When things run: decisions, deliveries, the CMMSs' work orders, schedules, notices and mail,
//! self-check.
//!
//! Every worker is a loop over one transaction at a time and may be killed at any instruction.
//! Several processes may run them on one database.

pub mod assets;
mod calls;
pub mod checks;
mod clients;
mod decide;
pub mod delivery;
pub mod epoch;
mod housekeeping;
mod mail;
pub mod orders;
mod rounds;
mod schedule;
mod self_check;

pub use clients::{ClientError, Clients};
pub use lettre::message::Mailbox;
pub use mail::{MailSettings, Mailer, mailer};

use std::path::PathBuf;

use cmms::egress::Egress;
use services::Services;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How the workers run.
pub struct Settings {
    /// The transport of mail, if any.
    pub mailer: Option<Box<dyn Mailer>>,
    /// Whom mail comes from.
    pub mail_from: Mailbox,
    /// Where calls to CMMSs may go.
    pub egress: Egress,
    /// A file outside the database, to notice that it was restored.
    pub epoch_file: PathBuf,
}

/// Starts every worker; they end soon after `stop`, having finished the transaction at hand.
pub fn start(services: &Services, settings: Settings, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..decide::TASKS {
        tasks.spawn(decide::run(services.clone(), stop.clone()));
    }
    let (egress, file) = (settings.egress, settings.epoch_file);
    let clients = Clients::new(services.clone(), services.settings.vault.clone(), egress.clone());
    tasks.spawn(checks::run(services.clone(), clients.clone(), egress, stop.clone()));
    tasks.spawn(epoch::run(services.clone(), file.clone(), stop.clone()));
    tasks.spawn(assets::run(services.clone(), clients.clone(), stop.clone()));
    tasks.spawn(orders::run(services.clone(), clients.clone(), stop.clone()));
    let (owned, ended) = (services.clone(), stop.clone());
    tasks.spawn(async move {
        epoch::compare_patiently(&owned, &file, &ended).await;
        delivery::run(owned, clients, ended).await;
    });
    tasks.spawn(schedule::run(services.clone(), stop.clone()));
    tasks.spawn(self_check::run(services.clone(), stop.clone()));
    tasks.spawn(housekeeping::run(services.clone(), stop.clone()));
    if let Some(mailer) = settings.mailer {
        let from = settings.mail_from;
        tasks.spawn(mail::run(services.clone(), mailer, from, stop.clone()));
    }
    tasks
}
