//! Rules that must hold between figures. A rule passes, fails, or cannot be tried because figures are missing; what it
//! found is said with the figures themselves as placeholders.
//!
//! Placeholders hold ids here (`{{fact:<32 hex digits>}}`); the report's assembly turns them into labels.

mod customers;
mod footing;
mod statements;

use model::{Calc, CalcId, Check, Fact, FactId, Outcome, Place, Severity};
use rust_decimal::Decimal;

use crate::book::Book;

/// A check, with the places that its detail cites as `{{cite:P0}}`, `{{cite:P1}}`, …
#[derive(Debug, Clone)]
pub struct Checked {
    /// The check.
    pub check: Check,
    /// The places.
    pub places: Vec<Place>,
}

/// A rule.
struct Rule {
    id: &'static str,
    title: &'static str,
    severity: Severity,
}

/// One trial of a rule: whether it held, and the sentence with its figures.
struct Trial {
    held: bool,
    detail: String,
    places: Vec<Place>,
}

impl Trial {
    fn new(held: bool, detail: String) -> Self {
        Self { held, detail, places: Vec::new() }
    }
}

impl Rule {
    /// What all trials say together: the first failures are told, else how often it held.
    fn judge(&self, trials: Vec<Trial>, needs: &str) -> Checked {
        let (held, failed): (Vec<Trial>, Vec<Trial>) = trials.into_iter().partition(|trial| trial.held);
        let (outcome, detail, places) = if let Some(first) = failed.first() {
            let more = failed.len() - 1;
            let rest = if more > 0 { format!(" The same holds for {more} more.") } else { String::new() };
            (Outcome::Fail, format!("{}{rest}", first.detail), first.places.clone())
        } else if let Some(first) = held.first() {
            let more = held.len() - 1;
            let rest = if more > 0 { format!(" It also holds {more} more times.") } else { String::new() };
            (Outcome::Pass, format!("{}{rest}", first.detail), first.places.clone())
        } else {
            (Outcome::NotApplicable, format!("The documents do not give {needs}."), Vec::new())
        };
        let check =
            Check { rule: self.id.to_owned(), title: self.title.to_owned(), outcome, detail, severity: self.severity };
        Checked { check, places }
    }
}

/// Tries all rules: failures first, then what held, then what could not be tried.
pub fn checks(book: &Book<'_>, calcs: &[Calc]) -> Vec<Checked> {
    let mut all = statements::checks(book);
    all.push(footing::check(book));
    all.extend(customers::checks(book, calcs));
    all.sort_by_key(|checked| {
        let order = match checked.check.outcome {
            Outcome::Fail => 0,
            Outcome::Pass => 1,
            Outcome::NotApplicable => 2,
        };
        (order, std::cmp::Reverse(checked.check.severity), checked.check.rule.clone())
    });
    all
}

/// A fact in a sentence.
pub fn fact_token(id: FactId) -> String {
    format!("{{{{fact:{}}}}}", id.0.simple())
}

/// A calculation in a sentence.
pub fn calc_token(id: CalcId) -> String {
    format!("{{{{calc:{}}}}}", id.0.simple())
}

fn token(fact: &Fact) -> String {
    fact_token(fact.id)
}

/// True if two amounts are the same within what their digits leave open and a part of the larger.
fn close(one: Decimal, two: Decimal, open: Decimal, part: Decimal) -> bool {
    let larger = one.abs().max(two.abs());
    (one - two).abs() <= open + larger * part
}
