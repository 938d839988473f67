//! How things look. Every meaning has a word or a sign too, so that nothing is lost without colour; colours are the
//! terminal's own sixteen, so that its theme decides.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Text.
    #[default]
    Plain,
    /// A heading.
    Strong,
    /// Said quietly.
    Dim,
    /// Well.
    Good,
    /// Worth knowing.
    Note,
    /// Wrong.
    Bad,
    /// The row or choice under the cursor.
    Chosen,
    /// A key to press.
    Key,
}

/// Whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Otherwise bold, dim and reversed are all there is.
    pub colour: bool,
}

impl Look {
    /// The terminal's words for a tone.
    pub fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        let style = match tone {
            Tone::Plain => plain,
            Tone::Strong | Tone::Key | Tone::Bad => plain.add_modifier(Modifier::BOLD),
            Tone::Dim => plain.add_modifier(Modifier::DIM),
            Tone::Good | Tone::Note => plain,
            Tone::Chosen => plain.add_modifier(Modifier::REVERSED),
        };
        match (self.colour, tone) {
            (true, Tone::Good) => style.fg(Color::Green),
            (true, Tone::Note) => style.fg(Color::Yellow),
            (true, Tone::Bad) => style.fg(Color::Red),
            (true, Tone::Key) => style.fg(Color::Cyan),
            _ => style,
        }
    }
}
