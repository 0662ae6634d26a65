//! Mail: rows of the `mail` table become messages. Sent at least once: a worker that dies between
//! the server's answer and the commit sends that mail again a minute later.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncFileTransport, AsyncTransport, Message, Tokio1Executor};
use services::{Error, Services};
use store::notices::{Mail, mail_done, take_mail};
use tokio_util::sync::CancellationToken;

use crate::rounds::{Worker, rounds};

const POLL: Duration = Duration::from_secs(5);
/// Waits between tries, minutes; then the mail is given up.
const RETRIES: [i64; 5] = [1, 5, 30, 120, 720];

/// Something that delivers a mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Delivers one mail.
    ///
    /// # Errors
    /// What the transport said, without secrets.
    async fn send(&self, mail: Message) -> Result<(), String>;
}

/// How mail leaves.
#[derive(Clone)]
pub enum MailSettings {
    /// Nobody is mailed; the notices in the app remain.
    Off,
    /// One file per mail, for development and tests.
    Folder(PathBuf),
    /// An SMTP server, as `smtps://user:password@host:465` or `smtp://host:587?tls=required`.
    Smtp(String),
}

/// The transport behind the settings.
///
/// # Errors
/// When the address of the server cannot be understood.
pub fn mailer(settings: &MailSettings) -> Result<Option<Box<dyn Mailer>>, String> {
    Ok(match settings {
        MailSettings::Off => None,
        MailSettings::Folder(folder) => {
            std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
            Some(Box::new(AsyncFileTransport::<Tokio1Executor>::new(folder)))
        }
        MailSettings::Smtp(url) => {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .map_err(|e| e.to_string())?
                .timeout(Some(Duration::from_secs(20)))
                .build();
            Some(Box::new(transport))
        }
    })
}

#[async_trait]
impl Mailer for AsyncFileTransport<Tokio1Executor> {
    async fn send(&self, mail: Message) -> Result<(), String> {
        AsyncTransport::send(self, mail).await.map(drop).map_err(|e| e.to_string())
    }
}

#[async_trait]
impl Mailer for AsyncSmtpTransport<Tokio1Executor> {
    async fn send(&self, mail: Message) -> Result<(), String> {
        AsyncTransport::send(self, mail).await.map(drop).map_err(|e| e.to_string())
    }
}

struct Post {
    services: Services,
    mailer: Box<dyn Mailer>,
    from: Mailbox,
}

impl Worker for Post {
    const NAME: &'static str = "mail";

    async fn round(&mut self) -> Result<usize, Error> {
        let store = &self.services.store;
        let mut tx = store.begin_system().await?;
        let mails = take_mail(&mut tx, 20).await?;
        tx.commit().await?;
        for mail in &mails {
            let outcome = match message(mail, &self.from) {
                Ok(text) => self.mailer.send(text).await.map_err(|e| (e, again(mail.attempts))),
                Err(error) => Err((error, None)),
            };
            let mut tx = store.begin_system().await?;
            mail_done(&mut tx, mail.id, outcome).await?;
            tx.commit().await?;
        }
        Ok(mails.len())
    }
}

/// Sends mail until `stop`.
pub(crate) async fn run(
    services: Services,
    mailer: Box<dyn Mailer>,
    from: Mailbox,
    stop: CancellationToken,
) {
    let wake = services.store.signals.mail.clone();
    rounds(Post { services, mailer, from }, Some(&wake), POLL, &stop).await;
}

fn again(attempts: i32) -> Option<TimeDelta> {
    let tried = usize::try_from(attempts).unwrap_or(1).saturating_sub(1);
    RETRIES.get(tried).map(|minutes| TimeDelta::minutes(*minutes))
}

/// lettre encodes the header fields: a line break in a subject cannot become a header (B19).
fn message(mail: &Mail, from: &Mailbox) -> Result<Message, String> {
    let address = mail.address.parse().map_err(|e| format!("address: {e}"))?;
    let subject: String = mail.subject.chars().filter(|c| !c.is_control()).collect();
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(mail.name.clone()), address))
        .subject(subject)
        .body(mail.body.clone())
        .map_err(|e| e.to_string())
}
