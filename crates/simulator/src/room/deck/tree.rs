//! A deck before it is a PDF or a PPTX: slides with blocks of words, tables and charts. Both writers draw the same tree,
//! and the truth is read off it, slide by slide.

use rust_decimal::Decimal;

use crate::room::text::Text;
use crate::room::truth::{Place, Placed};

/// A deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    /// The company's name.
    pub title: String,
    /// What stands at the foot of each slide.
    pub foot: String,
    /// Its slides in order.
    pub slides: Vec<Slide>,
}

/// A slide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slide {
    /// Whether it is the cover.
    pub cover: bool,
    /// Its title.
    pub title: Text,
    /// What stands on it.
    pub blocks: Vec<Block>,
    /// Whether two blocks stand side by side.
    pub beside: bool,
    /// What stands small below.
    pub note: Text,
    /// Words that a reader does not see.
    pub hidden: String,
}

/// A part of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Words(Text),
    /// Points of a list.
    Points(Vec<Text>),
    /// Large figures.
    Cards(Vec<Card>),
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
}

/// A large figure with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The figure.
    pub value: Text,
    /// Its name.
    pub label: Text,
    /// Small words below; its time.
    pub note: Text,
}

/// A table. Its first column is on the left, all others are on the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The heading.
    pub head: Vec<Text>,
    /// The rows.
    pub rows: Vec<Vec<Text>>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Columns that stand.
    Columns,
    /// Bars that lie.
    Bars,
    /// A line.
    Line,
}

/// A chart with a label at each point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// How it is drawn.
    pub shape: Shape,
    /// What it shows, with the unit.
    pub title: String,
    /// The names of the points.
    pub categories: Vec<String>,
    /// The labels with their figures.
    pub labels: Vec<Text>,
    /// The values as the axis counts them.
    pub values: Vec<Decimal>,
    /// Excel's format of the labels.
    pub format: &'static str,
}

impl Block {
    fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Words(words) => vec![words],
            Self::Points(points) => points.iter().collect(),
            Self::Cards(cards) => cards.iter().flat_map(|card| [&card.value, &card.label, &card.note]).collect(),
            Self::Table(table) => table.head.iter().chain(table.rows.iter().flatten()).collect(),
            Self::Chart(chart) => chart.labels.iter().collect(),
        }
    }
}

impl Deck {
    /// The figures at their slides.
    pub fn placed(&self) -> Vec<Placed> {
        let mut placed = Vec::new();
        for (page, slide) in (1..).zip(&self.slides) {
            let texts = [&slide.title, &slide.note].into_iter().chain(slide.blocks.iter().flat_map(Block::texts));
            placed.extend(texts.flat_map(|text| text.placed(&Place::Page(page))));
        }
        placed
    }

    /// The slides with words that a reader does not see.
    pub fn hidden(&self) -> Vec<Place> {
        let slides = (1..).zip(&self.slides);
        slides.filter(|(_, slide)| !slide.hidden.is_empty()).map(|(page, _)| Place::Page(page)).collect()
    }
}
