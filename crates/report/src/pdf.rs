//! PDF by Typst: tagged, PDF/A-2a and PDF/UA-1. The paper goes in as JSON data at a fixed virtual path, so no text of a
//! document is ever parsed as markup.

mod glyphs;
mod world;

use chrono::{Datelike, Timelike};
use model::Report;
use serde_json::{Value, json};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::wording::{self, Tone};
use crate::{Format, RenderError, compose};
use glyphs::Reach;
use world::{Fonts, PaperWorld};

/// The PDF of a report.
pub(crate) fn render(report: &Report) -> Result<Vec<u8>, RenderError> {
    let fonts = Fonts::embedded();
    let paper = serde_json::to_value(compose::paper(report)?).map_err(|_| failed("the paper has no form as data"))?;
    // A cluster whose characters are spread over several fonts has no glyph in any one of them, and PDF/A forbids
    // that: then only the characters of the main font are drawn.
    typeset(report, &fonts, paper.clone(), Reach::All).or_else(|_| typeset(report, &fonts, paper, Reach::Main))
}

fn typeset(report: &Report, fonts: &Fonts, mut paper: Value, reach: Reach) -> Result<Vec<u8>, RenderError> {
    let replaced = fonts.glyphs(reach).settle(&mut paper);
    let data = json!({ "paper": paper, "look": look(), "replaced": replaced });
    let data = serde_json::to_vec(&data).map_err(|_| failed("the paper has no form as data"))?;
    let now = date(report).ok_or_else(|| failed("its date is out of range"))?;
    let world = PaperWorld::new(fonts, data, now).map_err(|_| failed("the template is missing"))?;
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|_| failed("the pages could not be set"))?;
    let written = typst_pdf::pdf(&document, &options(report, now)?);
    written.map_err(|_| failed("the pages do not conform to PDF/A and PDF/UA"))
}

fn options(report: &Report, now: Datetime) -> Result<PdfOptions, RenderError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
    Ok(PdfOptions {
        ident: Smart::Custom(format!("{} {} {}", report.schema, report.company, report.prepared_at.to_rfc3339())),
        creator: Smart::Custom(Some("VCConnect".to_owned())),
        timestamp: Some(Timestamp::new_utc(now)),
        standards: standards.map_err(|_| failed("PDF/A and PDF/UA are not supported together"))?,
        ..PdfOptions::default()
    })
}

fn look() -> Value {
    let tones = [("good", Tone::Good), ("bad", Tone::Bad), ("doubt", Tone::Doubt), ("quiet", Tone::Quiet)];
    let tones: serde_json::Map<String, Value> =
        tones.into_iter().map(|(name, tone)| (name.to_owned(), tone.colour().into())).collect();
    json!({
        "accent": wording::ACCENT,
        "tones": tones,
        "font": world::MAIN_FAMILY,
        "title": wording::TITLE,
        "confidential": wording::CONFIDENTIAL,
    })
}

fn date(report: &Report) -> Option<Datetime> {
    let at = report.prepared_at;
    let small = |number: u32| u8::try_from(number).ok();
    let (month, day) = (small(at.month())?, small(at.day())?);
    Datetime::from_ymd_hms(at.year(), month, day, small(at.hour())?, small(at.minute())?, small(at.second())?)
}

fn failed(what: &'static str) -> RenderError {
    RenderError::writer(Format::Pdf, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;

    /// Characters of many scripts in no order, so that marks stand on letters of other fonts.
    fn jumble() -> String {
        let mut state = 12_345_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32((state >> 8) % 0x3000)
        };
        (0..800).filter_map(|_| next()).collect()
    }

    #[test]
    fn text_that_no_font_has_as_a_whole_is_set_with_the_main_font() {
        let mut report = sample::brief();
        report.sections.truncate(1);
        report.citations[0].place.quote = jumble();
        let (fonts, paper) = (Fonts::embedded(), serde_json::to_value(compose::paper(&report).unwrap()).unwrap());
        let refused = typeset(&report, &fonts, paper.clone(), Reach::All);
        assert_eq!(refused, Err(failed("the pages do not conform to PDF/A and PDF/UA")));
        let set = typeset(&report, &fonts, paper, Reach::Main);
        assert!(set.is_ok());
        assert!(render(&report) == set);
    }

    #[test]
    fn the_world_holds_two_files_and_nothing_else() {
        use typst::World;
        use typst::syntax::{RootedPath, VirtualPath, VirtualRoot};

        let fonts = Fonts::embedded();
        let now = Datetime::from_ymd_hms(2026, 11, 14, 9, 30, 15).unwrap();
        let world = PaperWorld::new(&fonts, b"{}".to_vec(), now).unwrap();
        let at = |path: &str| RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).unwrap()).intern();
        assert!(world.file(at("/report.json")).is_ok());
        assert!(world.source(at("/report.typ")).is_ok());
        assert!(world.file(at("/etc/passwd")).is_err() && world.source(at("/report.json")).is_err());
        assert_eq!(world.today(None), Some(now));
    }
}
