//! Stands in for the service manager: starts a process for each connection to a socket, which is its standard input.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use confine::Way;

static ASKED_FOR: AtomicBool = AtomicBool::new(false);

/// From here on children are started by units, or by the parent.
pub fn by_units(wanted: bool) {
    ASKED_FOR.store(wanted, Ordering::Relaxed);
}

/// Whether they are.
pub fn has_units() -> bool {
    ASKED_FOR.load(Ordering::Relaxed)
}

/// How a child of this program comes to play its part.
pub fn way(arguments: &[&str]) -> Way {
    let program = std::env::current_exe().unwrap();
    if !has_units() {
        return Way::Process { program, arguments: arguments.iter().map(Into::into).collect() };
    }
    let folder = tempfile::tempdir().unwrap().keep();
    let socket = folder.join("child.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let words: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
    std::thread::spawn(move || listen(&listener, &program, &folder, &words));
    Way::Unit { socket }
}

/// One connection is enough for a test.
fn listen(listener: &UnixListener, program: &PathBuf, folder: &PathBuf, words: &[String]) {
    let (stream, _) = listener.accept().unwrap();
    let _ = std::fs::remove_dir_all(folder);
    let mut unit = Command::new(program)
        .arg("attend")
        .args(words)
        .stdin(Stdio::from(OwnedFd::from(stream)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = unit.wait();
}

/// What the process does that is started for a connection.
pub fn attend(arguments: &[String]) {
    use std::os::fd::AsFd;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let socket = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let words = arguments.iter().map(Into::into).collect();
    runtime.block_on(confine::attend(socket, std::env::current_exe().unwrap(), words)).unwrap();
}
