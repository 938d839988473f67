//! `vcconnect users`: how the first person gets in.

use clap::Subcommand;

use super::{Done, block_on, build, console};
use crate::infra::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Print a one-time link for the first admin; nothing if somebody is there already
    FirstAdmin {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(config: Config, verb: &Verb) -> Done {
    let app = build(config)?;
    match verb {
        Verb::FirstAdmin { json } => {
            let cx = console(&app.outside)?;
            let link = block_on(app.accounts.first_admin(&cx))??;
            match (json, link) {
                (true, link) => println!("{}", serde_json::json!({ "link": link })),
                (false, Some(link)) => println!("{link}"),
                (false, None) => eprintln!("Somebody is there already; an admin can invite others."),
            }
            Ok(())
        }
    }
}
