//! `vcconnect keys`: the keystore of a new installation.

use clap::Subcommand;

use super::Done;
use crate::infra::config::Config;
use crate::infra::keys::{Initialised, KeyFiles};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make keystore and key file if there are none; never replace them
    Init,
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    match verb {
        Verb::Init => {
            let files = KeyFiles::of(config);
            match files.init()? {
                Initialised::Created => println!(
                    "Made the keystore {} and its key file {}. Keep a copy of the key file away from this machine: without it nothing opens.",
                    files.keystore.display(),
                    files.key.display()
                ),
                Initialised::Already => println!("The keystore {} is there and opens.", files.keystore.display()),
            }
            Ok(())
        }
    }
}
