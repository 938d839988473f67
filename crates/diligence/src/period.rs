//! The time that a figure is about, as people write it: `30 Jun 2025`, `Q2 2025`, `FY25`, `LTM Jun-25`, `Geschäftsjahr
//! 2024`, `2025-06-30`, and the word on it that says whether it has happened (`2025F`, `FY24A`).
//!
//! Convention: a year ends in December unless a day says otherwise; two digits are years of this century.

use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use model::{Basis, Period, PeriodKind};
use regex::{Captures, Regex};

/// A period in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundPeriod {
    /// First byte.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// The period.
    pub period: Period,
    /// What its suffix says: `A`, `E`, `F`, `B`, `P`.
    pub basis: Option<Basis>,
}

const MONTHS: [(&str, u32); 60] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("januar", 1),
    ("jänner", 1),
    ("februar", 2),
    ("märz", 3),
    ("maerz", 3),
    ("mai", 5),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
    ("janvier", 1),
    ("février", 2),
    ("fevrier", 2),
    ("mars", 3),
    ("avril", 4),
    ("juin", 6),
    ("juillet", 7),
    ("août", 8),
    ("aout", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("décembre", 12),
    ("decembre", 12),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sept", 9),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("mrz", 3),
    ("mär", 3),
    ("janv", 1),
    ("févr", 2),
    ("fév", 2),
    ("avr", 4),
    ("juil", 7),
    ("déc", 12),
    ("sept", 9),
    ("août", 8),
];

/// A pattern with the way to read it.
type Reader = (Regex, fn(&Captures<'_>) -> Option<Period>);

fn readers() -> &'static [Reader] {
    static READERS: OnceLock<Vec<Reader>> = OnceLock::new();
    READERS.get_or_init(|| {
        let mut names: Vec<&str> = MONTHS.iter().map(|(name, _)| *name).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let month = format!(r"(?P<m>{})\b\.?", names.join("|"));
        let year = r"(?P<y>(?:19|20)\d{2}|['’]?\d{2})";
        let full = r"(?P<y>(?:19|20)\d{2})";
        let compile = |pattern: &str| {
            #[allow(clippy::expect_used)]
            Regex::new(&format!("(?i){pattern}")).expect("the patterns are constant and tested")
        };
        let suffix = r"\s?(?P<s>[AEFBP])?\b";
        let lead =
            r"\b(?:LTM|TTM|last twelve months(?: to)?|twelve months (?:to|ended|ending)|12 months (?:to|ended|ending))";
        let fiscal = r"\b(?:FY|fiscal year|financial year|year ended|year ending|geschäftsjahr|gj|exercice)\s?";
        let ended = r"\b(?:year|geschäftsjahr|exercice)\s(?:ended|ending|zum|clos le)\s";
        vec![
            (compile(&format!(r"{ended}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s{month}\s{full}\b")), |c| {
                Some(Period::ending(PeriodKind::Year, day(c)?))
            }),
            (compile(&format!(r"{ended}{month}\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{full}\b")), |c| {
                Some(Period::ending(PeriodKind::Year, day(c)?))
            }),
            (compile(&format!(r"{ended}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{full}\b")), |c| {
                Some(Period::ending(PeriodKind::Year, by_slashes(c)?))
            }),
            (compile(&format!(r"{ended}(?P<d>\d{{1,2}})\.(?P<n>\d{{1,2}})\.{full}\b")), |c| {
                let day = NaiveDate::from_ymd_opt(year_of(c)?, number(c, "n")?, number(c, "d")?)?;
                Some(Period::ending(PeriodKind::Year, day))
            }),
            (compile(&format!(r"{lead}\s(?:(?P<d>\d{{1,2}})\.?\s)?{month}[\s-]?{year}\b")), |c| {
                Some(Period::ending(PeriodKind::TrailingYear, month_end(c)?))
            }),
            (compile(&format!(r"{lead}\s(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b")), |c| {
                Some(Period::ending(PeriodKind::TrailingYear, c.name("iso")?.as_str().parse().ok()?))
            }),
            (compile(r"\b(?P<iso>(?:19|20)\d{2}-\d{2}-\d{2})\b"), |c| {
                Some(Period::instant(c.name("iso")?.as_str().parse().ok()?))
            }),
            (compile(r"\b(?P<d>\d{1,2})\.(?P<n>\d{1,2})\.(?P<y>(?:19|20)\d{2}|\d{2})\b"), |c| {
                Some(Period::instant(NaiveDate::from_ymd_opt(year_of(c)?, number(c, "n")?, number(c, "d")?)?))
            }),
            (compile(r"\b(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>(?:19|20)\d{2})\b"), |c| {
                Some(Period::instant(by_slashes(c)?))
            }),
            (compile(&format!(r"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]{month}[\s-],?{year}\b")), |c| {
                Some(Period::instant(day(c)?))
            }),
            (compile(&format!(r"\b{month}\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{full}\b")), |c| {
                Some(Period::instant(day(c)?))
            }),
            (compile(&format!(r"\b(?:Q|T)(?P<q>[1-4])[\s/-]?(?:FY\s?)?{year}{suffix}")), quarter),
            (compile(&format!(r"\b(?P<q>[1-4])Q[\s/-]?{year}{suffix}")), quarter),
            (compile(&format!(r"\b{full}[\s/-]?Q(?P<q>[1-4]){suffix}")), quarter),
            (compile(&format!(r"\bH(?P<q>[12])[\s/-]?(?:FY\s?)?{year}{suffix}")), |c| {
                Some(Period::ending(PeriodKind::Half, last_day(year_of(c)?, number(c, "q")? * 6)?))
            }),
            (compile(&format!(r"{fiscal}{year}{suffix}")), |c| {
                Some(Period::ending(PeriodKind::Year, last_day(year_of(c)?, 12)?))
            }),
            (compile(&format!(r"\b{month}[\s'’/-]{{1,2}}{year}\b{suffix}")), |c| {
                Some(Period::ending(PeriodKind::Month, month_end(c)?))
            }),
            (compile(r"\b(?P<n>0[1-9]|1[0-2])/(?P<y>20\d{2})\b"), |c| {
                Some(Period::ending(PeriodKind::Month, last_day(year_of(c)?, number(c, "n")?)?))
            }),
            (compile(r"\b(?P<y>20\d{2})-(?P<n>0[1-9]|1[0-2])\b"), |c| {
                Some(Period::ending(PeriodKind::Month, last_day(year_of(c)?, number(c, "n")?)?))
            }),
            (compile(&format!(r"\b{full}{suffix}")), |c| {
                Some(Period::ending(PeriodKind::Year, last_day(year_of(c)?, 12)?))
            }),
        ]
    })
}

/// Bytes of a line or sentence at most; nothing is read in what is longer, so that no text costs more than its length.
pub const LONGEST: usize = 4_000;

/// The periods of a text, in order; the more exact reading wins where two overlap.
pub fn periods(text: &str) -> Vec<FoundPeriod> {
    let mut found: Vec<FoundPeriod> = Vec::new();
    if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return found;
    }
    for (pattern, read) in readers() {
        for captures in pattern.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            let taken = found.iter().any(|other| other.start < whole.end() && whole.start() < other.end);
            if taken || is_money(text, whole.start(), whole.end()) || is_rest_of_a_date(text, whole.start()) {
                continue;
            }
            if let Some(period) = read(&captures).filter(plausible) {
                let basis = captures.name("s").and_then(|suffix| suffix_basis(suffix.as_str()));
                found.push(FoundPeriod { start: whole.start(), end: whole.end(), period, basis });
            }
        }
    }
    found.sort_by_key(|period| period.start);
    found
}

/// The period of a header cell or caption: the only one in it.
pub fn period_of(text: &str) -> Option<FoundPeriod> {
    match periods(text).as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// `€2,024`, `2024 customers` and `12.05.20 %` are amounts.
fn is_money(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end().chars().next_back();
    let after = text.get(end..).unwrap_or_default();
    let next = after.trim_start().chars().next();
    before.is_some_and(|before| "€$£".contains(before))
        || next.is_some_and(|next| "€$£%".contains(next))
        || text.get(..start).is_some_and(|head| {
            head.ends_with(['.', ','])
                && head.len() > 1
                && head.as_bytes().get(head.len() - 2).is_some_and(u8::is_ascii_digit)
        })
        || (after.starts_with([',', '.']) && after.as_bytes().get(1).is_some_and(u8::is_ascii_digit))
}

/// Of `04/05/2025`, which nobody can read, `05/2025` is no month. `2023/2024` is two years.
fn is_rest_of_a_date(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default();
    let digits =
        head.strip_suffix('/').map(|rest| rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    digits.is_some_and(|digits| (1..=2).contains(&digits))
}

fn plausible(period: &Period) -> bool {
    period.end.is_some_and(|end| (1980..=2060).contains(&end.year()))
}

fn suffix_basis(suffix: &str) -> Option<Basis> {
    // Lower case letters after a year are the next word, as in "2025 a year".
    match suffix {
        "A" => Some(Basis::Actual),
        "E" | "F" | "P" => Some(Basis::Forecast),
        "B" => Some(Basis::Budget),
        _ => None,
    }
}

fn number(captures: &Captures<'_>, name: &str) -> Option<u32> {
    captures.name(name)?.as_str().parse().ok()
}

fn year_of(captures: &Captures<'_>) -> Option<i32> {
    let year: i32 = captures.name("y")?.as_str().trim_start_matches(['\'', '’']).parse().ok()?;
    Some(if year < 100 { 2000 + year } else { year })
}

fn month_of(captures: &Captures<'_>) -> Option<u32> {
    let name = captures.name("m")?.as_str().to_lowercase();
    MONTHS.iter().find(|(month, _)| *month == name).map(|(_, number)| *number)
}

fn day(captures: &Captures<'_>) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year_of(captures)?, month_of(captures)?, number(captures, "d")?)
}

/// `30/06/2025` and `06/30/2025` are one day; where both could be the month nobody can say which.
fn by_slashes(captures: &Captures<'_>) -> Option<NaiveDate> {
    let (year, one, two) = (year_of(captures)?, number(captures, "a")?, number(captures, "b")?);
    let (month, day) = match (one > 12, two > 12) {
        (true, false) => (two, one),
        (false, true) => (one, two),
        _ if one == two => (one, two),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The last day of a month with its year. After a bare space two digits are a day: "June 30" is no month of 2030.
fn month_end(captures: &Captures<'_>) -> Option<NaiveDate> {
    let year = captures.name("y")?;
    let head = captures.get(0)?;
    let before = year.start().checked_sub(head.start() + 1)?;
    let mark = head.as_str().as_bytes().get(before).copied();
    let marked = matches!(mark, Some(b'-' | b'/' | b'\''))
        || year.as_str().starts_with(['\'', '’'])
        || head.as_str().contains('’');
    if year.len() < 4 && !marked {
        return None;
    }
    last_day(year_of(captures)?, month_of(captures)?)
}

fn quarter(captures: &Captures<'_>) -> Option<Period> {
    Some(Period::ending(PeriodKind::Quarter, last_day(year_of(captures)?, number(captures, "q")? * 3)?))
}

/// The last day of a month.
pub fn last_day(year: i32, month: u32) -> Option<NaiveDate> {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(next_year, next_month, 1)?.pred_opt()
}

/// Whole months from one day to a later one, by the calendar.
pub fn months_between(from: NaiveDate, to: NaiveDate) -> i32 {
    (to.year() - from.year()) * 12 + i32::try_from(to.month()).unwrap_or(0) - i32::try_from(from.month()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        periods(text).iter().map(|found| found.period.to_string()).collect()
    }

    #[test]
    fn periods_are_read_as_people_write_them() {
        for (text, expected) in [
            ("as of June 2025", "Jun 2025"),
            ("30 Jun 2025", "30 Jun 2025"),
            ("30. Juni 2025", "30 Jun 2025"),
            ("30.06.2025", "30 Jun 2025"),
            ("30/06/2025", "30 Jun 2025"),
            ("06/30/2025", "30 Jun 2025"),
            ("for the year ended 12/31/2024", "FY 2024"),
            ("Geschäftsjahr zum 30.06.2024", "FY to Jun 2024"),
            ("au 30 juin 2025", "30 Jun 2025"),
            ("June 30, 2025", "30 Jun 2025"),
            ("2025-06-30", "30 Jun 2025"),
            ("Q2 2025", "Q2 2025"),
            ("Q2'25", "Q2 2025"),
            ("H1 25", "H1 2025"),
            ("FY25", "FY 2025"),
            ("FY2025", "FY 2025"),
            ("Geschäftsjahr 2024", "FY 2024"),
            ("2025F", "FY 2025"),
            ("LTM Jun-25", "12 months to Jun 2025"),
            ("Jun-25", "Jun 2025"),
            ("2025-06", "Jun 2025"),
            ("06/2025", "Jun 2025"),
            ("März 2025", "Mar 2025"),
            ("For the year ended 31 December 2024", "FY 2024"),
            ("year ended 30 June 2024", "FY to Jun 2024"),
            ("2024 was good", "FY 2024"),
        ] {
            assert_eq!(shown(text), [expected], "{text}");
        }
        assert_eq!(shown("04/05/2025").first(), None, "April or May?");
        assert_eq!(shown("Geschäftsjahr 2023/2024").len(), 2, "which of them?");
        for text in ["€2,024", "1,2024", "may be 12", "June 30", "12 customers", "£2025", "2024 %", "march on"] {
            assert_eq!(shown(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_suffix_says_whether_it_has_happened() {
        let basis = |text| period_of(text).and_then(|found| found.basis);
        assert_eq!(basis("FY2024A"), Some(Basis::Actual));
        assert_eq!(basis("2026E"), Some(Basis::Forecast));
        assert_eq!(basis("FY25B"), Some(Basis::Budget));
        assert_eq!(basis("FY2024"), None);
        assert_eq!(basis("2025 a good year"), None);
    }

    #[test]
    fn months_are_counted_by_the_calendar() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(months_between(day("2024-12-31"), day("2025-06-30")), 6);
        assert_eq!(last_day(2024, 2), Some(day("2024-02-29")));
    }
}
