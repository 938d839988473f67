//! How well a document could be read, and the sentence that says so.

use serde::{Deserialize, Serialize};

use crate::DocumentKind;

/// How well a document could be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Parts that the file has.
    pub parts: u32,
    /// Parts of which the text was found.
    pub read: u32,
    /// Of these, by optical character recognition.
    pub by_ocr: u32,
    /// Mean confidence of the recognised words, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocr_confidence: Option<f32>,
    /// What was not read, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The part, from 1; absent if it is about the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// What and why, as the rest of a sentence: `a chart is a picture`.
    pub what: String,
}

impl Reading {
    /// One sentence for the user: `Read 22 pages, 3 by OCR (0.91); page 7: a chart is a picture.`
    pub fn sentence(&self, kind: DocumentKind) -> String {
        let word = kind.part_word();
        let mut said = match (self.read, self.parts) {
            (0, 0) => "Nothing to read in it".to_owned(),
            (0, parts) => format!("No text found in {}", counted(parts, word)),
            (read, parts) if read == parts => format!("Read {}", counted(read, word)),
            (read, parts) => format!("Read {read} of {}", counted(parts, word)),
        };
        if self.by_ocr > 0 {
            let confidence = self.ocr_confidence.map(|mean| format!(" ({mean:.2})")).unwrap_or_default();
            said.push_str(&format!(", {} by OCR{confidence}", self.by_ocr));
        }
        for (at, unread) in self.unread.iter().take(3).enumerate() {
            let place = unread.part.map(|part| format!("{word} {part}: ")).unwrap_or_default();
            said.push_str(if at == 0 { "; " } else { ", " });
            said.push_str(&format!("{place}{}", unread.what));
        }
        if self.unread.len() > 3 {
            said.push_str(&format!(" and {} more", self.unread.len() - 3));
        }
        said.push('.');
        said
    }
}

fn counted(number: u32, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_says_how_well() {
        let mut reading = Reading { parts: 22, read: 22, ..Reading::default() };
        assert_eq!(reading.sentence(DocumentKind::Pdf), "Read 22 pages.");
        reading.by_ocr = 3;
        reading.ocr_confidence = Some(0.914);
        reading.unread.push(Unread { part: Some(7), what: "a chart is a picture".to_owned() });
        assert_eq!(
            reading.sentence(DocumentKind::Pdf),
            "Read 22 pages, 3 by OCR (0.91); page 7: a chart is a picture."
        );
        let none = Reading { parts: 1, ..Reading::default() };
        assert_eq!(none.sentence(DocumentKind::Image), "No text found in 1 image.");
        let some = Reading { parts: 9, read: 7, ..Reading::default() };
        assert_eq!(some.sentence(DocumentKind::Pptx), "Read 7 of 9 slides.");
    }
}
