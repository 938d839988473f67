//! `vcconnect admin`: the terminal UI. It knows the server by its admin socket alone, and this program by its name.

use admin_tui::Options;
use chrono::Utc;

use super::Done;
use crate::infra::config::Config;
use crate::infra::{host, terminal};

/// What this program does without a server, in the form that the terminal UI reads.
const ALONE: &[&str] = &[
    "status",
    "keys list",
    "keys add-passphrase",
    "keys add-recovery",
    "keys remove",
    "keys rotate",
    "keys prove",
    "backups list",
    "backups create",
    "backups verify",
];

pub(super) fn run(config: &Config) -> Done {
    let socket = config.admin.socket_of(&config.storage);
    let mut options = Options::new(socket, config.storage.data_dir.clone(), host::program()?, Utc::now);
    options.alone = ALONE.to_vec();
    options.colour = terminal::wants_colour();
    Ok(admin_tui::run(options)?)
}

#[cfg(test)]
mod tests {
    use super::ALONE;

    #[test]
    fn the_terminal_knows_each_command_that_works_alone() {
        assert!(ALONE.iter().all(|words| admin_tui::verbs::ALONE.contains(words)));
    }
}
