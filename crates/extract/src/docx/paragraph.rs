//! The text of a paragraph: its runs, without what is deleted or hidden, and with the results of its fields.

use super::styles::{Styles, switch};
use crate::package::{Element, text_of};

/// What a paragraph says.
#[derive(Default)]
pub(super) struct Said<'a, 'x> {
    pub(super) text: String,
    /// Text boxes that hang on it, in order.
    pub(super) boxes: Vec<&'a Element<'x>>,
    /// Relationship ids of charts that hang on it.
    pub(super) charts: Vec<String>,
    /// Pictures that hang on it.
    pub(super) pictures: usize,
    /// Runs that are hidden.
    pub(super) hidden: usize,
}

/// Fields that have begun and not ended; true once their result began. Results may go over several paragraphs.
pub(super) type Fields = Vec<bool>;

/// Reads a paragraph. An instruction ends with its paragraph at the latest, so a damaged field swallows no more.
pub(super) fn said<'a, 'x>(paragraph: &'a Element<'x>, styles: &Styles, fields: &mut Fields) -> Said<'a, 'x> {
    let mut reader = ParagraphReader { said: Said::default(), styles, fields };
    reader.inline(paragraph);
    let said = reader.said;
    fields.retain(|in_result| *in_result);
    said
}

struct ParagraphReader<'a, 'x, 's> {
    said: Said<'a, 'x>,
    styles: &'s Styles,
    fields: &'s mut Fields,
}

impl<'a, 'x> ParagraphReader<'a, 'x, '_> {
    fn inline(&mut self, element: &'a Element<'x>) {
        for child in element.elements() {
            match child.name() {
                "del" | "moveFrom" | "pPr" | "rPr" | "sdtPr" | "sdtEndPr" | "rt" => {}
                "r" => self.run(child),
                "t" => self.put(&text_of(&child.text())),
                _ => self.inline(child),
            }
        }
    }

    fn run(&mut self, run: &'a Element<'x>) {
        if self.is_hidden(run) {
            self.said.hidden += usize::from(run.child("t").is_some_and(|text| !text.text().trim().is_empty()));
            return;
        }
        for child in run.elements() {
            match child.name() {
                "t" => self.put(&text_of(&child.text())),
                "tab" | "ptab" => self.put("\t"),
                "br" | "cr" => self.put("\n"),
                "noBreakHyphen" => self.put("-"),
                "fldChar" => self.field(child.attribute("fldCharType").as_deref()),
                "drawing" | "pict" | "object" | "AlternateContent" => self.drawing(child),
                "ruby" => self.inline(child),
                _ => {}
            }
        }
    }

    fn put(&mut self, text: &str) {
        if self.fields.iter().all(|in_result| *in_result) {
            self.said.text.push_str(text);
        }
    }

    fn field(&mut self, mark: Option<&str>) {
        match mark {
            Some("begin") if self.fields.len() < 100 => self.fields.push(false),
            Some("separate") => {
                if let Some(in_result) = self.fields.last_mut() {
                    *in_result = true;
                }
            }
            Some("end") => {
                self.fields.pop();
            }
            _ => {}
        }
    }

    fn drawing(&mut self, drawing: &'a Element<'x>) {
        for child in drawing.elements() {
            match child.name() {
                "txbxContent" => self.said.boxes.push(child),
                "chart" => self.said.charts.extend(child.relation("id")),
                "blip" | "imagedata" => self.said.pictures += 1,
                _ => self.drawing(child),
            }
        }
    }

    fn is_hidden(&self, run: &Element<'_>) -> bool {
        let Some(properties) = run.child("rPr") else { return false };
        switch(properties, "vanish").unwrap_or_else(|| {
            let style = properties.child("rStyle").and_then(|style| style.attribute("val"));
            style.is_some_and(|style| self.styles.is_hidden(&style))
        })
    }
}
