//! One slide: its shapes and notes put together into a part.

use std::collections::HashSet;

use model::{CellRef, Layout, Part, Shape, ShapeKind, Size, SlideLayout, Span, Table, TableCell};

use super::frame::Placing;
use super::placeholder::{Layouts, Placeholder};
use super::shapes::{Parts, RawShape, ShapeReader, Words};
use super::words::paragraphs;
use crate::ReadError;
use crate::composer::Composer;
use crate::package::chart::{one_line, read_chart};
use crate::package::{Package, Relations, parse};

/// A slide as it was read.
#[derive(Default)]
pub(super) struct Slide {
    title: Option<String>,
    hidden: bool,
    shapes: Vec<RawShape>,
    notes: Vec<String>,
    pictures: usize,
    missing: bool,
}

/// Reads a slide.
pub(super) fn read(package: &mut Package<'_>, name: &str, layouts: &mut Layouts) -> Result<Slide, ReadError> {
    let Some(xml) = package.xml(name)? else { return Ok(Slide { missing: true, ..Slide::default() }) };
    let relations = package.relations(name)?;
    let mut parts = shown_parts(package, &relations)?;
    let notes = notes(package, &relations)?;
    let root = parse(&xml)?;
    let frames = layouts.of_slide(package, &relations)?;
    let mut reader = ShapeReader { frames, parts: &mut parts, shapes: Vec::new(), pictures: 0 };
    if let Some(tree) = root.at(&["cSld", "spTree"]) {
        reader.read(tree, Placing::SLIDE);
    }
    let ShapeReader { mut shapes, pictures, .. } = reader;
    shapes.sort_by_key(|shape| shape.kind != ShapeKind::Title);
    let hidden = root.attribute("show").is_some_and(|show| matches!(show.as_str(), "0" | "false"));
    Ok(Slide { title: title(&shapes), hidden, shapes, notes, pictures, missing: false })
}

fn title(shapes: &[RawShape]) -> Option<String> {
    let title = shapes.iter().find(|shape| shape.kind == ShapeKind::Title)?;
    let Words::Paragraphs(said) = &title.words else { return None };
    Some(one_line(&said.join(" "))).filter(|title| !title.is_empty())
}

/// Reads the charts and diagrams that a slide points to. A damaged one is left out and counts as a picture.
fn shown_parts(package: &mut Package<'_>, relations: &Relations) -> Result<Parts, ReadError> {
    let mut parts = Parts::default();
    for relation in relations.of_kind("chart") {
        let chart = package.xml(&relation.target)?.and_then(|xml| read_chart(&xml).ok());
        parts.charts.extend(chart.map(|chart| (relation.id.clone(), chart)));
    }
    for relation in relations.of_kind("diagramData") {
        let said = package.xml(&relation.target)?.and_then(|xml| parse(&xml).ok().map(|root| paragraphs(&root)));
        parts.diagrams.extend(said.map(|said| (relation.id.clone(), said)));
    }
    Ok(parts)
}

/// The speaker's notes, without the date, footer and number of their page.
fn notes(package: &mut Package<'_>, relations: &Relations) -> Result<Vec<String>, ReadError> {
    let Some(relation) = relations.first("notesSlide") else { return Ok(Vec::new()) };
    let Some(xml) = package.xml(&relation.target)? else { return Ok(Vec::new()) };
    let root = parse(&xml)?;
    let shapes = root.at(&["cSld", "spTree"]).map(|tree| tree.below("sp")).unwrap_or_default();
    let said = shapes.into_iter().filter(|shape| {
        let kind = Placeholder::of(shape).map(|placeholder| placeholder.kind);
        !matches!(kind.as_deref(), Some("sldNum" | "sldImg" | "hdr" | "ftr" | "dt"))
    });
    Ok(said.filter_map(|shape| shape.child("txBody")).flat_map(paragraphs).collect())
}

impl Slide {
    /// What of it is not read, if anything.
    pub(super) fn unread(&self) -> Option<String> {
        let without_words = self.shapes.iter().all(|shape| shape.words.is_empty());
        match self.pictures {
            _ if self.missing => Some("the slide is not in the file".to_owned()),
            0 => None,
            1 if without_words => Some("a picture, not read".to_owned()),
            pictures if without_words => Some(format!("{pictures} pictures, not read")),
            _ => None,
        }
    }

    /// The part, and true if all its words have found room. `room` is what is left for it and the slides after it.
    pub(super) fn into_part(mut self, number: u32, size: Size, room: &mut u32) -> (Part, bool) {
        let words = Words::Paragraphs(std::mem::take(&mut self.notes));
        if !words.is_empty() {
            self.shapes.push(RawShape { id: 0, kind: ShapeKind::Notes, bounds: None, words });
        }
        let mut writer = Writer { room, composer: Composer::default(), tables: Vec::new(), whole: true };
        let mut ids = Ids::of(&self.shapes);
        let shapes = self.shapes.into_iter().map(|shape| writer.shape(shape, &mut ids)).collect();
        let layout = Layout::Slide(SlideLayout { size, hidden: self.hidden, shapes });
        let Writer { composer, tables, whole, .. } = writer;
        (Part { number, name: self.title, text: composer.finish(), layout, tables }, whole)
    }
}

/// Gives every shape an id that no other on the slide has: files copy ids, and notes have theirs from another part.
struct Ids {
    given: HashSet<u32>,
    next: u32,
}

impl Ids {
    fn of(shapes: &[RawShape]) -> Self {
        let most = shapes.iter().map(|shape| shape.id).max().unwrap_or(0);
        Self { given: HashSet::new(), next: most.checked_add(1).unwrap_or(1) }
    }

    fn give(&mut self, id: u32) -> u32 {
        let mut id = id;
        while id == 0 || !self.given.insert(id) {
            id = self.next;
            self.next = self.next.checked_add(1).unwrap_or(1);
        }
        id
    }
}

struct Writer<'r> {
    room: &'r mut u32,
    composer: Composer,
    tables: Vec<Table>,
    whole: bool,
}

impl Writer<'_> {
    fn shape(&mut self, shape: RawShape, ids: &mut Ids) -> Shape {
        let paragraphs = match &shape.words {
            Words::Paragraphs(said) => said.iter().filter_map(|paragraph| self.line(paragraph)).collect(),
            Words::Cells(cells) => self.rows(cells).into_iter().map(|cell| cell.span).collect(),
            Words::Chart(chart) => {
                let mut lines: Vec<Span> = chart.titles.iter().filter_map(|title| self.line(title)).collect();
                let cells = self.rows(&chart.cells);
                let rows = cells.chunk_by(|left, right| left.at.row == right.at.row);
                lines.extend(rows.filter_map(|row| Some(Span::new(row.first()?.span.start, row.last()?.span.end))));
                lines
            }
        };
        Shape { id: ids.give(shape.id), kind: shape.kind, bounds: shape.bounds, paragraphs }
    }

    fn line(&mut self, words: &str) -> Option<Span> {
        if !self.takes(words.chars().count() + 1) {
            return None;
        }
        let span = self.composer.push(words);
        self.composer.push("\n");
        Some(span)
    }

    /// Writes rows of cells as lines, and keeps them as a table.
    fn rows(&mut self, cells: &[(CellRef, String)]) -> Vec<TableCell> {
        let mut placed = Vec::with_capacity(cells.len());
        for row in cells.chunk_by(|left, right| left.0.row == right.0.row) {
            if !self.takes(row.iter().map(|(_, words)| words.chars().count() + 1).sum()) {
                break;
            }
            for (index, (at, words)) in row.iter().enumerate() {
                self.composer.push(if index > 0 { "\t" } else { "" });
                placed.push(TableCell { at: *at, span: self.composer.push(words) });
            }
            self.composer.push("\n");
        }
        let end = |side: fn(&TableCell) -> u32| placed.iter().map(side).max().unwrap_or(0).saturating_add(1);
        if !placed.is_empty() {
            let (rows, columns) = (end(|cell| cell.at.row), end(|cell| cell.at.column));
            self.tables.push(Table { rows, columns, cells: placed.clone() });
        }
        placed
    }

    fn takes(&mut self, characters: usize) -> bool {
        let left = u32::try_from(characters).ok().and_then(|characters| self.room.checked_sub(characters));
        match left {
            Some(left) if self.whole => *self.room = left,
            _ => self.whole = false,
        }
        self.whole
    }
}
