//! Lines and lists on the terminal's cells. Everything is cut to its place here, so that no text can run over another.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::look::{Look, Tone};
use crate::text;
use crate::words;

/// A piece of a line.
pub type Piece<'a> = (Tone, &'a str);

/// Draws on a buffer.
#[derive(Debug)]
pub struct Painter<'a> {
    /// The cells.
    pub cells: &'a mut Buffer,
    /// How things look.
    pub look: Look,
    /// Where somebody types.
    pub cursor: Option<Position>,
}

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its head.
    pub head: &'static str,
    /// Columns of the terminal that it takes; what is left goes to those with 0, in equal parts.
    pub width: u16,
    /// Shown where the list is at least this wide.
    pub from: u16,
}

/// A list to be drawn: rows by number, of which only those in sight are asked for.
pub struct List<'a> {
    /// Its columns.
    pub columns: &'a [Column],
    /// How many rows there are.
    pub rows: usize,
    /// The one under the cursor.
    pub at: usize,
}

impl Painter<'_> {
    /// One line of pieces at a row of an area, counted from its top. Draws nothing below it.
    pub fn line(&mut self, area: Rect, row: u16, pieces: &[Piece<'_>]) {
        if row >= area.height {
            return;
        }
        let mut x = area.x;
        for (tone, piece) in pieces {
            let left = area.right().saturating_sub(x);
            let cut = text::fit(piece, usize::from(left));
            self.cells.set_stringn(x, area.y + row, &cut, usize::from(left), self.look.style(*tone));
            x = x.saturating_add(columns(&cut)).min(area.right());
        }
    }

    /// One line that ends at the right of its area.
    pub fn right(&mut self, area: Rect, row: u16, pieces: &[Piece<'_>]) {
        let wide: u16 = pieces.iter().map(|(_, piece)| columns(piece)).fold(0, u16::saturating_add).min(area.width);
        let part = Rect { x: area.right() - wide, width: wide, ..area };
        self.line(part, row, pieces);
    }

    /// A text broken into lines, with an ellipsis where it does not end within the area; how many rows it took.
    pub fn paragraph(&mut self, area: Rect, row: u16, tone: Tone, text: &str) -> u16 {
        let columns = usize::from(area.width);
        let room = usize::from(area.height.saturating_sub(row));
        let lines = text::wrap(text, columns);
        for (at, line) in (0..room).zip(&lines) {
            let cut = at + 1 == room && lines.len() > room;
            let line = if cut { text::fit(&format!("{line}{}", " ".repeat(columns)), columns) } else { line.clone() };
            self.line(area, row.saturating_add(u16::try_from(at).unwrap_or(u16::MAX)), &[(tone, &line)]);
        }
        u16::try_from(lines.len()).unwrap_or(u16::MAX)
    }

    /// A line across.
    pub fn rule(&mut self, area: Rect, row: u16) {
        let line = "─".repeat(usize::from(area.width));
        self.line(area, row, &[(Tone::Dim, &line)]);
    }

    /// An empty box in the middle of an area, with a title; what is inside of it.
    pub fn boxed(&mut self, area: Rect, size: (u16, u16), title: &str, footer: &str) -> Rect {
        let (width, height) = (size.0.min(area.width), size.1.min(area.height));
        let outer =
            Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        self.blank(outer);
        let across =
            |left: &str, right: &str| format!("{left}{}{right}", "─".repeat(usize::from(width.saturating_sub(2))));
        self.line(outer, 0, &[(Tone::Plain, &across("┌", "┐"))]);
        for row in 1..height.saturating_sub(1) {
            self.line(outer, row, &[(Tone::Plain, "│")]);
            self.right(outer, row, &[(Tone::Plain, "│")]);
        }
        self.line(outer, height.saturating_sub(1), &[(Tone::Plain, &across("└", "┘"))]);
        let edge = Rect { x: outer.x + 2.min(width), width: width.saturating_sub(4), ..outer };
        self.line(edge, 0, &[(Tone::Strong, &format!(" {title} "))]);
        self.line(edge, height.saturating_sub(1), &[(Tone::Dim, &format!(" {footer} "))]);
        Rect {
            x: outer.x + 2.min(width),
            y: outer.y + 1.min(height),
            width: width.saturating_sub(4),
            height: height.saturating_sub(2),
        }
    }

    /// Nothing where something was. A wide letter that reaches in from the left goes whole.
    pub fn blank(&mut self, area: Rect) {
        for y in area.top()..area.bottom() {
            let reaching = area.left().checked_sub(1).and_then(|x| self.cells.cell_mut((x, y)));
            if let Some(cell) = reaching.filter(|cell| text::width(cell.symbol()) > 1) {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.cells.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// A list: its heads, and the page of rows that holds the cursor. Each cell says its tone.
    pub fn list<'c>(
        &mut self,
        area: Rect,
        list: &List<'_>,
        cells: impl Fn(usize) -> Vec<(Tone, std::borrow::Cow<'c, str>)>,
    ) {
        let places = places(area, list.columns);
        for (column, place) in list.columns.iter().zip(&places) {
            self.line(*place, 0, &[(Tone::Dim, column.head)]);
        }
        let page = page(list.at, list.rows, area.height.saturating_sub(1));
        for (row, number) in (1..).zip(page) {
            let chosen = number == list.at;
            if chosen {
                let bar = " ".repeat(usize::from(area.width));
                self.line(area, row, &[(Tone::Chosen, &bar)]);
                self.line(area, row, &[(Tone::Chosen, words::MARK)]);
            }
            for ((tone, cell), place) in cells(number).into_iter().zip(&places) {
                let tone = if chosen { Tone::Chosen } else { tone };
                self.line(*place, row, &[(tone, &cell)]);
            }
        }
    }
}

/// Columns of a text, as the terminal counts.
pub fn columns(text: &str) -> u16 {
    u16::try_from(text::width(text)).unwrap_or(u16::MAX)
}

/// The rows of the page that holds the cursor. Pages begin at the same rows whatever is chosen, so that a step redraws two
/// rows.
pub fn page(at: usize, rows: usize, height: u16) -> std::ops::Range<usize> {
    let height = usize::from(height).max(1);
    let first = at / height * height;
    first..(first + height).min(rows)
}

fn places(area: Rect, all: &[Column]) -> Vec<Rect> {
    let inside = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(2), ..area };
    let shown = |column: &Column| area.width >= column.from;
    let count = |wanted: fn(&Column) -> bool| all.iter().filter(|c| shown(c) && wanted(c)).count();
    let fixed: u16 = all.iter().filter(|c| shown(c)).map(|c| c.width).sum();
    let gaps = u16::try_from(count(|_| true).saturating_sub(1)).unwrap_or_default();
    let open = u16::try_from(count(|c| c.width == 0).max(1)).unwrap_or(1);
    let share = inside.width.saturating_sub(fixed + gaps) / open;
    let mut x = inside.x;
    all.iter()
        .map(|column| {
            let wide = if !shown(column) {
                0
            } else if column.width == 0 {
                share
            } else {
                column.width
            };
            let place = Rect { x, width: wide.min(area.right().saturating_sub(x)), ..area };
            x = (x + wide + u16::from(shown(column))).min(area.right());
            place
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_the_cursor() {
        assert_eq!(page(0, 3, 10), 0..3);
        assert_eq!(page(10, 25, 10), 10..20);
        assert_eq!(page(24, 25, 10), 20..25);
        assert_eq!(page(0, 0, 0), 0..0);
    }

    #[test]
    fn columns_share_what_is_left_and_stay_inside() {
        let all = [
            Column { head: "a", width: 0, from: 0 },
            Column { head: "b", width: 10, from: 0 },
            Column { head: "c", width: 10, from: 70 },
            Column { head: "d", width: 0, from: 0 },
        ];
        for width in 0..200 {
            let area = Rect::new(0, 0, width, 5);
            for place in places(area, &all) {
                assert!(place.right() <= area.right(), "{width}: {place:?}");
            }
        }
        let wide: Vec<u16> = places(Rect::new(0, 0, 75, 5), &all).iter().map(|place| place.width).collect();
        assert_eq!(wide, [25, 10, 10, 25]);
        let narrow: Vec<u16> = places(Rect::new(0, 0, 60, 5), &all).iter().map(|place| place.width).collect();
        assert_eq!(narrow, [23, 10, 0, 23]);
    }
}
