//! Key figures: one row a metric, with what confirms or contradicts it; a second row only for what is another figure.

use model::{Calc, Fact, Figure, FigureId, FigureRow, MetricId, Outcome, Period, Verdict};
use rust_decimal::Decimal;

use super::labels::Labels;
use super::sections::Room;
use crate::checks::fact_token;
use crate::compare::row_of;
use crate::ontology::ontology;

/// What a row says of a figure that other statements contradict.
const CONTRADICTED: &str = "contradicted: see Documents disagree";

impl Room<'_> {
    /// The figure that stands for a metric: what is stated; what is trusted more, where that contradicts it; what is
    /// reckoned, where nothing is stated.
    pub fn best(&self, metric: &str) -> Option<FigureId> {
        let first = || self.calcs_of(metric).next().map(|calc| FigureId::Calc(calc.id));
        let stated = self.book.key_figure(metric).map(|fact| FigureId::Fact(fact.id));
        let own = stated.or_else(first)?;
        let trusted = row_of(self.rows, own).map(|row| row.reference);
        Some(trusted.filter(|reference| !self.agree(own, *reference)).unwrap_or(own))
    }

    /// The row of the figure that stands for a metric, and with `all` one for each calculation that gives another one.
    pub fn figure_rows(&self, labels: &mut Labels<'_>, metric: &str, all: bool) -> Vec<FigureRow> {
        let Some(best) = self.best(metric) else { return Vec::new() };
        let mut rows = Vec::new();
        rows.extend(self.figure_row(labels, metric, best, self.note(metric, best)));
        for calc in self.calcs_of(metric).filter(|_| all) {
            let id = FigureId::Calc(calc.id);
            if id != best && !self.tells_the_same(calc, best) {
                rows.extend(self.figure_row(labels, metric, id, self.contradiction(id)));
            }
        }
        rows
    }

    fn figure_row(
        &self,
        labels: &mut Labels<'_>,
        metric: &str,
        id: FigureId,
        note: Option<String>,
    ) -> Option<FigureRow> {
        let figure = labels.figure(id)?;
        let (metric, title) = (MetricId::new(metric), ontology().title(metric).to_owned());
        Some(FigureRow { metric, title, figure, cites: labels.cites_of(id), note })
    }

    fn calcs_of<'b>(&'b self, metric: &'b str) -> impl Iterator<Item = &'b Calc> {
        self.calcs.iter().filter(move |calc| calc.metric.as_str() == metric)
    }

    fn calc(&self, id: FigureId) -> Option<&Calc> {
        self.calcs.iter().find(|calc| FigureId::Calc(calc.id) == id)
    }

    fn fact(&self, id: FigureId) -> Option<&Fact> {
        match id {
            FigureId::Fact(id) => self.book.fact(id),
            FigureId::Calc(_) => None,
        }
    }

    /// A figure with its time.
    pub fn figure(&self, id: FigureId) -> Option<(&Figure, Period)> {
        let stated = self.fact(id).map(|fact| (&fact.figure, fact.period));
        stated.or_else(|| self.calc(id).map(|calc| (&calc.figure, calc.period)))
    }

    /// True if two figures are the same within their digits or 2 %.
    fn agree(&self, one: FigureId, two: FigureId) -> bool {
        let (Some((one, _)), Some((two, _))) = (self.figure(one), self.figure(two)) else { return false };
        let apart = (one.value - two.value).abs();
        let open = one.half_step + two.half_step;
        apart <= open.max(one.value.abs().max(two.value.abs()) * Decimal::new(2, 2))
    }

    /// True if a calculation gives the figure again that is shown already, for the same time.
    fn tells_the_same(&self, calc: &Calc, shown: FigureId) -> bool {
        let same_time =
            self.figure(shown).is_some_and(|(_, period)| !period.is_known() || period.end == calc.period.end);
        same_time && self.agree(FigureId::Calc(calc.id), shown)
    }

    /// Whose figure it is, as the rest of a sentence: `the model`, `the customer list`.
    pub fn source_of(&self, id: FigureId) -> Option<String> {
        let document = match self.fact(id) {
            Some(fact) => Some(fact.place.document),
            None => self.calc(id).and_then(|calc| self.book.source(calc)),
        }?;
        let role = self.book.entry(document)?.role.title().to_lowercase();
        Some(format!("the {role}"))
    }

    fn contradiction(&self, id: FigureId) -> Option<String> {
        let row = row_of(self.rows, id)?;
        (!matches!(row.verdict, Verdict::Confirmed | Verdict::Rounding)).then(|| CONTRADICTED.to_owned())
    }

    fn note(&self, metric: &str, id: FigureId) -> Option<String> {
        let said = self.contradiction(id).or_else(|| self.failed_check(id)).or_else(|| self.confirmation(metric, id));
        let review = self.fact(id).and_then(|fact| fact.needs_review.clone());
        match (said, review) {
            (Some(said), Some(review)) => Some(format!("{said}; needs review: {review}")),
            (said, _) => said,
        }
    }

    /// A failed rule that tells of a stated figure.
    fn failed_check(&self, id: FigureId) -> Option<String> {
        let token = fact_token(self.fact(id)?.id);
        let failed = self.checked.iter().map(|checked| &checked.check).filter(|check| check.outcome == Outcome::Fail);
        failed
            .into_iter()
            .find(|check| check.detail.contains(&token))
            .map(|check| format!("in doubt: see check {}", check.rule))
    }

    /// Who says the same; nothing is said of a calculation that stands alone.
    fn confirmation(&self, metric: &str, id: FigureId) -> Option<String> {
        let row = row_of(self.rows, id);
        let others = row.into_iter().flat_map(|row| &row.statements).filter(|other| **other != id);
        let mut stated: Vec<String> =
            others.filter(|other| self.fact(**other).is_some()).filter_map(|other| self.source_of(*other)).collect();
        stated.dedup();
        let mut reckoned: Vec<String> = self
            .calcs_of(metric)
            .filter(|calc| FigureId::Calc(calc.id) != id && self.tells_the_same(calc, id))
            .filter_map(|calc| self.source_of(FigureId::Calc(calc.id)))
            .collect();
        reckoned.sort();
        reckoned.dedup();
        let rounded = row.is_some_and(|row| row.verdict == Verdict::Rounding);
        let mut parts = Vec::new();
        match (stated.is_empty(), rounded) {
            (false, true) => parts.push(format!("differs by rounding from {}", listed(&stated))),
            (false, false) => parts.push(format!("confirmed by {}", listed(&stated))),
            (true, _) if self.fact(id).is_some() => parts.push("stated in one document".to_owned()),
            (true, _) => {}
        }
        if !reckoned.is_empty() {
            parts.push(format!("recomputed from {}", listed(&reckoned)));
        }
        (!parts.is_empty()).then(|| listed(&parts))
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_sentences() {
        let parts = |words: &[&str]| listed(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(parts(&["the deck"]), "the deck");
        assert_eq!(parts(&["the deck", "the model"]), "the deck and the model");
        assert_eq!(parts(&["a", "b", "c"]), "a, b and c");
    }
}
