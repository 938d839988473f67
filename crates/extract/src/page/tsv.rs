//! The lines that `pdftotext -tsv` and `tesseract … tsv` write: twelve columns parted by tabs, one line a page, block,
//! line or word.
//!
//! Both number pages in the second column and give boxes in the seventh to tenth. Columns three to five name block,
//! paragraph and line (tesseract) or flow, block and line (poppler), which serves equally.

use model::{Bounds, Size};

use super::Found;

/// A line that says something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line {
    /// A page begins.
    Page {
        /// From 1.
        number: u32,
        /// Without its rotation.
        size: Size,
    },
    /// A word of the page that began last.
    Word {
        /// The word.
        word: Found,
        /// How sure it is, 0 to 1.
        confidence: f32,
    },
}

/// Reads a line; headings, blocks and what is not in the form give `None`.
pub(crate) fn line(bytes: &[u8]) -> Option<Line> {
    let text = String::from_utf8_lossy(bytes);
    let mut columns = text.splitn(12, '\t');
    let level: u32 = columns.next()?.parse().ok()?;
    if level != 1 && level != 5 {
        return None;
    }
    let mut number = || columns.next()?.parse::<u32>().ok();
    let (page, block, paragraph, line, _) = (number()?, number()?, number()?, number()?, number()?);
    let mut measure = || columns.next()?.parse::<f32>().ok().filter(|value| value.is_finite());
    let (left, top, width, height) = (measure()?, measure()?, measure()?, measure()?);
    let confidence = measure()?;
    if level == 1 {
        return Some(Line::Page { number: page, size: Size { width, height } });
    }
    let text = clean(columns.next()?);
    let bounds = Bounds::new(left, top, left + width.max(0.0), top + height.max(0.0));
    (!text.is_empty()).then_some(Line::Word {
        word: Found { text, bounds, block: (block, paragraph), line },
        confidence: (confidence / 100.0).clamp(0.0, 1.0),
    })
}

/// Without control characters, and without white space that would end a line or cell of ours.
fn clean(text: &str) -> String {
    let plain = |found: char| if found.is_whitespace() { ' ' } else { found };
    let kept: String = text.chars().filter(|found| !found.is_control() || *found == '\t').map(plain).collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_words_are_read_in_the_form_of_both_programs() {
        let page = line(b"1\t3\t0\t0\t0\t0\t0.000000\t0.000000\t612.000000\t792.000000\t-1\t###PAGE###");
        assert_eq!(page, Some(Line::Page { number: 3, size: Size { width: 612.0, height: 792.0 } }));
        let poppler = line("5\t1\t2\t4\t1\t3\t306.43\t36.66\t54.28\t15.97\t100\tÜmsatz".as_bytes());
        let Some(Line::Word { word, confidence }) = poppler else { panic!("{poppler:?}") };
        assert_eq!((word.text.as_str(), word.block, word.line), ("Ümsatz", (2, 4), 1));
        assert_eq!(word.bounds, Bounds::new(306.4, 36.7, 360.7, 52.6));
        assert_eq!(confidence, 1.0);
        let tesseract = line(b"5\t1\t3\t1\t1\t4\t938\t595\t139\t44\t96.005806\tlocals,");
        assert!(matches!(tesseract, Some(Line::Word { confidence, .. }) if (0.959..0.961).contains(&confidence)));
    }

    #[test]
    fn what_is_not_in_the_form_says_nothing() {
        for bytes in [
            &b""[..],
            b"level\tpage_num\tpar_num",
            b"3\t1\t0\t0\t0\t0\t1.0\t1.0\t1.0\t1.0\t-1\t###FLOW###",
            b"5\t1\t0\t0\t0\t0\tNaN\t1.0\t1.0\t1.0\t100\tword",
            b"5\t1\t0\t0\t0\t0\t1.0\t1.0\t1.0\t1.0\t100\t \x01",
            b"5\t1\t0\t0\t0\t0\t1.0\t1.0",
        ] {
            assert_eq!(line(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
