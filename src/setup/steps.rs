//! The steps of a setup, in their order. Each is looked at first and done only if it is not done yet.

use std::path::Path;
use std::time::Duration;

use protocol::admin::{Progress, SetUp};
use vault::RecoveryKey;

use super::certificate::Certificate;
use super::look::Plan;
use super::{Setup, health, keys, said, sheet};
use crate::app::{App, wait_for};
use crate::infra::backup::{Trouble, plan as backup, seal_authority};
use crate::infra::config::Config;
use crate::infra::db::{self, schema_state};
use crate::infra::files;
use crate::infra::keys::KeyFiles;
use crate::infra::postgres::Role;
use crate::infra::services::{self, ServiceError};
use crate::infra::setup::{Begun, copy_for, make_for, same_content, write_configuration};

/// How long a database may take to make its cluster and answer.
const DATABASE_PATIENCE: Duration = Duration::from_secs(120);

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The part of the configuration that was decided.
    Configuration,
    /// Keystore, key file, passphrase; the recovery key is shown to open it.
    Keys,
    /// The paper that tells how everything is brought back.
    Sheet,
    /// The certificate that browsers see.
    Certificate,
    /// The folder for backups.
    Backups,
    /// The database runs.
    Database,
    /// It has the tables of this version.
    Schema,
    /// Server and timers run, and will after a restart of the machine.
    Services,
    /// The server says that it is well.
    Health,
    /// A link for the first admin.
    FirstAdmin,
}

impl Step {
    /// In their order.
    pub const ALL: [Self; 10] = [
        Self::Configuration,
        Self::Keys,
        Self::Sheet,
        Self::Certificate,
        Self::Backups,
        Self::Database,
        Self::Schema,
        Self::Services,
        Self::Health,
        Self::FirstAdmin,
    ];

    /// What is being done.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Configuration => "Writing the configuration",
            Self::Keys => "Making the keys and trying the recovery key",
            Self::Sheet => "Writing the recovery sheet",
            Self::Certificate => "Making the certificate ready",
            Self::Backups => "Making the place for backups ready",
            Self::Database => "Starting the database",
            Self::Schema => "Making the tables",
            Self::Services => "Starting the server",
            Self::Health => "Waiting until the server is well",
            Self::FirstAdmin => "Making the link for the first admin",
        }
    }

    /// Whether something has to run for it.
    const fn starts_something(self) -> bool {
        matches!(self, Self::Database | Self::Schema | Self::Services | Self::Health | Self::FirstAdmin)
    }
}

/// What the steps share.
pub(super) struct Work<'a, 's> {
    pub(super) setup: &'a Setup<'s>,
    pub(super) plan: Plan,
    pub(super) begun: Begun,
    /// The recovery key, where it is in hand.
    pub(super) recovery: Option<RecoveryKey>,
    /// The first admin's link, where one was made.
    pub(super) link: Option<String>,
}

impl Work<'_, '_> {
    pub(super) fn config(&self) -> &Config {
        &self.plan.config
    }
}

/// All steps that are wanted.
pub(super) async fn all(setup: &Setup<'_>, told: &mut impl FnMut(&Progress)) -> Result<SetUp, Trouble> {
    let plan = Plan::of(setup).map_err(|error| Trouble::told(error.to_string()))?;
    let data = plan.config.storage.data_dir.clone();
    make_for(&data, 0o755, plan.owner).map_err(Trouble::io("make the folder", data.display()))?;
    let begun = Begun::begin(&data, setup.outside.clock.now(), plan.owner)?;
    let recovery = keys::in_hand(setup, &plan.config, &begun);
    let mut work = Work { setup, plan, begun, recovery, link: None };
    let steps: Vec<Step> =
        Step::ALL.into_iter().filter(|step| setup.answers.start || !step.starts_something()).collect();
    for (at, step) in steps.iter().enumerate() {
        told(&Progress { step: step.sentence().into(), done: at as u64, total: Some(steps.len() as u64) });
        if !step.is_done(&work).await? {
            step.carry_out(&mut work).await?;
        }
    }
    let brought = said::summary(&work)?;
    work.begun.finish()?;
    Ok(brought)
}

impl Step {
    /// Whether nothing is left to do.
    async fn is_done(self, work: &Work<'_, '_>) -> Result<bool, Trouble> {
        let config = work.config();
        Ok(match self {
            Self::Keys => keys::are_made(work)?,
            Self::Sheet => work.setup.sheet.is_none(),
            Self::Certificate => certificate_is_there(&work.plan.certificate),
            Self::Backups => config.backup.destination.is_none(),
            Self::Database => db::connect(&db::url(config, Role::Owner)?).await.is_ok(),
            Self::Schema => {
                let mut conn = db::connect(&db::url(config, Role::Owner)?).await?;
                schema_state(&mut conn).await?.problem().is_none()
            }
            // These write what is there already, or ask for what already is.
            Self::Configuration | Self::Services | Self::Health | Self::FirstAdmin => false,
        })
    }

    async fn carry_out(self, work: &mut Work<'_, '_>) -> Result<(), Trouble> {
        match self {
            Self::Configuration => write_configuration(work.setup.layers.folder(), &work.plan.written).map(drop),
            Self::Keys => keys::make(work),
            Self::Sheet => sheet::write(work),
            Self::Certificate => make_certificate(work),
            Self::Backups => make_place(work),
            Self::Database => start_database(work).await,
            Self::Schema => db::migrate(&db::url(work.config(), Role::Owner)?).await.map(drop).map_err(Trouble::from),
            Self::Services => start_services(work),
            Self::Health => health::wait(work.config()).await,
            Self::FirstAdmin => first_admin(work).await,
        }
    }
}

fn certificate_is_there(certificate: &Certificate) -> bool {
    let part = certificate.part();
    match certificate {
        // The authority's own certificate is written last.
        Certificate::Own(authority) => authority.certificate().exists(),
        Certificate::Given { .. } => true,
        Certificate::Copied { certificate, key, .. } => {
            same_content(certificate, &part.certificate) && same_content(key, &part.key)
        }
    }
}

fn make_certificate(work: &Work<'_, '_>) -> Result<(), Trouble> {
    let owner = work.plan.owner;
    let folder = work.setup.layers.folder().join("tls");
    make_for(&folder, 0o755, owner).map_err(Trouble::io("write", folder.display()))?;
    match &work.plan.certificate {
        Certificate::Own(authority) => {
            let made = authority.make(&work.setup.answers.names(), work.setup.outside.clock.now());
            made.map_err(|error| Trouble::told(error.to_string()))?;
            seal_authority(work.config(), authority).map(drop)
        }
        Certificate::Given { .. } => Ok(()),
        Certificate::Copied { certificate, key, .. } => {
            let part = work.plan.certificate.part();
            // The key first: a certificate without its key would be a server that does not start.
            copy_for(key, &part.key, 0o600, owner).map_err(Trouble::io("write", part.key.display()))?;
            copy_for(certificate, &part.certificate, 0o644, owner)
                .map_err(Trouble::io("write", part.certificate.display()))
        }
    }
}

fn make_place(work: &Work<'_, '_>) -> Result<(), Trouble> {
    let Some(folder) = &work.config().backup.destination else { return Ok(()) };
    make_for(folder, 0o700, work.plan.owner).map_err(Trouble::io("make the folder", folder.display()))
}

async fn start_database(work: &Work<'_, '_>) -> Result<(), Trouble> {
    if work.config().database.url.is_none() {
        work.setup.services.start(services::DATABASE).map_err(service)?;
    }
    Ok(wait_for(&db::url(work.config(), Role::Owner)?, DATABASE_PATIENCE).await?)
}

fn start_services(work: &Work<'_, '_>) -> Result<(), Trouble> {
    let services = work.setup.services;
    // One that runs has read another configuration.
    if services.is_active(services::SERVER) {
        services.stop(services::SERVER).map_err(service)?;
    }
    if backup::has_timer() {
        backup::tell_timer(Path::new(backup::UNITS), &work.config().backup, services)?;
    }
    services.enable(services::TARGET).map_err(service)?;
    // A target that was active already starts nothing again.
    if services.is_active(services::SERVER) { Ok(()) } else { services.start(services::SERVER).map_err(service) }
}

fn service(error: ServiceError) -> Trouble {
    Trouble::told(error.to_string())
}

async fn first_admin(work: &mut Work<'_, '_>) -> Result<(), Trouble> {
    let setup = work.setup;
    let vault = KeyFiles::of(work.config()).open()?;
    let app = App::new(work.config().clone(), setup.outside.clone(), vault)?;
    let Some(link) = app.accounts.first_admin(&setup.outside.console()?).await? else { return Ok(()) };
    if let Some(path) = &setup.answers.first_admin.link_file {
        work.begun.will_make(path)?;
        files::replace_secret(path, &format!("{link}\n")).map_err(|error| Trouble::told(error.to_string()))?;
    }
    work.link = Some(link);
    Ok(())
}
