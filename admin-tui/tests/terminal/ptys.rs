//! The real loop on a real terminal: this test starts itself with a pty, types into it, and looks how the terminal is given
//! back when it is left, ended, hung up or broken.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use admin_tui::Options;
use chrono::{DateTime, Utc};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

use crate::fake::{self, Server};
use crate::made_up;

const SOCKET: &str = "ADMIN_TUI_TEST_SOCKET";
const FAULT: &str = "ADMIN_TUI_TEST_FAULT";
/// A program that sets a machine up.
const PROGRAM: &str = "ADMIN_TUI_TEST_PROGRAM";
const PATIENCE: Duration = Duration::from_secs(40);
/// The terminal is given back with this.
const LEFT: &str = "\u{1b}[?1049l";

/// The program in the pty; without its variable there is nothing to do.
#[test]
fn the_other_side() {
    let Some(socket) = std::env::var_os(SOCKET) else { return };
    let clock = if std::env::var_os(FAULT).is_some() { faulty } else { made_up::now };
    let program = std::env::var_os(PROGRAM);
    let sets_up = program.is_some();
    let program = program.unwrap_or_else(|| "/bin/false".into());
    let options = Options::new(socket.into(), "/".into(), program.into(), clock);
    admin_tui::run(Options { sets_up, ..options }).unwrap();
}

fn faulty() -> DateTime<Utc> {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    assert!(CALLS.fetch_add(1, Ordering::Relaxed) == 0, "a fault with \u{1b}]0;a title\u{7} in it");
    made_up::now()
}

struct Terminal {
    keyboard: File,
    line: OwnedFd,
    screen: Receiver<Vec<u8>>,
    seen: String,
    child: Child,
}

impl Terminal {
    fn start(server: &Server, fault: bool) -> Self {
        let fault = fault.then(|| (FAULT, "1".into()));
        Self::with(server, fault)
    }

    fn with(server: &Server, variable: Option<(&str, OsString)>) -> Self {
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).unwrap();
        let end = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["ptys::the_other_side", "--exact", "--nocapture"]).env(SOCKET, server.socket());
        command.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
        command.envs(variable);
        let child = command.spawn().unwrap();
        let keyboard = File::from(pty.master);
        let (send, screen) = mpsc::channel();
        let mut from = keyboard.try_clone().unwrap();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                if send.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keyboard, line: pty.slave, screen, seen: String::new(), child }
    }

    /// Reads on until something is on the screen.
    fn until(&mut self, text: &str) {
        // It draws every second, so silence is not what ends the waiting. Words only: unchanged spaces are not sent.
        let begun = Instant::now();
        while !self.seen.contains(text) {
            assert!(begun.elapsed() < PATIENCE, "no {text:?} in {:?}", self.seen);
            let bytes = self.screen.recv_timeout(PATIENCE).unwrap_or_default();
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn is_cooked(&self) -> bool {
        let flags = tcgetattr(&self.line).unwrap().local_flags;
        flags.contains(LocalFlags::ICANON | LocalFlags::ECHO)
    }

    /// Waits for its end, and that the terminal is as it was.
    fn ends(&mut self) -> ExitStatus {
        self.until(LEFT);
        let status = self.child.wait().unwrap();
        assert!(self.is_cooked());
        assert!(self.seen.contains("\u{1b}[?2004l") && self.seen.contains("\u{1b}[?25h"));
        status
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn server() -> Server {
    Server::saying(|request| vec![made_up::said(&request.ask, request.token.as_ref())])
}

#[test]
fn keys_are_read_and_leaving_gives_the_terminal_back() {
    let server = server();
    let mut terminal = Terminal::start(&server, false);
    assert!(terminal.is_cooked() || terminal.child.try_wait().is_ok());
    terminal.until("passages");
    assert!(!terminal.is_cooked());
    terminal.types("2");
    terminal.until("Lindqvist");
    terminal.types("/rossi\r\r");
    terminal.until("000000000003");
    terminal.types("\u{c}qq");
    assert!(terminal.ends().success());
}

#[test]
fn signals_give_the_terminal_back() {
    let server = server();
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        let mut terminal = Terminal::start(&server, false);
        terminal.until("passages");
        kill(Pid::from_raw(terminal.child.id().try_into().unwrap()), signal).unwrap();
        assert!(terminal.ends().success(), "{signal}");
    }
}

#[test]
fn a_panic_gives_the_terminal_back_and_prints_clean_text() {
    let server = server();
    let mut terminal = Terminal::start(&server, true);
    terminal.until("a fault with");
    assert!(!terminal.ends().success());
    terminal.until("in it");
    let (_, after) = terminal.seen.split_once(LEFT).unwrap();
    assert!(after.contains("a fault with \u{fffd}]0;a title\u{fffd} in it"), "{after:?}");
    assert!(!terminal.seen.contains("\u{1b}]"));
}

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let options = Options::new("/none".into(), "/".into(), "/bin/false".into(), made_up::now);
    // The test's own input is a terminal where a person runs it by hand; then there is nothing to see here.
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        assert!(admin_tui::run(options).unwrap_err().to_string().contains("vcconnect status --json"));
    }
}

/// Says what ours says, and keeps what it was given.
const SETS_UP: &str = r#"folder=$(dirname "$0")
case "$*" in
*--check*) cat > "$folder/looked"
  echo '{"looked":{"found":[],"has_keys":false,"finished":false}}' ;;
"keys recovery-key"*) echo '{"recovery_key":["AGE-SECRET-KEY-1","QQQQ","WWWW","EEEE","RRRR","TTTT","JJ"]}' ;;
setup*) cat > "$folder/answers"; echo "$*" > "$folder/words"
  echo '{"step":"Starting the database","done":5,"total":10}'
  echo '{"set_up":{"url":"https://atlas","authority":"88:00","link":"https://atlas/welcome#x","runs":true,"said":[],"next":[]}}' ;;
esac"#;

#[test]
fn a_machine_is_set_up_with_keys_alone() {
    let server = server();
    let program = fake::script(server.folder.path(), "vcconnect", SETS_UP);
    let mut terminal = Terminal::with(&server, Some((PROGRAM, program.into())));
    for (seen, typed) in [
        ("passkeys", "atlas\r\r\r"),
        ("vouch", "\r\r"),
        ("sealed", "\r\r"),
        ("written", "\r"),
        ("groups", "wwww\rtttt\rjj\r\r"),
        ("File", "\r"),
        ("02:30", "\r\r"),
        ("PROTECTED", "\r"),
        ("welcome#x", "\r"),
        ("passages", "q"),
    ] {
        terminal.until(seen);
        terminal.types(typed);
    }
    assert!(terminal.ends().success());
    let words = std::fs::read_to_string(server.path("words")).unwrap();
    assert_eq!(words.trim(), "setup --json --answers=-");
    let answers = std::fs::read_to_string(server.path("answers")).unwrap();
    assert!(answers.contains("AGE-SECRET-KEY-1 QQQQ WWWW EEEE RRRR TTTT JJ"), "{answers}");
}
