//! Starting and stopping the real program: whatever happens, nothing is left running.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::*;
use crate::binary::{self, Profile};

/// Built once; the tests of the workspace have built it before, so this only asks cargo where it is.
fn program(workshop: &Workshop) -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| binary::build(&mut Steps::new(workshop), Profile::Dev).unwrap()).clone()
}

fn start(workshop: &Workshop, home: Home) -> Result<Stack> {
    let binary = program(workshop);
    let options = StackOptions { binary, home, port: None, throwaway: true, log_to_terminal: false };
    Stack::start(&mut Steps::new(workshop), options)
}

fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

fn pids(stack: &Stack) -> [u32; 2] {
    [stack.server_pid(), stack.database.service.pid()]
}

#[test]
fn it_starts_with_a_link_and_stops_without_a_rest() {
    let workshop = Workshop::open().unwrap();
    let mut stack = start(&workshop, Home::temporary().unwrap()).unwrap();
    let pids = pids(&stack);
    assert!(pids.into_iter().all(is_alive));
    let link = stack.first_admin_link.clone().unwrap();
    assert!(link.starts_with(&format!("{}/welcome#", stack.url)), "{link}");
    stack.must_be_up().unwrap();
    stack.stop().unwrap();
    assert!(!pids.into_iter().any(is_alive));
}

#[test]
fn a_forgotten_stack_stops_too() {
    let workshop = Workshop::open().unwrap();
    let stack = start(&workshop, Home::temporary().unwrap()).unwrap();
    let pids = pids(&stack);
    drop(stack);
    assert!(!pids.into_iter().any(is_alive));
}

#[test]
fn a_server_that_ends_by_itself_is_reported() {
    let workshop = Workshop::open().unwrap();
    let mut stack = start(&workshop, Home::temporary().unwrap()).unwrap();
    let pids = pids(&stack);
    kill(Pid::from_raw(i32::try_from(stack.server_pid()).unwrap()), Signal::SIGKILL).unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    let report = loop {
        match stack.must_be_up() {
            Err(report) => break report.to_string(),
            Ok(()) => assert!(Instant::now() < end, "the end was not noticed"),
        }
        sleep(POLL);
    };
    assert!(report.starts_with("The server ended by itself (signal: 9"), "{report}");
    stack.stop().unwrap();
    assert!(!pids.into_iter().any(is_alive));
}

#[test]
fn a_failed_preparation_stops_the_database() {
    let workshop = Workshop::open().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = Home::lasting(folder.path()).unwrap();
    let keys = home.data().join("keys");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("keystore.json"), "{").unwrap();
    let report = format!("{:#}", start(&workshop, home).err().unwrap());
    assert!(report.contains("prepare keys and tables") && report.contains("key file"), "{report}");
    let socket = folder.path().join("data/run/.s.PGSQL.5432");
    assert!(!socket.exists(), "a database that was stopped has removed its socket");
}

#[test]
fn a_taken_port_is_named() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    let refusal = choose_port(Some(port)).unwrap_err().to_string();
    assert!(refusal.contains(&port.to_string()) && refusal.contains("--port"), "{refusal}");
}
