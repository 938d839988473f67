//! The terminal: raw mode, alternate screen, pasting. It is given back on every way out: leaving, an error, a panic, the
//! end of the connection (SIGHUP), SIGTERM.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crossterm::cursor::Show;
use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event};
use crossterm::style::ResetColor;
use crossterm::terminal::{self, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{execute, queue};
use protocol::Shown;
use protocol::admin::Secret;
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::layout::Rect;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::desk::{self, Desk};
use crate::effect::Effect;
use crate::msg::Msg;
use crate::options::Options;
use crate::state::State;
use crate::update::{self, update};
use crate::view;
use crate::words::failure;

const SECOND: Duration = Duration::from_secs(1);
/// Messages that are taken before the terminal is drawn again.
const BATCH: usize = 64;
/// A whole screen is one write, so that nobody sees half of it.
const SCREEN: usize = 1 << 16;

/// Why the terminal UI could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Input or output is no terminal.
    #[error("{}", failure::NO_TERMINAL)]
    NoTerminal,
    /// It is one, and failed.
    #[error("{}", failure::terminal(.0))]
    Terminal(#[from] io::Error),
}

/// Runs until somebody leaves, or the terminal goes away.
pub fn run(options: Options) -> Result<(), RunError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(RunError::NoTerminal);
    }
    let (back, messages) = mpsc::channel();
    let signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let taken = Taken::take()?;
    listen(&back, signals);
    let backend = CrosstermBackend::new(BufWriter::with_capacity(SCREEN, io::stdout()));
    let ended = Terminal::new(backend).and_then(|terminal| show(terminal, options, &messages, &back));
    drop(taken);
    Ok(ended?)
}

type Hook = Box<dyn Fn(&panic::PanicHookInfo<'_>) + Sync + Send>;

/// The terminal while it is ours.
struct Taken {
    hook: Option<Hook>,
}

impl Taken {
    fn take() -> io::Result<Self> {
        let hook = panic::take_hook();
        let ours: ThreadId = thread::current().id();
        panic::set_hook(Box::new(move |info| {
            // Other threads answer for themselves (see `desk`); writing here would run into the screen.
            if thread::current().id() == ours {
                give_back();
                let _ = writeln!(io::stderr(), "{}", Shown::new(&info.to_string()));
            }
        }));
        let taken = Self { hook: Some(hook) };
        terminal::enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        Ok(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
        if let Some(hook) = self.hook.take()
            && !thread::panicking()
        {
            panic::set_hook(hook);
        }
    }
}

/// Everything back as it was, as far as there is still a terminal.
fn give_back() {
    let mut out = io::stdout();
    let _ = queue!(out, ResetColor, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = terminal::disable_raw_mode();
}

fn listen(back: &Sender<Msg>, mut signals: Signals) {
    let told = back.clone();
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            let _ = told.send(Msg::Hangup);
        }
    });
    let told = back.clone();
    thread::spawn(move || {
        loop {
            let msg = match event::read() {
                Ok(Event::Key(key)) => Msg::Key(key),
                Ok(Event::Paste(text)) => Msg::Paste(Secret(text)),
                Ok(Event::Resize(columns, rows)) => Msg::Resize(columns, rows),
                Ok(_) => continue,
                Err(_) => Msg::Hangup,
            };
            let last = msg == Msg::Hangup;
            if told.send(msg).is_err() || last {
                return;
            }
        }
    });
}

fn show<B: Backend<Error = io::Error>>(
    mut terminal: Terminal<B>,
    options: Options,
    messages: &Receiver<Msg>,
    back: &Sender<Msg>,
) -> io::Result<()> {
    let clock = options.clock;
    let size = terminal.size()?;
    let mut state = State::new(clock(), options.zone, options.colour, (size.width, size.height));
    // Where nothing is set up there is nobody to ask.
    let first =
        if options.sets_up { update::set_up(&mut state, desk::is_booted(&options)) } else { update::begin(&mut state) };
    let desk = Desk::new(Arc::new(options), back.clone());
    for effect in first {
        desk.carry_out(effect);
    }
    let mut next = Instant::now() + SECOND;
    loop {
        terminal.draw(|frame| view::draw(frame, &state))?;
        let mut batch: Vec<Msg> = Vec::new();
        match messages.recv_timeout(next.saturating_duration_since(Instant::now())) {
            Ok(msg) => batch.push(msg),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        batch.extend(messages.try_iter().take(BATCH));
        if Instant::now() >= next {
            next = Instant::now() + SECOND;
            batch.push(Msg::Tick(clock()));
        }
        for effect in batch.into_iter().flat_map(|msg| update(&mut state, msg)).collect::<Vec<_>>() {
            match effect {
                Effect::Leave => return Ok(()),
                Effect::Redraw => anew(&mut terminal)?,
                other => desk.carry_out(other),
            }
        }
    }
}

/// Has the next drawing send every cell. `Terminal::clear` would ask the terminal where its cursor is, and the answer
/// would come as keys.
fn anew<B: Backend<Error = io::Error>>(terminal: &mut Terminal<B>) -> io::Result<()> {
    let size = terminal.size()?;
    terminal.resize(Rect::new(0, 0, size.width, size.height))
}
