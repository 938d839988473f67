//! A terminal inside a machine, as somebody has it who came over SSH: tmux keeps it, so keys can be typed and the screen be
//! looked at through the control channel.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::machine::Machine;

/// Between two looks at the screen.
const TICK: Duration = Duration::from_millis(300);

/// For what is there at once on a real processor.
const ANSWER: Duration = Duration::from_secs(30);

/// What sshd does, too, by a word of the shell itself, whose number it is to be. `login` would hang up the terminal that
/// tmux has just made.
const SIGN_IN: &str = "echo $(id -u anna) >/proc/self/loginuid && exec su -l anna";

/// A terminal in which the machine's admin is signed in, with the login user that sudo does not hide.
pub struct Terminal<'m, 'a> {
    machine: &'m mut Machine<'a>,
}

impl<'m, 'a> Terminal<'m, 'a> {
    /// Opens it with a shell of the admin.
    pub fn open(machine: &'m mut Machine<'a>, columns: u16, rows: u16) -> Result<Self> {
        let mut terminal = Self { machine };
        terminal.tmux(&format!("new-session -d -s desk -x {columns} -y {rows} {}", quoted(SIGN_IN)))?;
        terminal.wait("$")?;
        Ok(terminal)
    }

    /// Types a line and Enter.
    pub fn line(&mut self, line: &str) -> Result<()> {
        self.tmux(&format!("send-keys -t desk -l -- {}", quoted(line)))?;
        self.keys("Enter")
    }

    /// Presses keys by tmux's names, as in `Down Down Enter C-c`.
    pub fn keys(&mut self, keys: &str) -> Result<()> {
        self.tmux(&format!("send-keys -t desk {keys}")).map(drop)
    }

    /// What the screen shows.
    pub fn screen(&mut self) -> Result<String> {
        self.tmux("capture-pane -p -t desk")
    }

    /// Waits until the screen shows this, and returns all of it.
    pub fn wait(&mut self, text: &str) -> Result<String> {
        self.wait_until(&format!("{text:?} is shown"), ANSWER, |screen| screen.contains(text))
    }

    /// Waits until the screen is as it should be, which `what` says in words, and returns all of it.
    pub fn wait_until(&mut self, what: &str, limit: Duration, there: impl Fn(&str) -> bool) -> Result<String> {
        let begun = Instant::now();
        let limit = self.machine.scaled(limit);
        loop {
            let screen = self.screen()?;
            if there(&screen) {
                return Ok(screen);
            }
            if begun.elapsed() > limit {
                bail!("it did not come on the screen within {} s that {what}:\n{screen}", limit.as_secs());
            }
            sleep(TICK);
        }
    }

    /// Closes it with everything that runs in it, as a connection that breaks.
    pub fn close(mut self) -> Result<()> {
        self.tmux("kill-server").map(drop)
    }

    fn tmux(&mut self, words: &str) -> Result<String> {
        self.machine.read(&format!("tmux -L desk {words}"))
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_line_is_one_word() {
        assert_eq!(quoted("echo $HOME it's"), r"'echo $HOME it'\''s'");
    }
}
