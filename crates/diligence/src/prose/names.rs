//! Whether everything that a sentence names is named by the data too.

use super::vocabulary::{Known, is_stop, words};

/// True if every word with a capital letter inside a sentence, every word in another script than Latin, and every word at
/// the start of a sentence that is no common one, stands in what supports it; names of several words stand there as they
/// are.
pub fn are_known(support: &[&Known], text: &str) -> bool {
    let mut run: Vec<&str> = Vec::new();
    let mut gap_from = 0;
    let mut first = true;
    for (start, end) in tokens(text) {
        let Some(word) = text.get(start..end).and_then(|token| words(token).next()) else { continue };
        let gap = text.get(gap_from..start).unwrap_or_default();
        let begins = first || gap.trim_end().ends_with(['.', '!', '?']);
        let runs_on = gap.chars().all(|c| c == ' ' || c == '-') && !begins;
        (gap_from, first) = (end, false);
        let capital = word.starts_with(char::is_uppercase);
        let inside = word.chars().skip(1).any(char::is_uppercase);
        let foreign = word.chars().any(|c| c.is_alphabetic() && !is_latin(c));
        let common = begins && !inside && is_stop(&word.to_lowercase());
        if (capital || inside || foreign) && !common && !support.iter().any(|known| known.has(word)) {
            return false;
        }
        if !runs_on {
            run.clear();
        }
        // A word at the start of a sentence is a name or is not; what follows it must stand without it.
        if (capital || inside) && !begins {
            run.push(word);
            if run.len() > 1 && !support.iter().any(|known| known.has_run(&run)) {
                return false;
            }
        } else {
            run.clear();
        }
    }
    true
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | 'ª' | 'º')
}

/// Byte ranges of words.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        if !(c.is_alphanumeric() || c == '\'' || c == '’') {
            continue;
        }
        match found.last_mut() {
            Some((_, end)) if *end == at => *end = at + c.len_utf8(),
            _ => found.push((at, at + c.len_utf8())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_names_are_found() {
        let known = Known::of(["Alpha Bank and Beta Ltd buy from Northwind Robotics", "ARR, SaaS, warehouses"]);
        for text in [
            "Northwind Robotics sells to Alpha Bank.",
            "The ARR of Northwind's warehouses is high. Both say so.",
            "A SaaS for Alpha.",
            "Warehouse operators buy it.",
        ] {
            assert!(are_known(&[&known], text), "{text}");
        }
        for text in [
            "It sells to Gamma.",
            "Gamma buys it.",
            "It sells to Beta Bank.",
            "It is an iPhone.",
            "It sells to Аlpha.",
            "It is sold. Microsoft buys.",
        ] {
            assert!(!are_known(&[&known], text), "{text}");
        }
    }
}
