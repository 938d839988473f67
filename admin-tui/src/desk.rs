//! Carries effects out, each on a thread of its own, so that nothing keeps a key waiting; what comes of them goes back as a
//! message. Asks over the admin socket; where no server answers, our own program; systemd for services and the log.
//! Everything that comes is bounded in size and time, and cleaned before it is text.

use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use protocol::Shown;
use protocol::admin::{Ask, CallError, Caller, Confirm, Progress, Refusal, Reply, Secret};

use crate::effect::{Effect, Order, Unit, UnitVerb};
use crate::msg::{Failure, Msg, Outcome, Ticket, Via};
use crate::options::Options;
use crate::verbs::{self, Twin};
use crate::words::{self, failure, say};

mod programs;

/// Lines of the log that are read.
const LINES: usize = 200;
/// Letters of such a line.
const LINE: usize = 2000;

/// Where effects go.
#[derive(Debug, Clone)]
pub struct Desk {
    options: Arc<Options>,
    back: Sender<Msg>,
}

impl Desk {
    /// One that answers to `back`.
    pub fn new(options: Arc<Options>, back: Sender<Msg>) -> Self {
        Self { options, back }
    }

    /// Begins an effect and comes back at once. Those that are the terminal's own are not for here.
    pub fn carry_out(&self, effect: Effect) {
        let Some(ticket) = ticket(&effect) else { return };
        let (worker, back) = (self.clone(), self.back.clone());
        let begun = thread::Builder::new().spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| worker.work(effect)));
            if done.is_err() {
                worker.answer(ticket, Via::System, Err(Failure::Program(Shown::from(failure::FAULT))));
            }
        });
        if let Err(error) = begun {
            let why = failure::not_started(failure::THREAD, &error);
            let _ = back.send(Msg::Answer(ticket, Via::System, Box::new(Err(Failure::Program(why)))));
        }
    }

    fn answer(&self, ticket: Ticket, via: Via, outcome: Outcome) {
        // Nobody listens any more once the terminal is given back.
        let _ = self.back.send(Msg::Answer(ticket, via, Box::new(outcome)));
    }

    fn work(&self, effect: Effect) {
        match effect {
            Effect::Ask { ticket, ask, token, alone } => {
                let (via, outcome) = self.ask(ticket, ask, token, alone);
                self.answer(ticket, via, outcome);
            }
            Effect::Unit { ticket, verb, unit } => self.answer(ticket, Via::System, self.unit(verb, unit)),
            Effect::Look { ticket, order } => self.answer(ticket, Via::System, self.restore(ticket, &order, true)),
            Effect::Restore { ticket, order } => self.answer(ticket, Via::System, self.restore(ticket, &order, false)),
            Effect::FollowRestore { ticket } => {
                let twin = Twin { words: verbs::RESTORE_STATUS, arguments: Vec::new(), typed: None };
                let outcome = self.alone(ticket, twin, None, self.options.patience.reading);
                self.answer(ticket, Via::Program, outcome);
            }
            Effect::Run { ticket, twin } => {
                let outcome = self.alone(ticket, twin, None, self.options.patience.doing);
                self.answer(ticket, Via::Program, outcome);
            }
            Effect::Journal { ticket } => {
                let _ = self.back.send(Msg::Lines(ticket, self.journal()));
            }
            Effect::Redraw | Effect::Leave => {}
        }
    }

    fn ask(&self, ticket: Ticket, ask: Ask, token: Option<Secret>, alone: bool) -> (Via, Outcome) {
        let patience = self.patience(&ask);
        let twin = verbs::twin(&ask);
        if matches!(ask, Ask::PlanBackups { .. }) {
            // The configuration is root's, who sits here; the server may not write it.
            return (Via::System, self.alone(ticket, twin, token, patience));
        }
        if verbs::ROOT.contains(&twin.words) {
            return (Via::System, self.by_root(ticket, twin, token, patience));
        }
        let why = match UnixStream::connect(&self.options.socket) {
            Ok(stream) => return (Via::Socket, self.over(stream, ticket, ask, token, patience)),
            Err(error) => error,
        };
        match why.kind() {
            ErrorKind::PermissionDenied => return (Via::Socket, Err(Failure::Denied)),
            ErrorKind::NotFound if is_gone(&self.options.data) => return (Via::Socket, Err(Failure::NotSetUp)),
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => {}
            _ => return (Via::Socket, Err(Failure::Broken(Shown::new(&why.to_string())))),
        }
        if !alone || !self.options.alone.contains(&twin.words) {
            return (Via::Socket, Err(Failure::Away));
        }
        (Via::Program, self.alone(ticket, twin, token, patience))
    }

    /// What the server cannot do, because it replaces the server.
    fn by_root(&self, ticket: Ticket, twin: Twin, token: Option<Secret>, patience: Duration) -> Outcome {
        if !self.options.alone.contains(&twin.words) {
            return Err(Failure::Program(Shown::new(failure::ROOT_BY_HAND)));
        }
        self.alone(ticket, twin, token, patience)
    }

    fn over(&self, stream: UnixStream, ticket: Ticket, ask: Ask, token: Option<Secret>, patience: Duration) -> Outcome {
        let broken = |error: std::io::Error| Failure::Broken(Shown::new(&error.to_string()));
        stream.set_read_timeout(Some(patience)).map_err(broken)?;
        stream.set_write_timeout(Some(patience)).map_err(broken)?;
        let told = |progress: &Progress| self.progress(ticket, progress.clone());
        Caller::new(stream).ask(ask, token, told).map_err(|error| match error {
            CallError::Refused(refusal) => Failure::Refused(refusal),
            CallError::Confirm(confirm) => Failure::Confirm(confirm),
            CallError::Unreadable => Failure::Unreadable,
            CallError::Broken(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Failure::Silent
            }
            CallError::Broken(error) => broken(error),
        })
    }

    /// Has our own program do it. It prints how far it is and then one answer, a line of JSON each; one that has to be
    /// confirmed is asked again with `--confirmed` and the token.
    fn alone(&self, ticket: Ticket, twin: Twin, token: Option<Secret>, patience: Duration) -> Outcome {
        let mut command = Command::new(&self.options.program);
        command.args(twin.words.split(' ')).arg("--json");
        if token.is_some() {
            command.arg("--confirmed");
        }
        command.args(&twin.arguments);
        let typed: Vec<Secret> = token.into_iter().chain(twin.typed).collect();
        let mut last = None;
        let ended = programs::run(command, &typed, patience, |line| match serde_json::from_slice(line) {
            Ok(progress) => self.progress(ticket, progress),
            Err(_) => last = Some(read(line)),
        })?;
        last.unwrap_or(Err(Failure::Program(ended.said)))
    }

    fn progress(&self, ticket: Ticket, progress: Progress) {
        let _ = self.back.send(Msg::Progress(ticket, progress));
    }

    fn unit(&self, verb: UnitVerb, unit: Unit) -> Outcome {
        let mut command = self.systemd(&self.options.tools.systemctl)?;
        command.args(["--no-ask-password", verb.word(), unit.name()]);
        self.well(command, &say::unit_done(verb.word(), words::unit(unit)))
    }

    /// Our program looks, or begins something that outlives it, us and the connection over which we run.
    fn restore(&self, ticket: Ticket, order: &Order, looks: bool) -> Outcome {
        if !self.options.alone.contains(&verbs::RESTORE) {
            return Err(Failure::Program(Shown::new(failure::RESTORE_BY_HAND)));
        }
        self.alone(ticket, verbs::restore(order, looks), None, self.options.patience.doing)
    }

    fn journal(&self) -> Result<Vec<Shown>, Failure> {
        let mut command = self.systemd(&self.options.tools.journalctl)?;
        for unit in [Unit::Server, Unit::Database] {
            command.args(["-u", unit.name()]);
        }
        command.args(["-n", &LINES.to_string(), "--no-pager", "--quiet", "-o", "short-iso"]);
        let mut lines = Vec::new();
        let ended = programs::run(command, &[], self.options.patience.reading, |line| {
            if lines.len() < LINES {
                let text: String = String::from_utf8_lossy(line).chars().take(LINE).collect();
                lines.push(Shown::new(&text));
            }
        })?;
        if ended.well { Ok(lines) } else { Err(Failure::Program(ended.said)) }
    }

    fn systemd(&self, tool: &Path) -> Result<Command, Failure> {
        if is_gone(&self.options.tools.booted) { Err(Failure::NoSystemd) } else { Ok(Command::new(tool)) }
    }

    fn well(&self, command: Command, says: &str) -> Outcome {
        let ended = programs::run(command, &[], self.options.patience.doing, |_| {})?;
        if !ended.well {
            return Err(Failure::Program(ended.said));
        }
        Ok(Reply::Well { sentence: Shown::new(says), at: (self.options.clock)() })
    }

    fn patience(&self, ask: &Ask) -> Duration {
        match ask {
            Ask::Status
            | Ask::Health
            | Ask::Users
            | Ask::Sessions { .. }
            | Ask::Keys
            | Ask::Backups
            | Ask::Jobs { .. }
            | Ask::Updates => self.options.patience.reading,
            _ => self.options.patience.doing,
        }
    }
}

/// Whether systemd runs this machine.
pub fn is_booted(options: &Options) -> bool {
    !is_gone(&options.tools.booted)
}

fn ticket(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::Ask { ticket, .. }
        | Effect::Unit { ticket, .. }
        | Effect::Journal { ticket }
        | Effect::Look { ticket, .. }
        | Effect::Restore { ticket, .. }
        | Effect::Run { ticket, .. }
        | Effect::FollowRestore { ticket } => Some(*ticket),
        Effect::Redraw | Effect::Leave => None,
    }
}

/// Whether something is certainly not there. What may not be looked at may be there.
fn is_gone(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}

/// The line with which a program of ours ends.
fn read(line: &[u8]) -> Outcome {
    if let Ok(reply) = serde_json::from_slice::<Reply>(line) {
        return Ok(reply);
    }
    let refused = serde_json::from_slice::<Refusal>(line).map(Failure::Refused);
    let asked = || serde_json::from_slice::<Confirm>(line).map(Failure::Confirm);
    Err(refused.or_else(|_| asked()).unwrap_or(Failure::Unreadable))
}
