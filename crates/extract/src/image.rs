//! Pictures: PNG, JPEG, TIFF (all its pages), WebP, GIF (its first picture) and BMP.
//!
//! Invariants: size is looked at before a pixel is decoded; a picture is turned as its camera says before anything is
//! measured on it, so boxes are those of the picture as browsers show it.

pub(crate) mod picture;
pub(crate) mod thumbnail;
mod tiff;

use std::io::{Cursor, Read, Seek};

use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, metadata::Orientation};
use model::{Bounds, Document, DocumentKind, Layout, PageLayout, Part, Reading, Size, Surface, TextSource, Unread};

use crate::ocr::Ocr;
use crate::page::compose;
use crate::tools::Times;
use crate::{Limits, ReadError, Sink, Source};

/// Pixels of the longer side above which a picture is made smaller for recognition: letters do not need them.
const LARGE: u32 = 4000;

/// Pixels of the longer side below which it is enlarged to twice: letters need some.
const SMALL: u32 = 1000;

/// Dots an inch that recognition assumes; pictures seldom say the truth about it.
const DPI: u32 = 200;

/// Reads a picture.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let mut file = Pages::open(source, limits)?;
    let ocr = Ocr::find(&Times::default())?;
    let mut album = Album::default();
    let count = file.count();
    for number in 1..=count.min(limits.parts) {
        let picture = match file.picture(number, limits) {
            Err(error) if number == 1 => return Err(error),
            picture => picture,
        };
        album.add(number, picture, (number <= limits.ocr_pages).then_some(&ocr), limits);
        sink.progress(number, count);
    }
    if count > limits.parts {
        let what = format!("the pictures after the first {} are not read", limits.parts);
        album.reading.unread.push(Unread { part: None, what });
    }
    album.reading.parts = count;
    album.reading.ocr_confidence = (album.words > 0).then(|| album.sum / album.words as f32);
    Ok(Document { kind: DocumentKind::Image, parts: album.parts, reading: album.reading })
}

/// Makes it small. A page that cannot be decoded goes without.
pub(crate) fn thumbnails(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut file = Pages::open(source, limits)?;
    for number in 1..=file.count().min(limits.thumbnails).min(limits.parts) {
        if let Some(jpeg) = file.picture(number, limits).ok().and_then(|picture| thumbnail::jpeg(&picture)) {
            sink.thumbnail(number, jpeg);
        }
    }
    Ok(())
}

/// Makes one of its pictures fit to be looked at, turned as it was when it was read.
pub(crate) fn picture(source: &Source<'_>, limits: &Limits, number: u32) -> Result<Vec<u8>, ReadError> {
    let mut file = Pages::open(source, limits)?;
    if number > file.count() {
        return Err(ReadError::Unsupported("it has no such page".to_owned()));
    }
    picture::jpeg(&file.picture(number, limits)?).map_err(reason)
}

/// A file of one or more pictures.
struct Pages {
    bytes: Vec<u8>,
    format: ImageFormat,
    pages: Vec<Option<tiff::Page>>,
}

impl Pages {
    fn open(source: &Source<'_>, limits: &Limits) -> Result<Self, ReadError> {
        let bytes = bytes(source, limits)?;
        let format = image::guess_format(&bytes)
            .map_err(|_| ReadError::Unsupported("it is no picture that is known here".to_owned()))?;
        let pages = if format == ImageFormat::Tiff { tiff::pages(&bytes) } else { vec![None] };
        Ok(Self { bytes, format, pages })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(u32::MAX)
    }

    /// A picture, from 1.
    fn picture(&mut self, number: u32, limits: &Limits) -> Result<DynamicImage, ReadError> {
        let page = self.pages.get((number as usize).saturating_sub(1)).copied().flatten();
        if let Some(page) = page {
            page.turn_to(&mut self.bytes);
        }
        decode(&self.bytes, self.format, limits)
    }
}

fn bytes(source: &Source<'_>, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let internal = |error: std::io::Error| ReadError::Internal(error.kind().to_string());
    let mut file = source.file;
    file.rewind().map_err(internal)?;
    let mut bytes = Vec::new();
    file.take(limits.unpacked_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(internal)?;
    match bytes.len() as u64 {
        0 => Err(ReadError::Empty),
        length if length > limits.unpacked_bytes => {
            Err(ReadError::TooBig("it has more bytes than a picture may have".to_owned()))
        }
        _ => Ok(bytes),
    }
}

fn decode(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<DynamicImage, ReadError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits.pixels.saturating_mul(4));
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(reason)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(ReadError::TooBig(format!("it has {width} by {height} pixels, more than a picture may have")));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(reason)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The error without the library's words, which may quote the file.
fn reason(error: ImageError) -> ReadError {
    match error {
        ImageError::Limits(_) => ReadError::TooBig("decoded it takes more memory than a picture may take".to_owned()),
        ImageError::Unsupported(_) => ReadError::Unsupported("its way of storing pixels is not known here".to_owned()),
        _ => ReadError::Damaged("its pixels cannot be decoded".to_owned()),
    }
}

#[derive(Default)]
struct Album {
    parts: Vec<Part>,
    reading: Reading,
    words: u32,
    sum: f32,
}

impl Album {
    fn add(&mut self, number: u32, picture: Result<DynamicImage, ReadError>, ocr: Option<&Ocr>, limits: &Limits) {
        let mut part = Part {
            number,
            name: None,
            text: String::new(),
            layout: Layout::Page(PageLayout {
                surface: Surface::Image,
                size: Size { width: 0.0, height: 0.0 },
                source: TextSource::Nothing,
                words: Vec::new(),
            }),
            tables: Vec::new(),
        };
        match picture {
            Ok(picture) => {
                if let Layout::Page(layout) = &mut part.layout {
                    layout.size = Size { width: picture.width() as f32, height: picture.height() as f32 };
                }
                match ocr {
                    Some(ocr) => self.recognise(&mut part, &picture, ocr),
                    None => self.unread(number, format!("beyond the number that is recognised ({})", limits.ocr_pages)),
                }
            }
            Err(_) => self.unread(number, "it is damaged or too big".to_owned()),
        }
        self.parts.push(part);
    }

    fn recognise(&mut self, part: &mut Part, picture: &DynamicImage, ocr: &Ocr) {
        let (gray, scale) = prepared(picture);
        let recognised = match ocr.recognise(&gray, DPI) {
            Ok(recognised) => recognised,
            Err(failure) => {
                return self.unread(part.number, format!("its text was not recognised: {}", failure.of_a_page()));
            }
        };
        let mut words = recognised.words;
        for word in &mut words {
            let Bounds { x0, y0, x1, y1 } = word.bounds;
            word.bounds = Bounds::new(x0 * scale, y0 * scale, x1 * scale, y1 * scale);
        }
        let page = compose(&words);
        let Layout::Page(layout) = &mut part.layout else { return };
        if page.words.is_empty() {
            return;
        }
        self.reading.read += 1;
        self.reading.by_ocr += 1;
        self.words += page.words.len() as u32;
        self.sum += recognised.confidence * page.words.len() as f32;
        layout.words = page.words;
        layout.source = TextSource::Ocr { confidence: recognised.confidence };
        part.text = page.text;
        part.tables = page.tables;
    }

    fn unread(&mut self, number: u32, what: String) {
        self.reading.unread.push(Unread { part: Some(number), what });
    }
}

/// In gray on white, in a size that letters are recognised in; and how many pixels of the picture one of its is.
fn prepared(picture: &DynamicImage) -> (GrayImage, f32) {
    let gray = thumbnail::on_white(picture).into_luma8();
    let longer = gray.width().max(gray.height());
    if longer > LARGE {
        let factor = LARGE as f32 / longer as f32;
        let size = |side: u32| ((side as f32 * factor).round() as u32).max(1);
        let small = image::imageops::resize(&gray, size(gray.width()), size(gray.height()), FilterType::Triangle);
        (small, 1.0 / factor)
    } else if longer < SMALL {
        let large = image::imageops::resize(&gray, gray.width() * 2, gray.height() * 2, FilterType::CatmullRom);
        (large, 0.5)
    } else {
        (gray, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    #[derive(Default)]
    struct Heard(Vec<u32>);

    impl Sink for Heard {
        fn progress(&mut self, _: u32, _: u32) {}

        fn thumbnail(&mut self, part: u32, _: Vec<u8>) {
            self.0.push(part);
        }
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn blank(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_luma8(width, height).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn read_bytes(bytes: &[u8], limits: &Limits) -> Result<Document, ReadError> {
        let file = file(bytes);
        read(&Source { kind: DocumentKind::Image, file: &file, password: None }, limits, &mut Heard::default())
    }

    #[test]
    fn a_picture_without_words_is_a_document_all_the_same() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Bmp] {
            let bytes = match format {
                // These have no gray.
                ImageFormat::WebP => {
                    let mut bytes = Cursor::new(Vec::new());
                    DynamicImage::new_rgb8(60, 40).write_to(&mut bytes, format).unwrap();
                    bytes.into_inner()
                }
                _ => blank(60, 40, format),
            };
            let document = read_bytes(&bytes, &Limits::default()).unwrap();
            assert_eq!(document.reading.sentence(DocumentKind::Image), "No text found in 1 image.", "{format:?}");
            let Layout::Page(page) = &document.parts[0].layout else { panic!("{document:?}") };
            assert_eq!(page.size, Size { width: 60.0, height: 40.0 });
        }
    }

    #[test]
    fn pixels_are_counted_before_they_are_decoded() {
        let bytes = blank(60, 40, ImageFormat::Png);
        let limits = |pixels| Limits { pixels, ..Limits::default() };
        assert!(read_bytes(&bytes, &limits(2400)).is_ok());
        assert!(matches!(read_bytes(&bytes, &limits(2399)), Err(ReadError::TooBig(_))));
    }

    #[test]
    fn what_is_cut_off_or_no_picture_is_said_to_be() {
        let bytes = blank(60, 40, ImageFormat::Png);
        let cut = bytes.get(..bytes.len() / 2).unwrap();
        assert!(matches!(read_bytes(cut, &Limits::default()), Err(ReadError::Damaged(_))));
        assert!(matches!(read_bytes(b"no picture", &Limits::default()), Err(ReadError::Unsupported(_))));
        assert_eq!(read_bytes(b"", &Limits::default()), Err(ReadError::Empty));
    }

    /// A JPEG whose Exif data says that its upper edge is on the right when it is shown.
    fn turned(picture: &DynamicImage) -> Vec<u8> {
        let mut jpeg = Cursor::new(Vec::new());
        picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let jpeg = jpeg.into_inner();
        [&jpeg[..2], exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_picture_shows_the_page_turned_as_it_was_read() {
        let mut side = GrayImage::from_pixel(400, 200, image::Luma([255]));
        image::imageops::replace(&mut side, &GrayImage::new(40, 40), 0, 0);
        let bytes = turned(&DynamicImage::ImageLuma8(side));
        let Layout::Page(page) = &read_bytes(&bytes, &Limits::default()).unwrap().parts[0].layout else { panic!() };
        assert_eq!(page.size, Size { width: 200.0, height: 400.0 });
        let file = file(&bytes);
        let source = Source { kind: DocumentKind::Image, file: &file, password: None };
        let drawn = image::load_from_memory(&picture(&source, &Limits::default(), 1).unwrap()).unwrap().into_luma8();
        assert_eq!((drawn.width(), drawn.height()), (200, 400));
        assert!(drawn.get_pixel(180, 20).0[0] < 50 && drawn.get_pixel(20, 20).0[0] > 200, "the corner turns with it");
        assert!(matches!(picture(&source, &Limits::default(), 2), Err(ReadError::Unsupported(_))));
    }

    #[test]
    fn a_thumbnail_is_made_unless_none_may_be() {
        let file = file(&blank(600, 40, ImageFormat::Png));
        let source = Source { kind: DocumentKind::Image, file: &file, password: None };
        for (most, expected) in [(5, vec![1]), (0, vec![])] {
            let mut heard = Heard::default();
            thumbnails(&source, &Limits { thumbnails: most, ..Limits::default() }, &mut heard).unwrap();
            assert_eq!(heard.0, expected);
        }
    }
}
