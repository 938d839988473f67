//! `vcconnect migrate`: the only way that the schema changes.

use super::{Done, block_on};
use crate::infra::config::Config;
use crate::infra::db;
use crate::infra::postgres::Role;

pub(super) fn run(config: &Config) -> Done {
    let applied = block_on(db::migrate(&db::url(config, Role::Owner)?))??;
    match applied.as_slice() {
        [] => println!("The database is up to date."),
        changes => println!("Applied {}.", changes.join(", ")),
    }
    Ok(())
}
