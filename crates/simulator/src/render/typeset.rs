//! Typst, fed with one source and one JSON file of figures. Its one type is Inter; it reads no other file, no system font and no clock, so
//! the same figures give the same PDF.

use std::sync::OnceLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use super::RenderError;

/// The pages that a source makes of figures, as a PDF with real text.
pub(crate) fn pdf(source: &str, figures: &serde_json::Value, made: Datetime) -> Result<Vec<u8>, RenderError> {
    let page = Page::new(source, figures)?;
    let document: PagedDocument = typst::compile(&page).output.map_err(|errors| failed(&errors))?;
    let options = PdfOptions {
        creator: Smart::Custom(None),
        timestamp: Some(Timestamp::new_utc(made)),
        tagged: false,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| failed(&errors))
}

fn failed(errors: &[typst::diag::SourceDiagnostic]) -> RenderError {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    RenderError::Typeset(messages.join("; "))
}

const REGULAR: &[u8] = include_bytes!("../../../report/fonts/Inter-Regular.otf");
const SEMI_BOLD: &[u8] = include_bytes!("../../../report/fonts/Inter-SemiBold.otf");
const ITALIC: &[u8] = include_bytes!("../../../report/fonts/Inter-Italic.otf");

struct Page {
    library: LazyHash<Library>,
    source: Source,
    figures_id: FileId,
    figures: Bytes,
}

impl Page {
    fn new(source: &str, figures: &serde_json::Value) -> Result<Self, RenderError> {
        let source = Source::new(file("/main.typ")?, source.to_owned());
        Ok(Self {
            library: LazyHash::new(Library::default()),
            source,
            figures_id: file("/figures.json")?,
            figures: Bytes::from_string(figures.to_string()),
        })
    }
}

fn file(path: &str) -> Result<FileId, RenderError> {
    let path = VirtualPath::new(path).map_err(|_| RenderError::Typeset(format!("{path} is not a path")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn fonts() -> &'static FontStore {
    static FONTS: OnceLock<FontStore> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut fonts = FontStore::new();
        for bytes in [REGULAR, SEMI_BOLD, ITALIC] {
            fonts.extend(Font::iter(Bytes::new(bytes)).map(|font| (font.clone(), font.info().clone())));
        }
        fonts
    })
}

impl World for Page {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts().book()
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.figures_id { Ok(self.figures.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
