//! How long an endpoint asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
//!
//! A date is counted from the response's own `Date`: no clock of ours is needed, and none has to agree with theirs.

use std::time::Duration;

use httpdate::parse_http_date;
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
        let until = parse_http_date(value).ok()?;
        let from = parse_http_date(text(DATE.as_str())?).ok()?;
        Some(until.duration_since(from).unwrap_or_default())
    })
}

fn seconds(text: &str, in_a_second: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    let seconds = number / in_a_second;
    (seconds >= 0.0 && seconds.is_finite()).then(|| Duration::from_secs_f64(seconds.min(MOST_SECONDS)))
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
        let leap = ("retry-after", "Fri, 01 Mar 2024 00:00:00 GMT");
        let day = Duration::from_secs(86_400);
        assert_eq!(read(&[("date", "Thu, 29 Feb 2024 00:00:00 GMT"), leap]), Some(day));
        assert_eq!(read(&[("date", "Wednesday, 28-Feb-24 00:00:00 GMT"), leap]), Some(2 * day));
    }

    #[test]
    fn no_moment_is_too_far_away_to_be_counted() {
        let most = i64::MAX;
        for value in [
            format!("Sun, 06 Nov 1994 {most}:00:00 GMT"),
            format!("Sun, 06 Nov 1994 00:{most}:00 GMT"),
            format!("Sun, 06 Nov 1994 00:00:{most} GMT"),
            format!("Sun, 06 Nov {most} 00:00:00 GMT"),
            format!("Sun, {most} Nov 1994 00:00:00 GMT"),
            "Sun, 06 Nov 1994 24:00:00 GMT".to_owned(),
            "Sun, 06 Nov 1994 00:-1:00 GMT".to_owned(),
        ] {
            let date = "Sun, 06 Nov 1994 08:49:37 GMT";
            assert_eq!(read(&[("date", date), ("retry-after", &value)]), None, "{value}");
            assert_eq!(read(&[("date", &value), ("retry-after", date)]), None, "{value}");
        }
        let ends = [("date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")];
        assert!(read(&ends).is_some());
    }

    #[test]
    fn what_is_not_understood_is_nothing() {
        for value in ["", "soon", "-1", "NaN", "inf", "Sun, 06 Nov 1994 08:49 GMT"] {
            assert_eq!(read(&[("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", value)]), None, "{value}");
        }
    }
}
