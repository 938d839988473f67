//! Presentations: one part per slide in the order of the show, each with its shapes where they stand.
//!
//! Shapes come in the order of the file, which is the order in which a screen reader speaks them; the title comes
//! first, the speaker's notes last.

mod frame;
mod placeholder;
mod shapes;
mod slide;
mod words;

use model::{Document, DocumentKind, Part, Reading, Size, Unread};

use crate::package::{Package, parse};
use crate::{Limits, ReadError, Sink, Source};
use placeholder::Layouts;

/// Points in one EMU, the unit of positions (ECMA-376 part 1, 20.1.10.16).
const POINTS: f32 = 1.0 / 12_700.0;

/// Reads a presentation.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let mut package = Package::open(source, limits)?;
    let main = package.main_part("presentation")?;
    let show = Show::read(&mut package, &main, limits.parts)?;
    let mut layouts = Layouts::default();
    let mut reading = Reading { parts: show.count, ..Reading::default() };
    let mut parts: Vec<Part> = Vec::new();
    let mut room = limits.characters;
    let mut whole = true;
    for (number, name) in (1..).zip(&show.slides) {
        let slide = slide::read(&mut package, name, &mut layouts)?;
        let unread = slide.unread();
        reading.read += u32::from(unread.is_none());
        reading.unread.extend(unread.map(|what| Unread { part: Some(number), what }));
        let (part, fits) = slide.into_part(number, show.size, &mut room);
        if !fits {
            let what = "the rest of the slide: the file holds more than a file may".to_owned();
            reading.unread.push(Unread { part: Some(number), what });
            whole = false;
        }
        parts.push(part);
        sink.progress(number, show.count);
        if !whole {
            break;
        }
    }
    let left = show.count - u32::try_from(parts.len()).unwrap_or(show.count);
    if left > 0 {
        let what = format!("{left} more slides: the file holds more than a file may");
        reading.unread.push(Unread { part: None, what });
    }
    if parts.iter().all(|part| part.text.is_empty()) {
        reading.read = 0;
        if reading.unread.is_empty() {
            return Err(ReadError::Empty);
        }
    }
    Ok(Document { kind: DocumentKind::Pptx, parts, reading })
}

/// The slides in order, by the names of their parts.
struct Show {
    size: Size,
    /// Number of slides, also of those that are not listed because they are too many.
    count: u32,
    slides: Vec<String>,
}

impl Show {
    fn read(package: &mut Package<'_>, main: &str, most: u32) -> Result<Self, ReadError> {
        let relations = package.relations(main)?;
        let xml = package.xml(main)?.unwrap_or_default();
        let root = parse(&xml)?;
        if root.name() != "presentation" {
            return Err(ReadError::Damaged("it is an Office file, but not a presentation".to_owned()));
        }
        let size = root.child("sldSz");
        let points = |name: &str, usual: f32| {
            let emu = size.and_then(|size| size.number::<f32>(name)).filter(|emu| emu.is_finite() && *emu > 0.0);
            emu.map_or(usual, |emu| emu * POINTS)
        };
        let size = Size { width: points("cx", 720.0), height: points("cy", 540.0) };
        let ids = root.child("sldIdLst").into_iter().flat_map(|list| list.all("sldId"));
        let (mut slides, mut count) = (Vec::new(), 0u32);
        for slide in ids.filter_map(|slide| relations.by_id(&slide.relation("id")?)) {
            count = count.saturating_add(1);
            slides.extend((count <= most).then(|| slide.target.clone()));
        }
        Ok(Self { size, count, slides })
    }
}
