//! What a release is asked by the one that installs it, or goes back to it.

use std::net::SocketAddr;

use protocol::admin::{Ask, Health, PartState, Reply, Seal};
use vault::Vault;

use crate::app;
use crate::commands::desk::{self, Desk, Sure};
use crate::commands::{Done, block_on, print};
use crate::infra::config::Config;
use crate::infra::db;
use crate::infra::keys::KeyFiles;
use crate::infra::page;
use crate::infra::postgres::Role;
use crate::infra::update::Fits;

/// This version.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long a database that is just starting may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Looks at the data that is here and changes nothing. That the configuration can be read was found out before.
pub(super) fn fits(config: &Config, json: bool) -> Done {
    let keystore = KeyFiles::of(config).keystore;
    Vault::slots(&keystore).map_err(|error| format!("the keystore: {error}"))?;
    let url = db::url(config, Role::Owner)?;
    let (schema, pending) = block_on(async {
        app::wait_for(&url, PATIENCE).await?;
        let mut conn = db::connect(&url).await?;
        Ok::<_, crate::base::Error>((db::schema_state(&mut conn).await?, db::pending(&mut conn).await?))
    })??;
    if let db::Schema::Ahead(_) = schema {
        return Err(schema.problem().unwrap_or_default().into());
    }
    let fits = Fits {
        version: ::update::Version::parse(VERSION)?,
        pending: pending.changes,
        older_programs_run: pending.older_programs_run,
    };
    if json {
        return print(&serde_json::to_string(&fits)?);
    }
    print(&format!("Version {VERSION} can work with the data here; it would make {} change(s).", fits.pending.len()))
}

/// Has the server use every part once, and opens the web interface.
pub(super) fn healthy(config: &Config, sealed: bool) -> Done {
    let Some(mut server) = Desk::server(config)? else {
        return Err("the server does not answer at its admin socket".into());
    };
    let Reply::Health(health) = desk::ask(&mut server, Ask::Health, Sure::default(), false)? else {
        return Err("the server does not say how it is".into());
    };
    look(&health, sealed)?;
    let address: Option<SocketAddr> = health.address.as_ref().and_then(|address| address.as_str().parse().ok());
    let address = address.ok_or("the server does not answer people yet")?;
    let status = page::status(config, address).map_err(|error| format!("the web interface at {address}: {error}"))?;
    match (status, &health.seal) {
        (200, Seal::Open) | (503, Seal::Sealed(_)) => print("The server works."),
        (status, _) => Err(format!("the web interface at {address} answers with {status}").into()),
    }
}

fn look(health: &Health, sealed: bool) -> Done {
    if health.version.as_str() != VERSION {
        return Err(format!("the server that runs is version {}", health.version).into());
    }
    if let Seal::Sealed(why) = &health.seal
        && !sealed
    {
        return Err(format!("its keystore is closed: {why}").into());
    }
    if let Seal::Away(why) = &health.seal {
        return Err(why.as_str().into());
    }
    let broken = health.parts.iter().find(|part| part.state == PartState::Problem);
    match broken {
        Some(part) => Err(format!("{} does not work: {}", part.name, part.detail).into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use protocol::admin::Part;

    use super::*;

    #[test]
    fn only_this_version_with_every_part_working_is_healthy() {
        let part = |state| Part { name: "search".into(), state, detail: "closed".into() };
        let health = |version: &str, seal, parts| Health { version: version.into(), seal, address: None, parts };
        let said = |health: &Health, sealed| look(health, sealed).map_err(|failure| failure.to_string());
        let well = health(VERSION, Seal::Open, vec![part(PartState::Ok), part(PartState::Note)]);
        assert_eq!(said(&well, false), Ok(()));
        assert_eq!(said(&well, true), Ok(()), "unlocked meanwhile");
        let other = health("0.0.1", Seal::Open, Vec::new());
        assert!(said(&other, false).unwrap_err().contains("version 0.0.1"));
        let ill = health(VERSION, Seal::Open, vec![part(PartState::Problem)]);
        assert!(said(&ill, false).unwrap_err().contains("search does not work: closed"));
        let shut = health(VERSION, Seal::Sealed("no key".into()), Vec::new());
        assert!(said(&shut, false).unwrap_err().contains("no key"));
        assert_eq!(said(&shut, true), Ok(()), "it was closed before");
    }
}
