//! What a field means: a number, a date, else text.

use chrono::NaiveDate;
use model::CellValue;
use rust_decimal::Decimal;

/// What parts the whole from its fraction, in all numbers of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalMark {
    Point,
    Comma,
}

impl DecimalMark {
    /// The mark that most numbers use. `1,234` alone tells nothing; then it is the comma where semicolons part the
    /// fields (that is why they do), else the point.
    pub(super) fn of<'a>(fields: impl Iterator<Item = &'a str>, delimiter: u8) -> Self {
        let (mut points, mut commas) = (0u64, 0u64);
        for field in fields {
            match mark_shown(field) {
                Some(Self::Point) => points += 1,
                Some(Self::Comma) => commas += 1,
                None => {}
            }
        }
        match points.cmp(&commas) {
            std::cmp::Ordering::Greater => Self::Point,
            std::cmp::Ordering::Less => Self::Comma,
            std::cmp::Ordering::Equal if delimiter == b';' => Self::Comma,
            std::cmp::Ordering::Equal => Self::Point,
        }
    }

    fn mark(self) -> char {
        if self == Self::Point { '.' } else { ',' }
    }

    fn group(self) -> char {
        if self == Self::Point { ',' } else { '.' }
    }
}

/// The mark that a number can only be read with; `None` if it can be read with both, or is no number.
fn mark_shown(field: &str) -> Option<DecimalMark> {
    let as_point = number(field, DecimalMark::Point);
    let as_comma = number(field, DecimalMark::Comma);
    match (as_point, as_comma) {
        (Some(_), None) => Some(DecimalMark::Point),
        (None, Some(_)) => Some(DecimalMark::Comma),
        _ => None,
    }
}

/// The value of a field.
pub(super) fn value_of(field: &str, mark: DecimalMark) -> CellValue {
    let field = field.trim();
    if let Some(number) = number(field, mark) {
        return CellValue::Number(number);
    }
    let is_day = field.len() == 10 && field.bytes().filter(|byte| *byte == b'-').count() == 2;
    match field.parse::<NaiveDate>() {
        Ok(day) if is_day => CellValue::Date(day),
        _ => CellValue::Text(field.to_owned()),
    }
}

/// A plain number. Leading zeros (`007`) make it a name, not a number; groups must be of three digits.
fn number(field: &str, mark: DecimalMark) -> Option<Decimal> {
    let (sign, digits) = match field.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => ("-", digits),
        None => ("", field.strip_prefix('+').unwrap_or(field)),
    };
    let (whole, fraction) = digits.split_once(mark.mark()).unwrap_or((digits, ""));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_fraction = digits.contains(mark.mark());
    if has_fraction && !all_digits(fraction) {
        return None;
    }
    let mut groups = whole.split(mark.group());
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().next().is_some();
    let named = first.len() > 1 && first.starts_with('0');
    let first_fits = all_digits(first) && !named && (!grouped || first.len() <= 3 && first != "0");
    if !first_fits || !groups.all(|group| group.len() == 3 && all_digits(group)) {
        return None;
    }
    let plain = whole.replace(mark.group(), "");
    let point = if has_fraction { "." } else { "" };
    Decimal::from_str_exact(&format!("{sign}{plain}{point}{fraction}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(field: &str, mark: DecimalMark) -> CellValue {
        value_of(field, mark)
    }

    fn decimal(text: &str) -> CellValue {
        CellValue::Number(text.parse().unwrap())
    }

    #[test]
    fn plain_numbers_are_read_with_the_mark_of_the_file() {
        use DecimalMark::{Comma, Point};
        assert_eq!(value("1,234", Point), decimal("1234"));
        assert_eq!(value("1,234", Comma), decimal("1.234"));
        assert_eq!(value("1.234.567,89", Comma), decimal("1234567.89"));
        assert_eq!(value("-0.5", Point), decimal("-0.5"));
        assert_eq!(value("\u{2212}12", Point), decimal("-12"));
        for text in ["007", "1,23,456", "12 apples", "1.2.3", "", "-", "1,5", "62.5%", "0,123", "€5", "1e5"] {
            assert_eq!(value(text, Point), CellValue::Text(text.to_owned()), "{text}");
        }
        assert!(matches!(value("9".repeat(40).as_str(), Point), CellValue::Text(_)));
    }

    #[test]
    fn dates_are_read_where_they_are_plain() {
        let day = NaiveDate::from_ymd_opt(2024, 6, 30).unwrap();
        assert_eq!(value("2024-06-30", DecimalMark::Point), CellValue::Date(day));
        assert!(matches!(value("30.06.2024", DecimalMark::Comma), CellValue::Text(_)));
        assert!(matches!(value("2024-13-30", DecimalMark::Point), CellValue::Text(_)));
    }

    #[test]
    fn the_mark_is_found_for_the_file() {
        assert_eq!(DecimalMark::of(["1,5", "1,234"].into_iter(), b';'), DecimalMark::Comma);
        assert_eq!(DecimalMark::of(["1.5", "1,234"].into_iter(), b','), DecimalMark::Point);
        assert_eq!(DecimalMark::of(["1,234"].into_iter(), b';'), DecimalMark::Comma);
        assert_eq!(DecimalMark::of(["1,234"].into_iter(), b','), DecimalMark::Point);
        assert_eq!(DecimalMark::of(["1.234.567", "2.000"].into_iter(), b';'), DecimalMark::Comma);
    }
}
