//! Pauses between attempts.
//!
//! Each is twice as long as the one before and up to a quarter longer, so that calls which failed together do not come back
//! together. How much longer follows from what is asked, which differs between calls: that needs no randomness, and the same
//! call waits as long each time. Pauses are never shortened, so they grow in any case: the number of attempts and the
//! time of the whole call are their bounds, and the longest wait bounds only what an endpoint asks for.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::{Limits, Request};

/// The pause after `failures` failed attempts (1 or more). An endpoint that asks for a longer one gets it.
pub(crate) fn before_next(limits: &Limits, request: &Request, failures: u32, asked: Option<Duration>) -> Duration {
    let mut hasher = DefaultHasher::new();
    (&request.system, &request.user, failures).hash(&mut hasher);
    spread(limits, failures, hasher.finish()).max(asked.unwrap_or_default())
}

fn spread(limits: &Limits, failures: u32, seed: u64) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let pause = limits.pause.saturating_mul(doubled);
    let quarters = u32::try_from(seed % 1_000).unwrap_or_default();
    let extra = (pause / 4_000).saturating_mul(quarters);
    pause.saturating_add(extra)
}

/// A wait as people say it: `20 seconds`, `5 minutes`, `2 hours`. Rounded up.
pub(crate) fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let (count, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7_199 => (seconds.div_ceil(60), "minute"),
        7_200..=172_799 => (seconds.div_ceil(3_600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            connect: Duration::ZERO,
            first_word: Duration::ZERO,
            silence: Duration::ZERO,
            total: Duration::ZERO,
            attempts: 1,
            pause: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            answer_bytes: 0,
        }
    }

    #[test]
    fn pauses_double_and_vary_within_a_quarter() {
        let limits = limits();
        for (failures, least) in [(1, 1_000), (2, 2_000), (3, 4_000), (4, 8_000)] {
            assert_eq!(spread(&limits, failures, 0), Duration::from_millis(least));
            let most = spread(&limits, failures, 999);
            assert!(most > Duration::from_millis(least + least / 5) && most < Duration::from_millis(least + least / 4));
        }
    }

    #[test]
    fn what_an_endpoint_may_ask_for_does_not_bound_our_own_pauses() {
        assert_eq!(spread(&limits(), 6, 0), Duration::from_secs(32));
        let none = Limits { longest_wait: Duration::ZERO, ..limits() };
        assert_eq!(spread(&none, 1, 0), Duration::from_secs(1));
        assert!(spread(&limits(), u32::MAX, u64::MAX) > Duration::from_secs(86_400));
    }

    fn asking(user: &str) -> Request {
        Request { system: String::new(), user: user.to_owned(), most_tokens: 1, json: false }
    }

    #[test]
    fn an_endpoint_gets_the_pause_that_it_asks_for() {
        let wait = |asked| before_next(&limits(), &asking("a"), 1, Some(asked));
        assert_eq!(wait(Duration::from_secs(20)), Duration::from_secs(20));
        assert!(wait(Duration::ZERO) >= Duration::from_secs(1));
    }

    #[test]
    fn different_calls_come_back_at_different_times() {
        let wait = |user| before_next(&limits(), &asking(user), 1, None);
        assert_eq!(wait("traction"), wait("traction"));
        assert_ne!(wait("traction"), wait("team"));
    }

    #[test]
    fn waits_are_said_in_the_unit_that_fits() {
        for (milliseconds, words) in [
            (400, "1 second"),
            (20_000, "20 seconds"),
            (119_000, "119 seconds"),
            (300_000, "5 minutes"),
            (301_000, "6 minutes"),
            (7_200_000, "2 hours"),
            (200_000_000, "3 days"),
        ] {
            assert_eq!(in_words(Duration::from_millis(milliseconds)), words);
        }
    }
}
