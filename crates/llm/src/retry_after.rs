//! How long an endpoint asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
//!
//! A date is counted from the response's own `Date`: no clock of ours is needed, and none has to agree with theirs.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Longer than anybody waits, and far from where durations overflow.
const MOST_SECONDS: f64 = 100.0 * 365.0 * 86_400.0;

/// What it asks for, if it does so in words that are understood.
pub(crate) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|value| seconds(value, 1_000.0)) {
        return Some(wait);
    }
    let value = text(RETRY_AFTER.as_str())?;
    seconds(value, 1.0).or_else(|| {
        let until = moment(value)?;
        let from = moment(text(DATE.as_str())?)?;
        Some(Duration::from_secs(u64::try_from(until - from).unwrap_or(0)))
    })
}

fn seconds(text: &str, in_a_second: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    let seconds = number / in_a_second;
    (seconds >= 0.0 && seconds.is_finite()).then(|| Duration::from_secs_f64(seconds.min(MOST_SECONDS)))
}

/// Seconds since 1970 of an HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete forms are not sent any more).
fn moment(text: &str) -> Option<i64> {
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let year: i64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if words.next()? != "GMT" || !(1..=31).contains(&day) || !(1..=9_999).contains(&year) {
        return None;
    }
    Some(((days(year, month_number(month)?, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn month_number(name: &str) -> Option<i64> {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let index = NAMES.iter().position(|known| *known == name)?;
    i64::try_from(index + 1).ok()
}

/// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(headers: &[(&str, &str)]) -> Option<Duration> {
        let pair = |(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        asked(&headers.iter().map(pair).collect())
    }

    #[test]
    fn seconds_and_milliseconds_are_read() {
        assert_eq!(read(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(read(&[("retry-after", " 0.5 ")]), Some(Duration::from_millis(500)));
        assert_eq!(read(&[("retry-after", "1"), ("retry-after-ms", "250")]), Some(Duration::from_millis(250)));
        assert_eq!(read(&[("retry-after", "2"), ("retry-after-ms", "soon")]), Some(Duration::from_secs(2)));
        assert_eq!(read(&[("retry-after", "0")]), Some(Duration::ZERO));
        assert!(read(&[("retry-after", "1e300")]).unwrap() > Duration::from_secs(86_400));
    }

    #[test]
    fn dates_are_counted_from_the_date_of_the_response() {
        let date = ("date", "Sun, 31 Dec 2023 23:59:30 GMT");
        assert_eq!(read(&[date, ("retry-after", "Mon, 01 Jan 2024 00:00:15 GMT")]), Some(Duration::from_secs(45)));
        assert_eq!(read(&[date, ("retry-after", "Sun, 31 Dec 2023 23:00:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(read(&[("retry-after", "Mon, 01 Jan 2024 00:00:15 GMT")]), None);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(moment("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(moment("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(moment("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(moment("Fri, 01 Mar 2024 00:00:00 GMT"), Some(1_709_251_200));
    }

    #[test]
    fn what_is_not_understood_is_nothing() {
        for value in ["", "soon", "-1", "NaN", "inf", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT"] {
            assert_eq!(read(&[("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", value)]), None, "{value}");
        }
    }
}
