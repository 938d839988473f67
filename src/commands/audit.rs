//! `vcconnect audit`: whether anybody touched the log.

use clap::Subcommand;

use super::{Done, block_on, build};
use crate::domain::audit::ChainState;
use crate::infra::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Walk the whole chain and name the first place that does not fit
    Verify {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(config: Config, verb: &Verb) -> Done {
    let app = build(config)?;
    match verb {
        Verb::Verify { json } => {
            let state = block_on(app.audit.verify())??;
            if *json {
                println!("{}", serde_json::to_string(&state)?);
            }
            match state {
                ChainState::Intact { sealed, waiting } => {
                    if !*json {
                        println!("The audit log is intact: {sealed} entries sealed, {waiting} waiting for the sealer.");
                    }
                    Ok(())
                }
                ChainState::Broken { seq, kind } => Err(format!(
                    "the audit log was altered: entry {seq} does not fit ({kind}); keep a copy of the database as it is"
                )
                .into()),
            }
        }
    }
}
