//! What the children of the tests do once they are confined.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use confine::{Inside, Limits};
use nix::unistd::Pid;

/// The document that is sent.
pub const DOCUMENT: u8 = 1;
/// What a child answers.
pub const ANSWER: u8 = 2;

/// Plays the act that the second argument names; the third is its matter.
pub fn play(arguments: &[String]) {
    let act = arguments.get(1).map(String::as_str).unwrap();
    let matter = arguments.get(2).map(String::as_str).unwrap_or_default();
    match act {
        "unconfined" => raw(r#"{"confined":"full"}"#.as_bytes()),
        "degraded" => raw(r#"{"confined":{"degraded":["A wall is missing."]}}"#.as_bytes()),
        "speechless" => std::process::exit(3),
        "threaded" => threaded(),
        "counts-processes" => std::process::exit(i32::from(!counts_processes())),
        "without" => without(matter),
        "dying-parent" => crate::parent::die_with_a_child(matter == "units"),
        "forges" => forges(),
        act => confined(act, matter),
    }
}

/// A greeting by hand, for what a real child would not say.
fn raw(greeting: &[u8]) {
    let mut writer = confine::FrameWriter::new(std::io::stdout());
    writer.write(0, greeting).unwrap();
}

/// Says over its pipe what only the unit may say over the socket.
fn forges() {
    raw(r#"{"confined":"full"}"#.as_bytes());
    let mut writer = confine::FrameWriter::new(std::io::stdout());
    writer.write(255, br#""finished""#).unwrap();
    std::process::exit(9);
}

/// Whether this host lets an ordinary user have a namespace, and root become one: only then are processes counted.
fn counts_processes() -> bool {
    use nix::unistd::{Uid, geteuid, setuid};
    let ordinary = !geteuid().is_root() || setuid(Uid::from_raw(65_534)).is_ok();
    ordinary && nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUSER).is_ok()
}

fn threaded() {
    let (_keep, wait) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || wait.recv());
    assert!(confine::enter(Limits::default()).is_err());
}

/// Confines itself under a filter that answers one system call, as a strict unit or an old container does.
/// The matter is its number and the answer: 0 is success without effect.
fn without(matter: &str) {
    use seccompiler::{SeccompAction, SeccompFilter, TargetArch, apply_filter};
    let (call, answer) = matter.split_once(' ').unwrap();
    let rules = [(call.parse().unwrap(), Vec::new())].into();
    let answer = SeccompAction::Errno(answer.parse().unwrap());
    let architecture = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, architecture).unwrap();
    let program: seccompiler::BpfProgram = filter.try_into().unwrap();
    apply_filter(&program).unwrap();
    let _ = confine::enter(Limits::default());
}

fn confined(act: &str, matter: &str) {
    let mut inside = confine::enter(Limits::default()).unwrap();
    let answer = match act {
        "nothing" => return,
        "read" => said(File::open(matter)),
        "list" => said(std::fs::read_dir(matter)),
        "create" => said(File::create(matter)),
        "append" => said(File::options().append(true).open(matter)),
        "remove" => said(std::fs::remove_file(matter)),
        "tcp" => said(TcpStream::connect(matter)),
        "udp" => said(UdpSocket::bind(matter)),
        "unix" => said(UnixStream::connect(matter)),
        "signal" => said(nix::sys::signal::kill(Pid::from_raw(matter.parse().unwrap()), None)),
        "inherited" => said(nix::unistd::close(matter.parse::<i32>().unwrap())),
        "leave-group" => said(nix::unistd::setsid()),
        "namespace" => said(nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUSER)),
        "rlimit" => said(rise()),
        "sleepers" => sleepers(),
        "memory" => hoard(),
        "cpu" => spin(),
        "endless" => endless(&mut inside),
        "chatter" => chatter(),
        "sleep" => sleep_after(&mut inside, std::process::id().to_string()),
        "grandchild" => pids(&sleeper()),
        "grandchild-and-sleep" => sleep_after(&mut inside, pids(&sleeper())),
        "fails" => std::process::exit(4),
        "garbage" => garbage(),
        "document" => document(&mut inside),
        "file-too-late" => file_too_late(),
        "run" => run(&mut inside, matter),
        "stop-a-tool" => stop_a_tool(),
        other => panic!("no act is called {other}"),
    };
    inside.output.write(ANSWER, answer.as_bytes()).unwrap();
}

fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => format!("refused: {error}"),
    }
}

fn rise() -> nix::Result<()> {
    use nix::sys::resource::{Resource, setrlimit};
    setrlimit(Resource::RLIMIT_AS, u64::MAX, u64::MAX)
}

fn sleeper() -> std::process::Child {
    Command::new("sleep").arg("1000").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
}

fn pids(child: &std::process::Child) -> String {
    format!("{} {}", std::process::id(), child.id())
}

/// Starts processes until it is refused, at most 500, and says how many there were.
fn sleepers() -> String {
    let start = || Command::new("sleep").arg("1000").stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let started = (0..500).map_while(|_| start().ok()).count();
    started.to_string()
}

fn hoard() -> String {
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1_u8; 64 * 1024 * 1024]);
        std::hint::black_box(&hoard);
    }
}

fn spin() -> String {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

fn endless(inside: &mut Inside) -> String {
    loop {
        if inside.output.write(ANSWER, &[0; 1000]).is_err() {
            return String::new();
        }
    }
}

fn chatter() -> String {
    let line = [b'x'; 1000];
    (0..2000).for_each(|_| std::io::stderr().write_all(&line).unwrap());
    "done".to_owned()
}

fn sleep_after(inside: &mut Inside, word: String) -> String {
    inside.output.write(ANSWER, word.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1000));
    String::new()
}

fn garbage() -> String {
    std::io::stdout().write_all(&[0xff; 64]).unwrap();
    std::io::stdout().flush().unwrap();
    String::new()
}

fn received(inside: &mut Inside) -> File {
    let limit = inside.limits.document_bytes;
    confine::sealed(inside.input.stream(DOCUMENT, limit), limit).unwrap()
}

fn document(inside: &mut Inside) -> String {
    let mut file = received(inside);
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    format!("{text}; writing {}", said(file.write_all(b"x")))
}

fn file_too_late() -> String {
    confine::forbid_files().unwrap();
    said(confine::sealed(b"more".as_slice(), 4))
}

/// Runs a tool on the document and gives the start of its output, or how it failed.
fn run(inside: &mut Inside, line: &str) -> String {
    let mut file = received(inside);
    confine::forbid_files().unwrap();
    file.rewind().unwrap();
    let mut words = line.split(' ');
    let program = words.next().unwrap();
    let mut command = Command::new(Path::new("/usr/bin").join(program));
    let output = command.args(words).stdin(file).stderr(Stdio::piped()).output().unwrap();
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    let text: String = String::from_utf8_lossy(&text).chars().take(500).collect();
    format!("{}: {text}", output.status)
}

/// A tool that takes too long is ended by the child that started it, where the kernel can keep signals within.
fn stop_a_tool() -> String {
    let mut tool = sleeper();
    match tool.kill() {
        Ok(()) => format!("{:?}", tool.wait().unwrap().code()),
        Err(error) => format!("refused: {error}"),
    }
}
