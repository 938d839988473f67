//! A form: fields that are typed or pasted. What is masked stays in memory that is wiped, and is shown as dots.

use protocol::Shown;
use protocol::admin::{Ask, Role, Secret};
use ratatui::layout::{Position, Rect};

use super::footer;
use crate::effect::{Order, RecoveryKey};
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::{Painter, columns};
use crate::state::Action;
use crate::text;
use crate::words::{self, hint, label, title};

/// Bytes that a field takes. Its memory is there from the beginning, so that nothing typed is left behind when it grows.
const LONGEST: usize = 1024;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An invitation in this role.
    Invite(Role),
    /// A passphrase more.
    AddPassphrase,
    /// A recovery key more.
    AddRecovery,
    /// To show that a recovery key works.
    Prove,
    /// To open the keystore.
    Unlock,
    /// Where backups go and when.
    Plan,
    /// A signed bundle.
    Install,
    /// The recovery key with which a backup is brought back.
    Restore,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What it asks for.
    pub label: &'static str,
    /// Whether it is shown as dots.
    pub masked: bool,
    /// What was typed.
    pub typed: Secret,
}

/// A form.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The one that is typed into.
    pub at: usize,
    /// What is wrong with it.
    pub trouble: Option<&'static str>,
    /// The folder of backups and which of them it is about, where it is about one.
    pub backup: (String, String),
}

impl Purpose {
    /// What the form is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Invite(_) => title::INVITE,
            Self::AddPassphrase => title::ADD_PASSPHRASE,
            Self::AddRecovery => title::ADD_RECOVERY,
            Self::Prove => title::PROVE,
            Self::Unlock => title::UNLOCK,
            Self::Plan => title::PLAN,
            Self::Install => title::INSTALL,
            Self::Restore => title::RESTORE,
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Invite(_) => hint::EMAIL,
            Self::AddPassphrase => hint::PASSPHRASE,
            Self::AddRecovery => hint::RECIPIENT,
            Self::Prove => hint::PROVE,
            Self::Unlock => hint::UNLOCK,
            Self::Plan => hint::PLAN,
            Self::Install => hint::BUNDLE,
            Self::Restore => hint::RESTORE,
        }
    }

    const fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Invite(_) => &[(label::EMAIL, false)],
            Self::AddPassphrase => &[(label::LABEL, false), (label::PASSPHRASE, true), (label::REPEAT, true)],
            Self::AddRecovery => &[(label::LABEL, false), (label::RECIPIENT, false)],
            Self::Prove => &[(label::RECOVERY, true)],
            Self::Unlock => &[(label::WITH, true)],
            Self::Plan => &[(label::FOLDER, false), (label::TIME, false)],
            Self::Install => &[(label::BUNDLE, false)],
            Self::Restore => &[(label::KEY_FILE, false), (label::OR_KEY, true)],
        }
    }
}

impl Prompt {
    /// An empty one.
    pub fn new(purpose: Purpose) -> Self {
        let fields = purpose.fields().iter().map(|(label, masked)| Field::new(label, *masked));
        Self { purpose, fields: fields.collect(), at: 0, trouble: None, backup: Default::default() }
    }

    /// About this backup in this folder.
    pub fn about(self, place: String, set: String) -> Self {
        Self { backup: (place, set), ..self }
    }

    /// Fills a field beforehand.
    pub fn with(mut self, field: usize, text: &str) -> Self {
        if let Some(field) = self.fields.get_mut(field) {
            field.push(text);
        }
        self
    }

    /// Whether something was typed.
    pub fn holds_typed(&self) -> bool {
        self.fields.iter().any(|field| !field.typed.0.is_empty())
    }

    /// Types into the field.
    pub fn push(&mut self, text: &str) {
        self.trouble = None;
        if let Some(field) = self.fields.get_mut(self.at) {
            field.push(text);
        }
    }

    /// Takes the last letter back, or everything.
    pub fn erase(&mut self, all: bool) {
        self.trouble = None;
        if let Some(field) = self.fields.get_mut(self.at) {
            field.erase(all);
        }
    }

    /// To the next field, or the one before, round and round.
    pub fn step(&mut self, back: bool) {
        let count = self.fields.len().max(1);
        self.at = (self.at + if back { count - 1 } else { 1 }) % count;
    }

    /// Enter: to the next field, and from the last one what is to be done.
    pub fn submit(&mut self) -> Option<Action> {
        self.trouble = None;
        if self.at + 1 < self.fields.len() {
            self.step(false);
            return None;
        }
        match self.action() {
            Ok(action) => Some(action),
            Err((field, trouble)) => {
                self.at = field;
                self.trouble = Some(trouble);
                None
            }
        }
    }

    fn order(&self) -> Result<Order, (usize, &'static str)> {
        let key = match (self.text(0).is_empty(), self.secret(1)) {
            (true, Ok(key)) => RecoveryKey::Typed(key),
            (true, Err(_)) => return Err((0, hint::KEY_NEEDED)),
            (false, Ok(_)) => return Err((0, hint::ONE_OF_BOTH)),
            (false, Err(_)) => RecoveryKey::File(self.path(0)?),
        };
        let (place, set) = self.backup.clone();
        Ok(Order { place, set, key, verify_key: None })
    }

    fn action(&self) -> Result<Action, (usize, &'static str)> {
        Ok(Action::Ask(match self.purpose {
            Purpose::Invite(role) => Ask::Invite { role, email: Some(self.text(0)).filter(|email| !email.is_empty()) },
            Purpose::AddPassphrase => {
                let label = self.needed(0)?;
                let passphrase = self.secret(1)?;
                if passphrase != self.secret(2)? {
                    return Err((2, hint::DIFFERENT));
                }
                Ask::AddPassphrase { label, passphrase }
            }
            Purpose::AddRecovery => {
                let (label, recipient) = (self.needed(0)?, self.needed(1)?);
                if !recipient.starts_with(hint::AGE_BEGINS) {
                    return Err((1, hint::AGE));
                }
                Ask::AddRecovery { label, recipient }
            }
            Purpose::Prove => Ask::ProveRecovery { key: self.secret(0)? },
            Purpose::Unlock => Ask::Unlock { with: self.secret(0)? },
            Purpose::Plan => {
                let destination = self.path(0)?;
                let at = self.needed(1)?;
                if !is_time(&at) {
                    return Err((1, hint::TIME));
                }
                Ask::PlanBackups { destination, at }
            }
            Purpose::Install => Ask::InstallUpdate { bundle: self.path(0)? },
            Purpose::Restore => return Ok(Action::Look(self.order()?)),
        }))
    }

    fn text(&self, field: usize) -> String {
        self.fields.get(field).map(|field| field.typed.0.trim().to_owned()).unwrap_or_default()
    }

    fn needed(&self, field: usize) -> Result<String, (usize, &'static str)> {
        Some(self.text(field)).filter(|text| !text.is_empty()).ok_or((field, hint::NEEDED))
    }

    fn path(&self, field: usize) -> Result<String, (usize, &'static str)> {
        let path = self.needed(field)?;
        if path.starts_with('/') { Ok(path) } else { Err((field, hint::PATH)) }
    }

    /// As it was typed: a passphrase may begin with a space.
    fn secret(&self, field: usize) -> Result<Secret, (usize, &'static str)> {
        let typed = self.fields.get(field).map(|field| field.typed.clone());
        typed.filter(|typed| !typed.0.trim().is_empty()).ok_or((field, hint::NEEDED))
    }
}

impl Field {
    /// An empty one.
    pub fn new(label: &'static str, masked: bool) -> Self {
        Self { label, masked, typed: Secret(String::with_capacity(LONGEST)) }
    }

    /// Takes the last letter back, or everything.
    pub fn erase(&mut self, all: bool) {
        if all {
            self.typed.0.clear();
        } else {
            self.typed.0.pop();
        }
    }

    /// Adds text as far as there is room. A line's end that was pasted along is left out, and what is shown is cleaned.
    pub fn push(&mut self, text: &str) {
        let text = text.trim_matches(['\r', '\n']);
        let clean = if self.masked { None } else { Some(Shown::new(text)) };
        for c in clean.as_ref().map_or(text, Shown::as_str).chars() {
            if self.typed.0.len() + c.len_utf8() > LONGEST {
                break;
            }
            self.typed.0.push(c);
        }
    }
}

fn is_time(text: &str) -> bool {
    let is_two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(':')
        .is_some_and(|(hour, minute)| is_two_digits(hour) && is_two_digits(minute) && hour < "24" && minute < "60")
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, prompt: &Prompt) {
    let fields = u16::try_from(prompt.fields.len()).unwrap_or_default();
    let inside = painter.boxed(area, (72, fields * 2 + 6), prompt.purpose.title(), &footer(Place::Prompting));
    let hints = painter.paragraph(inside, 0, Tone::Dim, prompt.purpose.hint());
    let wide = prompt.fields.iter().map(|field| text::width(field.label)).max().unwrap_or_default() + 2;
    let mut row = hints + 1;
    for (number, field) in prompt.fields.iter().enumerate() {
        let here = number == prompt.at;
        let mark = if here { words::MARK } else { " " };
        let name = format!("{mark} {:<wide$}", field.label);
        let room = usize::from(inside.width).saturating_sub(text::width(&name) + 1);
        let typed = if field.masked { dots(&field.typed, room) } else { text::tail(&field.typed.0, room) };
        let tone = if here { Tone::Strong } else { Tone::Dim };
        painter.line(inside, row, &[(tone, &name), (Tone::Plain, &typed)]);
        if here {
            painter.cursor = Some(Position::new(inside.x + columns(&name) + columns(&typed), inside.y + row));
        }
        row += 1;
    }
    if let Some(trouble) = prompt.trouble {
        painter.line(inside, row + 1, &[(Tone::Bad, trouble)]);
    }
}

/// What is masked, as dots.
pub fn dots(typed: &Secret, room: usize) -> String {
    words::MASK.to_string().repeat(typed.0.chars().count().min(room))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(purpose: Purpose, fields: &[&str]) -> Result<Action, &'static str> {
        let mut prompt = Prompt::new(purpose);
        for (number, text) in fields.iter().enumerate() {
            prompt = prompt.with(number, text);
        }
        prompt.action().map_err(|(_, trouble)| trouble)
    }

    #[test]
    fn a_form_says_what_is_wrong() {
        assert_eq!(typed(Purpose::AddPassphrase, &["desk", "one", "two"]), Err(hint::DIFFERENT));
        assert_eq!(typed(Purpose::AddPassphrase, &["", "one", "one"]), Err(hint::NEEDED));
        assert_eq!(typed(Purpose::Unlock, &["  "]), Err(hint::NEEDED));
        assert_eq!(typed(Purpose::Plan, &["mnt", "02:00"]), Err(hint::PATH));
        for time in ["2:00", "24:00", "02:60", "02.00", "0a:00"] {
            assert_eq!(typed(Purpose::Plan, &["/mnt", time]), Err(hint::TIME), "{time}");
        }
        assert_eq!(typed(Purpose::AddRecovery, &["paper", "AGE-SECRET-KEY-1X"]), Err(hint::AGE));
    }

    #[test]
    fn a_recovery_key_is_named_by_its_file_or_pasted() {
        let ordered = |file: &str, key: &str| {
            let about = ("/mnt/nas".to_owned(), "2026-11-21".to_owned());
            let prompt = Prompt::new(Purpose::Restore).about(about.0, about.1).with(0, file).with(1, key);
            prompt.order().map(|order| order.key).map_err(|(_, trouble)| trouble)
        };
        assert_eq!(ordered("/dev/shm/k", ""), Ok(RecoveryKey::File("/dev/shm/k".to_owned())));
        assert_eq!(ordered("", "AGE-1"), Ok(RecoveryKey::Typed(Secret("AGE-1".to_owned()))));
        assert_eq!(ordered("", ""), Err(hint::KEY_NEEDED));
        assert_eq!(ordered("/dev/shm/k", "AGE-1"), Err(hint::ONE_OF_BOTH));
        assert_eq!(ordered("AGE-SECRET-KEY-1", ""), Err(hint::PATH), "the key itself is not for this field");
    }

    #[test]
    fn a_form_asks() {
        let ask = Ask::PlanBackups { destination: "/mnt/nas".to_owned(), at: "23:59".to_owned() };
        assert_eq!(typed(Purpose::Plan, &[" /mnt/nas ", "23:59"]), Ok(Action::Ask(ask)));
        let ask = Ask::Unlock { with: Secret(" horse ".to_owned()) };
        assert_eq!(typed(Purpose::Unlock, &[" horse \n"]), Ok(Action::Ask(ask)), "spaces belong to a passphrase");
        let ask = Ask::Invite { role: Role::Viewer, email: None };
        assert_eq!(typed(Purpose::Invite(Role::Viewer), &[" "]), Ok(Action::Ask(ask)));
    }

    #[test]
    fn a_field_is_bounded_and_clean() {
        let mut prompt = Prompt::new(Purpose::Install);
        prompt.push("/tmp/\u{1b}]0;x\u{7}a");
        assert!(!prompt.text(0).contains('\u{1b}'));
        prompt.push(&"x".repeat(10_000));
        assert!(prompt.fields[0].typed.0.len() <= LONGEST);
        assert_eq!(prompt.fields[0].typed.0.capacity(), LONGEST, "it never moved");
    }
}
