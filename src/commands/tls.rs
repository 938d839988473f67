//! `vcconnect tls`: the certificate that browsers see, signed by an authority that is made here.

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Subcommand;

use super::{Done, print};
use crate::infra::backup::seal_authority;
use crate::infra::config::Config;
use crate::infra::tls::{Authority, Facts, Made, ServerName};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make an authority for this server alone, and its certificate; never replaces one
    Init {
        /// Host name or address as people type it; may be said several times
        #[arg(long = "name", required = true)]
        names: Vec<String>,
        /// Folder for both; `<data_dir>/tls` unless said
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Sign a new certificate if the present one ends within thirty days
    Renew {
        /// However long it is good for
        #[arg(long)]
        anyway: bool,
        /// Folder of the authority; the one that the configuration names unless said, or `<data_dir>/tls`
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Seal a copy of the authority's key to the recovery keys of now, for backups; do it after you added a recovery key
    Seal {
        /// Folder of the authority; the one that the configuration names unless said, or `<data_dir>/tls`
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// What the certificate says, and the fingerprint of the authority
    Show,
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    let usual = || match config.tls.authority.as_deref().and_then(Path::parent) {
        Some(folder) => folder.to_owned(),
        None => config.storage.data_dir.join("tls"),
    };
    let folder = |dir: &Option<PathBuf>| dir.clone().unwrap_or_else(usual);
    match verb {
        Verb::Init { names, dir } => {
            let names = names.iter().map(|name| ServerName::parse(name)).collect::<Result<Vec<_>, _>>()?;
            let authority = Authority::at(&folder(dir));
            authority.make(&names, Utc::now())?;
            if let Err(trouble) = seal_authority(config, &authority) {
                tracing::warn!(%trouble, "backups do not hold the key of the authority yet: vcconnect tls seal");
            }
            let fingerprint = Facts::of(&authority.certificate())?.fingerprint;
            print(&format!(
                "Made the authority and the certificate. Put this into the configuration, and have people trust the \
                 authority (the server explains it at /ca):\n\n[tls]\ncertificate = {:?}\nkey = {:?}\nauthority = {:?}\n\n\
                 Fingerprint of the authority (SHA-256): {fingerprint}",
                authority.server_certificate(),
                authority.server_key(),
                authority.certificate(),
            ))
        }
        Verb::Renew { anyway, dir } => match Authority::at(&folder(dir)).renew(*anyway, Utc::now())? {
            Made::New => print("The certificate was renewed. A running server takes it up within a minute."),
            Made::Kept => print("The certificate is good for more than thirty days; nothing was changed."),
        },
        Verb::Seal { dir } => match seal_authority(config, &Authority::at(&folder(dir)))? {
            Some(keys) => print(&format!(
                "Backups hold the key of the authority from now on. {keys} recovery keys open it: compare the number with \
                 `vcconnect keys list`."
            )),
            None => Err("there is no key of an authority here, or no keystore yet; nothing was changed".into()),
        },
        Verb::Show => show(config),
    }
}

fn show(config: &Config) -> Done {
    let Some(certificate) = &config.tls.certificate else {
        return Err(
            "the configuration names no certificate; the server speaks plain HTTP to its own machine alone".into()
        );
    };
    let facts = Facts::of(certificate)?;
    print(&format!(
        "for         {}\nsigned by   {}\ngood until  {}",
        facts.names.join(", "),
        facts.issuer,
        facts.until.format("%Y-%m-%d")
    ))?;
    match &config.tls.authority {
        Some(authority) => print(&format!("authority   {}", Facts::of(authority)?.fingerprint)),
        None => Ok(()),
    }
}
