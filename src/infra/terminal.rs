//! The terminal at standard input, while something is typed that nobody shall read over a shoulder.

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// Shows what is typed again when it is dropped.
#[derive(Debug)]
pub struct WithoutEcho(Option<Termios>);

/// Hides what is typed from now on. Where standard input is no terminal, nothing changes.
pub fn without_echo() -> WithoutEcho {
    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin).ok();
    if let Some(mut settings) = before.clone() {
        settings.local_flags.remove(LocalFlags::ECHO);
        settings.local_flags.insert(LocalFlags::ECHONL);
        let _ = tcsetattr(&stdin, SetArg::TCSAFLUSH, &settings);
    }
    WithoutEcho(before)
}

/// Whether the terminal gets colours, by `NO_COLOR` and `TERM`.
pub fn wants_colour() -> bool {
    let (no_color, term) = (std::env::var("NO_COLOR").ok(), std::env::var("TERM").ok());
    admin_tui::options::wants_colour(no_color.as_deref(), term.as_deref())
}

impl Drop for WithoutEcho {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, before);
        }
    }
}
