//! Big numbers with their names below them on a page, as decks set them side by side: which name belongs to which number
//! follows from where they stand. A line below the name may say the period: `Cash at bank`, `30 June 2026`.
//!
//! A name belongs to a number if it starts at the same left edge or is centred below it, is the nearest such line, and is
//! close; anything else is left out.

use model::{Bounds, Layout, PageLayout, Part, Span};

use super::key_value::figure;
use super::label::metric_of;
use crate::ledger::Found;
use crate::lines::{Piece, lines};
use crate::number::numbers;
use crate::period::periods;
use crate::setting::Setting;

/// A name is at most so many heights of its number below it.
const NEAR: f32 = 2.2;

/// A page with more lines than this shows no cards.
const MOST_LINES: usize = 400;

/// A line with its box.
struct Boxed<'a> {
    piece: Piece<'a>,
    bounds: Bounds,
}

/// The figures of a page's cards.
pub fn cards(setting: &Setting, part: &Part) -> Vec<Found> {
    let Layout::Page(page) = &part.layout else { return Vec::new() };
    let boxed: Vec<Boxed<'_>> = lines(part)
        .into_iter()
        .take(MOST_LINES)
        .filter_map(|piece| Some(Boxed { piece, bounds: bounds(page, piece.whole())? }))
        .collect();
    boxed.iter().filter_map(|line| card(setting, &boxed, line)).collect()
}

fn bounds(page: &PageLayout, span: Span) -> Option<Bounds> {
    let first = page.words.partition_point(|word| word.span.end <= span.start);
    let covered = page.words.iter().skip(first).take_while(|word| word.span.start < span.end);
    covered.map(|word| word.bounds).reduce(Bounds::union)
}

fn card(setting: &Setting, all: &[Boxed<'_>], line: &Boxed<'_>) -> Option<Found> {
    let masked: Vec<_> = periods(line.piece.text).iter().map(|found| found.start..found.end).collect();
    let found = numbers(line.piece.text, setting.style, &masked);
    let [number] = found.as_slice() else { return None };
    if !masked.is_empty() || !super::key_value::is_alone(line.piece.text, number) {
        return None;
    }
    let name = below(all, line, line.bounds.height() * NEAR)?;
    metric_of(name.piece.text)?;
    let said_below = below(all, name, line.bounds.height())
        .filter(|under| under.piece.text.len() <= 60 && periods(under.piece.text).len() == 1);
    figure(&line.piece, number, &name.piece, said_below.map(|under| under.piece.text))
}

/// The nearest line below another that stands under it, if it is near.
fn below<'a>(all: &'a [Boxed<'a>], line: &Boxed<'_>, near: f32) -> Option<&'a Boxed<'a>> {
    let height = line.bounds.height();
    let under = |other: &&Boxed<'_>| {
        let gap = other.bounds.y0 - line.bounds.y1;
        let left = (other.bounds.x0 - line.bounds.x0).abs() <= 0.35 * height.max(10.0);
        let middle = |bounds: Bounds| (bounds.x0 + bounds.x1) / 2.0;
        let centred = (middle(other.bounds) - middle(line.bounds)).abs() <= 0.35 * height.max(10.0);
        gap > -0.3 * height && gap <= near && other.bounds.y0 > line.bounds.y0 && (left || centred)
    };
    all.iter().filter(under).min_by(|one, two| one.bounds.y0.total_cmp(&two.bounds.y0))
}

#[cfg(test)]
mod tests {
    use model::{DocumentRole, Size, Surface, TextSource, Word};

    use super::*;
    use crate::build::{pdf, setting};

    fn placed(lines: &[(&str, f32, f32, f32)]) -> Part {
        let (mut text, mut words, mut at) = (String::new(), Vec::new(), 0u32);
        for (line, x, y, height) in lines {
            let length = u32::try_from(line.chars().count()).unwrap();
            let bounds = Bounds::new(*x, *y, x + length as f32 * height * 0.5, y + height);
            words.push(Word { span: Span::new(at, at + length), bounds });
            text.push_str(line);
            text.push('\n');
            at += length + 1;
        }
        let layout = PageLayout {
            surface: Surface::Pdf,
            size: Size { width: 900.0, height: 500.0 },
            source: TextSource::TextLayer,
            words,
        };
        Part { number: 1, name: None, text, layout: Layout::Page(layout), tables: Vec::new() }
    }

    #[test]
    fn numbers_side_by_side_find_the_names_below_them() {
        let page = placed(&[
            ("€2.0m", 50.0, 100.0, 30.0),
            ("€180k", 350.0, 100.0, 30.0),
            ("18 months", 650.0, 100.0, 30.0),
            ("Cash at bank", 50.0, 140.0, 12.0),
            ("Net burn per month", 350.0, 140.0, 12.0),
            ("Runway", 650.0, 140.0, 12.0),
            ("30 June 2026", 50.0, 156.0, 10.0),
            ("average of Q2 2026", 350.0, 156.0, 10.0),
        ]);
        let document = pdf(vec![page]);
        let setting = setting("deck.pdf", &document, DocumentRole::Deck);
        let found: Vec<String> = cards(&setting, &document.parts[0])
            .into_iter()
            .map(|found| format!("{}={} @{}", found.metric.id, found.value, found.period))
            .collect();
        assert_eq!(found, ["cash=2000000 @30 Jun 2026", "net_burn=180000 @Q2 2026", "runway_m=18 @date not given"]);
    }

    #[test]
    fn a_name_elsewhere_is_not_taken() {
        let page = placed(&[
            ("€2.0m", 50.0, 100.0, 30.0),
            ("Cash at bank", 200.0, 140.0, 12.0),
            ("Cash at bank", 50.0, 300.0, 12.0),
        ]);
        let document = pdf(vec![page]);
        let setting = setting("deck.pdf", &document, DocumentRole::Deck);
        assert!(cards(&setting, &document.parts[0]).is_empty());
    }
}
