//! Where a text names metrics. All phrases of the ontology are looked for at once, by their first words.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Metric, Names, ontology};
use crate::words::{fold, is_word_at};

/// A metric named in a text.
#[derive(Debug, Clone)]
pub struct Mention {
    /// Which metric.
    pub metric: &'static Metric,
    /// First byte of the name in the text.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// The name calls the amount a loss: `net loss of €2m` is net income of minus €2m.
    pub loss: bool,
}

/// The metrics that a text names, in order, the longest name at each place. `text` must be folded. A name that stands
/// within a longer name, or in a phrase that makes it something else, is none.
pub fn mentions(text: &str) -> Vec<Mention> {
    find(text, false)
}

/// The metrics that the name of a row, a column or a big number names: the words that are too common for running text
/// count too. `text` must be folded.
pub fn mentions_in_label(text: &str) -> Vec<Mention> {
    find(text, true)
}

/// What a phrase is to its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Name { loss: bool, in_labels_only: bool },
    Not,
}

/// A phrase that is looked for.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) text: String,
    pub(super) metric: &'static Metric,
    pub(super) role: Role,
}

/// A phrase that was found.
#[derive(Clone, Copy)]
struct Hit {
    phrase: &'static Phrase,
    start: usize,
    end: usize,
}

impl Hit {
    fn touches(&self, other: &Self) -> bool {
        self.phrase.metric.id == other.phrase.metric.id && self.start < other.end && other.start < self.end
    }

    fn is_more_than(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end && self.end - self.start > other.end - other.start
    }
}

fn find(text: &str, in_label: bool) -> Vec<Mention> {
    let hits = hits(text);
    let names: Vec<(Hit, bool)> = hits
        .iter()
        .filter_map(|hit| match hit.phrase.role {
            Role::Name { loss, in_labels_only } => (in_label || !in_labels_only).then_some((*hit, loss)),
            Role::Not => None,
        })
        .collect();
    let nots: Vec<&Hit> = hits.iter().filter(|hit| hit.phrase.role == Role::Not).collect();
    // A phrase without the name itself, such as "pipeline", speaks for the whole text.
    let silent: BTreeSet<&str> = nots
        .iter()
        .filter(|not| !names.iter().any(|(name, _)| not.touches(name)))
        .map(|not| not.phrase.metric.id.as_str())
        .collect();
    // A name with the phrase in it is meant: "number of customers", though "of customers" is no name.
    let stands = |name: &Hit| {
        !silent.contains(name.phrase.metric.id.as_str())
            && !nots.iter().any(|not| not.touches(name) && !name.is_more_than(not))
    };
    let mut standing: Vec<&(Hit, bool)> = names.iter().filter(|(name, _)| stands(name)).collect();
    standing.sort_by_key(|(hit, _)| (std::cmp::Reverse(hit.end - hit.start), hit.start));
    let mut kept: Vec<Mention> = Vec::new();
    for (Hit { phrase, start, end }, loss) in standing {
        if !kept.iter().any(|other| other.start < *end && *start < other.end) {
            kept.push(Mention { metric: phrase.metric, start: *start, end: *end, loss: *loss });
        }
    }
    kept.sort_by_key(|mention| mention.start);
    kept
}

fn hits(text: &str) -> Vec<Hit> {
    let index = index();
    tokens(text)
        .filter_map(|(start, token)| Some((start, index.get(token)?)))
        .flat_map(|(start, phrases)| phrases.iter().map(move |phrase| (start, phrase)))
        .filter(|(start, phrase)| text.get(*start..).is_some_and(|rest| rest.starts_with(&phrase.text)))
        .map(|(start, phrase)| Hit { phrase, start, end: start + phrase.text.len() })
        .filter(|hit| is_word_at(text, hit.start, hit.end))
        .collect()
}

/// Words, and signs one by one, with the bytes where they begin. A phrase at the border of a word begins with one.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let first = rest.chars().next()?;
        let word = rest.find(|sign: char| !sign.is_alphanumeric()).unwrap_or(rest.len());
        let (start, end) = (at, at + word.max(first.len_utf8()));
        at = end;
        Some((start, text.get(start..end)?))
    })
}

/// The phrases by their first words.
fn index() -> &'static HashMap<String, Vec<Phrase>> {
    static INDEX: OnceLock<HashMap<String, Vec<Phrase>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: HashMap<String, Vec<Phrase>> = HashMap::new();
        for phrase in phrases() {
            let first = tokens(&phrase.text).next().map(|(_, first)| first.to_owned());
            index.entry(first.unwrap_or_default()).or_default().push(phrase);
        }
        index
    })
}

/// All phrases in all their spellings.
pub(super) fn phrases() -> Vec<Phrase> {
    ontology().metrics.iter().flat_map(of_metric).collect()
}

fn of_metric(metric: &'static Metric) -> Vec<Phrase> {
    let mut found: Vec<Phrase> = Vec::new();
    let mut add = |word: &str, german: bool, role: Role| {
        for text in spellings(word, german) {
            let again =
                found.iter().any(|other| other.text == text && (other.role == Role::Not) == (role == Role::Not));
            if !again {
                found.push(Phrase { text, metric, role });
            }
        }
    };
    for (names, in_labels_only) in [(&metric.synonyms, false), (&metric.labels, true)] {
        for (word, german) in names.all() {
            add(word, german, Role::Name { loss: metric.loss.contains(word), in_labels_only });
        }
    }
    for word in &metric.not {
        add(word, false, Role::Not);
        add(word, true, Role::Not);
    }
    found
}

impl Names {
    /// All names, and whether they are German.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, bool)> {
        let others = self.en.iter().chain(&self.fr).chain(&self.es).map(|name| (name, false));
        others.chain(self.de.iter().map(|name| (name, true)))
    }
}

/// A phrase as people write it: folded, with either apostrophe, and without the accents that capitals and old programs
/// leave out: `tresorerie`, `umsatzerloese`.
fn spellings(word: &str, german: bool) -> BTreeSet<String> {
    let own = fold(word);
    let plain: String = if german {
        own.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
    } else {
        own.nfd().filter(|sign| !is_combining_mark(*sign)).collect()
    };
    let straight = [own, plain];
    let curly = straight.clone().map(|text| text.replace('\'', "’"));
    straight.into_iter().chain(curly).collect()
}
