//! What a reader of the room must report, and what looks alike and must not be reported. Both are read off the places at
//! which the files state figures.

use serde_json::{Map, Value, json};

use super::Defect;
use crate::room::truth::{Basis, Place, Placed, plain};
use crate::room::{File, FileKind};

/// A figure of a file of the room.
#[derive(Clone, Copy)]
struct Stated<'a> {
    file: &'a File,
    placed: &'a Placed,
}

impl Stated<'_> {
    fn json(self) -> Value {
        let mut line = Map::new();
        line.insert("file".to_owned(), json!(self.file.path));
        self.placed.place.write(&mut line);
        line.insert("value".to_owned(), json!(plain(self.placed.figure.value)));
        Value::Object(line)
    }

    fn is_true(self) -> bool {
        self.placed.figure.planted.is_none() && !self.placed.figure.optional
    }

    /// Why a figure of the books differs from this one although neither is wrong; nothing if it does not.
    fn likeness(self, other: Self) -> Option<Likeness> {
        let (a, b) = (&self.placed.figure, &other.placed.figure);
        let books = matches!(other.file.kind, FileKind::Model | FileKind::Accounts | FileKind::Export);
        if !books || !other.is_true() || a.metric != b.metric || b.basis != Basis::Actual {
            return None;
        }
        match () {
            () if a.subject != b.subject => Some(Likeness::Subject),
            () if self.is_like(other) => (a.value != b.value).then_some(Likeness::Rounding),
            () => (a.period.is_some() && a.period != b.period).then_some(Likeness::Period),
        }
    }

    /// How many months lie between the ends of two figures.
    fn months_to(self, other: Self) -> i32 {
        let end = |stated: Self| stated.placed.figure.period.map_or(0, |period| period.end.0);
        (end(self) - end(other)).abs()
    }

    /// The same metric of the same subject for the same period.
    fn is_like(self, other: Self) -> bool {
        let (a, b) = (&self.placed.figure, &other.placed.figure);
        a.metric == b.metric && a.subject == b.subject && a.period.is_some() && a.period == b.period
    }
}

/// The lines of `contradictions.jsonl`.
pub fn contradictions(files: &[File]) -> Vec<Value> {
    let stated: Vec<Stated<'_>> =
        files.iter().flat_map(|file| file.placed.iter().map(move |placed| Stated { file, placed })).collect();
    let mut lines = planted(&stated);
    lines.extend(alike(&stated));
    lines.extend(files.iter().flat_map(checks));
    lines
}

/// Each place of a planted figure against the first place that tells the truth of it in another file.
fn planted(stated: &[Stated<'_>]) -> Vec<Value> {
    let mut lines = Vec::new();
    let by_rule = [Defect::Footing.name()];
    let claims = stated.iter().filter(|claim| {
        claim.placed.figure.planted.is_some_and(|name| !by_rule.contains(&name)) && !claim.placed.figure.optional
    });
    for claim in claims {
        let truth = stated.iter().find(|truth| {
            truth.placed.figure.planted.is_none()
                && truth.file.kind != claim.file.kind
                && claim.is_like(**truth)
                && truth.placed.figure.value != claim.placed.figure.value
        });
        if let Some(truth) = truth {
            lines.push(json!({
                "metric": claim.placed.figure.metric,
                "must": "be_found",
                "claim": claim.json(),
                "against": truth.json(),
            }));
        }
    }
    lines
}

/// Rounded figures of a deck or memo against the exact ones, and the same metric of another period or subject: of those
/// the nearest, which is the hardest to tell apart.
fn alike(stated: &[Stated<'_>]) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut seen = Vec::new();
    let claims = stated.iter().filter(|claim| matches!(claim.file.kind, FileKind::Deck | FileKind::Memo));
    for claim in claims.filter(|claim| claim.is_true()) {
        let figure = &claim.placed.figure;
        for kind in [Likeness::Rounding, Likeness::Subject, Likeness::Period] {
            let key = (kind, figure.metric.as_str());
            let others = stated.iter().filter(|other| claim.likeness(**other) == Some(kind));
            let nearest = others.min_by_key(|other| claim.months_to(**other));
            if let Some(other) = nearest.filter(|_| !seen.contains(&key)) {
                seen.push(key);
                lines.push(json!({
                    "metric": figure.metric,
                    "must": "not_be_found",
                    "claim": claim.json(),
                    "against": other.json(),
                }));
            }
        }
    }
    lines
}

/// Why two figures differ without contradiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Rounding,
    Subject,
    Period,
}

/// What rules must report: totals that do not foot, a cap table without all instruments, words for machines.
fn checks(file: &File) -> Vec<Value> {
    let mut lines: Vec<Value> = file
        .placed
        .iter()
        .filter(|placed| placed.figure.planted == Some(Defect::Footing.name()))
        .map(|placed| check("V-012", file, &placed.place))
        .collect();
    lines.extend(file.flags.iter().map(|(rule, place)| check(rule, file, place)));
    lines
}

fn check(rule: &str, file: &File, place: &Place) -> Value {
    let mut at = Map::new();
    at.insert("file".to_owned(), json!(file.path));
    place.write(&mut at);
    json!({ "check": rule, "must": "be_found", "at": at })
}
