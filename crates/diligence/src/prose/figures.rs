//! What a sentence says of its figures: what each measures and whose it is, whether it has happened, and how figures stand
//! to each other. A figure that is true of one thing is false of another.

use model::{Basis, SubjectKind};

use super::brief::Brief;
use super::check::{FIGURE, Quoted, Text};
use super::material::Listed;
use super::told::{Told, longest_word};
use super::vocabulary::{is_ahead, is_stop, looks_ahead, words};
use crate::ontology::mentions;
use crate::words::{fold, is_word_at};

/// Common words that may stand right before a figure. Others, such as `over`, `about` or `between`, make another figure
/// of it; `to` is looked at by itself.
const LINKS: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "being",
    "of",
    "at",
    "as",
    "and",
    "from",
    "has",
    "have",
    "had",
    "hold",
    "holds",
    "put",
    "puts",
    "count",
    "counts",
    "give",
    "gives",
    "gave",
    "show",
    "shows",
    "state",
    "states",
    "list",
    "lists",
    "name",
    "names",
    "report",
    "reports",
    "mention",
    "mentions",
    "equals",
    "equal",
    "document",
    "documents",
    "comprises",
    "includes",
];

/// Other words that make another figure of it.
const HEDGES: &[&str] = &[
    "nearly",
    "almost",
    "exceeding",
    "exceeds",
    "least",
    "most",
    "beyond",
    "roughly",
    "another",
    "additional",
    "minus",
    "negative",
    "times",
    "near",
    "approaching",
    "around",
    "approximately",
    "some",
    "circa",
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
    "increase",
    "grow",
    "grows",
    "growth",
    "rise",
    "climbs",
    "climbing",
    "gains",
    "improves",
    "improving",
    "surged",
    "soared",
    "jumped",
    "accelerated",
    "expanded",
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
    "fall",
    "decline",
    "decrease",
    "decreasing",
    "drops",
    "drop",
    "shrinks",
    "shrinking",
    "plunged",
    "slumped",
    "collapsed",
    "slowed",
];

/// Words that with `up` and `down` name no change.
const PARTICLES: &[&str] = &["make", "makes", "made", "set", "start", "sign", "take", "takes", "speeds", "backed"];

/// Words that begin another statement.
const JOINTS: &[&str] = &["and", "but", "while", "whereas", "with", "or"];

/// A stretch of a text that names what a figure may be of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    start: usize,
    end: usize,
    of: String,
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece<'t> {
    /// A name of what figures may be of: its key.
    Name(&'t str),
    /// A figure, by its number in the sentence.
    Figure,
    /// Another word.
    Word(&'t str),
    /// The border of a statement.
    Border,
}

/// True if each figure stands behind the name of its own metric or holder, or right before it where no name stands before
/// the figure; if its statement says nothing else than what is known of the figure; and if a figure of somebody else names
/// that one.
pub fn are_named(brief: &Brief, text: &Text<'_>) -> bool {
    if text.figures.is_empty() {
        return true;
    }
    let folded = fold(&text.words);
    let names = names(&folded, text);
    let pieces = pieces(&folded, &names);
    let places = pieces.iter().enumerate().filter(|(_, piece)| **piece == Piece::Figure).map(|(at, _)| at);
    let others_named = foreign_subjects(brief, text).any(|subject| holds(&folded, &subject));
    !others_named
        && places.zip(&text.figures).all(|(at, (_, figure, told))| {
            let own = |word: &str| {
                let ahead = figure.is_open() && is_ahead(word);
                is_stop(word) || compares(word) || ahead || told.known.has(word) || brief.own().has(word)
            };
            subject_is_named(&folded, figure, told) && stands_by_its_name(&pieces, at, &told.key, own)
        })
}

/// True if each quote beside figures names what one of them measures: a quote of something else would lend its words to
/// the figures.
pub fn are_quoted_too(text: &Text<'_>, quotes: &[Quoted]) -> bool {
    text.figures.is_empty()
        || quotes.iter().all(|quote| {
            let own = |name: &Name| {
                text.figures.iter().any(|(_, figure, told)| name.of == told.key || name.of == figure.metric)
            };
            names(&quote.folded, text).iter().any(own)
        })
}

/// True if the figure at this piece stands in a statement of its own name.
fn stands_by_its_name(pieces: &[Piece<'_>], at: usize, key: &str, own: impl Fn(&str) -> bool) -> bool {
    let parts = |piece: &Piece<'_>| matches!(piece, Piece::Border | Piece::Figure);
    let named = |piece: &Piece<'_>| matches!(piece, Piece::Name(_));
    let (head, tail) = (pieces.get(..at).unwrap_or_default(), pieces.get(at + 1..).unwrap_or_default());
    let (from, to) = match head.iter().rposition(named) {
        Some(name) => {
            if head.get(name) != Some(&Piece::Name(key)) {
                return false;
            }
            let before = head.get(..name).unwrap_or_default();
            // Of two names before one figure nobody knows whose it is.
            let last = before.iter().rev().find(|piece| named(piece) || **piece == Piece::Figure);
            if last.is_some_and(|piece| named(piece) && *piece != Piece::Name(key)) {
                return false;
            }
            (before.iter().rposition(parts), tail.iter().position(parts))
        }
        None => {
            let Some(name) = tail.iter().position(named) else { return false };
            let between = tail.get(..name).unwrap_or_default();
            if tail.get(name) != Some(&Piece::Name(key)) || between.iter().any(parts) {
                return false;
            }
            (head.iter().rposition(parts), tail.iter().skip(name).position(parts).map(|end| end + name))
        }
    };
    let end = to.map_or(pieces.len(), |end| at + 1 + end);
    let statement = pieces.get(from.map_or(0, |from| from + 1)..end).unwrap_or_default();
    statement.iter().all(|piece| if let Piece::Word(word) = piece { own(word) } else { true })
}

/// The names in a folded text, none within another.
fn names(folded: &str, text: &Text<'_>) -> Vec<Name> {
    let mut all: Vec<Name> = Vec::new();
    for (_, _, Told { key, name, .. }) in &text.figures {
        let Some(name) = name else { continue };
        let found = folded.match_indices(name.as_str()).filter(|(at, own)| is_word_at(folded, *at, at + own.len()));
        all.extend(found.map(|(at, own)| Name { start: at, end: at + own.len(), of: key.clone() }));
    }
    // A holder may be called like a metric: "employee option pool".
    all.sort_by_key(|name| std::cmp::Reverse(name.end - name.start));
    let mut looked_for = mentions(folded);
    looked_for.sort_by_key(|found| std::cmp::Reverse(found.end - found.start));
    all.extend(looked_for.into_iter().map(|found| Name {
        start: found.start,
        end: found.end,
        of: found.metric.id.clone(),
    }));
    let mut kept: Vec<Name> = Vec::new();
    for name in all {
        if !kept.iter().any(|other| other.start < name.end && name.start < other.end) {
            kept.push(name);
        }
    }
    kept.sort_by_key(|name| name.start);
    kept
}

fn pieces<'t>(folded: &'t str, names: &'t [Name]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for name in names {
        others(folded.get(from..name.start).unwrap_or_default(), &mut pieces);
        pieces.push(Piece::Name(&name.of));
        from = name.end;
    }
    others(folded.get(from..).unwrap_or_default(), &mut pieces);
    pieces
}

/// The pieces of a text without names.
fn others<'t>(text: &'t str, pieces: &mut Vec<Piece<'t>>) {
    let inside = |c: char| c.is_alphanumeric() || c == '\'' || c == '’';
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let end = if inside(sign) { rest.find(|c| !inside(c)).unwrap_or(rest.len()) } else { sign.len_utf8() };
        let (head, tail) = rest.split_at(end);
        match words(head).next() {
            _ if sign == FIGURE => pieces.push(Piece::Figure),
            Some(joint) if JOINTS.contains(&joint) => pieces.push(Piece::Border),
            // The end of a name's `'s`.
            Some("s") => {}
            Some(word) => pieces.push(Piece::Word(word)),
            None if !sign.is_whitespace() && sign != '-' && sign != '/' => pieces.push(Piece::Border),
            None => {}
        }
        rest = tail;
    }
}

fn holds(folded: &str, word: &str) -> bool {
    !word.is_empty() && crate::words::has(folded, word)
}

fn subject_is_named(folded: &str, figure: &Listed, told: &Told) -> bool {
    let kind = super::material::kind(figure.subject.kind);
    match &told.subject {
        _ if figure.subject.kind == SubjectKind::Company => true,
        Some(word) => holds(folded, word),
        None => folded.contains(kind),
    }
}

/// Names of others whose figures are listed, unless one of their figures stands in the sentence.
fn foreign_subjects<'a>(brief: &'a Brief, text: &'a Text<'_>) -> impl Iterator<Item = String> + 'a {
    let used = |name: &str| text.figures.iter().any(|(_, figure, _)| figure.subject.name.as_deref() == Some(name));
    let names = brief.figures().iter().filter_map(|figure| figure.subject.name.as_deref());
    // A holder may be called after the company.
    let own = fold(brief.company());
    names
        .filter(move |name| !used(name))
        .map(longest_word)
        .filter(move |word| word.chars().count() > 3 && !holds(&own, word))
}

/// The words with [`FIGURE`] instead of the names that stand for the sentence's own figures.
pub fn without_names(text: &Text<'_>) -> String {
    own_names(text, |_| FIGURE.to_string())
}

/// The words with each name that stands for one of the sentence's own figures replaced.
fn own_names(text: &Text<'_>, instead: impl Fn(&Name) -> String) -> String {
    let folded = fold(&text.words);
    let own =
        |name: &Name| text.figures.iter().any(|(_, figure, told)| name.of == told.key || name.of == figure.metric);
    let mut said = String::new();
    let mut from = 0;
    for name in names(&folded, text).iter().filter(|name| own(name)) {
        said.push_str(text.words.get(from..name.start).unwrap_or_default());
        said.push_str(&instead(name));
        from = name.end;
    }
    said.push_str(text.words.get(from..).unwrap_or_default());
    said
}

/// True if a forecast, budget or target is told as one, and nothing else is, and if both do not stand in one sentence.
/// What quotes say of the future, the sentence says of it too, and no more: a hope is no fact. `quoted` is whether the
/// quotes look ahead, if there are some.
pub fn happened_as_said(text: &Text<'_>, ahead: bool, quoted: Option<bool>) -> bool {
    let open = text.figures.iter().any(|(_, figure, _)| figure.is_open());
    let happened = text.figures.iter().any(|(_, figure, _)| figure.basis == Basis::Actual);
    match (open, happened) {
        (true, true) => false,
        (true, false) => text.figures.iter().enumerate().all(|(number, (at, _, _))| {
            let end = text.figures.get(number + 1).map_or(text.words.len(), |(next, _, _)| *next);
            let (head, tail) = (text.words.get(..*at), text.words.get(*at..end));
            let tail = tail.unwrap_or_default().split([',', ';', '.']).next();
            head.into_iter().chain(tail).any(|said| looks_ahead(&said.to_lowercase()))
        }),
        (false, happened) => !(happened && ahead) && quoted.is_none_or(|quoted| ahead == quoted),
    }
}

/// True if no word before a figure makes another one of it, and if figures that are compared stand to each other as the
/// sentence says. Change needs two figures of one metric at different dates, or a quote that tells the same of that metric.
pub fn compare_as_said(text: &Text<'_>, quotes: &[Quoted]) -> bool {
    // "Growth" as the name of a figure is no change of it. Places stay as they are.
    let said = own_names(text, |name| " ".repeat(name.end - name.start));
    let mut from = 0;
    let mut last: Option<&Listed> = None;
    for (at, figure, _) in text.figures.iter().copied() {
        let gap = said.get(from..at).unwrap_or_default().to_lowercase();
        let gap: Vec<&str> = words(&gap).filter(|word| *word != FIGURE.to_string()).collect();
        let hedged = gap.last().is_some_and(|word| is_hedge(word)) && !sums_up(&gap);
        let [more, less, grew, fell] = directions(&gap);
        let holds = match last {
            _ if (more && less) || (grew && fell) => false,
            Some(one) if more || less => comparable(one, figure) && ordered(one, figure, more),
            _ if more || less => false,
            Some(one) if grew || fell => changed(one, figure, grew),
            // "rose from A to B": the word stands before the first of the two.
            None if grew || fell => match text.figures.get(1) {
                Some((_, two, _)) => changed(figure, two, grew),
                None => !hedged && are_quoted([false, false, grew, fell], &[figure.metric.as_str()], quotes),
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
    let tail = fold(said.get(from..).unwrap_or_default());
    let found = directions(&words(&tail).collect::<Vec<_>>());
    if found == [false; 4] {
        return true;
    }
    let of: Vec<&str> = match last {
        Some(figure) => vec![figure.metric.as_str()],
        None => mentions(&tail).iter().map(|found| found.metric.id.as_str()).collect(),
    };
    are_quoted(found, &of, quotes)
}

/// Whether words say more, less, grew, fell.
fn directions(said: &[&str]) -> [bool; 4] {
    let particle =
        |at: usize| at.checked_sub(1).and_then(|at| said.get(at)).is_some_and(|before| PARTICLES.contains(before));
    [MORE, LESS, GREW, FELL].map(|list| {
        let mut found = said.iter().enumerate().filter(|(_, word)| list.contains(word));
        found.any(|(at, word)| !(["up", "down"].contains(word) && particle(at)))
    })
}

/// True if for each of these directions a quote says the same, and names all of these metrics.
fn are_quoted(directions_said: [bool; 4], metrics: &[&str], quotes: &[Quoted]) -> bool {
    directions_said.iter().enumerate().filter(|(_, said)| **said).all(|(which, _)| {
        quotes.iter().any(|quote| {
            let same = directions(&words(&quote.lower).collect::<Vec<_>>()).get(which) == Some(&true);
            let named = mentions(&quote.folded);
            same && metrics.iter().all(|metric| named.iter().any(|found| found.metric.id == *metric))
        })
    })
}

/// True for a word that says how figures stand to each other.
pub fn compares(word: &str) -> bool {
    [MORE, LESS, GREW, FELL].iter().any(|list| list.contains(&word))
}

fn is_hedge(word: &str) -> bool {
    HEDGES.contains(&word) || (is_stop(word) && !LINKS.contains(&word))
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
    let (first, second) = (one.period, two.period);
    let later = first.kind == second.kind && first.end.is_some() && first.end < second.end;
    comparable(one, two) && one.subject == two.subject && later
}

/// True if the second figure is the later one, and it grew or fell since the first.
fn changed(one: &Listed, two: &Listed, grew: bool) -> bool {
    changed_at_all(one, two) && ordered(two, one, grew)
}
