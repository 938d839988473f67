//! The digits of a number: groups, decimal separator, value and displayed decimals.

use rust_decimal::Decimal;

use super::Style;

/// Digits longer than this are no figure.
const LONGEST: usize = 24;

/// The digits of a number at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    /// The value.
    pub value: Decimal,
    /// Digits after the decimal separator.
    pub decimals: u32,
    /// Separators stood in it.
    pub separated: bool,
}

/// The length in bytes of the digits and separators at the start of a text. A separator counts if a digit follows; a
/// space counts if exactly three digits follow and `spaced` allows it.
pub(super) fn extent(text: &str, spaced: bool) -> usize {
    let mut end = 0;
    let mut digits_in_group = 0;
    for (at, found) in text.char_indices() {
        if found.is_ascii_digit() {
            end = at + 1;
            digits_in_group += 1;
            continue;
        }
        let rest = text.get(at + found.len_utf8()..).unwrap_or_default();
        let following = rest.bytes().take_while(u8::is_ascii_digit).count();
        let joins = match found {
            '.' | ',' => following > 0,
            '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' => following == 3 && digits_in_group <= 3,
            ' ' => spaced && following == 3 && digits_in_group <= 3,
            _ => false,
        };
        if !joins {
            break;
        }
        digits_in_group = 0;
    }
    end
}

/// Reads digits with their separators. `None` if they can be read in two ways, or in none.
pub(super) fn digits(body: &str, style: Style) -> Option<Digits> {
    if body.len() > LONGEST {
        return None;
    }
    let neutral: String =
        body.chars().filter(|found| !matches!(found, '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' | ' ')).collect();
    let grouped = neutral.len() != body.len();
    let points = neutral.matches('.').count();
    let commas = neutral.matches(',').count();
    let decimal = match (points, commas) {
        (0, 0) => None,
        (1, 1..) if neutral.rfind('.') > neutral.rfind(',') => Some('.'),
        (1.., 1) if neutral.rfind(',') > neutral.rfind('.') => Some(','),
        (0, 2..) | (2.., 0) => None,
        (1, 0) => single(&neutral, '.', style, grouped)?,
        (0, 1) => single(&neutral, ',', style, grouped)?,
        _ => return None,
    };
    let (whole, fraction) = match decimal {
        Some(mark) => neutral.rsplit_once(mark)?,
        None => (neutral.as_str(), ""),
    };
    if !groups_are_sound(whole) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let value = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
    Some(Digits {
        value: value.parse().ok()?,
        decimals: u32::try_from(fraction.len()).ok()?,
        separated: body.len() != body.bytes().filter(u8::is_ascii_digit).count(),
    })
}

/// What a single point or comma is: `Some(Some(_))` the decimal mark, `Some(None)` a group mark, `None` unclear.
fn single(neutral: &str, mark: char, style: Style, grouped: bool) -> Option<Option<char>> {
    let (whole, rest) = neutral.split_once(mark)?;
    if rest.len() != 3 || whole.len() > 3 || whole.starts_with('0') || grouped {
        return Some(Some(mark));
    }
    match (style, mark) {
        (Style::Point, '.') | (Style::Comma, ',') => Some(Some(mark)),
        (Style::Point | Style::Unknown, ',') | (Style::Comma, '.') => Some(None),
        _ => None,
    }
}

/// Groups of three, or the Indian way: three at the end, pairs before.
fn groups_are_sound(whole: &str) -> bool {
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let Some((first, rest)) = groups.split_first() else { return false };
    let Some((last, middle)) = rest.split_last() else { return true };
    (1..=3).contains(&first.len())
        && last.len() == 3
        && (middle.iter().all(|group| group.len() == 3) || middle.iter().all(|group| group.len() == 2))
}
