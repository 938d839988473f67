//! How many pages a PDF has, how large they are and how they are turned, and whether it opens: through `pdfinfo`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use model::Size;

use crate::tools::{Call, Failure, Input, Times};
use crate::{Limits, ReadError, Source};

/// Bytes that `pdfinfo` may say: two short lines a page, and the document's own titles.
const OUTPUT: u64 = 4 * 1024 * 1024;

/// What there is to know before reading.
#[derive(Debug, PartialEq)]
pub(super) struct Structure {
    /// Number of pages that the file has.
    pub(super) pages: u32,
    /// The first of them, as many as may be read.
    pub(super) sheets: Vec<Sheet>,
    /// The arguments that open it.
    pub(super) password: Vec<OsString>,
}

/// A page without its content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    /// Its size as it is shown, in points.
    pub(super) size: Size,
    /// It is turned by a quarter or three quarters, so width and height in other answers are swapped.
    pub(super) turned: bool,
}

impl Structure {
    /// Number of pages that are read.
    pub(super) fn pages_to_read(&self) -> u32 {
        u32::try_from(self.sheets.len()).unwrap_or(u32::MAX)
    }

    /// A page, from 1.
    pub(super) fn sheet(&self, number: u32) -> Option<&Sheet> {
        self.sheets.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }
}

/// Asks for it, trying the password in the encodings that PDF programs use.
pub(super) fn ask(times: &Times, source: &Source<'_>, limits: &Limits) -> Result<Structure, ReadError> {
    let length = source.file.metadata().map_err(|error| ReadError::Internal(error.kind().to_string()))?.len();
    if length == 0 {
        return Err(ReadError::Empty);
    }
    let mut ways = passwords(source.password).into_iter();
    loop {
        let Some(password) = ways.next() else { return Err(ReadError::WrongPassword) };
        match info(times, source, limits, &password) {
            Ok(said) => return parse(&String::from_utf8_lossy(&said), limits, password),
            Err(failure) if failure.says("Incorrect password") && source.password.is_none() => {
                return Err(ReadError::NeedsPassword);
            }
            Err(failure) if failure.says("Incorrect password") => {}
            Err(failure) if failure.says("encryption") => {
                return Err(ReadError::Unsupported("it is encrypted in a way that is not known here".to_owned()));
            }
            Err(failure) => return Err(failure.reason("its structure")),
        }
    }
}

fn info(times: &Times, source: &Source<'_>, limits: &Limits, password: &[OsString]) -> Result<Vec<u8>, Failure> {
    let mut arguments = password.to_vec();
    arguments.extend(["-f", "1", "-l", &limits.parts.to_string(), "-"].map(OsString::from));
    Call { program: "pdfinfo", arguments, input: Input::File(source.file), time: times.structure, output: OUTPUT }.run()
}

/// Arguments that open a file. Poppler takes a password on its command line only, where whoever has a shell on this
/// machine can see it for the moment that it runs (docs/security.md says so).
fn passwords(password: Option<&str>) -> Vec<Vec<OsString>> {
    let Some(password) = password else { return vec![Vec::new()] };
    if password.contains('\0') {
        return Vec::new();
    }
    let both = |password: OsString| vec!["-upw".into(), password.clone(), "-opw".into(), password];
    let mut ways = vec![both(OsString::from(password))];
    // Up to revision 4 of the security handler passwords are in the PDF's own encoding, which is near to Latin-1.
    let latin: Option<Vec<u8>> = password.chars().map(|found| u8::try_from(found).ok()).collect();
    if let Some(latin) = latin.filter(|_| !password.is_ascii()) {
        ways.push(both(OsString::from_vec(latin)));
    }
    ways
}

fn parse(said: &str, limits: &Limits, password: Vec<OsString>) -> Result<Structure, ReadError> {
    let value = |key: &str| said.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let pages = value("Pages:").and_then(|number| number.parse().ok()).unwrap_or(0);
    if pages == 0 {
        return Err(ReadError::Damaged("no pages can be found in it".to_owned()));
    }
    let to_read = pages.min(limits.parts);
    // Where a page says nothing of its size, readers take it for US Letter, as poppler does.
    let letter = Sheet { size: Size { width: 612.0, height: 792.0 }, turned: false };
    let mut sheets = vec![letter; usize::try_from(to_read).unwrap_or_default()];
    for line in said.lines().filter_map(|line| line.strip_prefix("Page ")) {
        let mut words = line.split_ascii_whitespace();
        let number = words.next().and_then(|word| word.parse::<usize>().ok());
        let sheet = number.and_then(|number| number.checked_sub(1)).and_then(|at| sheets.get_mut(at));
        let (Some(sheet), Some(what)) = (sheet, words.next()) else { continue };
        let mut measure = || words.find_map(|word| word.parse::<f32>().ok()).filter(|value| value.is_finite());
        match what {
            "size:" => {
                if let (Some(width), Some(height)) = (measure(), measure()) {
                    sheet.size = Size { width: width.max(1.0), height: height.max(1.0) };
                }
            }
            "rot:" => sheet.turned = measure().is_some_and(|degrees| (degrees as i32) % 180 != 0),
            _ => {}
        }
    }
    for sheet in sheets.iter_mut().filter(|sheet| sheet.turned) {
        sheet.size = Size { width: sheet.size.height, height: sheet.size.width };
    }
    Ok(Structure { pages, sheets, password })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "Title:           Pages: 99\nPages:           3\nEncrypted:       no\n\
        Page    1 size:  612 x 792 pts (letter)\nPage    1 rot:   0\n\
        Page    2 size:  595.276 x 841.89 pts (A4)\nPage    2 rot:   90\n\
        Page    3 size:  200 x 100 pts\nPage    3 rot:   180\nFile size:       0 bytes\n";

    #[test]
    fn pages_have_the_size_in_which_they_are_shown() {
        let structure = parse(SAID, &Limits::default(), Vec::new()).unwrap();
        let sizes: Vec<_> = structure.sheets.iter().map(|sheet| (sheet.size.width, sheet.size.height)).collect();
        assert_eq!(sizes, [(612.0, 792.0), (841.89, 595.276), (200.0, 100.0)]);
        assert_eq!(structure.pages, 3);
    }

    #[test]
    fn no_more_pages_than_may_be_read() {
        let limits = Limits { parts: 2, ..Limits::default() };
        let structure = parse(SAID, &limits, Vec::new()).unwrap();
        assert_eq!((structure.pages, structure.pages_to_read()), (3, 2));
    }

    #[test]
    fn no_pages_is_damage() {
        for said in ["", "Pages:           0\n", "Pages: -1\n"] {
            assert!(matches!(parse(said, &Limits::default(), Vec::new()), Err(ReadError::Damaged(_))), "{said}");
        }
    }

    #[test]
    fn a_password_is_tried_as_programs_write_it() {
        assert_eq!(passwords(None), [Vec::<OsString>::new()]);
        assert_eq!(passwords(Some("plain")).len(), 1);
        assert_eq!(passwords(Some("Größe")).len(), 2);
        assert_eq!(passwords(Some("пароль")).len(), 1);
        assert!(passwords(Some("a\0b")).is_empty());
    }
}
