//! What a confined child cannot do.

use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;

use confine::{Ended, Level, Limits};
use nix::libc;
use tokio::runtime::Runtime;

use crate::Case;
use crate::parent::{answer, launcher};

/// The cases of this file.
pub const CASES: &[Case] = &[
    ("the_level_is_known", the_level_is_known),
    ("a_missing_wall_is_noticed", a_missing_wall_is_noticed),
    ("files_of_the_host_are_out_of_reach", files_of_the_host_are_out_of_reach),
    ("nothing_is_written", nothing_is_written),
    ("the_network_is_out_of_reach", the_network_is_out_of_reach),
    ("other_processes_are_out_of_reach", other_processes_are_out_of_reach),
    ("inherited_files_are_closed", inherited_files_are_closed),
    ("the_walls_stay", the_walls_stay),
    ("processes_are_counted", processes_are_counted),
];

fn asked(runtime: &Runtime, act: &str, matter: &str) -> String {
    let (text, ended) = runtime.block_on(answer(&launcher(act, matter, Limits::default())));
    assert_eq!(ended, Ended::Finished, "{act} {matter}: {text}");
    text
}

#[track_caller]
fn refused(runtime: &Runtime, act: &str, matter: &str) {
    let text = asked(runtime, act, matter);
    assert!(text.starts_with("refused"), "{act} {matter}: {text}");
}

fn level(runtime: &Runtime) -> Level {
    runtime.block_on(async {
        let child = launcher("nothing", "", Limits::default()).start().await.unwrap();
        let level = child.level().clone();
        assert_eq!(child.end().await, Ended::Finished);
        level
    })
}

/// A host that lacks a wall cannot prove it; the reason is printed instead.
fn degraded(runtime: &Runtime) -> bool {
    match level(runtime) {
        Level::Full => false,
        Level::Degraded(reasons) => {
            println!("not run, since this host does not confine fully: {}", reasons.join(" "));
            true
        }
    }
}

fn the_level_is_known(runtime: &Runtime) {
    println!("level here: {:?}", level(runtime));
}

/// A filter above us that refuses a call, or pretends to have done it.
fn a_missing_wall_is_noticed(runtime: &Runtime) {
    if degraded(runtime) {
        return;
    }
    for (call, answer, reason) in [
        (libc::SYS_landlock_create_ruleset, libc::ENOSYS, "(Landlock) are not in force"),
        (libc::SYS_landlock_create_ruleset, libc::EPERM, "(Landlock)"),
        (libc::SYS_landlock_restrict_self, 0, "(Landlock) were accepted"),
        (libc::SYS_seccomp, libc::EPERM, "filter of system calls is not in force"),
        (libc::SYS_seccomp, 0, "filter of system calls was accepted"),
    ] {
        let launcher = launcher("without", &format!("{call} {answer}"), Limits::default());
        let child = runtime.block_on(launcher.start()).unwrap();
        let Level::Degraded(reasons) = child.level() else { panic!("call {call} was not missed") };
        assert!(reasons.join(" ").contains(reason), "{reasons:?}");
    }
}

fn files_of_the_host_are_out_of_reach(runtime: &Runtime) {
    if degraded(runtime) {
        return;
    }
    for path in ["/etc/passwd", "/proc/self/environ", "/proc/1/status", "/dev/zero"] {
        refused(runtime, "read", path);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deck.pdf");
    std::fs::write(&file, "x").unwrap();
    refused(runtime, "read", file.to_str().unwrap());
    refused(runtime, "list", folder.path().to_str().unwrap());
    refused(runtime, "list", "/");
    assert_eq!(asked(runtime, "list", "/usr/share"), "done");
}

fn nothing_is_written(runtime: &Runtime) {
    if degraded(runtime) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deck.pdf");
    std::fs::write(&file, "x").unwrap();
    open_to_all(folder.path());
    open_to_all(&file);
    refused(runtime, "create", folder.path().join("new").to_str().unwrap());
    refused(runtime, "append", file.to_str().unwrap());
    refused(runtime, "remove", file.to_str().unwrap());
    refused(runtime, "create", "/dev/shm/confined-test");
    assert!(file.exists());
}

/// So that a refusal is the confinement's and not that of the file's mode.
fn open_to_all(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
}

fn the_network_is_out_of_reach(runtime: &Runtime) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _unix = UnixListener::bind(&path).unwrap();
    open_to_all(folder.path());
    open_to_all(&path);
    refused(runtime, "tcp", &listener.local_addr().unwrap().to_string());
    refused(runtime, "unix", path.to_str().unwrap());
    refused(runtime, "udp", "127.0.0.1:0");
    assert!(UdpSocket::bind("127.0.0.1:0").is_ok());
}

fn other_processes_are_out_of_reach(runtime: &Runtime) {
    refused(runtime, "signal", &std::process::id().to_string());
}

fn inherited_files_are_closed(runtime: &Runtime) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"secret").unwrap();
    let inherited = nix::unistd::dup(&file).unwrap();
    refused(runtime, "inherited", &inherited.as_raw_fd().to_string());
}

fn the_walls_stay(runtime: &Runtime) {
    for act in ["leave-group", "namespace", "rlimit"] {
        refused(runtime, act, "");
    }
}

fn processes_are_counted(runtime: &Runtime) {
    let mut probe = std::process::Command::new(std::env::current_exe().unwrap());
    if !probe.args(["act", "counts-processes"]).status().unwrap().success() {
        println!("not run, since this host gives no user namespace to an ordinary user");
        return;
    }
    let limits = Limits { processes: 8, ..Limits::default() };
    let (count, ended) = runtime.block_on(answer(&launcher("sleepers", "", limits)));
    assert_eq!((count.as_str(), ended), ("7", Ended::Finished));
}
