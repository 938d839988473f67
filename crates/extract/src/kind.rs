//! What a file is, by its name and its first bytes. Both must agree; a file that lies is refused.
//!
//! An empty file is taken for what its name says: its reader then says that it is empty, which helps more than to be
//! told that it is in disguise.

use model::DocumentKind;

/// Why a file is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody reads such a file here.
    #[error(
        "This kind of file is not read here. Use PDF, XLSX, CSV, DOCX, PPTX, TXT, MD, PNG, JPEG, TIFF, WebP, GIF or BMP."
    )]
    Unknown,
    /// An old or locked relative of a kind that is read.
    #[error(
        "This is an old Office file (.doc, .xls, .ppt), or one locked by a password. Save it as .docx, .xlsx or .pptx without a password and drop it again."
    )]
    OldOffice,
    /// The content is not what the name says.
    #[error(
        "The content is not what the name says: the name ends in .{name}, the content is something else. Give the file its true ending and drop it again."
    )]
    Disguised {
        /// The ending of the name, as it stands in the list of known ones.
        name: &'static str,
    },
}

/// Endings of names and what such a file is.
const ENDINGS: [(&str, DocumentKind); 19] = [
    ("pdf", DocumentKind::Pdf),
    ("xlsx", DocumentKind::Xlsx),
    ("xlsm", DocumentKind::Xlsx),
    ("csv", DocumentKind::Csv),
    ("tsv", DocumentKind::Csv),
    ("docx", DocumentKind::Docx),
    ("docm", DocumentKind::Docx),
    ("pptx", DocumentKind::Pptx),
    ("pptm", DocumentKind::Pptx),
    ("png", DocumentKind::Image),
    ("jpg", DocumentKind::Image),
    ("jpeg", DocumentKind::Image),
    ("tif", DocumentKind::Image),
    ("tiff", DocumentKind::Image),
    ("webp", DocumentKind::Image),
    ("gif", DocumentKind::Image),
    ("bmp", DocumentKind::Image),
    ("txt", DocumentKind::Text),
    ("md", DocumentKind::Text),
];

/// Endings of Office files from before 2007.
const OLD: [&str; 3] = ["doc", "xls", "ppt"];

/// How a compound file begins ([MS-CFB] 2.2): old Office files, and new ones under a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What a file is, by its name and its first bytes (8 KiB are enough).
pub fn sniff(name: &str, head: &[u8]) -> Result<DocumentKind, Refusal> {
    let Some((_, ending)) = name.rsplit_once('.') else { return Err(Refusal::Unknown) };
    let ending = ending.trim_end().to_ascii_lowercase();
    if OLD.contains(&ending.as_str()) {
        return Err(Refusal::OldOffice);
    }
    let known = ENDINGS.into_iter().find(|(known, _)| *known == ending);
    let Some((name, kind)) = known else { return Err(Refusal::Unknown) };
    let agrees = head.is_empty()
        || match kind {
            DocumentKind::Pdf => is_pdf(head),
            DocumentKind::Xlsx | DocumentKind::Docx | DocumentKind::Pptx => {
                head.starts_with(b"PK\x03\x04") || head.starts_with(COMPOUND)
            }
            DocumentKind::Image => is_picture(name, head),
            DocumentKind::Csv | DocumentKind::Text => is_text(head),
        };
    if agrees { Ok(kind) } else { Err(Refusal::Disguised { name }) }
}

/// The header may have something before it, but begins in the first 1024 bytes (ISO 32000-1, annex H.3.4.1).
fn is_pdf(head: &[u8]) -> bool {
    head.get(..1024).unwrap_or(head).windows(5).any(|window| window == b"%PDF-")
}

fn is_picture(name: &str, head: &[u8]) -> bool {
    match name {
        "png" => head.starts_with(b"\x89PNG\r\n\x1a\n"),
        "jpg" | "jpeg" => head.starts_with(b"\xff\xd8\xff"),
        "tif" | "tiff" => [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| head.starts_with(*magic)),
        "webp" => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
        "gif" => head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
        "bmp" => head.starts_with(b"BM"),
        _ => false,
    }
}

/// Text has no zero bytes and no other format's beginning; UTF-16 has its mark.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    let others: [&[u8]; 8] =
        [b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"{\\rtf", COMPOUND];
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a | 0x1b);
    !others.iter().any(|magic| head.starts_with(magic)) && !head.iter().any(control)
}

#[cfg(test)]
mod tests {
    use DocumentKind::{Csv, Docx, Image, Pdf, Pptx, Text, Xlsx};
    use Refusal::{Disguised, OldOffice, Unknown};

    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\x06\0";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";
    const WEBP: &[u8] = b"RIFF\x10\0\0\0WEBPVP8 ";
    const WAVE: &[u8] = b"RIFF\x10\0\0\0WAVEfmt ";
    const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0";
    const TEXT: &[u8] = b"Revenue;4,2\n";

    #[test]
    fn a_file_is_what_name_and_content_agree_on() {
        let late: Vec<u8> = [&[b'\n'; 1000][..], PDF].concat();
        let too_late: Vec<u8> = [&[b'\n'; 1024][..], PDF].concat();
        let cases: &[(&str, &[u8], Result<DocumentKind, Refusal>)] = &[
            ("deck.pdf", PDF, Ok(Pdf)),
            ("DECK.PDF", PDF, Ok(Pdf)),
            ("deck.pdf ", PDF, Ok(Pdf)),
            ("deck.pdf", &late, Ok(Pdf)),
            ("deck.pdf", &too_late, Err(Disguised { name: "pdf" })),
            ("deck.pdf", ZIP, Err(Disguised { name: "pdf" })),
            ("deck.pdf", EXE, Err(Disguised { name: "pdf" })),
            ("deck.pdf", b"<html>%PDF", Err(Disguised { name: "pdf" })),
            ("deck.pdf", b"", Ok(Pdf)),
            ("deck.pdf.exe", PDF, Err(Unknown)),
            ("deck", PDF, Err(Unknown)),
            ("", PDF, Err(Unknown)),
            (".", PDF, Err(Unknown)),
            ("pdf", PDF, Err(Unknown)),
            (".pdf", PDF, Ok(Pdf)),
            ("model.xlsx", ZIP, Ok(Xlsx)),
            ("model.xlsm", ZIP, Ok(Xlsx)),
            ("model.xlsx", COMPOUND, Ok(Xlsx)),
            ("model.xlsx", PDF, Err(Disguised { name: "xlsx" })),
            ("model.xlsx", TEXT, Err(Disguised { name: "xlsx" })),
            ("model.xlsx", b"PK\x05\x06", Err(Disguised { name: "xlsx" })),
            ("model.xls", COMPOUND, Err(OldOffice)),
            ("model.xls", TEXT, Err(OldOffice)),
            ("plan.docx", ZIP, Ok(Docx)),
            ("plan.docx", COMPOUND, Ok(Docx)),
            ("plan.docx", b"{\\rtf1", Err(Disguised { name: "docx" })),
            ("plan.doc", COMPOUND, Err(OldOffice)),
            ("plan.odt", ZIP, Err(Unknown)),
            ("deck.pptx", ZIP, Ok(Pptx)),
            ("deck.pptx", PNG, Err(Disguised { name: "pptx" })),
            ("deck.ppt", COMPOUND, Err(OldOffice)),
            ("deck.key", ZIP, Err(Unknown)),
            ("page.png", PNG, Ok(Image)),
            ("page.png", JPEG, Err(Disguised { name: "png" })),
            ("page.jpg", JPEG, Ok(Image)),
            ("page.jpeg", JPEG, Ok(Image)),
            ("page.jpg", PNG, Err(Disguised { name: "jpg" })),
            ("page.tif", b"II*\0\x08\0\0\0", Ok(Image)),
            ("page.tiff", b"MM\0*\0\0\0\x08", Ok(Image)),
            ("page.tiff", b"II\0*", Err(Disguised { name: "tiff" })),
            ("page.webp", WEBP, Ok(Image)),
            ("page.webp", WAVE, Err(Disguised { name: "webp" })),
            ("page.gif", b"GIF89a\x01\0", Ok(Image)),
            ("page.gif", b"GIF90a\x01\0", Err(Disguised { name: "gif" })),
            ("page.bmp", b"BM\x36\0", Ok(Image)),
            ("page.bmp", TEXT, Err(Disguised { name: "bmp" })),
            ("page.svg", b"<svg>", Err(Unknown)),
            ("page.heic", b"\0\0\0\x18ftyp", Err(Unknown)),
            ("rows.csv", TEXT, Ok(Csv)),
            ("rows.tsv", b"a\tb\n", Ok(Csv)),
            ("rows.csv", b"\xff\xfea\0;\0", Ok(Csv)),
            ("rows.csv", ZIP, Err(Disguised { name: "csv" })),
            ("rows.csv", b"a;b\0c", Err(Disguised { name: "csv" })),
            ("rows.csv", b"\x93\xfa\x96{,1\n", Ok(Csv)),
            ("note.txt", "Größe".as_bytes(), Ok(Text)),
            ("note.txt", b"Gr\xf6\xdfe", Ok(Text)),
            ("note.txt", EXE, Err(Disguised { name: "txt" })),
            ("note.txt", PDF, Err(Disguised { name: "txt" })),
            ("note.txt", b"\x7fELF\x02\x01", Err(Disguised { name: "txt" })),
            ("note.md", b"# Title\n", Ok(Text)),
            ("note.md", JPEG, Err(Disguised { name: "md" })),
            ("note.md", b"", Ok(Text)),
            ("note.html", b"<html>", Err(Unknown)),
            ("data.zip", ZIP, Err(Unknown)),
        ];
        for (name, head, expected) in cases {
            assert_eq!(sniff(name, head), *expected, "{name} {:?}", String::from_utf8_lossy(head).chars().take(12));
        }
    }

    #[test]
    fn every_kind_has_an_ending() {
        for kind in DocumentKind::ALL {
            assert!(ENDINGS.iter().any(|(_, known)| *known == kind), "{kind:?}");
        }
    }
}
