//! TLS for our own listener: with the owner's certificate, or with one of a local authority that the
//! first start makes in the data folder.

mod authority;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;

use crate::config::{Config, Transport};

/// The TLS side of the listener; nothing when it speaks plainly.
///
/// # Errors
/// A certificate or key that cannot be read or made.
pub fn server_config(
    config: &Config,
    base_url: &str,
    now: OffsetDateTime,
) -> Result<Option<Arc<ServerConfig>>> {
    let (certificate, key) = match &config.server.transport {
        Transport::Plain => return Ok(None),
        Transport::Certificate { certificate, key } => (certificate.clone(), key.clone()),
        Transport::LocalAuthority => {
            let names = names(config, base_url);
            let made = authority::certificate(&config.data_dir.join("tls"), &names, now)?;
            (made.certificate, made.key)
        }
    };
    load(&certificate, &key).map(Some)
}

/// The name of this machine.
pub fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("{} is not a PEM certificate", certificate.display()))?;
    ensure!(!chain.is_empty(), "{} holds no certificate", certificate.display());
    let secret = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("{} is not a PEM private key", key.display()))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .with_context(|| format!("{} does not fit {}", key.display(), certificate.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Everything people may type to reach this machine.
fn names(config: &Config, base_url: &str) -> Vec<String> {
    let base = base_url.parse::<http::Uri>().ok();
    let mut names = vec![host_name(), "localhost".into(), "127.0.0.1".into(), "::1".into()];
    names.extend(
        base.as_ref()
            .and_then(http::Uri::host)
            .map(|host| host.trim_start_matches('[').trim_end_matches(']').to_owned()),
    );
    let address = config.server.listen.ip();
    if !address.is_unspecified() {
        names.push(address.to_string());
    }
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
    }

    #[test]
    fn the_authority_stays_and_the_certificate_is_renewed_before_it_ends() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let names = vec!["localhost".to_owned(), "10.0.0.7".to_owned()];
        let read = |days: i64| -> Result<(String, String)> {
            let at = now() + time::Duration::days(days);
            let made = authority::certificate(folder.path(), &names, at)?;
            load(&made.certificate, &made.key)?;
            let text = std::fs::read_to_string(made.certificate)?;
            Ok((std::fs::read_to_string(made.authority)?, text))
        };
        let (first, same, later) = (read(0)?, read(1)?, read(380)?);
        assert_eq!(first, same);
        assert_eq!(first.0, later.0, "the authority stays");
        assert_ne!(first.1, later.1, "the certificate is new");
        Ok(())
    }

    #[test]
    fn keys_are_readable_by_us_alone() -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir()?;
        authority::certificate(folder.path(), &["localhost".to_owned()], now())?;
        for name in ["ca.key", "server.key"] {
            let mode = std::fs::metadata(folder.path().join(name))?.permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        Ok(())
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() -> Result<()> {
        let (one, two) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let names = ["localhost".to_owned()];
        let first = authority::certificate(one.path(), &names, now())?;
        let second = authority::certificate(two.path(), &names, now())?;
        assert!(load(&first.certificate, &second.key).is_err());
        Ok(())
    }
}
