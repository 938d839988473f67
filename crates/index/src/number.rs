//! How a number in a text becomes a word, so that `€3,800`, `3.800` and `3800` are one and `4.2m` and `4,2m` are one.
//!
//! Which sign parts thousands and which decimals is guessed from the groups alone. `12.500` might be either and is taken
//! for thousands, in texts and in queries alike.

/// What a run of digits and signs stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// One number: digits, and decimals after a point.
    Number(String),
    /// Several, as in a date or a version: each group by itself.
    Groups,
}

/// Signs that may stand within a number.
pub(crate) fn is_sign(letter: char) -> bool {
    matches!(letter, '.' | ',' | '\'' | '’')
}

/// Reads groups of digits that are parted by one sign each; `signs` are those between the groups.
pub(crate) fn read(groups: &[&str], signs: &[char]) -> Reading {
    let [first, middle @ .., last] = groups else {
        return Reading::Number(groups.concat());
    };
    let thousands = |groups: &[&str]| first.len() <= 3 && groups.iter().all(|group| group.len() == 3);
    let (last_sign, other_signs) = match signs {
        [others @ .., last] => (Some(last), others),
        [] => (None, signs),
    };
    let same = |signs: &[char]| signs.windows(2).all(|pair| pair.first() == pair.last());
    if thousands(middle) && last.len() == 3 && same(signs) {
        return Reading::Number(groups.concat());
    }
    let decimals = middle.is_empty()
        || thousands(middle) && same(other_signs) && last_sign.is_some_and(|sign| !other_signs.contains(sign));
    if decimals && matches!(last_sign, Some('.' | ',')) {
        return Reading::Number(format!("{first}{}.{last}", middle.concat()));
    }
    Reading::Groups
}

/// The same amount written shorter, if it can be: `3800.00` is `3800`.
pub(crate) fn shorter(number: &str) -> Option<&str> {
    let (_, decimals) = number.split_once('.')?;
    let short = number.trim_end_matches('0').trim_end_matches('.');
    (decimals.ends_with('0')).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Reading {
        let groups: Vec<&str> = text.split(is_sign).collect();
        let signs: Vec<char> = text.chars().filter(|letter| is_sign(*letter)).collect();
        read(&groups, &signs)
    }

    #[test]
    fn thousands_and_decimals() {
        let number = |text: &str| Reading::Number(text.to_owned());
        assert_eq!(said("3,800"), number("3800"));
        assert_eq!(said("3.800"), number("3800"));
        assert_eq!(said("3’800"), number("3800"));
        assert_eq!(said("1,234,567.89"), number("1234567.89"));
        assert_eq!(said("1.234.567,89"), number("1234567.89"));
        assert_eq!(said("4.2"), number("4.2"));
        assert_eq!(said("4,25"), number("4.25"));
        assert_eq!(said("1234.567"), number("1234.567"));
        assert_eq!(said("7"), number("7"));
        assert_eq!(said("1,234.567"), number("1234.567"));
    }

    #[test]
    fn dates_and_versions_are_several_numbers() {
        assert_eq!(said("30.06.2025"), Reading::Groups);
        assert_eq!(said("1.2.3"), Reading::Groups);
        assert_eq!(said("5'11"), Reading::Groups);
        assert_eq!(said("1,2,3"), Reading::Groups);
    }

    #[test]
    fn empty_decimals_go() {
        assert_eq!(shorter("3800.00"), Some("3800"));
        assert_eq!(shorter("4.20"), Some("4.2"));
        assert_eq!(shorter("4.25"), None);
        assert_eq!(shorter("3800"), None);
    }
}
