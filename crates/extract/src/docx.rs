//! Word documents: one part in blocks. Text that a reader of the printed page would see counts: inserted text does,
//! deleted and hidden text does not, a field shows its result.

mod asides;
mod body;
mod paragraph;
mod styles;

use model::{Document, DocumentKind, FlowLayout, Layout, Part, Reading, Unread};

use crate::package::{Package, parse};
use crate::{Limits, ReadError, Sink, Source};
use body::{Flow, Kind};
use styles::Styles;

/// Reads a Word document.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let mut package = Package::open(source, limits)?;
    let main = package.main_part("Word document")?;
    let relations = package.relations(&main)?;
    let styles = match relations.first("styles") {
        Some(relation) => Styles::parse(&package.xml(&relation.target)?.unwrap_or_default())?,
        None => Styles::default(),
    };
    let charts = asides::charts(&mut package, &relations)?;
    let xml = package.xml(&main)?.unwrap_or_default();
    let root = parse(&xml)?;
    let Some(body) = root.child("body").filter(|_| root.name() == "document") else {
        return Err(ReadError::Damaged("it is an Office file, but not a Word document".to_owned()));
    };
    let mut flow = Flow::new(&styles, &charts, limits.characters);
    flow.story(body, Kind::Body);
    for aside in asides::read(&mut package, &relations)? {
        aside.add_to(&mut flow)?;
    }
    sink.progress(1, 1);
    finish(flow)
}

fn finish(flow: Flow<'_>) -> Result<Document, ReadError> {
    let unread = unread(&flow);
    let (text, blocks, tables) = flow.finish();
    if text.is_empty() && unread.is_empty() {
        return Err(ReadError::Empty);
    }
    let read = u32::from(!text.is_empty());
    let part = Part { number: 1, name: None, text, layout: Layout::Flow(FlowLayout { blocks }), tables };
    let reading = Reading { parts: 1, read, unread, ..Reading::default() };
    Ok(Document { kind: DocumentKind::Docx, parts: vec![part], reading })
}

fn unread(flow: &Flow<'_>) -> Vec<Unread> {
    let mut unread = Vec::new();
    let mut leave_out = |what: String| unread.push(Unread { part: None, what });
    match flow.hidden {
        0 => {}
        1 => leave_out("1 stretch of hidden text is left out".to_owned()),
        hidden => leave_out(format!("{hidden} stretches of hidden text are left out")),
    }
    match flow.pictures {
        0 => {}
        1 => leave_out("1 picture, not read".to_owned()),
        pictures => leave_out(format!("{pictures} pictures, not read")),
    }
    if flow.cut {
        leave_out("the rest of the text: it holds more than a file may".to_owned());
    }
    unread
}
