//! Seeded chance. The same seed and topic give the same draws on every machine, and what one topic draws does not move
//! the draws of another, so that a new slide does not make a new company.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rust_decimal::Decimal;

/// A stream of draws.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The draws of a topic under a seed.
    pub fn new(seed: u64, topic: &str) -> Self {
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().zip(seed.to_le_bytes()) {
            *place = byte;
        }
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream(topic));
        Self(rng)
    }

    /// A whole number of the range, both ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or_default().saturating_add(1);
        // The width is far below 2^64, so that the remainder favours no number that a test could see.
        low + i64::try_from(self.0.next_u64() % width).unwrap_or_default()
    }

    /// A whole number of a range that a profile names.
    pub fn within(&mut self, range: [i64; 2]) -> i64 {
        let [low, high] = range;
        self.between(low, high)
    }

    /// True so many times in a thousand.
    pub fn per_mille(&mut self, chances: i64) -> bool {
        self.between(1, 1_000) <= chances
    }

    /// True as often as not.
    pub fn coin(&mut self) -> bool {
        self.per_mille(500)
    }

    /// One of the items, the first if there is no other.
    pub fn one_of<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let last = i64::try_from(others.len()).unwrap_or_default();
        let at = usize::try_from(self.between(0, last)).unwrap_or_default();
        at.checked_sub(1).and_then(|at| others.get(at)).copied().unwrap_or(first)
    }

    /// One of the words; nothing if there is none.
    pub fn word<'a>(&mut self, words: &'a [String]) -> &'a str {
        let last = i64::try_from(words.len()).unwrap_or_default() - 1;
        let at = usize::try_from(self.between(0, last.max(0))).unwrap_or_default();
        words.get(at).map(String::as_str).unwrap_or_default()
    }

    /// The items in another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.between(0, i64::try_from(at).unwrap_or_default());
            items.swap(at, usize::try_from(other).unwrap_or_default());
        }
    }

    /// A fraction from a range in thousandths.
    pub fn fraction(&mut self, per_mille: [i64; 2]) -> Decimal {
        Decimal::new(self.within(per_mille), 3)
    }
}

/// FNV-1a of the topic.
fn stream(topic: &str) -> u64 {
    topic.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_draws_the_same_each_time_and_not_what_another_draws() {
        let draw = |seed, topic| {
            let mut dice = Dice::new(seed, topic);
            (0..8).map(|_| dice.between(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, "staff"), draw(7, "staff"));
        assert_ne!(draw(7, "staff"), draw(7, "names"));
        assert_ne!(draw(7, "staff"), draw(8, "staff"));
    }

    #[test]
    fn draws_stay_within_the_range_and_reach_its_ends() {
        let mut dice = Dice::new(1, "range");
        let draws: Vec<i64> = (0..500).map(|_| dice.between(-2, 2)).collect();
        assert_eq!((draws.iter().min(), draws.iter().max()), (Some(&-2), Some(&2)));
    }
}
