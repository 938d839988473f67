//! Somebody at the terminal: presses keys, sees the screen, and a server that answers as a test says.

use admin_tui::effect::Effect;
use admin_tui::msg::{Failure, Msg, Outcome, Via};
use admin_tui::state::State;
use admin_tui::update::{begin, set_up, update};
use admin_tui::verbs::Twin;
use admin_tui::view;
use chrono::{TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use protocol::admin::{Ask, Reply, Said, Secret};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::made_up;

pub struct Person {
    pub state: State,
    /// What was asked and not answered yet.
    pub asked: Vec<Effect>,
}

impl Person {
    pub fn at(columns: u16, rows: u16) -> Self {
        let zone = chrono::Offset::fix(&Utc);
        let mut state = State::new(made_up::now(), zone, false, (columns, rows));
        let asked = begin(&mut state);
        Self { state, asked }
    }

    /// On a machine where nothing is set up; `starts` says whether systemd runs it.
    pub fn setting_up(starts: bool) -> Self {
        let mut state = State::new(made_up::now(), chrono::Offset::fix(&Utc), false, (80, 24));
        let asked = set_up(&mut state, starts);
        Self { state, asked }
    }

    /// Has our program do everything that it was told, and what it is told because of that.
    pub fn run(&mut self, says: impl Fn(&Twin) -> Outcome) {
        for _ in 0..10 {
            for effect in std::mem::take(&mut self.asked) {
                if let Effect::Run { ticket, twin } = effect {
                    self.tell(Msg::Answer(ticket, Via::Program, Box::new(says(&twin))));
                }
            }
        }
    }

    /// On the design's terminal, at a server where everything has answered.
    pub fn served() -> Self {
        let mut person = Self::at(80, 24);
        person.answer(calm);
        person
    }

    pub fn tell(&mut self, msg: Msg) {
        self.asked.extend(update(&mut self.state, msg));
    }

    pub fn key(&mut self, code: KeyCode) {
        self.tell(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    pub fn ctrl(&mut self, letter: char) {
        self.tell(Msg::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)));
    }

    /// Letters; a line's end is Enter, a tab Tab.
    pub fn press(&mut self, letters: &str) {
        for letter in letters.chars() {
            match letter {
                '\n' => self.key(KeyCode::Enter),
                '\t' => self.key(KeyCode::Tab),
                letter => self.key(KeyCode::Char(letter)),
            }
        }
    }

    pub fn seconds(&mut self, count: i64) {
        for _ in 0..count {
            let next = self.state.now + TimeDelta::seconds(1);
            self.tell(Msg::Tick(next));
        }
    }

    /// Answers everything that was asked, and what is asked because of that.
    pub fn answer(&mut self, says: impl Fn(&Ask, Option<&Secret>) -> Outcome) {
        self.answer_by(Via::Socket, says);
    }

    pub fn answer_by(&mut self, via: Via, says: impl Fn(&Ask, Option<&Secret>) -> Outcome) {
        for _ in 0..10 {
            for effect in std::mem::take(&mut self.asked) {
                if let Effect::Ask { ticket, ask, token, .. } = effect {
                    let outcome = Box::new(says(&ask, token.as_ref()));
                    self.tell(Msg::Answer(ticket, via, outcome));
                }
            }
            if self.asked.is_empty() {
                return;
            }
        }
    }

    /// The questions that were asked and not answered yet.
    pub fn questions(&self) -> Vec<&Ask> {
        let asks = self.asked.iter();
        asks.filter_map(|effect| if let Effect::Ask { ask, .. } = effect { Some(ask) } else { None }).collect()
    }

    pub fn cells(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.state.size.0, self.state.size.1)).unwrap();
        terminal.draw(|frame| view::draw(frame, &self.state)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// What is on the screen, without the spaces at the ends of lines.
    pub fn sees(&self) -> String {
        let cells = self.cells();
        let row = |y: u16| {
            let mut line = String::new();
            let mut hidden = 0;
            for x in 0..cells.area.width {
                let symbol = cells[(x, y)].symbol();
                if hidden == 0 {
                    line.push_str(symbol);
                    hidden = admin_tui::text::width(symbol).saturating_sub(1);
                } else {
                    hidden -= 1;
                }
            }
            line.trim_end().to_owned()
        };
        (0..cells.area.height).map(row).collect::<Vec<_>>().join("\n")
    }
}

/// A server that does everything, after a word where that is needed.
pub fn calm(ask: &Ask, token: Option<&Secret>) -> Outcome {
    match made_up::said(ask, token) {
        Said::Confirm(confirm) => Err(Failure::Confirm(confirm)),
        Said::Done(reply) => Ok(*reply),
        Said::Refused(refusal) => Err(Failure::Refused(refusal)),
        Said::Progress(_) => Err(Failure::Silent),
    }
}

/// No server, and nothing that works without one.
pub fn away(_: &Ask, _: Option<&Secret>) -> Outcome {
    Err(Failure::Away)
}

/// A server that is starting and answers little.
pub fn starting(ask: &Ask, token: Option<&Secret>) -> Outcome {
    if *ask == Ask::Status { Ok(Reply::Status(made_up::starting())) } else { calm(ask, token) }
}

/// A server whose keystore is closed.
pub fn sealed(ask: &Ask, token: Option<&Secret>) -> Outcome {
    if *ask == Ask::Status { Ok(Reply::Status(made_up::sealed())) } else { calm(ask, token) }
}
