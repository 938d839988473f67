//! `vcconnect admin`: the terminal UI. It knows the server by its admin socket alone, and this program by its name.

use admin_tui::Options;
use chrono::Utc;

use super::Done;
use crate::infra::config::Config;
use crate::infra::{host, terminal};
use crate::setup;

/// What the terminal UI knows to work without a server, and does not here.
const NOT_HERE: &[&str] = &["keys unlock"];

pub(super) fn run(config: &Config) -> Done {
    let socket = config.admin.socket_of(&config.storage);
    let mut options = Options::new(socket, config.storage.data_dir.clone(), host::program()?, Utc::now);
    options.alone.retain(|words| !NOT_HERE.contains(words));
    options.sets_up = setup::is_wanted(config);
    options.colour = terminal::wants_colour();
    Ok(admin_tui::run(options)?)
}

#[cfg(test)]
mod tests {
    use super::NOT_HERE;

    #[test]
    fn what_is_not_here_is_known_to_the_terminal() {
        assert!(NOT_HERE.iter().all(|words| admin_tui::verbs::ALONE.contains(words)));
    }
}
