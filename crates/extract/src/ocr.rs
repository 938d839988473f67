//! Optical character recognition through tesseract.
//!
//! Invariants: one image at a time through its standard input, one thread each; words that it is not sure of are left
//! out rather than guessed at.

use std::ffi::OsString;

use image::GrayImage;

use crate::ReadError;
use crate::page::{Found, tsv};
use crate::tools::{Call, Failure, Input, Times};

/// Languages that are used where they are installed, the first ones first.
const LANGUAGES: [&str; 3] = ["eng", "deu", "fra"];

/// Words that it is less sure of are noise more often than not.
const FLOOR: f32 = 0.3;

/// Bytes that it may say of one image.
const OUTPUT: u64 = 32 * 1024 * 1024;

/// Tesseract with the languages that it has here.
#[derive(Debug, Clone)]
pub(crate) struct Ocr {
    languages: String,
    times: Times,
}

/// What was recognised on an image.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    /// The words; boxes in pixels.
    pub(crate) words: Vec<Found>,
    /// Mean confidence of the words, 0 to 1.
    pub(crate) confidence: f32,
}

impl Ocr {
    /// Asks for the languages.
    pub(crate) fn find(times: &Times) -> Result<Self, ReadError> {
        let call = Call {
            program: "tesseract",
            arguments: vec![OsString::from("--list-langs")],
            input: Input::Bytes(b""),
            time: times.structure,
            output: 64 * 1024,
        };
        let said = call.run().map_err(|failure| failure.reason("the text in images"))?;
        let said = String::from_utf8_lossy(&said);
        let installed: Vec<&str> = said.lines().map(str::trim).collect();
        let languages: Vec<&str> = LANGUAGES.into_iter().filter(|language| installed.contains(language)).collect();
        if languages.is_empty() {
            return Err(ReadError::ToolMissing("tesseract with its English data".to_owned()));
        }
        Ok(Self { languages: languages.join("+"), times: times.clone() })
    }

    /// Recognises the words of an image of `dpi` dots an inch.
    pub(crate) fn recognise(&self, image: &GrayImage, dpi: u32) -> Result<Recognised, Failure> {
        if blank(image) {
            return Ok(Recognised::default());
        }
        let dpi = dpi.to_string();
        let arguments = ["stdin", "stdout", "-l", &self.languages, "--dpi", &dpi, "--psm", "3", "tsv"];
        let call = Call {
            program: "tesseract",
            arguments: arguments.into_iter().map(OsString::from).collect(),
            input: Input::Bytes(&pgm(image)),
            time: self.times.recognition,
            output: OUTPUT,
        };
        Ok(recognised(&call.run()?))
    }
}

fn recognised(said: &[u8]) -> Recognised {
    let mut found = Recognised::default();
    let mut sum = 0.0;
    for line in said.split(|byte| *byte == b'\n') {
        if let Some(tsv::Line::Word { word, confidence }) = tsv::line(line) {
            let says = word.text.chars().any(char::is_alphanumeric) || confidence > 0.6;
            if confidence >= FLOOR && says {
                sum += confidence;
                found.words.push(word);
            }
        }
    }
    found.confidence = if found.words.is_empty() { 0.0 } else { sum / found.words.len() as f32 };
    found
}

/// A portable graymap: what tesseract reads with the least ado.
fn pgm(image: &GrayImage) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", image.width(), image.height()).into_bytes();
    bytes.extend_from_slice(image.as_raw());
    bytes
}

/// True if an image is of one colour.
fn blank(image: &GrayImage) -> bool {
    let pixels = image.as_raw();
    pixels.first().is_none_or(|first| pixels.iter().all(|pixel| pixel == first))
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    #[test]
    fn doubtful_words_and_specks_are_left_out() {
        let said = b"level\tpage_num\n\
            5\t1\t1\t1\t1\t1\t10\t10\t50\t10\t90\tRevenue\n\
            5\t1\t1\t1\t1\t2\t70\t10\t50\t10\t70\t4,2\n\
            5\t1\t1\t1\t1\t3\t70\t10\t50\t10\t12\twirr\n\
            5\t1\t1\t1\t1\t3\t70\t10\t50\t10\t45\t|\n";
        let found = recognised(said);
        let words: Vec<_> = found.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["Revenue", "4,2"]);
        assert!((found.confidence - 0.8).abs() < 0.001);
    }

    #[test]
    fn an_image_of_one_colour_has_no_words_and_costs_no_call() {
        let nobody = Ocr { languages: "no such language".to_owned(), times: Times::default() };
        let white = GrayImage::from_pixel(40, 40, Luma([255]));
        assert!(nobody.recognise(&white, 200).unwrap().words.is_empty());
    }
}
