use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

const AUTHORITY_DAYS: i64 = 3650;
/// Browsers refuse longer ones.
const CERTIFICATE_DAYS: i64 = 397;
const RENEW_BEFORE_DAYS: i64 = 60;

/// Files of a certificate that our own authority made.
#[derive(Debug, Clone)]
pub struct Made {
    /// PEM chain.
    pub certificate: PathBuf,
    /// PEM private key.
    pub key: PathBuf,
    /// PEM of the authority, to be trusted by browsers and clients.
    pub authority: PathBuf,
}

/// What the certificate was made for; tells when a new one is due.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Issued {
    names: Vec<String>,
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
}

/// A certificate for `names` from the authority in `folder`, which the first call makes. Both keys
/// are readable by us alone. The certificate is made anew when its names change or its end is near.
pub fn certificate(folder: &Path, names: &[String], now: OffsetDateTime) -> Result<Made> {
    let builder = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    builder.with_context(|| format!("cannot make {}", folder.display()))?;
    let file = |name: &str| folder.join(name);
    let made = Made {
        certificate: file("server.pem"),
        key: file("server.key"),
        authority: file("ca.pem"),
    };
    let issuer = authority(&made.authority, &file("ca.key"), now)?;
    let note = file("server.json");
    if still_good(&note, &made, names, now) {
        return Ok(made);
    }
    let until = now + Duration::days(CERTIFICATE_DAYS);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.to_vec())?;
    let name = names.first().map_or("localhost", String::as_str);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = now - Duration::hours(1);
    params.not_after = until;
    let certificate = params.signed_by(&key, &issuer)?;
    write_private(&made.key, &key.serialize_pem())?;
    write_private(&made.certificate, &certificate.pem())?;
    let issued = Issued { names: names.to_vec(), until };
    write_private(&note, &serde_json::to_string(&issued)?)?;
    Ok(made)
}

fn authority(
    certificate: &Path,
    key_file: &Path,
    now: OffsetDateTime,
) -> Result<Issuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Millwright local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = now - Duration::hours(1);
    params.not_after = now + Duration::days(AUTHORITY_DAYS);
    if certificate.is_file()
        && let Ok(text) = std::fs::read_to_string(key_file)
    {
        let key = KeyPair::from_pem(&text)
            .with_context(|| format!("{} is not a private key", key_file.display()))?;
        return Ok(Issuer::new(params, key));
    }
    let key = KeyPair::generate()?;
    let made = params.self_signed(&key)?;
    write_private(key_file, &key.serialize_pem())?;
    write_private(certificate, &made.pem())?;
    tracing::info!(authority = %certificate.display(), "made a local certificate authority: let browsers trust it");
    Ok(Issuer::new(params, key))
}

fn still_good(note: &Path, made: &Made, names: &[String], now: OffsetDateTime) -> bool {
    let issued = std::fs::read_to_string(note).ok().and_then(|t| serde_json::from_str(&t).ok());
    issued.is_some_and(|issued: Issued| {
        issued.names == names
            && issued.until - Duration::days(RENEW_BEFORE_DAYS) > now
            && made.key.is_file()
            && made.certificate.is_file()
    })
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    let new = path.with_added_extension("new");
    let write = || -> std::io::Result<()> {
        let _ = std::fs::remove_file(&new);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
