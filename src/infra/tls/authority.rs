//! An authority for one server, made and kept on it.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};

use super::TlsError;
use super::certificate::Facts;

/// Ten years: people have rolled the authority out by hand.
const AUTHORITY_DAYS: i64 = 3_652;
/// What browsers take of a server at the most is 398 days.
const SERVER_DAYS: i64 = 397;
/// A clock that is a little behind shall not refuse a new certificate.
const BEFORE: TimeDelta = TimeDelta::days(1);
/// Renewed when less than this is left.
const RENEWED_BEFORE: TimeDelta = TimeDelta::days(30);

/// A host name or an address, as people type it into the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerName {
    /// A host name, in small letters.
    Host(String),
    /// An address.
    Address(IpAddr),
}

impl ServerName {
    /// Accepts an IP address, or labels of letters, digits and hyphens between dots.
    pub fn parse(text: &str) -> Result<Self, TlsError> {
        let text = text.trim().to_lowercase();
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let looks_like_an_address =
            text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
        if text.len() <= 253 && text.split('.').all(label) && !looks_like_an_address {
            Ok(Self::Host(text))
        } else {
            Err(TlsError::NotAName(text))
        }
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// Where an authority and the certificate that it signed lie.
#[derive(Debug, Clone)]
pub struct Authority {
    dir: PathBuf,
}

/// What came of looking whether a certificate must be renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// It was made anew.
    New,
    /// It is good for a while.
    Kept,
}

impl Authority {
    /// The one in this folder.
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The certificate of the authority, which browsers are told to trust.
    pub fn certificate(&self) -> PathBuf {
        self.dir.join("authority.pem")
    }

    /// The key of the authority: whoever made it may read it, and nobody else.
    pub fn key(&self) -> PathBuf {
        self.dir.join("authority.key")
    }

    /// The certificate of the server.
    pub fn server_certificate(&self) -> PathBuf {
        self.dir.join("server.pem")
    }

    /// The key of the server.
    pub fn server_key(&self) -> PathBuf {
        self.dir.join("server.key")
    }

    /// Makes an authority that may sign for these names alone, and the server's certificate. Refuses to replace one.
    pub fn make(&self, names: &[ServerName], now: DateTime<Utc>) -> Result<(), TlsError> {
        let Some(first) = names.first() else { return Err(TlsError::NoNames) };
        if self.certificate().exists() {
            return Err(TlsError::Exists(self.dir.clone()));
        }
        self.make_folder().map_err(TlsError::io("make the folder", &self.dir))?;
        let key = KeyPair::generate().map_err(refused)?;
        let mut params = params(now, AUTHORITY_DAYS);
        params.distinguished_name.push(DnType::CommonName, format!("VCConnect authority of {first}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // Constraints of names do not reach mail addresses or programs that are signed; this does.
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.name_constraints = Some(only(names));
        let certificate = params.self_signed(&key).map_err(refused)?;
        self.write(&self.key(), &key.serialize_pem(), 0o600, Owner::Maker)?;
        self.sign(&Issuer::new(params, key), names, now)?;
        // Last: where it is, all is there.
        self.write(&self.certificate(), &certificate.pem(), 0o644, Owner::OfFolder)
    }

    /// Signs a new certificate for the server if less than thirty days are left, or if it is wanted anyway.
    pub fn renew(&self, anyway: bool, now: DateTime<Utc>) -> Result<Made, TlsError> {
        if !self.certificate().exists() {
            return Err(TlsError::Missing(self.dir.clone()));
        }
        let facts = Facts::of(&self.server_certificate())?;
        if !anyway && facts.until - now > RENEWED_BEFORE {
            return Ok(Made::Kept);
        }
        let names = facts.names.iter().map(|name| ServerName::parse(name)).collect::<Result<Vec<_>, _>>()?;
        let issuer = Issuer::from_ca_cert_pem(&read(&self.certificate())?, self.authority_key()?).map_err(refused)?;
        self.sign(&issuer, &names, now)?;
        Ok(Made::New)
    }

    fn authority_key(&self) -> Result<KeyPair, TlsError> {
        KeyPair::from_pem(&read(&self.key())?)
            .map_err(|_| TlsError::Content { path: self.key(), what: "the key of the authority" })
    }

    fn sign(&self, issuer: &Issuer<'_, KeyPair>, names: &[ServerName], now: DateTime<Utc>) -> Result<(), TlsError> {
        let key = KeyPair::generate().map_err(refused)?;
        let mut params = params(now, SERVER_DAYS);
        let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        params.subject_alt_names = CertificateParams::new(texts).map_err(refused)?.subject_alt_names;
        params.distinguished_name.push(DnType::CommonName, names.first().map(ToString::to_string).unwrap_or_default());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, issuer).map_err(refused)?;
        // One file holds both, so that a server which reads them meanwhile never sees two that do not fit.
        let both = format!("{}{}", certificate.pem(), key.serialize_pem());
        self.write(&self.server_key(), &both, 0o600, Owner::OfFolder)?;
        self.write(&self.server_certificate(), &certificate.pem(), 0o644, Owner::OfFolder)
    }

    /// A new folder belongs to whom the one around it belongs to, which is who serves.
    fn make_folder(&self) -> std::io::Result<()> {
        if self.dir.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.dir)?;
        let around = fs::metadata(self.dir.parent().unwrap_or(Path::new("/")))?;
        std::os::unix::fs::chown(&self.dir, Some(around.uid()), Some(around.gid()))
    }

    /// Whole or not at all; who serves must be able to read it, also when root writes.
    fn write(&self, path: &Path, text: &str, mode: u32, owner: Owner) -> Result<(), TlsError> {
        let temporary = path.with_extension("new");
        let _ = fs::remove_file(&temporary);
        let io = TlsError::io("write", path);
        let written = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
            file.write_all(text.as_bytes())?;
            if owner == Owner::OfFolder {
                let folder = fs::metadata(&self.dir)?;
                std::os::unix::fs::fchown(&file, Some(folder.uid()), Some(folder.gid()))?;
            }
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            File::open(&self.dir)?.sync_all()
        };
        written().map_err(io)
    }
}

#[derive(PartialEq, Eq)]
enum Owner {
    /// Who made it alone.
    Maker,
    /// Who owns the folder, which is who serves.
    OfFolder,
}

fn read(path: &Path) -> Result<String, TlsError> {
    fs::read_to_string(path).map_err(TlsError::io("read", path))
}

fn refused(error: rcgen::Error) -> TlsError {
    TlsError::Library(error.to_string())
}

fn params(now: DateTime<Utc>, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    let day = |time: DateTime<Utc>| {
        let date = time.date_naive();
        date_time_ymd(date.year(), u8::try_from(date.month()).unwrap_or(1), u8::try_from(date.day()).unwrap_or(1))
    };
    params.not_before = day(now - BEFORE);
    params.not_after = day(now + TimeDelta::days(days));
    params
}

/// These names and no other. A kind of name that is not among them is shut out as a whole, since what constraints do not
/// mention is free.
fn only(names: &[ServerName]) -> NameConstraints {
    let permitted: Vec<GeneralSubtree> = names
        .iter()
        .map(|name| match name {
            ServerName::Host(host) => GeneralSubtree::DnsName(host.clone()),
            ServerName::Address(address) => {
                let whole = if address.is_ipv4() { 32 } else { 128 };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, whole))
            }
        })
        .collect();
    let has = |wanted: fn(&ServerName) -> bool| names.iter().any(wanted);
    let mut excluded = Vec::new();
    if !has(|name| matches!(name, ServerName::Host(_))) {
        excluded.push(GeneralSubtree::DnsName(String::new()));
    }
    if !has(|name| matches!(name, ServerName::Address(_))) {
        excluded.push(GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([0; 4], 0)));
        excluded.push(GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix([0; 16], 0)));
    }
    NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded }
}
