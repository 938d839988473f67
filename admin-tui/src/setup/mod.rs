//! The first setup of a machine: what was typed, step by step, and what our program said to it. Pure; the work is done by
//! `vcconnect setup`, which gets the answers on its standard input.
//!
//! Always so: nothing is written before the last step; the recovery key was shown and typed back in part before it is used;
//! what is masked, and the key, stay in memory that is wiped.

use protocol::Shown;
use protocol::admin::{Looked, Part, PartState, Progress, Secret, SetUp};

use crate::msg::{Failure, Ticket};
use crate::popups::prompt::Field;
use crate::words::setup as words;

pub mod draw;
pub mod verbs;

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is said in words::setup")]
pub enum Step {
    Address,
    Certificate,
    Keys,
    Recovery,
    TypedBack,
    FirstAdmin,
    Backups,
    Summary,
    Working,
    Done,
}

impl Step {
    /// Steps that have a number. Typing back belongs to the recovery key.
    pub const COUNT: usize = 7;

    /// Which of them this is.
    pub const fn number(self) -> Option<usize> {
        match self {
            Self::Address => Some(1),
            Self::Certificate => Some(2),
            Self::Keys => Some(3),
            Self::Recovery | Self::TypedBack => Some(4),
            Self::FirstAdmin => Some(5),
            Self::Backups => Some(6),
            Self::Summary => Some(7),
            Self::Working | Self::Done => None,
        }
    }

    const fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Address => &[(words::NAME, false), (words::OTHERS, false), (words::PORT, false)],
            Self::Certificate => &[(words::CERTIFICATE, false), (words::KEY, false)],
            Self::Keys => &[(words::PASSPHRASE, true), (words::REPEAT, true)],
            Self::TypedBack => {
                &[(words::SECOND, false), (words::FIFTH, false), (words::LAST, false), (words::SHEET, false)]
            }
            Self::FirstAdmin => &[(words::LINK_FILE, false)],
            Self::Backups => &[(words::FOLDER, false), (words::TIME, false)],
            Self::Recovery | Self::Summary | Self::Working | Self::Done => &[],
        }
    }

    /// The step on which a sentence of our program can be mended.
    pub fn of_part(name: &str) -> Self {
        if name.starts_with(verbs::TLS) {
            Self::Certificate
        } else if name.starts_with(verbs::PASSPHRASE) {
            Self::Keys
        } else if verbs::RECOVERY.iter().any(|begins| name.starts_with(begins)) {
            Self::TypedBack
        } else if name.starts_with(verbs::FIRST_ADMIN) {
            Self::FirstAdmin
        } else if name.starts_with(verbs::BACKUP) {
            Self::Backups
        } else {
            Self::Address
        }
    }
}

/// The steps with fields, in the order in which their fields are kept.
const FORMS: [Step; 6] =
    [Step::Address, Step::Certificate, Step::Keys, Step::TypedBack, Step::FirstAdmin, Step::Backups];

/// Which groups are typed back, counted from 1; the last is 0.
const ASKED: [usize; 3] = [2, 5, 0];

/// What our program is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Looks; then the step is left if nothing of it stands in the way.
    Looking {
        /// Whether the step is left.
        leaving: bool,
    },
    /// Makes a recovery key.
    Key,
    /// Sets up.
    Working,
}

/// Everything that a setup knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Wizard {
    /// Where it is.
    pub step: Step,
    /// Whether database and server can be started here.
    pub starts: bool,
    forms: [Vec<Field>; 6],
    /// The field that is typed into.
    pub at: usize,
    /// Lines that the step is scrolled by.
    pub top: usize,
    /// What is wrong with the step, a sentence each.
    pub trouble: Vec<Shown>,
    /// The new recovery key, in groups; the first is what all keys begin with.
    pub key: Vec<Secret>,
    /// What was seen last.
    pub looked: Option<Looked>,
    /// What is waited for.
    pub waits: Option<(Ticket, Waits)>,
    /// How far the setup is.
    pub progress: Option<Progress>,
    /// Why the setup ended before its end.
    pub failed: Option<Failure>,
    /// What it brought.
    pub brought: Option<Box<SetUp>>,
    /// What stood in the fields of backups when that was looked at.
    pub seen_backups: String,
}

impl Wizard {
    /// At the beginning.
    pub fn new(starts: bool) -> Self {
        let forms = FORMS.map(|step| step.fields().iter().map(|(label, masked)| Field::new(label, *masked)).collect());
        let mut wizard = Self {
            step: Step::Address,
            starts,
            forms,
            at: 0,
            top: 0,
            trouble: Vec::new(),
            key: Vec::new(),
            looked: None,
            waits: None,
            progress: None,
            failed: None,
            brought: None,
            seen_backups: String::new(),
        };
        wizard.fill(Step::Address, 2, words::HTTPS);
        wizard.fill(Step::Backups, 1, words::AT);
        wizard
    }

    fn fill(&mut self, step: Step, field: usize, text: &str) {
        let form = FORMS.iter().position(|form| *form == step).and_then(|at| self.forms.get_mut(at));
        if let Some(field) = form.and_then(|form| form.get_mut(field)) {
            field.push(text);
        }
    }

    /// The fields of the step.
    pub fn fields(&self) -> &[Field] {
        self.form(self.step)
    }

    fn form(&self, step: Step) -> &[Field] {
        let at = FORMS.iter().position(|form| *form == step);
        at.and_then(|at| self.forms.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The field that is typed into.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        let form = FORMS.iter().position(|form| *form == self.step)?;
        self.forms.get_mut(form)?.get_mut(self.at)
    }

    /// What stands in a field, without spaces around it.
    pub fn text(&self, step: Step, field: usize) -> &str {
        self.form(step).get(field).map_or("", |field| field.typed.0.trim())
    }

    /// Whether a keystore is there from a setup that was cut off.
    pub fn has_keys(&self) -> bool {
        self.looked.as_ref().is_some_and(|looked| looked.has_keys)
    }

    /// Whether something was typed that would be lost.
    pub fn holds_typed(&self) -> bool {
        match self.step {
            Step::Working | Step::Done => false,
            Step::Address => !self.text(Step::Address, 0).is_empty(),
            _ => true,
        }
    }

    /// What was seen and can be mended on a step, from the weightiest.
    pub fn seen(&self, step: Step) -> impl Iterator<Item = &Part> {
        let all = self.looked.iter().flat_map(|looked| &looked.found);
        all.filter(move |part| Step::of_part(part.name.as_str()) == step)
    }

    /// Whether anything stands in the way.
    pub fn is_blocked(&self) -> bool {
        self.looked.as_ref().is_none_or(|looked| looked.found.iter().any(|part| part.state == PartState::Problem))
    }

    /// What is wrong with the step as far as that is known here, with the field to mend.
    pub fn judge(&self) -> Option<(usize, &'static str)> {
        match self.step {
            Step::Address if self.text(Step::Address, 0).is_empty() => Some((0, words::NEEDED)),
            Step::Address if self.port().is_none() => Some((2, words::NOT_A_PORT)),
            Step::Keys => {
                let typed = |at: usize| self.form(Step::Keys).get(at).map(|field| &field.typed);
                (typed(0) != typed(1)).then_some((1, words::DIFFERENT))
            }
            Step::TypedBack => self.wrong_group().map(|field| (field, words::WRONG_GROUP)),
            _ => None,
        }
    }

    fn port(&self) -> Option<u16> {
        self.text(Step::Address, 2).parse().ok().filter(|port| *port > 0)
    }

    fn wrong_group(&self) -> Option<usize> {
        let groups = self.key.get(1..).unwrap_or_default();
        ASKED.iter().enumerate().find_map(|(field, number)| {
            let at = number.checked_sub(1).unwrap_or(groups.len().saturating_sub(1));
            let right =
                groups.get(at).is_some_and(|group| group.0.eq_ignore_ascii_case(self.text(Step::TypedBack, field)));
            (!right).then_some(field)
        })
    }

    /// The step after this one.
    pub fn next(&self) -> Step {
        match self.step {
            Step::Address => Step::Certificate,
            Step::Certificate => Step::Keys,
            Step::Keys => Step::Recovery,
            Step::Recovery if self.has_keys() => Step::FirstAdmin,
            Step::Recovery => Step::TypedBack,
            Step::TypedBack => Step::FirstAdmin,
            Step::FirstAdmin => Step::Backups,
            Step::Backups => Step::Summary,
            Step::Summary => Step::Working,
            Step::Working | Step::Done => Step::Done,
        }
    }

    /// The step before this one; none where there is no way back.
    pub fn previous(&self) -> Option<Step> {
        match self.step {
            Step::Address | Step::Working | Step::Done => None,
            Step::Certificate => Some(Step::Address),
            Step::Keys => Some(Step::Certificate),
            Step::Recovery => Some(Step::Keys),
            Step::TypedBack => Some(Step::Recovery),
            Step::FirstAdmin => Some(Step::Recovery),
            Step::Backups => Some(Step::FirstAdmin),
            Step::Summary => Some(Step::Backups),
        }
    }

    /// To a step.
    pub fn go(&mut self, step: Step) {
        self.step = step;
        self.at = 0;
        self.top = 0;
        self.trouble.clear();
    }
}
