//! Words with the figures in them. Whoever puts a [`Text`] on a page puts its figures there too.

use super::truth::{Figure, Place, Placed};

/// Words and the figures that stand in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The words.
    pub words: String,
    /// The figures in them.
    pub figures: Vec<Figure>,
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self { words, figures: Vec::new() }
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl Text {
    /// A figure alone.
    pub fn of(figure: Figure) -> Self {
        Self { words: figure.words.clone(), figures: vec![figure] }
    }

    /// A phrase whose blanks are filled with texts.
    pub fn filled(phrase: &str, blanks: &[(&str, &Self)]) -> Self {
        let mut text = Self::from(phrase);
        for (blank, filling) in blanks {
            let blank = format!("{{{blank}}}");
            if text.words.contains(&blank) {
                text.words = text.words.replace(&blank, &filling.words);
                text.figures.extend(filling.figures.iter().cloned());
            }
        }
        text
    }

    /// Its figures at a place.
    pub fn placed(&self, place: &Place) -> Vec<Placed> {
        let figures = self.figures.iter().cloned();
        figures.map(|figure| Placed { place: place.clone(), figure }).collect()
    }
}
