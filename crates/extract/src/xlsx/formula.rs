//! Formulas that are written once and shared by further cells (ECMA-376 part 1, 18.3.1.40): references without `$` move
//! along with the cell. Text in quotes, names of sheets and functions, and structured references stay.

use model::CellRef;

const ROWS: i64 = 1_048_576;
const COLUMNS: i64 = 16_384;

/// A formula written for `from` as it stands in `to`.
pub(super) fn shifted(formula: &str, from: CellRef, to: CellRef) -> String {
    let rows = i64::from(to.row) - i64::from(from.row);
    let columns = i64::from(to.column) - i64::from(from.column);
    let mut moved = String::with_capacity(formula.len() + 8);
    let mut rest = formula;
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(token_length(rest, first));
        let is_name = after.starts_with(['(', '!', '[']);
        match shifted_reference(token, rows, columns) {
            Some(reference) if !is_name => moved.push_str(&reference),
            _ => moved.push_str(token),
        }
        rest = after;
    }
    moved
}

/// Length in bytes of the first token: a quoted stretch, a word, or one other character.
fn token_length(text: &str, first: char) -> usize {
    match first {
        '"' | '\'' => {
            text.char_indices().skip(1).find(|(_, found)| *found == first).map_or(text.len(), |(at, _)| at + 1)
        }
        '[' => bracketed_length(text),
        first if is_word(first) => text.find(|found| !is_word(found)).unwrap_or(text.len()),
        first => first.len_utf8(),
    }
}

fn bracketed_length(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, found) in text.char_indices() {
        match found {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '$' | '_' | '.' | '\\')
}

/// A cell, or one side of a whole-column or whole-row area, at its new place; `#REF!` beyond the sheet's edge.
fn shifted_reference(token: &str, rows: i64, columns: i64) -> Option<String> {
    let letters_from = usize::from(token.starts_with('$'));
    let letters: String = token.get(letters_from..)?.chars().take_while(char::is_ascii_alphabetic).collect();
    let after = token.get(letters_from + letters.len()..)?;
    let digits = after.strip_prefix('$').unwrap_or(after);
    let is_cell = (1..=3).contains(&letters.len())
        && !digits.is_empty()
        && digits.len() <= 7
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_cell {
        return None;
    }
    let at: CellRef = format!("{}{digits}", letters.to_ascii_uppercase()).parse().ok()?;
    let (fixed_column, fixed_row) = (letters_from == 1, after.starts_with('$'));
    let row = i64::from(at.row) + if fixed_row { 0 } else { rows };
    let column = i64::from(at.column) + if fixed_column { 0 } else { columns };
    if !(0..ROWS).contains(&row) || !(0..COLUMNS).contains(&column) {
        return Some("#REF!".to_owned());
    }
    let moved = CellRef { row: u32::try_from(row).ok()?, column: u32::try_from(column).ok()? }.to_string();
    let (letters, digits) = moved.split_at(moved.find(|found: char| found.is_ascii_digit())?);
    let (dollar, row_dollar) = (if fixed_column { "$" } else { "" }, if fixed_row { "$" } else { "" });
    Some(format!("{dollar}{letters}{row_dollar}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(formula: &str, from: &str, to: &str) -> String {
        shifted(formula, from.parse().unwrap(), to.parse().unwrap())
    }

    #[test]
    fn references_move_with_the_cell() {
        assert_eq!(moved("A1+B2", "C1", "C3"), "A3+B4");
        assert_eq!(moved("SUM(A1:A9)*$B$1", "A10", "B10"), "SUM(B1:B9)*$B$1");
        assert_eq!(moved("$A1+A$1", "B1", "C2"), "$A2+B$1");
        assert_eq!(moved("LOG10(A1)&\"A1\"", "B1", "B2"), "LOG10(A2)&\"A1\"");
        assert_eq!(moved("'Q1 A1'!B5+Q1!B5", "A1", "A2"), "'Q1 A1'!B6+Q1!B6");
        assert_eq!(
            moved("Table1[[#This Row],[A1]]*Rate_A1+AB12C", "A1", "A2"),
            "Table1[[#This Row],[A1]]*Rate_A1+AB12C"
        );
        assert_eq!(moved("A1", "B5", "B4"), "#REF!");
        assert_eq!(moved("1.5*E2+ZZZZ9", "A1", "B1"), "1.5*F2+ZZZZ9");
    }
}
