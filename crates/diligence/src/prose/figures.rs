//! What a sentence says of its figures: what each measures and whose it is, whether it has happened, and how figures stand
//! to each other. A figure that is true of one thing is false of another.

use model::{Basis, SubjectKind};

use super::brief::Brief;
use super::check::{FIGURE, Text};
use super::material::Listed;
use super::vocabulary::words;
use crate::ontology::{mentions, ontology};
use crate::words::{fold, is_word_at};

/// Words right before a figure that make another figure of it.
const HEDGES: &[&str] = &[
    "over",
    "above",
    "below",
    "under",
    "nearly",
    "almost",
    "exceeding",
    "exceeds",
    "least",
    "most",
    "to",
    "beyond",
    "than",
    "roughly",
    "another",
    "additional",
    "minus",
    "negative",
    "times",
    "near",
    "approaching",
    "within",
];

const MORE: &[&str] = &[
    "higher",
    "more",
    "above",
    "exceeds",
    "exceed",
    "exceeded",
    "exceeding",
    "greater",
    "larger",
    "over",
    "ahead",
    "longer",
];
const LESS: &[&str] = &["lower", "less", "below", "under", "fewer", "smaller", "short", "behind", "shorter"];
const GREW: &[&str] = &[
    "grew",
    "grown",
    "rose",
    "risen",
    "rises",
    "increased",
    "increases",
    "climbed",
    "up",
    "gained",
    "improved",
    "growing",
    "rising",
    "increasing",
];
const FELL: &[&str] = &[
    "fell",
    "fallen",
    "falls",
    "declined",
    "declines",
    "decreased",
    "decreases",
    "dropped",
    "shrank",
    "down",
    "lost",
    "worsened",
    "falling",
    "declining",
];

/// A stretch of a text that names what a figure may be of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    start: usize,
    end: usize,
    of: String,
}

/// True if each figure's metric is named in the sentence, by the words that the metric is known by; if it is a figure of
/// somebody else, that one is named; and if figures of several metrics or subjects stand in it, the name that stands
/// nearest before or after each figure is its own.
pub fn are_named(brief: &Brief, text: &Text<'_>) -> bool {
    let folded = fold(&text.words);
    let mut names: Vec<Name> = mentions(&folded)
        .into_iter()
        .map(|found| Name { start: found.start, end: found.end, of: found.metric.id.clone() })
        .collect();
    for (_, figure) in &text.figures {
        names.extend(other_names(&folded, figure));
    }
    names.sort_by_key(|name| (name.start, name.end));
    names.dedup();
    let keys: Vec<String> = text.figures.iter().map(|(_, figure)| key(figure)).collect();
    let several = keys.iter().any(|one| Some(one) != keys.first());
    let others_named = foreign_subjects(brief, text).any(|subject| holds(&folded, &subject));
    text.figures.iter().zip(&keys).all(|((at, figure), key)| {
        let before = names.iter().rev().find(|name| name.end <= *at);
        let after = names.iter().find(|name| name.start > *at);
        let near = before.into_iter().chain(after).any(|name| name.of == *key);
        let named = names.iter().any(|name| name.of == *key);
        named && (!several || near) && subject_is_named(&folded, figure) && !others_named
    })
}

/// What a figure is told apart by: the holder of shares, else the metric.
fn key(figure: &Listed) -> String {
    match &figure.subject.name {
        Some(name) if figure.subject.kind == SubjectKind::Holder => format!("holder {}", fold(name)),
        _ => figure.metric.clone(),
    }
}

/// Names of a figure that the ontology does not look for: a holder's, or a title that is no synonym.
fn other_names(folded: &str, figure: &Listed) -> Vec<Name> {
    let title = fold(ontology().title(&figure.metric));
    let named_by_title = mentions(&title).iter().any(|found| found.metric.id == figure.metric);
    let own = match &figure.subject.name {
        Some(name) if figure.subject.kind == SubjectKind::Holder => longest_word(name),
        _ if !named_by_title => title,
        _ => return Vec::new(),
    };
    let found = folded.match_indices(own.as_str()).filter(|_| !own.is_empty());
    found
        .filter(|(at, name)| is_word_at(folded, *at, at + name.len()))
        .map(|(at, name)| Name { start: at, end: at + name.len(), of: key(figure) })
        .collect()
}

fn longest_word(name: &str) -> String {
    fold(words(name).max_by_key(|word| word.chars().count()).unwrap_or_default())
}

fn holds(folded: &str, word: &str) -> bool {
    !word.is_empty() && crate::words::has(folded, word)
}

fn subject_is_named(folded: &str, figure: &Listed) -> bool {
    let kinds = match figure.subject.kind {
        SubjectKind::Company => return true,
        SubjectKind::Competitor => "competitor",
        SubjectKind::Market => "market",
        SubjectKind::Customer => "customer",
        SubjectKind::Holder => "holder",
    };
    match &figure.subject.name {
        Some(name) => holds(folded, &longest_word(name)),
        None => folded.contains(kinds),
    }
}

/// Names of others whose figures are listed, unless one of their figures stands in the sentence.
fn foreign_subjects<'a>(brief: &'a Brief, text: &'a Text<'_>) -> impl Iterator<Item = String> + 'a {
    let used = |name: &str| text.figures.iter().any(|(_, figure)| figure.subject.name.as_deref() == Some(name));
    let names = brief.figures().iter().filter_map(|figure| figure.subject.name.as_deref());
    // A holder may be called after the company.
    let own = fold(brief.company());
    names
        .filter(move |name| !used(name))
        .map(longest_word)
        .filter(move |word| word.chars().count() > 3 && !holds(&own, word))
}

/// The words without the names of metrics that stand for the sentence's own figures.
pub fn without_names(text: &Text<'_>) -> String {
    let folded = fold(&text.words);
    let own = |id: &str| text.figures.iter().any(|(_, figure)| figure.metric == id);
    let mut said = String::new();
    let mut from = 0;
    for found in mentions(&folded).into_iter().filter(|found| own(&found.metric.id)) {
        said.push_str(text.words.get(from..found.start).unwrap_or_default());
        said.push(' ');
        from = found.end;
    }
    said.push_str(text.words.get(from..).unwrap_or_default());
    said
}

/// True if a forecast, budget or target is told as one, and nothing else is. What quotes say of the future, the sentence
/// says of it too, and no more: a hope is no fact. `quoted` is whether the quotes look ahead, if there are some.
pub fn happened_as_said(text: &Text<'_>, ahead: bool, quoted: Option<bool>) -> bool {
    let open = |figure: &Listed| matches!(figure.basis, Basis::Forecast | Basis::Budget | Basis::Target);
    if text.figures.iter().any(|(_, figure)| open(figure)) {
        return ahead;
    }
    let happened = text.figures.iter().any(|(_, figure)| figure.basis == Basis::Actual);
    quoted.map_or(!(ahead && happened), |quoted| ahead == quoted)
}

/// True if no word before a figure makes another one of it, and if figures that are compared stand to each other as the
/// sentence says. Change needs two figures of one metric at different dates, or a quote that tells of it.
pub fn compare_as_said(text: &Text<'_>, quoted: bool) -> bool {
    let mut from = 0;
    let mut last: Option<&Listed> = None;
    for (at, figure) in text.figures.iter().copied() {
        let gap = text.words.get(from..at).unwrap_or_default().to_lowercase();
        let gap: Vec<&str> = words(&gap).filter(|word| *word != FIGURE.to_string()).collect();
        let said = |list: &[&str]| gap.iter().any(|word| list.contains(word));
        let hedged = gap.last().is_some_and(|word| HEDGES.contains(word)) && !sums_up(&gap);
        let (more, less) = (said(MORE), said(LESS));
        let (grew, fell) = (said(GREW), said(FELL));
        let holds = match last {
            _ if (more && less) || (grew && fell) => false,
            Some(one) if more || less => comparable(one, figure) && ordered(one, figure, more),
            _ if more || less => false,
            Some(one) if grew || fell => changed(one, figure, grew),
            // "rose from A to B": the word stands before the first of the two.
            None if grew || fell => match text.figures.get(1) {
                Some((_, two)) => changed(figure, two, grew),
                None => quoted && !hedged,
            },
            // "to" is the second of two: from A to B.
            Some(one) if hedged => gap.last() == Some(&"to") && changed_at_all(one, figure),
            None => !hedged,
            Some(_) => true,
        };
        if !holds {
            return false;
        }
        (from, last) = (at, Some(figure));
    }
    let tail = text.words.get(from..).unwrap_or_default().to_lowercase();
    quoted || !words(&tail).any(compares)
}

/// True for a word that says how figures stand to each other.
pub fn compares(word: &str) -> bool {
    [MORE, LESS, GREW, FELL].iter().any(|list| list.contains(&word))
}

/// True for `amounts to`, which changes nothing.
fn sums_up(gap: &[&str]) -> bool {
    matches!(gap, [.., "amounts" | "amounted" | "comes" | "came" | "equal" | "equals", "to"])
}

fn comparable(one: &Listed, two: &Listed) -> bool {
    one.metric == two.metric && one.figure.unit == two.figure.unit
}

fn ordered(one: &Listed, two: &Listed, more: bool) -> bool {
    if more { one.figure.value > two.figure.value } else { one.figure.value < two.figure.value }
}

fn changed_at_all(one: &Listed, two: &Listed) -> bool {
    comparable(one, two) && one.subject == two.subject && one.period.end.is_some() && one.period.end < two.period.end
}

/// True if the second figure is the later one, and it grew or fell since the first.
fn changed(one: &Listed, two: &Listed, grew: bool) -> bool {
    changed_at_all(one, two) && ordered(two, one, grew)
}
