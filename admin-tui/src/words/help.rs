//! What the help says of each screen, above its keys.

use crate::state::Screen;

/// What a screen is for.
pub const fn about(screen: Screen) -> &'static str {
    match screen {
        Screen::Dashboard => {
            "How each part is, and what to do about what is wrong. It is asked again every two seconds. When the server does not run, its services, its log and the backups are still here."
        }
        Screen::Users => {
            "People with an account. Links for invitations and passwords are shown once and work once; hand them over in person or by a way that you trust."
        }
        Screen::Keys => {
            "The ways to open the keystore. Keep at least two, one of them a recovery key that lies outside this server, and prove it now and then. Without any of them nothing can be read again."
        }
        Screen::Backups => {
            "Backups hold everything but a recovery key. Verified means read again and compared; restored means restored as a trial. What is being made goes on when you leave."
        }
        Screen::Updates => {
            "A bundle is signed. A backup is made first; if the new version is not healthy, the one before comes back by itself. It goes on when you leave."
        }
        Screen::Jobs => {
            "Work of the queue: reading, reports, exports. What failed for good waits for you here. Jobs are named by ids, because an admin reads no deal."
        }
    }
}

/// Before the commands.
pub const TWINS: &str = "The same for scripts:";

/// Before the keys.
pub const KEYS: &str = "Keys:";

/// A command.
pub fn command(verb: &str) -> String {
    format!("vcconnect {verb} [--json]")
}
