//! Pages as pictures: one run of `pdftoppm` over a stretch of pages, taken from its output one by one.
//!
//! Invariant: never more than one picture is held, and none that has more pixels than asked for.

use std::ffi::OsString;
use std::io::{self, BufRead, Read};

use image::{DynamicImage, GrayImage, RgbImage};

use super::Pdf;
use crate::tools::{Call, Failure, Input, Running};

/// How pages are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Manner {
    /// Pixels of the longer side.
    pub(super) longer_side: u32,
    /// Without colours.
    pub(super) gray: bool,
}

/// Pages being drawn.
pub(super) struct Drawing<'a> {
    pdf: &'a Pdf<'a>,
    running: Running,
    left: u32,
    most: u64,
}

impl<'a> Drawing<'a> {
    /// Begins to draw the pages from `first` to `last`.
    pub(super) fn start(pdf: &'a Pdf<'a>, first: u32, last: u32, manner: Manner) -> Result<Self, Failure> {
        let mut arguments = pdf.structure.password.clone();
        let side = manner.longer_side.to_string();
        arguments.extend(["-cropbox", "-scale-to", &side].map(OsString::from));
        arguments.extend(manner.gray.then(|| OsString::from("-gray")));
        arguments.extend(["-f", &first.to_string(), "-l", &last.to_string(), "-"].map(OsString::from));
        let left = last.saturating_sub(first) + 1;
        let most = u64::from(manner.longer_side).pow(2);
        let call = Call {
            program: "pdftoppm",
            arguments,
            input: Input::File(pdf.file),
            time: pdf.times.drawing,
            output: u64::from(left) * (3 * most + 64) + 1,
        };
        Ok(Self { pdf, running: call.start()?, left, most })
    }

    /// The next page; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<DynamicImage>, Failure> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.running.give(self.pdf.times.drawing);
        picture(self.running.output(), self.most).map(Some).map_err(Failure::Broken)
    }

    /// What ended it, where a page did not come.
    pub(super) fn end(self, failure: Failure) -> Failure {
        self.running.finish().err().unwrap_or(failure)
    }
}

/// A picture in the portable format: P5 (gray) or P6 (colours), 8 bits.
fn picture(input: &mut impl BufRead, most: u64) -> io::Result<DynamicImage> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "not a picture");
    let colours = match header_word(input)?.as_slice() {
        b"P5" => 1,
        b"P6" => 3,
        _ => return Err(damaged()),
    };
    let mut number = || header_word(input).map(|word| String::from_utf8_lossy(&word).parse::<u32>().unwrap_or(0));
    let (width, height, depth) = (number()?, number()?, number()?);
    let pixels = u64::from(width) * u64::from(height);
    if depth != 255 || pixels == 0 || pixels > most {
        return Err(damaged());
    }
    let mut bytes = Vec::new();
    input.take(pixels * colours).read_to_end(&mut bytes)?;
    let drawn = if colours == 1 {
        GrayImage::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8)
    };
    drawn.ok_or_else(damaged)
}

/// A word of the header with the one white space behind it.
fn header_word(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut word = Vec::new();
    for byte in input.take(16).bytes() {
        let byte = byte?;
        if byte.is_ascii_whitespace() {
            break;
        }
        word.push(byte);
    }
    Ok(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_follow_each_other() {
        let mut stream = &b"P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06P5\n1 2\n255\n\x07\x08"[..];
        let colours = picture(&mut stream, 4).unwrap();
        assert_eq!((colours.width(), colours.height()), (2, 1));
        let gray = picture(&mut stream, 4).unwrap();
        assert_eq!(gray.into_luma8().into_raw(), [7, 8]);
        assert!(stream.is_empty());
    }

    #[test]
    fn what_is_too_large_or_cut_off_is_no_picture() {
        for stream in [
            &b"P6\n3 3\n255\n"[..],
            b"P6\n1 1\n255\n\x01\x02",
            b"P5\n0 1\n255\n",
            b"P5\n1 1\n65535\n\x01\x01",
            b"P4\n1 1\n\x01",
            b"P5\n99999999999999999999999 1\n255\n",
            b"",
        ] {
            let mut input = stream;
            assert!(picture(&mut input, 4).is_err(), "{}", String::from_utf8_lossy(stream));
        }
    }
}
