//! How much a file may ask of a reader.

use serde::{Deserialize, Serialize};

/// How much a file may ask of a reader. What goes beyond is left out and said, or the file fails with a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Pages, slides or sheets that are read; the rest is named as unread.
    pub parts: u32,
    /// Characters of text over all parts.
    pub characters: u32,
    /// Cells over all sheets that hold something.
    pub cells: u32,
    /// Bytes that an Office file may unpack to, over all its entries.
    pub unpacked_bytes: u64,
    /// Entries of an Office file.
    pub entries: usize,
    /// Pixels of an image, after decoding.
    pub pixels: u64,
    /// Pages that are given to optical character recognition.
    pub ocr_pages: u32,
    /// Parts of which a thumbnail is made.
    pub thumbnails: u32,
    /// Parts of a document with a password of which pictures are made while it is open.
    pub pictures: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parts: 2_000,
            characters: 20_000_000,
            cells: 1_000_000,
            unpacked_bytes: 512 * 1024 * 1024,
            entries: 10_000,
            pixels: 100_000_000,
            ocr_pages: 300,
            thumbnails: 500,
            pictures: 200,
        }
    }
}
