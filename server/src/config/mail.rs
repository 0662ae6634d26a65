use std::path::PathBuf;

use super::Secret;
use super::reader::Reader;

/// Section `[mail]`: how notices leave the program.
#[derive(Debug, Clone)]
pub struct Mail {
    /// How mails are sent; nothing is sent when absent.
    pub transport: Option<MailTransport>,
    /// `mail.from`: the sender.
    pub from: String,
}

/// How mails are sent.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// `mail.smtp`: `smtps://user:password@host` or `smtp://host:25`.
    Smtp(Secret),
    /// `mail.folder`: one file per mail, for development.
    Folder(PathBuf),
}

impl Mail {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let smtp = reader.secret("mail.smtp");
        let folder = reader.path("mail.folder");
        if let Some(url) = &smtp
            && !["smtp://", "smtps://"].iter().any(|scheme| url.expose().starts_with(scheme))
        {
            reader
                .problem("mail.smtp", "an address such as smtps://user:password@host is expected");
        }
        if smtp.is_some() && folder.is_some() {
            reader.problem("mail.folder", "mail.smtp is set too; one of them only");
        }
        let from = reader.text("mail.from");
        if smtp.is_some() && from.is_none() {
            reader.problem("mail.from", "the sender is missing");
        }
        if from.as_ref().is_some_and(|from| !from.contains('@')) {
            reader.problem("mail.from", "a mail address is expected");
        }
        let transport = smtp.map(MailTransport::Smtp).or_else(|| folder.map(MailTransport::Folder));
        Self { transport, from: from.unwrap_or_else(|| "millwright@localhost".to_owned()) }
    }
}
