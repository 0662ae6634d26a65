use serde_json::{Value, json};

use super::{Config, MailTransport, Transport};

impl Config {
    /// The values in force by key; secrets show as `***`.
    pub fn describe(&self) -> Vec<(&'static str, Value)> {
        let server = &self.server;
        let database = &self.database;
        let transport = match &server.transport {
            Transport::Plain => json!("plain"),
            Transport::Certificate { certificate, .. } => json!(certificate),
            Transport::LocalAuthority => json!("local authority"),
        };
        let (smtp, folder) = match &self.mail.transport {
            Some(MailTransport::Smtp(_)) => (json!("***"), Value::Null),
            Some(MailTransport::Folder(folder)) => (Value::Null, json!(folder)),
            None => (Value::Null, Value::Null),
        };
        let secret = |set: bool| if set { json!("***") } else { Value::Null };
        vec![
            ("file", json!(self.file)),
            ("data_dir", json!(self.data_dir)),
            ("server.listen", json!(server.listen)),
            ("server.base_url", json!(server.base_url)),
            ("server.behind_proxy", json!(server.behind_proxy)),
            ("server.trusted_proxies", json!(server.trusted_proxies)),
            ("server.site_dir", json!(server.site_dir)),
            ("server.key_quota_per_sec", json!(server.key_quota_per_sec)),
            ("server.certificate", transport),
            ("database.url", secret(database.url.is_some())),
            ("database.owner_url", secret(database.owner_url.is_some())),
            ("database.allow_owner", json!(database.allow_owner)),
            ("database.connections", json!(database.connections)),
            ("database.binaries", json!(database.binaries)),
            ("vault.master_key", secret(self.vault.master_key.is_some())),
            ("vault.old_master_keys", json!(vec!["***"; self.vault.old_master_keys.len()])),
            ("mail.smtp", smtp),
            ("mail.folder", folder),
            ("mail.from", json!(self.mail.from)),
            ("egress.allow", json!(self.egress.allow)),
            ("log.format", json!(self.log.format.as_str())),
            ("log.filter", json!(self.log.filter)),
            ("test.time_scale", json!(self.test.time_scale)),
        ]
    }
}
