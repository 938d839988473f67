//! Numbers as Office stores them, and how their format has them shown.
//!
//! Sources: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates). Values keep the shortest decimal form of the
//! stored double; what is shown is cut to the 15 digits that Excel shows.

use chrono::{Days, NaiveDate};
use model::CellValue;
use rust_decimal::{Decimal, RoundingStrategy};

/// The day that dates are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// Day 1 is 1 January 1900.
    Year1900,
    /// Day 0 is 1 January 1904, as old Macs had it.
    Year1904,
}

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormatKind {
    /// A number, whatever stands around it.
    Plain,
    /// A fraction shown as percent.
    Percent,
    /// A date, perhaps with a time.
    Date,
    /// A time of day alone.
    Time,
}

impl FormatKind {
    /// The kind of a format code, by its first section.
    pub(crate) fn of(code: &str) -> Self {
        let mut kind = Self::Plain;
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character {
                ';' => break,
                '"' => while characters.next().is_some_and(|quoted| quoted != '"') {},
                '\\' | '_' | '*' => {
                    characters.next();
                }
                '[' => {
                    let inside: String = characters.by_ref().take_while(|inside| *inside != ']').collect();
                    if !inside.is_empty()
                        && inside.chars().all(|unit| matches!(unit, 'h' | 'm' | 's' | 'H' | 'M' | 'S'))
                    {
                        return Self::Plain;
                    }
                }
                '%' => return Self::Percent,
                'y' | 'Y' | 'd' | 'D' => return Self::Date,
                'm' | 'M' if kind == Self::Plain => kind = Self::Date,
                'h' | 'H' | 's' | 'S' => kind = Self::Time,
                'G' if characters.as_str().starts_with("eneral") => return Self::Plain,
                _ => {}
            }
        }
        kind
    }
}

/// The value of a stored number and how it is shown, or `None` if it is no number.
pub(crate) fn read(stored: &str, kind: FormatKind, epoch: Epoch) -> Option<(CellValue, String)> {
    let double: f64 = stored.trim().parse().ok().filter(|double: &f64| double.is_finite())?;
    let Some(value) = decimal(double) else {
        let plain = double.to_string();
        return Some((CellValue::Text(plain.clone()), plain));
    };
    let dated = match kind {
        FormatKind::Date => date(value, epoch).map(|date| (CellValue::Date(date), date.to_string())),
        FormatKind::Time => time(value).map(|time| (CellValue::Number(value), time)),
        FormatKind::Percent => {
            let percent = value.checked_mul(Decimal::ONE_HUNDRED);
            percent.map(|percent| (CellValue::Number(value), format!("{}%", plain(percent))))
        }
        FormatKind::Plain => None,
    };
    Some(dated.unwrap_or_else(|| (CellValue::Number(value), plain(value))))
}

/// The decimal of a double's shortest form; `None` beyond 28 digits.
fn decimal(double: f64) -> Option<Decimal> {
    let value = double.to_string().parse::<Decimal>().ok()?.normalize();
    (!value.is_zero() || double == 0.0).then_some(value)
}

/// A number without exponent, to 15 significant digits.
fn plain(value: Decimal) -> String {
    let rounded = value.round_sf_with_strategy(15, RoundingStrategy::MidpointAwayFromZero).unwrap_or(value).normalize();
    if rounded.is_zero() { "0".to_owned() } else { rounded.to_string() }
}

/// The date of a serial number. Excel holds 1900 for a leap year: day 60 never was.
fn date(serial: Decimal, epoch: Epoch) -> Option<NaiveDate> {
    let day: u64 = serial.floor().try_into().ok()?;
    let first = match epoch {
        Epoch::Year1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        Epoch::Year1900 if day == 0 || day == 60 => return None,
        Epoch::Year1900 if day < 60 => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        Epoch::Year1900 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    first.checked_add_days(Days::new(day)).filter(|date| *date <= last)
}

/// The time of day of a fraction of a day, to the minute.
fn time(fraction: Decimal) -> Option<String> {
    let minutes: u32 = (fraction.fract() * Decimal::from(24 * 60)).round().try_into().ok()?;
    (fraction >= Decimal::ZERO && fraction < Decimal::ONE).then(|| format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// The code of a built-in format (ECMA-376 part 1, 18.8.30); `None` for `General` and unknown numbers.
pub(crate) fn built_in(id: u32) -> Option<&'static str> {
    Some(match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "\"$\"#,##0;(\"$\"#,##0)",
        7 | 8 => "\"$\"#,##0.00;(\"$\"#,##0.00)",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 => "mm-dd-yy",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "m/d/yy h:mm",
        27..=31 | 36 | 50..=54 | 57 | 58 => "yyyy-mm-dd",
        37 | 38 => "#,##0;(#,##0)",
        39 | 40 => "#,##0.00;(#,##0.00)",
        41 => "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)",
        42 => "_(\"$\"* #,##0_);_(\"$\"* (#,##0);_(\"$\"* \"-\"_);_(@_)",
        43 => "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)",
        44 => "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00);_(\"$\"* \"-\"??_);_(@_)",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mmss.0",
        48 => "##0.0E+0",
        49 => "@",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stored: &str, code: &str) -> String {
        read(stored, FormatKind::of(code), Epoch::Year1900).unwrap().1
    }

    #[test]
    fn numbers_are_shown_plainly() {
        assert_eq!(shown("4200000", "General"), "4200000");
        assert_eq!(shown("4.2E6", "#,##0"), "4200000");
        assert_eq!(shown("1E-7", "0.00"), "0.0000001");
        assert_eq!(shown("0.30000000000000004", "0.0"), "0.3");
        assert_eq!(shown("-0", "0"), "0");
        assert_eq!(shown("1e300", "0").len(), 301);
        assert_eq!(read("NaN", FormatKind::Plain, Epoch::Year1900), None);
        assert_eq!(read("12 apples", FormatKind::Plain, Epoch::Year1900), None);
    }

    #[test]
    fn the_value_keeps_what_the_shown_text_rounds() {
        let (value, _) = read("0.30000000000000004", FormatKind::Plain, Epoch::Year1900).unwrap();
        assert_eq!(value, CellValue::Number("0.30000000000000004".parse().unwrap()));
    }

    #[test]
    fn percentages_are_fractions_that_look_like_percent() {
        let (value, shown) = read("0.625", FormatKind::of("0.0%"), Epoch::Year1900).unwrap();
        assert_eq!(value, CellValue::Number("0.625".parse().unwrap()));
        assert_eq!(shown, "62.5%");
        assert_eq!(super::plain("7".parse().unwrap()), "7");
        assert_eq!(read("0.07", FormatKind::Percent, Epoch::Year1900).unwrap().1, "7%");
    }

    #[test]
    fn dates_follow_both_calendars() {
        let date = |stored: &str, epoch| read(stored, FormatKind::Date, epoch).unwrap().1;
        assert_eq!(date("1", Epoch::Year1900), "1900-01-01");
        assert_eq!(date("59", Epoch::Year1900), "1900-02-28");
        assert_eq!(date("61", Epoch::Year1900), "1900-03-01");
        assert_eq!(date("45657.75", Epoch::Year1900), "2024-12-31");
        assert_eq!(date("44195", Epoch::Year1904), "2024-12-31");
        assert_eq!(date("60", Epoch::Year1900), "60");
        assert_eq!(date("-5", Epoch::Year1900), "-5");
        assert_eq!(date("99999999", Epoch::Year1900), "99999999");
        assert_eq!(shown("0.5", "h:mm"), "12:00");
    }

    #[test]
    fn a_format_says_what_it_makes_of_a_number() {
        for (code, kind) in [
            ("0.0%", FormatKind::Percent),
            ("General", FormatKind::Plain),
            ("#,##0.00 [$€-407]", FormatKind::Plain),
            ("\"day \"0", FormatKind::Plain),
            ("0.0\\d", FormatKind::Plain),
            ("_(\"$\"* #,##0_);[Red](0%)", FormatKind::Plain),
            ("mmm-yy", FormatKind::Date),
            ("[$-409]d mmm yyyy;@", FormatKind::Date),
            ("h:mm", FormatKind::Time),
            ("hh:mm:ss AM/PM", FormatKind::Time),
            ("[h]:mm", FormatKind::Plain),
            ("[Red]0", FormatKind::Plain),
            ("0.0x", FormatKind::Plain),
            ("m/d/yy h:mm", FormatKind::Date),
            ("\"unclosed", FormatKind::Plain),
        ] {
            assert_eq!(FormatKind::of(code), kind, "{code}");
        }
    }
}
