//! A printed paper as a scanner gives it: pages as pictures, a little askew, with noise, in three grades. The pages are
//! drawn by `pdftoppm` of poppler; the rest is integers, so that the same poppler gives the same bytes.

use std::io::Write;
use std::process::{Command, Stdio};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use crate::render::RenderError;
use crate::room::RoomError;
use crate::startup::Dice;

/// How bad the scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// A good office scanner.
    Clean,
    /// A copy of a copy.
    Worn,
    /// A telephone's picture of a fax.
    Poor,
}

impl Grade {
    /// All grades.
    pub const ALL: [Self; 3] = [Self::Clean, Self::Worn, Self::Poor];

    const fn dots(self) -> &'static str {
        match self {
            Self::Clean => "200",
            Self::Worn => "150",
            Self::Poor => "120",
        }
    }

    /// The most that a page is askew, in ten-thousandths.
    const fn skew(self) -> i64 {
        match self {
            Self::Clean => 25,
            Self::Worn => 80,
            Self::Poor => 170,
        }
    }

    const fn noise(self) -> i64 {
        match self {
            Self::Clean => 6,
            Self::Worn => 22,
            Self::Poor => 46,
        }
    }

    const fn quality(self) -> u8 {
        match self {
            Self::Clean => 85,
            Self::Worn => 65,
            Self::Poor => 45,
        }
    }
}

/// A page in grey.
struct Page {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

/// The scan of a PDF, as a PDF of pictures.
///
/// # Errors
///
/// If poppler does not draw the pages.
pub fn scan(pdf: &[u8], grade: Grade, dice: &mut Dice) -> Result<Vec<u8>, RoomError> {
    let mut pictures = Vec::new();
    for page in pages(&drawn(pdf, grade)?) {
        let page = spoilt(&page, grade, dice);
        let mut jpeg = Vec::new();
        let size = |side: usize| u32::try_from(side).unwrap_or_default();
        JpegEncoder::new_with_quality(&mut jpeg, grade.quality())
            .encode(&page.grey, size(page.width), size(page.height), ExtendedColorType::L8)
            .map_err(|error| RenderError::Typeset(error.to_string()))?;
        pictures.push((page.width, page.height, jpeg));
    }
    Ok(bound(&pictures))
}

fn drawn(pdf: &[u8], grade: Grade) -> Result<Vec<u8>, RoomError> {
    let mut child = Command::new("pdftoppm")
        .args(["-gray", "-r", grade.dots(), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let input = child.stdin.take();
    let pdf = pdf.to_vec();
    let writer = std::thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(&pdf)));
    let output = child.wait_with_output()?;
    let written = writer.join().unwrap_or_else(|_| Err(std::io::Error::other("the page's writer stopped")));
    written?;
    if output.stdout.is_empty() {
        return Err(std::io::Error::other("pdftoppm drew no page").into());
    }
    Ok(output.stdout)
}

/// The pictures of a stream of PGM.
fn pages(mut stream: &[u8]) -> Vec<Page> {
    let mut pages = Vec::new();
    while let Some((width, height, rest)) = header(stream) {
        let Some((grey, rest)) = rest.split_at_checked(width * height) else { break };
        pages.push(Page { width, height, grey: grey.to_vec() });
        stream = rest;
    }
    pages
}

/// Width, height and what follows `P5 width height 255`.
fn header(stream: &[u8]) -> Option<(usize, usize, &[u8])> {
    let mut rest = stream.strip_prefix(b"P5")?;
    let mut numbers = Vec::new();
    while numbers.len() < 3 {
        let start = rest.iter().position(u8::is_ascii_digit)?;
        let from = rest.get(start..)?;
        let length = from.iter().position(|byte| !byte.is_ascii_digit())?;
        numbers.push(std::str::from_utf8(from.get(..length)?).ok()?.parse().ok()?);
        rest = from.get(length..)?;
    }
    Some((*numbers.first()?, *numbers.get(1)?, rest.get(1..)?))
}

/// The page askew, with noise; worse grades are blurred, darker and have specks.
fn spoilt(page: &Page, grade: Grade, dice: &mut Dice) -> Page {
    let (width, height) = (whole(page.width), whole(page.height));
    let skew = dice.between(grade.skew() / 3, grade.skew()) * dice.one_of(1, &[-1]);
    let at = |x: i64, y: i64| -> i64 {
        if x < 0 || y < 0 || x >= width || y >= height {
            return 250;
        }
        let index = usize::try_from(y * width + x).unwrap_or_default();
        i64::from(page.grey.get(index).copied().unwrap_or(255))
    };
    let mut grey = Vec::with_capacity(page.grey.len());
    let mut random = dice.between(1, i64::from(u32::MAX)).unsigned_abs();
    for y in 0..height {
        for x in 0..width {
            let (from_x, from_y) = (x + (y - height / 2) * skew / 10_000, y - (x - width / 2) * skew / 10_000);
            let mut value = at(from_x, from_y);
            if grade != Grade::Clean {
                value = (value * 4
                    + at(from_x + 1, from_y)
                    + at(from_x, from_y + 1)
                    + at(from_x - 1, from_y)
                    + at(from_x, from_y - 1))
                    / 8;
            }
            // xorshift: a draw for each of two million points must be cheap.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let swing = i64::try_from(random % 2_001).unwrap_or_default() - 1_000;
            value += swing * grade.noise() / 1_000 - if grade == Grade::Poor { 14 } else { 2 };
            if grade == Grade::Poor && random % 4_001 == 7 {
                value = 40;
            }
            grey.push(u8::try_from(value.clamp(0, 255)).unwrap_or(255));
        }
    }
    Page { width: page.width, height: page.height, grey }
}

fn whole(side: usize) -> i64 {
    i64::try_from(side).unwrap_or_default()
}

/// A PDF of A4 pages that are one picture each.
fn bound(pictures: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    let mut object = |pdf: &mut Vec<u8>, number: usize, head: &str, stream: Option<&[u8]>| {
        offsets.push(pdf.len());
        pdf.extend(format!("{number} 0 obj\n{head}\n").into_bytes());
        if let Some(stream) = stream {
            pdf.extend(b"stream\n");
            pdf.extend(stream);
            pdf.extend(b"\nendstream\n");
        }
        pdf.extend(b"endobj\n");
    };
    let kids: Vec<String> = (0..pictures.len()).map(|page| format!("{} 0 R", 3 + page * 3)).collect();
    object(&mut pdf, 1, "<< /Type /Catalog /Pages 2 0 R >>", None);
    let tree = format!("<< /Type /Pages /Count {} /Kids [{}] >>", pictures.len(), kids.join(" "));
    object(&mut pdf, 2, &tree, None);
    for (page, (width, height, jpeg)) in pictures.iter().enumerate() {
        let number = 3 + page * 3;
        let head = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /XObject << /Im0 {} 0 R \
             >> >> >>",
            number + 1,
            number + 2
        );
        object(&mut pdf, number, &head, None);
        let draw = b"q 595 0 0 842 0 0 cm /Im0 Do Q";
        object(&mut pdf, number + 1, &format!("<< /Length {} >>", draw.len()), Some(draw));
        let head = format!(
            "<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent \
             8 /Filter /DCTDecode /Length {} >>",
            jpeg.len()
        );
        object(&mut pdf, number + 2, &head, Some(jpeg));
    }
    let table = pdf.len();
    let count = offsets.len() + 1;
    pdf.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").into_bytes());
    for offset in offsets {
        pdf.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    pdf.extend(format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").into_bytes());
    pdf
}
