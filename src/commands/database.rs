//! `vcconnect database`: the private Postgres.

use std::time::Duration;

use clap::{Subcommand, ValueEnum};

use super::{Done, block_on};
use crate::app::wait_for;
use crate::infra::config::Config;
use crate::infra::db;
use crate::infra::postgres::{self, Role};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Prepare the cluster and become its `postgres`
    Run {
        /// Stop when the parent process dies
        #[arg(long)]
        die_with_parent: bool,
        /// Give up crash safety for speed; for tests
        #[arg(long)]
        throwaway: bool,
    },
    /// Print the connection URL, for psql
    Dsn {
        /// Who connects
        #[arg(long, value_enum, default_value_t = Who::App)]
        role: Who,
    },
    /// Wait until the database answers
    Wait,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Who {
    /// Reads and writes rows
    App,
    /// Owns the schema
    Owner,
    /// Reads everything
    Backup,
    /// The superuser
    Super,
}

impl From<Who> for Role {
    fn from(who: Who) -> Self {
        match who {
            Who::App => Self::App,
            Who::Owner => Self::Owner,
            Who::Backup => Self::Backup,
            Who::Super => Self::Super,
        }
    }
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    match verb {
        Verb::Run { die_with_parent, throwaway } => {
            match postgres::prepare(config, *throwaway, *die_with_parent)?.exec()? {}
        }
        Verb::Dsn { role } => {
            println!("{}", db::url(config, (*role).into())?);
            Ok(())
        }
        Verb::Wait => Ok(block_on(wait_for(&db::url(config, Role::App)?, Duration::from_secs(60)))??),
    }
}
