//! Starting children, and what the parent makes of their ends.

use std::process::{Command, Stdio};
use std::time::Duration;

use confine::{Child, Ended, LaunchError, Launcher, Level, Limit, Limits, Way};
use tokio::runtime::Runtime;

use crate::{Case, manager};

/// The cases of this file.
pub const CASES: &[Case] = &[
    ("degraded_is_refused_with_its_reasons", degraded_is_refused_with_its_reasons),
    ("degraded_works_where_it_is_allowed", degraded_works_where_it_is_allowed),
    ("a_process_with_threads_reads_nothing", a_process_with_threads_reads_nothing),
    ("a_child_that_says_nothing_is_no_child", a_child_that_says_nothing_is_no_child),
    ("a_missing_program_is_said", a_missing_program_is_said),
    ("nobody_at_the_socket_is_said", nobody_at_the_socket_is_said),
    ("an_error_code_is_a_crash", an_error_code_is_a_crash),
    ("garbage_is_a_crash", garbage_is_a_crash),
    ("a_forged_end_is_none", a_forged_end_is_none),
    ("standard_error_blocks_nobody", standard_error_blocks_nobody),
    ("time_is_kept_by_the_parent", time_is_kept_by_the_parent),
    ("endless_output_ends", endless_output_ends),
    ("memory_ends", memory_ends),
    ("processor_time_ends", processor_time_ends),
    ("what_a_child_started_ends_with_it", what_a_child_started_ends_with_it),
    ("dropping_a_child_ends_all_of_it", dropping_a_child_ends_all_of_it),
    ("a_child_dies_with_its_parent", a_child_dies_with_its_parent),
];

/// Those that are only about processes of our own.
pub const OF_PROCESSES: &[&str] = &["a_missing_program_is_said"];

/// Children of this program that play `act`. Degraded hosts may work here: each test says what it needs.
pub fn launcher(act: &str, matter: &str, limits: Limits) -> Launcher {
    Launcher { way: manager::way(&["act", act, matter]), limits, allow_degraded: true }
}

/// Starts a child and takes its one answer and its end.
pub async fn answer(launcher: &Launcher) -> (String, Ended) {
    let mut child = launcher.start().await.unwrap();
    let text = word(&mut child).await;
    (text, child.end().await)
}

/// The next answer as text.
pub async fn word(child: &mut Child) -> String {
    child.next().await.map(|frame| String::from_utf8_lossy(&frame.payload).into_owned()).unwrap_or_default()
}

fn ends(runtime: &Runtime, act: &str, limits: Limits) -> Ended {
    runtime.block_on(async { launcher(act, "", limits).start().await.unwrap().end().await })
}

/// Waits until the processes that `pids` names are gone or are only waiting to be reaped by the system.
fn all_die(pids: &str) {
    let dead = |pid: &str| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ") || stat.contains(") X ")
    };
    assert!(pids.split(' ').all(|pid| pid.parse::<u32>().is_ok()), "{pids}");
    for _ in 0..1000 {
        if pids.split(' ').all(dead) {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("still alive: {pids}");
}

fn degraded_is_refused_with_its_reasons(runtime: &Runtime) {
    let launcher = Launcher { allow_degraded: false, ..launcher("degraded", "", Limits::default()) };
    let Err(LaunchError::Refused(reasons)) = runtime.block_on(launcher.start()) else { panic!("it was not refused") };
    assert_eq!(reasons, ["A wall is missing."]);
    assert!(LaunchError::Refused(reasons).to_string().contains("A wall is missing. No document was opened."));
}

fn degraded_works_where_it_is_allowed(runtime: &Runtime) {
    let child = runtime.block_on(launcher("degraded", "", Limits::default()).start()).unwrap();
    assert_eq!(child.level(), &Level::Degraded(vec!["A wall is missing.".to_owned()]));
}

fn a_process_with_threads_reads_nothing(runtime: &Runtime) {
    let result = runtime.block_on(launcher("threaded", "", Limits::default()).start());
    let Err(LaunchError::Confine(sentence)) = result else { panic!("it was confined") };
    assert!(sentence.contains("2 threads"), "{sentence}");
}

fn a_child_that_says_nothing_is_no_child(runtime: &Runtime) {
    let result = runtime.block_on(launcher("speechless", "", Limits::default()).start());
    assert!(matches!(result, Err(LaunchError::Silent(Ended::Crashed { code: Some(3), signal: None }))));
}

fn a_missing_program_is_said(runtime: &Runtime) {
    let missing = Launcher {
        way: Way::Process { program: "/nowhere".into(), arguments: Vec::new() },
        ..launcher("", "", Limits::default())
    };
    assert!(matches!(runtime.block_on(missing.start()), Err(LaunchError::Spawn(_))));
}

fn nobody_at_the_socket_is_said(runtime: &Runtime) {
    let way = Way::Unit { socket: "/nowhere/read.sock".into() };
    let silent = Launcher { way, ..launcher("", "", Limits::default()) };
    let Err(error) = runtime.block_on(silent.start()) else { panic!("somebody answered") };
    assert!(error.to_string().contains("/nowhere/read.sock") && error.to_string().contains("No document was opened"));
}

fn an_error_code_is_a_crash(runtime: &Runtime) {
    assert_eq!(ends(runtime, "fails", Limits::default()), Ended::Crashed { code: Some(4), signal: None });
}

fn garbage_is_a_crash(runtime: &Runtime) {
    assert!(matches!(ends(runtime, "garbage", Limits::default()), Ended::Crashed { .. }));
}

/// Over a pipe the word is a frame like any other; over a socket it would be taken for the unit's.
fn a_forged_end_is_none(runtime: &Runtime) {
    assert!(matches!(ends(runtime, "forges", Limits::default()), Ended::Crashed { .. }));
}

fn standard_error_blocks_nobody(runtime: &Runtime) {
    assert_eq!(ends(runtime, "chatter", Limits::default()), Ended::Finished);
}

fn time_is_kept_by_the_parent(runtime: &Runtime) {
    let limits = Limits { wall: Duration::from_millis(1500), ..Limits::default() };
    assert_eq!(ends(runtime, "sleep", limits), Ended::Killed { by: Limit::Wall });
}

fn endless_output_ends(runtime: &Runtime) {
    let limits = Limits { output_bytes: 1_000_000, ..Limits::default() };
    assert_eq!(ends(runtime, "endless", limits), Ended::Killed { by: Limit::Output });
}

fn memory_ends(runtime: &Runtime) {
    let limits = Limits { address_space: 400 * 1024 * 1024, ..Limits::default() };
    assert_eq!(ends(runtime, "memory", limits), Ended::Killed { by: Limit::Memory });
}

fn processor_time_ends(runtime: &Runtime) {
    let limits = Limits { cpu_seconds: 1, ..Limits::default() };
    assert_eq!(ends(runtime, "cpu", limits), Ended::Killed { by: Limit::Cpu });
}

fn what_a_child_started_ends_with_it(runtime: &Runtime) {
    let (pids, ended) = runtime.block_on(answer(&launcher("grandchild", "", Limits::default())));
    assert_eq!(ended, Ended::Finished);
    all_die(&pids);
}

fn dropping_a_child_ends_all_of_it(runtime: &Runtime) {
    let pids = runtime.block_on(async {
        let mut child = launcher("grandchild-and-sleep", "", Limits::default()).start().await.unwrap();
        word(&mut child).await
    });
    all_die(&pids);
}

/// A server that is killed cannot kill its children: the kernel does.
fn a_child_dies_with_its_parent(_: &Runtime) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let way = if manager::has_units() { "units" } else { "" };
    let output = command.args(["act", "dying-parent", way]).stderr(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    all_die(&String::from_utf8(output.stdout).unwrap());
}

/// Starts a child, names it and dies without a chance to clean up.
pub fn die_with_a_child(by_units: bool) {
    manager::by_units(by_units);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut child = launcher("sleep", "", Limits::default()).start().await.unwrap();
        print!("{}", word(&mut child).await);
        std::io::Write::flush(&mut std::io::stdout()).unwrap();
        nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL).unwrap();
    });
}
