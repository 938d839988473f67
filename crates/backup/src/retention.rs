//! Which sets are kept: the newest of each of some days, weeks and months.
//!
//! Invariants: the newest set, the newest complete one and the last that was verified are always kept. Days, weeks and
//! months are counted as those that have a set, so a time without backups removes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Utc};

use crate::manifest::SetId;

/// How many are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The newest of each of so many days.
    pub daily: usize,
    /// The newest of each of so many weeks (ISO 8601).
    pub weekly: usize,
    /// The newest of each of so many months.
    pub monthly: usize,
}

/// What retention must know of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name, which says when it was begun.
    pub id: SetId,
    /// Whether every document had its file.
    pub complete: bool,
    /// When it was last found whole.
    pub verified_at: Option<DateTime<Utc>>,
}

/// The sets that nothing keeps, oldest first.
pub fn surplus(sets: &[Kept], keep: Keep) -> Vec<SetId> {
    let mut sorted: Vec<&Kept> = sets.iter().collect();
    sorted.sort_by(|one, other| one.id.cmp(&other.id));
    let mut kept: BTreeSet<&SetId> = sorted.last().map(|set| &set.id).into_iter().collect();
    kept.extend(sorted.iter().rfind(|set| set.complete).map(|set| &set.id));
    kept.extend(sorted.iter().rfind(|set| set.verified_at.is_some()).map(|set| &set.id));
    kept.extend(sorted.iter().filter_map(|set| Some((set.verified_at?, &set.id))).max().map(|(_, id)| id));
    let day = |at: DateTime<Utc>| (at.year(), at.ordinal());
    let week = |at: DateTime<Utc>| (at.iso_week().year(), at.iso_week().week());
    let month = |at: DateTime<Utc>| (at.year(), at.month());
    kept.extend(newest_of_each(&sorted, keep.daily, day));
    kept.extend(newest_of_each(&sorted, keep.weekly, week));
    kept.extend(newest_of_each(&sorted, keep.monthly, month));
    sorted.iter().map(|set| &set.id).filter(|id| !kept.contains(id)).cloned().collect()
}

fn newest_of_each<'a>(
    sorted: &[&'a Kept],
    count: usize,
    period: impl Fn(DateTime<Utc>) -> (i32, u32),
) -> Vec<&'a SetId> {
    let mut periods = BTreeMap::new();
    for set in sorted {
        periods.insert(period(set.id.at()), &set.id);
    }
    periods.into_values().rev().take(count).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    const KEEP: Keep = Keep { daily: 7, weekly: 4, monthly: 6 };

    fn set(hours: i64, complete: bool, verified: bool) -> Kept {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap() + TimeDelta::hours(hours);
        let [.., a, b, c] = hours.to_be_bytes();
        Kept { id: SetId::new(at, [a, b, c]), complete, verified_at: verified.then_some(at) }
    }

    #[test]
    fn a_year_of_nightly_backups_leaves_days_weeks_and_months() {
        let sets: Vec<Kept> = (0..365).map(|day| set(day * 24, true, true)).collect();
        let gone = surplus(&sets, KEEP);
        let left = sets.len() - gone.len();
        assert!((13..=16).contains(&left), "{left}");
        assert!(sets[358..].iter().all(|set| !gone.contains(&set.id)), "the last seven days");
    }

    #[test]
    fn the_last_that_was_verified_stays_however_old_it_is() {
        let mut sets: Vec<Kept> = (0..365).map(|day| set(day * 24, true, false)).collect();
        sets[3].verified_at = Some(sets[3].id.at());
        assert!(!surplus(&sets, KEEP).contains(&sets[3].id));
        let none = Keep { daily: 0, weekly: 0, monthly: 0 };
        assert_eq!(surplus(&sets, none).len(), 363);
    }

    proptest! {
        #[test]
        fn what_must_stay_stays_and_a_second_time_removes_nothing(
            hours in proptest::collection::btree_map(0i64..20_000, (any::<bool>(), any::<bool>()), 1..60),
            daily in 0usize..10, weekly in 0usize..6, monthly in 0usize..8,
        ) {
            let keep = Keep { daily, weekly, monthly };
            let sets: Vec<Kept> = hours.iter().map(|(&at, &(complete, verified))| set(at, complete, verified)).collect();
            let gone = surplus(&sets, keep);
            let left: Vec<Kept> = sets.iter().filter(|set| !gone.contains(&set.id)).cloned().collect();
            prop_assert_eq!(left.last(), sets.last());
            let last = |of: &dyn Fn(&&Kept) -> bool| sets.iter().rfind(of).cloned();
            for must in [last(&|set| set.verified_at.is_some()), last(&|set| set.complete)].into_iter().flatten() {
                prop_assert!(left.contains(&must));
            }
            prop_assert!(left.len() <= daily + weekly + monthly + 3);
            prop_assert!(surplus(&left, keep).is_empty());
        }
    }
}
