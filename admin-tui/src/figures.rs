//! Figures as people read them: sizes, times, how long ago.

use chrono::{DateTime, FixedOffset, Utc};

const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];

/// Bytes in thousands, as disks are sold: `1.4 GB`.
pub fn bytes(count: u64) -> String {
    let (mut unit, mut whole, mut tenth) = (0, count, 0);
    while whole >= 1000 && unit + 1 < UNITS.len() {
        (whole, tenth) = (whole / 1000, whole % 1000 / 100);
        unit += 1;
    }
    let name = UNITS.get(unit).unwrap_or(&"B");
    if unit == 0 || whole >= 100 { format!("{whole} {name}") } else { format!("{whole}.{tenth} {name}") }
}

/// A count with its thousands apart: `48,211`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// `14:02:11`.
pub fn clock(at: DateTime<Utc>, zone: FixedOffset) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// `2026-11-22 14:02`.
pub fn moment(at: DateTime<Utc>, zone: FixedOffset) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// How long between two moments, in its largest unit: `12 days`; nothing for less than a second or backwards.
pub fn span(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<String> {
    let seconds = (to - from).num_seconds();
    let (number, unit) = match seconds {
        ..1 => return None,
        1..60 => (seconds, "s"),
        60..3600 => (seconds / 60, "min"),
        3600..172_800 => (seconds / 3600, "h"),
        _ => (seconds / 86_400, "days"),
    };
    Some(format!("{number} {unit}"))
}

/// Of a hundred, rounded down, so that 100 means done.
pub fn percent(done: u64, total: u64) -> u64 {
    let of = u128::from(done.min(total)) * 100 / u128::from(total.max(1));
    u64::try_from(of).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_449_000_000), "1.4 GB");
        assert_eq!(bytes(214_000_000_000), "214 GB");
        assert_eq!(bytes(u64::MAX), "18446744 TB");
        assert_eq!(count(48_211), "48,211");
        assert_eq!(count(7), "7");
        assert_eq!(percent(1, 3), 33);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }

    #[test]
    fn spans_have_one_unit() {
        let now = DateTime::UNIX_EPOCH;
        let after = |seconds| span(now, now + TimeDelta::seconds(seconds));
        assert_eq!(after(0), None);
        assert_eq!(after(-5), None);
        assert_eq!(after(59).unwrap(), "59 s");
        assert_eq!(after(3599).unwrap(), "59 min");
        assert_eq!(after(86_400).unwrap(), "24 h");
        assert_eq!(after(12 * 86_400).unwrap(), "12 days");
    }
}
