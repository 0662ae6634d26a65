use std::time::Duration;

use anyhow::{Result, anyhow};
use cmms::egress::Egress;
use services::Services;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use workers::MailSettings;

use crate::config::{Config, MailTransport};

/// The transactions at hand may take so long; whatever is cut off is resumed by the next start.
const FINISH_WORK: Duration = Duration::from_secs(4);

/// Starts the workers.
///
/// # Errors
/// A mail server or sender that cannot be understood.
pub(super) fn start(
    config: &Config,
    services: &Services,
    stop: &CancellationToken,
) -> Result<JoinSet<()>> {
    let transport = match &config.mail.transport {
        None => MailSettings::Off,
        Some(MailTransport::Folder(folder)) => MailSettings::Folder(folder.clone()),
        Some(MailTransport::Smtp(url)) => MailSettings::Smtp(url.expose().to_owned()),
    };
    let mailer = workers::mailer(&transport)
        .map_err(|_| anyhow!("mail.smtp or mail.folder cannot be used"))?;
    let mail_from =
        config.mail.from.parse().map_err(|_| anyhow!("mail.from is no mail address"))?;
    let egress = Egress::new(&config.egress.allow);
    let epoch_file = config.data_dir.join("epoch");
    let settings = workers::Settings { mailer, mail_from, egress, epoch_file };
    Ok(workers::start(services, settings, stop))
}

/// Lets the workers finish the transaction at hand.
pub(super) async fn finish(mut workers: JoinSet<()>) {
    let all = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH_WORK, all).await.is_err() {
        tracing::warn!("workers did not finish in time; the next start resumes their work");
        workers.abort_all();
    }
}
