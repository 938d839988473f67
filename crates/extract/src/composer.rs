//! Puts the text of a part together and tells where each piece came to stand.

use model::Span;

/// A text that grows, with its length in characters at hand.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    text: String,
    characters: u32,
}

impl Composer {
    /// Adds a piece and says where it stands.
    pub(crate) fn push(&mut self, piece: &str) -> Span {
        let start = self.characters;
        self.text.push_str(piece);
        self.characters = start.saturating_add(u32::try_from(piece.chars().count()).unwrap_or(u32::MAX));
        Span::new(start, self.characters)
    }

    /// Number of characters so far.
    pub(crate) fn len(&self) -> u32 {
        self.characters
    }

    /// True if nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.characters == 0
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_where_it_says() {
        let mut composer = Composer::default();
        composer.push("Größe ");
        let span = composer.push("€4,2 Mio.");
        composer.push("\n");
        assert_eq!(span.of(&composer.finish()), "€4,2 Mio.");
    }
}
