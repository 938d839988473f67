//! What Typst may see: one template, one data file, fonts that are compiled in, and the report's date. There is no file
//! system, no package and no network behind it.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, PathError, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::glyphs::{Glyphs, Reach};

/// The family of headings and text.
pub(crate) const MAIN_FAMILY: &str = "Inter";

const TEMPLATE: &str = include_str!("../../typst/report.typ");
const MAIN_FONTS: [&[u8]; 3] = [
    include_bytes!("../../fonts/Inter-Regular.otf"),
    include_bytes!("../../fonts/Inter-Italic.otf"),
    include_bytes!("../../fonts/Inter-SemiBold.otf"),
];

/// The fonts: our own first, then the ones that Typst brings for other scripts.
pub(crate) struct Fonts {
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
}

impl Fonts {
    pub(crate) fn embedded() -> Self {
        let ours = MAIN_FONTS.into_iter().flat_map(|data| Font::iter(Bytes::new(data)));
        let fonts: Vec<Font> = ours.chain(typst_kit::fonts::embedded().map(|(font, _)| font)).collect();
        Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    }

    pub(crate) fn glyphs(&self, reach: Reach) -> Glyphs<'_> {
        let infos = self.fonts.iter().map(Font::info);
        let (main, others) = infos.partition(|info| info.family == MAIN_FAMILY);
        Glyphs { main, others, reach }
    }
}

/// The world of one report.
pub(crate) struct PaperWorld<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    template: Source,
    data: Bytes,
    data_id: FileId,
    now: Datetime,
}

impl<'a> PaperWorld<'a> {
    /// Virtual paths are fixed, because Typst keeps each for the life of the process.
    pub(crate) fn new(fonts: &'a Fonts, data: Vec<u8>, now: Datetime) -> Result<Self, PathError> {
        let id = |path| Ok::<_, PathError>(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path)?).intern());
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts,
            template: Source::new(id("/report.typ")?, TEMPLATE.to_owned()),
            data: Bytes::new(data),
            data_id: id("/report.json")?,
            now,
        })
    }
}

impl World for PaperWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.now)
    }
}
