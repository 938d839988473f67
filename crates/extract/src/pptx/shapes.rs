//! The shapes of a slide as the file has them, before their words have a place in the text.

use std::collections::HashMap;

use model::{Bounds, CellRef, ShapeKind};

use super::frame::{Frame, Placing};
use super::placeholder::{Placeholder, inherited};
use super::words::{paragraphs, table};
use crate::package::Element;
use crate::package::chart::Chart;

/// What a shape says.
#[derive(Debug)]
pub(super) enum Words {
    /// Paragraphs.
    Paragraphs(Vec<String>),
    /// Cells of a table, by row, then column.
    Cells(Vec<(CellRef, String)>),
    /// A chart: its titles, then its data.
    Chart(Chart),
}

impl Words {
    /// True if there are none.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Paragraphs(said) => said.is_empty(),
            Self::Cells(cells) => cells.is_empty(),
            Self::Chart(chart) => chart.titles.is_empty() && chart.cells.is_empty(),
        }
    }
}

/// A shape.
#[derive(Debug)]
pub(super) struct RawShape {
    pub(super) id: u32,
    pub(super) kind: ShapeKind,
    pub(super) bounds: Option<Bounds>,
    pub(super) words: Words,
}

/// Parts that shapes point to, read: by the id of the relationship.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) charts: HashMap<String, Chart>,
    pub(super) diagrams: HashMap<String, Vec<String>>,
}

/// What the shapes of a slide are read with.
pub(super) struct ShapeReader<'a> {
    pub(super) frames: &'a [(Placeholder, Frame)],
    pub(super) parts: &'a mut Parts,
    pub(super) shapes: Vec<RawShape>,
    /// Pictures and embedded objects: words in them are not read.
    pub(super) pictures: usize,
}

impl ShapeReader<'_> {
    /// Reads what is in a tree or group of shapes.
    pub(super) fn read(&mut self, tree: &Element<'_>, placing: Placing) {
        for child in tree.elements() {
            match child.name() {
                "sp" | "cxnSp" => self.text(child, placing),
                "grpSp" => self.read(child, placing.within(child)),
                "graphicFrame" => self.graphic(child, placing),
                "pic" => {
                    self.pictures += 1;
                    let bounds = self.bounds(child, child.at(&["spPr", "xfrm"]), placing);
                    self.add(child, ShapeKind::Picture, bounds, Words::Paragraphs(Vec::new()));
                }
                "AlternateContent" | "Choice" | "Fallback" => self.read(child, placing),
                _ => {}
            }
        }
    }

    fn text(&mut self, shape: &Element<'_>, placing: Placing) {
        let placeholder = Placeholder::of(shape);
        let kind = placeholder.as_ref().map_or("", |placeholder| placeholder.kind.as_str());
        let said = shape.child("txBody").map(paragraphs).unwrap_or_default();
        if said.is_empty() || matches!(kind, "sldNum" | "sldImg") {
            return;
        }
        let is_title = placeholder.is_some_and(|placeholder| placeholder.is_title());
        let bounds = self.bounds(shape, shape.at(&["spPr", "xfrm"]), placing);
        let kind = if is_title { ShapeKind::Title } else { ShapeKind::Text };
        self.add(shape, kind, bounds, Words::Paragraphs(said));
    }

    fn graphic(&mut self, frame: &Element<'_>, placing: Placing) {
        let bounds = self.bounds(frame, frame.child("xfrm"), placing);
        let Some(data) = frame.at(&["graphic", "graphicData"]) else { return };
        if let Some(found) = data.child("tbl") {
            self.add(frame, ShapeKind::Table, bounds, Words::Cells(table(found)));
        } else if let Some(chart) =
            data.child("chart").and_then(|chart| self.parts.charts.remove(&chart.relation("id")?))
        {
            self.add(frame, ShapeKind::Chart, bounds, Words::Chart(chart));
        } else if let Some(said) = data.child("relIds").and_then(|ids| self.parts.diagrams.remove(&ids.relation("dm")?))
        {
            self.add(frame, ShapeKind::Text, bounds, Words::Paragraphs(said));
        } else {
            self.pictures += 1;
            self.add(frame, ShapeKind::Picture, bounds, Words::Paragraphs(Vec::new()));
        }
    }

    fn bounds(&self, shape: &Element<'_>, transform: Option<&Element<'_>>, placing: Placing) -> Option<Bounds> {
        let own = transform.and_then(Frame::of);
        match own {
            Some(frame) => placing.bounds(frame),
            None => Placing::SLIDE.bounds(inherited(&Placeholder::of(shape)?, self.frames)?),
        }
    }

    fn add(&mut self, shape: &Element<'_>, kind: ShapeKind, bounds: Option<Bounds>, words: Words) {
        let named = shape.elements().find(|element| element.name().starts_with("nv"));
        let id = named.and_then(|named| named.child("cNvPr")).and_then(|properties| properties.number("id"));
        self.shapes.push(RawShape { id: id.unwrap_or(0), kind, bounds, words });
    }
}
