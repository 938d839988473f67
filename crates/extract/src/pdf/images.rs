//! Which pages are mostly a picture, by `pdfimages -list`: it names the pictures of a page and does not decode them.

use std::collections::BTreeSet;
use std::ffi::OsString;

use super::Pdf;
use crate::tools::{Call, Input};

/// Bytes of the list that are looked at.
const OUTPUT: u64 = 16 * 1024 * 1024;

/// Share of the page that a picture must fill to count.
const SHARE: f32 = 0.5;

/// The pages from `first` to `last` of which one picture fills at least half. A list that cannot be had names none.
pub(super) fn filled(pdf: &Pdf<'_>, first: u32, last: u32) -> BTreeSet<u32> {
    let mut arguments = pdf.structure.password.clone();
    arguments.extend(["-list", "-f", &first.to_string(), "-l", &last.to_string(), "-"].map(OsString::from));
    let call =
        Call { program: "pdfimages", arguments, input: Input::File(pdf.file), time: pdf.times.text, output: OUTPUT };
    let said = call.run().unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    said.lines().filter_map(picture).filter(|picture| picture.fills(pdf)).map(|picture| picture.page).collect()
}

#[derive(Debug, PartialEq)]
struct Picture {
    page: u32,
    width: f32,
    height: f32,
}

impl Picture {
    fn fills(&self, pdf: &Pdf<'_>) -> bool {
        let sheet = pdf.structure.sheet(self.page);
        sheet.is_some_and(|sheet| self.width * self.height >= SHARE * sheet.size.width * sheet.size.height)
    }
}

/// A line of the list: page, number, type, width, height, …, and in columns 13 and 14 pixels an inch.
fn picture(line: &str) -> Option<Picture> {
    let columns: Vec<&str> = line.split_ascii_whitespace().collect();
    let number = |at: usize| columns.get(at).and_then(|word| word.parse::<f32>().ok());
    let points = |pixels: f32, an_inch: f32| pixels / an_inch.max(1.0) * 72.0;
    // The object takes two columns, or one where the picture stands in the page itself.
    let inline = usize::from(columns.get(10) == Some(&"[inline]"));
    Some(Picture {
        page: columns.first()?.parse().ok()?,
        width: points(number(3)?, number(12 - inline)?),
        height: points(number(4)?, number(13 - inline)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_on_the_page_follows_from_pixels_an_inch() {
        let line = "   1     0 image     1440   720  rgb     3   8  jpeg   yes       12  0   144   72 42.7K 2.2%";
        assert_eq!(picture(line), Some(Picture { page: 1, width: 720.0, height: 720.0 }));
        let inline = "   2     3 image      72   144  gray    1   8  image  no   [inline]   72    72  100B 1.0%";
        assert_eq!(picture(inline), Some(Picture { page: 2, width: 72.0, height: 144.0 }));
        assert_eq!(picture("page   num  type   width height color comp bpc  enc interp  object ID x-ppi"), None);
        assert_eq!(picture("-----"), None);
    }
}
