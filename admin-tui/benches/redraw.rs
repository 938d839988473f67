//! What a key costs: time until the terminal has its bytes, and how many these are. `cargo bench -p admin-tui`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "it measures, and prints what it found")]

#[path = "../tests/terminal/made_up.rs"]
mod made_up;

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use admin_tui::effect::Effect;
use admin_tui::msg::{Msg, Via};
use admin_tui::state::State;
use admin_tui::update::{begin, update};
use admin_tui::view;
use chrono::{Offset, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use protocol::admin::{Ask, Reply};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const PEOPLE: u128 = 5000;
const TIMES: usize = 500;

/// Counts what a terminal would get.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<usize>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0.borrow_mut() += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Screen {
    state: State,
    wire: Wire,
    terminal: Terminal<CrosstermBackend<Wire>>,
}

impl Screen {
    fn on(number: char, size: (u16, u16)) -> Self {
        let mut state = State::new(made_up::now(), Utc.fix(), true, size);
        let asked = begin(&mut state);
        answer(&mut state, asked);
        let wire = Wire::default();
        let mut screen = Self { state, terminal: empty(&wire, size), wire };
        screen.key(KeyCode::Char(number));
        screen
    }

    /// Bytes and time of a message, from its arrival to the last byte.
    fn tell(&mut self, msg: Msg) -> (usize, Duration) {
        *self.wire.0.borrow_mut() = 0;
        let since = Instant::now();
        let asked = update(&mut self.state, msg);
        self.terminal.draw(|frame| view::draw(frame, &self.state)).unwrap();
        let took = since.elapsed();
        answer(&mut self.state, asked);
        let bytes = *self.wire.0.borrow();
        self.terminal.draw(|frame| view::draw(frame, &self.state)).unwrap();
        (bytes, took)
    }

    fn key(&mut self, code: KeyCode) -> (usize, Duration) {
        self.tell(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }
}

/// A terminal that shows nothing yet.
fn empty(wire: &Wire, size: (u16, u16)) -> Terminal<CrosstermBackend<Wire>> {
    let viewport = Viewport::Fixed(Rect::new(0, 0, size.0, size.1));
    Terminal::with_options(CrosstermBackend::new(wire.clone()), TerminalOptions { viewport }).unwrap()
}

fn answer(state: &mut State, asked: Vec<Effect>) {
    for effect in asked {
        if let Effect::Ask { ticket, ask, .. } = effect {
            let reply = match &ask {
                Ask::Users => Reply::Users(made_up::many_users(PEOPLE)),
                other => made_up::reply(other),
            };
            let more = update(state, Msg::Answer(ticket, Via::Socket, Box::new(Ok(reply))));
            answer(state, more);
        }
    }
}

fn main() {
    for size in [(80, 24), (120, 40)] {
        println!("{} x {}", size.0, size.1);
        let mut users = Screen::on('2', size);
        line("a key that changes nothing", &mut users, |screen| screen.key(KeyCode::Char('k')));
        line("one row down", &mut users, |screen| screen.key(KeyCode::Char('j')));
        line("one page down", &mut users, |screen| screen.key(KeyCode::PageDown));
        line("to another screen", &mut users, |screen| screen.key(KeyCode::Tab));
        let mut users = Screen::on('2', size);
        users.key(KeyCode::Char('/'));
        line("a letter of a search in 5,000", &mut users, |screen| {
            if screen.state.users.cursor.find.is_empty() {
                screen.key(KeyCode::Char('9'))
            } else {
                screen.key(KeyCode::Backspace)
            }
        });
        let mut dashboard = Screen::on('1', size);
        line("a second on the dashboard", &mut dashboard, |screen| {
            let next = screen.state.now + TimeDelta::seconds(1);
            screen.tell(Msg::Tick(next))
        });
        let mut dashboard = Screen::on('1', size);
        line("everything drawn anew", &mut dashboard, |screen| {
            screen.terminal = empty(&screen.wire, size);
            screen.tell(Msg::Resize(size.0, size.1))
        });
    }
}

fn line(what: &str, screen: &mut Screen, act: impl Fn(&mut Screen) -> (usize, Duration)) {
    let mut runs: Vec<(usize, Duration)> = (0..TIMES).map(|_| black_box(act(screen))).collect();
    runs.sort_by_key(|(_, took)| *took);
    let (median, most) = (runs.get(TIMES / 2).unwrap().1, runs.get(TIMES * 99 / 100).unwrap().1);
    let bytes = runs.iter().map(|(bytes, _)| *bytes).max().unwrap();
    println!("  {what:<32} {median:>10.1?} {most:>10.1?} {bytes:>6} bytes at most");
}
