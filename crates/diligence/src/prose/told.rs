//! What a sentence may call a figure. It is reckoned once for each figure of a section, because sentences are judged
//! while they come in.

use model::{DocumentRole, SubjectKind, Unit};

use super::material::{Listed, kind};
use super::vocabulary::{Known, words};
use crate::ontology::{mentions, ontology};
use crate::words::fold;

/// What a sentence may call a figure.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it is told apart by: the holder of shares, else the metric.
    pub key: String,
    /// A name that the ontology does not look for: a holder's, or a title that is no synonym; folded.
    pub name: Option<String>,
    /// The longest word of its subject's name; folded.
    pub subject: Option<String>,
    /// The words that say what it is: its name, subject, date, basis and what its documents are. Not their files' names.
    pub known: Known,
}

impl Told {
    /// What a sentence may call this figure.
    pub fn of(figure: &Listed) -> Self {
        let holder = figure.subject.name.as_deref().filter(|_| figure.subject.kind == SubjectKind::Holder);
        let title = fold(ontology().title(&figure.metric));
        let named_by_title = mentions(&title).iter().any(|found| found.metric.id == figure.metric);
        let name = match holder {
            Some(name) => Some(longest_word(name)),
            None => (!named_by_title).then_some(title),
        };
        let period = figure.period.to_string();
        let subject = figure.subject.name.as_deref();
        let whose = subject.map(|_| kind(figure.subject.kind));
        let basis = if figure.reckoned { "calculated" } else { figure.basis.as_str() };
        let own =
            [figure.measured(), ontology().title(&figure.metric), &period, basis, unit_words(&figure.figure.unit)];
        let roles = figure.roles.iter().map(|role| role_words(*role));
        Self {
            key: holder.map_or_else(|| figure.metric.clone(), |name| format!("holder {}", fold(name))),
            name: name.filter(|name| !name.is_empty()),
            subject: subject.map(longest_word),
            known: Known::of(own.into_iter().chain(roles).chain(subject).chain(whose)),
        }
    }
}

/// What a figure is called after its unit.
fn unit_words(unit: &Unit) -> &'static str {
    match unit {
        Unit::Money { .. } => "amount",
        Unit::Ratio => "rate ratio share",
        Unit::Multiple => "ratio multiple",
        Unit::Count => "number count",
        Unit::Months => "months",
        Unit::Days => "days",
    }
}

/// What a document is called after what it is for.
fn role_words(role: DocumentRole) -> &'static str {
    match role {
        DocumentRole::Deck => "Pitch deck",
        DocumentRole::Plan => "Business plan",
        DocumentRole::Model => "Financial model",
        other => other.title(),
    }
}

/// The longest word of a name; folded.
pub fn longest_word(name: &str) -> String {
    fold(words(name).max_by_key(|word| word.chars().count()).unwrap_or_default())
}
