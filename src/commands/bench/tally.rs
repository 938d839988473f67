//! Counts what came of figures: right, wrong, missed, invented, and what follows from that.

use std::collections::BTreeMap;

use serde::Serialize;

use super::matching::{Matched, Outcome};

/// What came of a number of figures.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Tally {
    /// As they stand.
    pub(super) right: u32,
    /// Found, but not as they stand: counted on both sides.
    pub(super) wrong: u32,
    /// Stated and not found.
    pub(super) missed: u32,
    /// Found and not stated.
    pub(super) invented: u32,
    /// What was wrong, by word.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) reasons: BTreeMap<&'static str, u32>,
    /// Of the right ones: those whose basis is right too.
    pub(super) same_basis: u32,
}

/// A share with its 95 % interval (Wilson 1927), all 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Share {
    pub(super) share: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Tally {
    /// Counts one more.
    pub(super) fn add(&mut self, matched: &Matched<'_>) {
        match matched.outcome {
            Outcome::Right => {
                self.right += 1;
                self.same_basis += u32::from(matched.same_basis);
            }
            Outcome::Wrong(fault) => {
                self.wrong += 1;
                *self.reasons.entry(fault.as_str()).or_default() += 1;
            }
            Outcome::Missed => self.missed += 1,
            Outcome::Invented => self.invented += 1,
        }
    }

    /// Of what was found, how much is right.
    pub(super) fn precision(&self) -> Option<Share> {
        Share::of(self.right, self.right + self.wrong + self.invented)
    }

    /// Of what is stated, how much was found right.
    pub(super) fn recall(&self) -> Option<Share> {
        Share::of(self.right, self.right + self.wrong + self.missed)
    }

    /// Of what was found at the right place as the right metric with the right digits, how much has scale, unit and
    /// currency right.
    pub(super) fn scale_and_unit(&self) -> Option<Share> {
        let off: u32 = ["scale", "unit", "currency"].iter().filter_map(|word| self.reasons.get(word)).sum();
        Share::of(self.right, self.right + off)
    }

    /// The harmonic mean of precision and recall.
    pub(super) fn f1(&self) -> Option<f64> {
        let found_and_stated = 2 * self.right + 2 * self.wrong + self.missed + self.invented;
        (found_and_stated > 0).then(|| f64::from(2 * self.right) / f64::from(found_and_stated))
    }
}

impl Share {
    /// `right` of `all`; none of nothing.
    pub(super) fn of(right: u32, all: u32) -> Option<Self> {
        const Z: f64 = 1.96;
        if all == 0 {
            return None;
        }
        let (n, share) = (f64::from(all), f64::from(right) / f64::from(all));
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(Self { share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // 33 of 45: the figures of a textbook table.
        let share = Share::of(33, 45).unwrap();
        let rounded = [share.share, share.low, share.high].map(|value| (value * 100.0).round());
        assert_eq!(rounded, [73.0, 59.0, 84.0]);
        assert_eq!(Share::of(0, 0), None);
    }

    #[test]
    fn a_wrong_figure_costs_precision_and_recall() {
        let tally = Tally { right: 6, wrong: 2, missed: 2, invented: 1, ..Tally::default() };
        assert_eq!(tally.precision().unwrap().share, 6.0 / 9.0);
        assert_eq!(tally.recall().unwrap().share, 0.6);
        assert_eq!(tally.f1().unwrap(), 12.0 / 19.0);
    }
}
