//! Which of point and comma is the decimal separator: decided once for a document, by its unambiguous numbers.

use serde::{Deserialize, Serialize};

/// The decimal separator of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// `1,234.56`.
    Point,
    /// `1.234,56`.
    Comma,
    /// No number tells.
    Unknown,
}

impl Style {
    /// The style of a text, by the majority of its numbers that can be read in one way only.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut point, mut comma) = (0u32, 0u32);
        for body in texts.into_iter().flat_map(bodies) {
            match vote(body) {
                Self::Point => point += 1,
                Self::Comma => comma += 1,
                Self::Unknown => {}
            }
        }
        match point.cmp(&comma) {
            std::cmp::Ordering::Greater => Self::Point,
            std::cmp::Ordering::Less => Self::Comma,
            std::cmp::Ordering::Equal => Self::Unknown,
        }
    }
}

fn bodies(text: &str) -> impl Iterator<Item = &str> {
    text.split(|found: char| !(found.is_ascii_digit() || found == '.' || found == ','))
        .map(|body| body.trim_matches(['.', ',']))
        .filter(|body| body.contains(['.', ',']) && body.len() <= 24)
}

/// What one number says: two kinds of separator, a repeated one, or one that is followed by one or two digits.
fn vote(body: &str) -> Style {
    let points = body.matches('.').count();
    let commas = body.matches(',').count();
    let groups: Vec<&str> = body.split(['.', ',']).collect();
    let threes = groups.iter().skip(1).all(|group| group.len() == 3);
    let last = groups.last().map_or(0, |group| group.len());
    match (points, commas) {
        (1, 1..) if body.rfind('.') > body.rfind(',') => Style::Point,
        (1.., 1) if body.rfind(',') > body.rfind('.') => Style::Comma,
        (0, 2..) if threes => Style::Point,
        (2.., 0) if threes => Style::Comma,
        (1, 0) if (1..=2).contains(&last) => Style::Point,
        (0, 1) if (1..=2).contains(&last) => Style::Comma,
        _ => Style::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_of_clear_numbers_decides() {
        assert_eq!(Style::of(["1,234.56 and 4.2"]), Style::Point);
        assert_eq!(Style::of(["1.234.567 und 4,2 Mio."]), Style::Comma);
        assert_eq!(Style::of(["4,200 or 4.200"]), Style::Unknown);
        assert_eq!(Style::of(["3,5 Mio.", "1.234,00", "Version 2.1"]), Style::Comma);
    }
}
