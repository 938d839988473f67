//! A deck as a PPTX: a package of slides, one master, one layout, and a native chart with its workbook for each chart.

use std::io::{Cursor, Write};

use rust_decimal::prelude::ToPrimitive;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Theme;
use super::ooxml::{self, Frame, Ink, escaped};
use super::tree::{Block, Card, Chart, Deck, Slide};
use crate::room::RoomError;

const GREY: &str = "66707C";
const PRESENTATION: &str = "application/vnd.openxmlformats-officedocument.presentationml";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";

/// A package that is being written. Its parts have no time of their own, so that the same deck gives the same bytes.
struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    types: String,
    charts: usize,
}

/// The bytes of the PPTX.
pub(super) fn write(deck: &Deck, theme: Theme) -> Result<Vec<u8>, RoomError> {
    let mut package = Package { zip: ZipWriter::new(Cursor::new(Vec::new())), types: String::new(), charts: 0 };
    for (number, slide) in (1..).zip(&deck.slides) {
        package.slide(number, slide, deck, theme)?;
    }
    package.frame(deck)?;
    Ok(package.zip.finish()?.into_inner())
}

fn relation(id: usize, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"rId{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
}

fn relations(all: &str) -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
    )
}

impl Package {
    fn part(&mut self, name: &str, bytes: &[u8]) -> Result<(), RoomError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip.start_file(name, options)?;
        self.zip.write_all(bytes)?;
        Ok(())
    }

    /// A part with a content type of its own.
    fn typed(&mut self, name: &str, kind: &str, xml: &str) -> Result<(), RoomError> {
        self.types.push_str(&format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"));
        self.part(name, xml.as_bytes())
    }

    fn slide(&mut self, number: usize, slide: &Slide, deck: &Deck, theme: Theme) -> Result<(), RoomError> {
        let mut maker = Maker { shapes: String::new(), next: 2, charts: Vec::new(), theme };
        maker.draw(slide, number, deck);
        let mut all = relation(1, "slideLayout", "../slideLayouts/slideLayout1.xml");
        for (id, chart) in (2..).zip(&maker.charts) {
            self.charts += 1;
            let at = self.charts;
            all.push_str(&relation(id, "chart", &format!("../charts/chart{at}.xml")));
            self.chart(at, chart, theme)?;
        }
        let xml = format!(
            "{HEAD}<p:sld {SPACES}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/>\
             </p:nvGrpSpPr><p:grpSpPr/>{}</p:spTree></p:cSld></p:sld>",
            maker.shapes
        );
        self.typed(&format!("ppt/slides/slide{number}.xml"), &format!("{PRESENTATION}.slide+xml"), &xml)?;
        self.part(&format!("ppt/slides/_rels/slide{number}.xml.rels"), relations(&all).as_bytes())
    }

    fn chart(&mut self, at: usize, chart: &Chart, theme: Theme) -> Result<(), RoomError> {
        let kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
        self.typed(&format!("ppt/charts/chart{at}.xml"), kind, &ooxml::chart(chart, theme.accent))?;
        let link = relation(1, "package", &format!("../embeddings/chart{at}.xlsx"));
        self.part(&format!("ppt/charts/_rels/chart{at}.xml.rels"), relations(&link).as_bytes())?;
        self.part(&format!("ppt/embeddings/chart{at}.xlsx"), &workbook(chart)?)
    }

    /// What a presentation has beside its slides.
    fn frame(&mut self, deck: &Deck) -> Result<(), RoomError> {
        let count = deck.slides.len();
        let mut ids = String::new();
        let mut all = relation(1, "slideMaster", "slideMasters/slideMaster1.xml");
        for number in 1..=count {
            ids.push_str(&format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 255 + number, number + 1));
            all.push_str(&relation(number + 1, "slide", &format!("slides/slide{number}.xml")));
        }
        let xml = format!(
            "{HEAD}<p:presentation {SPACES}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/>\
             </p:sldMasterIdLst><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx=\"12192000\" cy=\"6858000\"/>\
             <p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
        );
        self.typed("ppt/presentation.xml", &format!("{PRESENTATION}.presentation.main+xml"), &xml)?;
        self.part("ppt/_rels/presentation.xml.rels", relations(&all).as_bytes())?;
        let empty = "<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
                     <p:grpSpPr/></p:spTree></p:cSld>";
        let master = format!(
            "{HEAD}<p:sldMaster {SPACES}>{empty}<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" \
             accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" \
             accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/><p:sldLayoutIdLst><p:sldLayoutId \
             id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst></p:sldMaster>"
        );
        self.typed("ppt/slideMasters/slideMaster1.xml", &format!("{PRESENTATION}.slideMaster+xml"), &master)?;
        let links = relation(1, "slideLayout", "../slideLayouts/slideLayout1.xml")
            + &relation(2, "theme", "../theme/theme1.xml");
        self.part("ppt/slideMasters/_rels/slideMaster1.xml.rels", relations(&links).as_bytes())?;
        let layout = format!("{HEAD}<p:sldLayout {SPACES} type=\"blank\">{empty}</p:sldLayout>");
        self.typed("ppt/slideLayouts/slideLayout1.xml", &format!("{PRESENTATION}.slideLayout+xml"), &layout)?;
        let link = relation(1, "slideMaster", "../slideMasters/slideMaster1.xml");
        self.part("ppt/slideLayouts/_rels/slideLayout1.xml.rels", relations(&link).as_bytes())?;
        let kind = "application/vnd.openxmlformats-officedocument.theme+xml";
        self.typed("ppt/theme/theme1.xml", kind, include_str!("theme.xml"))?;
        let core = format!(
            "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title></cp:coreProperties>",
            escaped(&deck.title)
        );
        self.typed("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", &core)?;
        let root = relation(1, "officeDocument", "ppt/presentation.xml")
            + "<Relationship Id=\"rId2\" \
               Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
               Target=\"docProps/core.xml\"/>";
        self.part("_rels/.rels", relations(&root).as_bytes())?;
        let types = format!(
            "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default \
             Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default \
             Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"xlsx\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\"/>{}</Types>",
            self.types
        );
        self.part("[Content_Types].xml", types.as_bytes())
    }
}

/// The workbook behind a chart.
fn workbook(chart: &Chart) -> Result<Vec<u8>, RoomError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let made = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 15)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made));
    let sheet = book.add_worksheet();
    sheet.set_name("Sheet1")?;
    sheet.write_string(0, 1, &chart.title)?;
    for ((row, name), value) in (1..).zip(&chart.categories).zip(&chart.values) {
        sheet.write_string(row, 0, name)?;
        sheet.write_number(row, 1, value.to_f64().unwrap_or_default())?;
    }
    Ok(book.save_to_buffer()?)
}

/// The shapes of a slide.
struct Maker {
    shapes: String,
    next: usize,
    charts: Vec<Chart>,
    theme: Theme,
}

impl Maker {
    fn id(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn text(&mut self, frame: Frame, fill: Option<&str>, lines: &[(&str, Ink<'_>)], title: bool) {
        let id = self.id();
        self.shapes.push_str(&ooxml::text_box(id, frame, fill, lines, title));
    }

    fn ink(&self, size: i64, bold: bool) -> Ink<'static> {
        Ink { size, colour: self.theme.ink, bold, bullet: false }
    }

    fn draw(&mut self, slide: &Slide, number: usize, deck: &Deck) {
        let theme = self.theme;
        let grey = Ink { size: 10, colour: GREY, bold: false, bullet: false };
        if slide.cover {
            let title = Ink { size: 46, colour: theme.accent, bold: true, bullet: false };
            self.text(Frame { x: 54, y: 150, width: 850, height: 90 }, None, &[(&slide.title.words, title)], true);
            for (at, block) in (0..).zip(&slide.blocks) {
                if let Block::Words(words) = block {
                    let ink = self.ink(if at == 0 { 24 } else { 15 }, false);
                    let frame = Frame { x: 54, y: 250 + at * 170, width: 850, height: 60 };
                    self.text(frame, None, &[(&words.words, ink)], false);
                }
            }
        } else {
            let frame = Frame { x: 46, y: 28, width: 868, height: 58 };
            let ink =
                Ink { size: 28, colour: if theme.band { "FFFFFF" } else { theme.ink }, bold: true, bullet: false };
            self.text(frame, theme.band.then_some(theme.ink), &[(&slide.title.words, ink)], true);
            self.blocks(slide);
            if !slide.note.words.is_empty() {
                let frame = Frame { x: 46, y: 490, width: 640, height: 24 };
                self.text(frame, None, &[(&slide.note.words, grey)], false);
            }
            let foot = format!("{}  {number}", deck.foot);
            self.text(Frame { x: 690, y: 510, width: 224, height: 22 }, None, &[(&foot, grey)], false);
        }
        if !slide.hidden.is_empty() {
            let ink = Ink { size: 1, colour: "FFFFFF", bold: false, bullet: false };
            self.text(Frame { x: 600, y: 534, width: 300, height: 5 }, None, &[(&slide.hidden, ink)], false);
        }
    }

    fn blocks(&mut self, slide: &Slide) {
        let count = i64::try_from(slide.blocks.len()).unwrap_or(1).max(1);
        let body = Frame { x: 46, y: 104, width: 868, height: 380 };
        if slide.beside && count == 2 {
            for (at, block) in (0..).zip(&slide.blocks) {
                self.block(block, Frame { x: body.x + at * 444, width: 424, ..body });
            }
            return;
        }
        let weight = |block: &Block| if matches!(block, Block::Words(_)) { 1 } else { 4 };
        let all: i64 = slide.blocks.iter().map(weight).sum();
        let mut y = body.y;
        for block in &slide.blocks {
            let height = (body.height * weight(block) / all.max(1)).min(if weight(block) == 1 { 60 } else { 380 });
            self.block(block, Frame { y, height: height - 10, ..body });
            y += height;
        }
    }

    fn block(&mut self, block: &Block, frame: Frame) {
        match block {
            Block::Words(text) => self.text(frame, None, &[(&text.words, self.ink(19, false))], false),
            Block::Points(points) => {
                let ink = Ink { bullet: true, ..self.ink(18, false) };
                let lines: Vec<(&str, Ink<'_>)> = points.iter().map(|point| (point.words.as_str(), ink)).collect();
                self.text(frame, None, &lines, false);
            }
            Block::Cards(cards) => self.cards(cards, frame),
            Block::Table(table) => {
                let id = self.id();
                self.shapes.push_str(&ooxml::table(id, frame, table, self.theme.ink, GREY));
            }
            Block::Chart(chart) => {
                let id = self.id();
                self.charts.push(chart.clone());
                let link = format!("rId{}", self.charts.len() + 1);
                self.shapes.push_str(&ooxml::chart_frame(id, frame, &link));
            }
        }
    }

    fn cards(&mut self, cards: &[Card], frame: Frame) {
        let count = i64::try_from(cards.len()).unwrap_or(1);
        let across =
            if frame.width < 500 { 2.min(count) } else { count.min(if count <= 4 { count } else { 3 }) }.max(1);
        let down = (count + across - 1) / across;
        let (width, height) = (frame.width / across, (frame.height / down.max(1)).min(126));
        let accent = Ink { size: 26, colour: self.theme.accent, bold: true, bullet: false };
        let small = Ink { size: 12, colour: GREY, bold: false, bullet: false };
        for (at, card) in (0..).zip(cards) {
            let place = Frame {
                x: frame.x + at % across * width,
                y: frame.y + at / across * height,
                width: width - 12,
                height: height - 12,
            };
            let lines = [(&card.value, accent), (&card.label, self.ink(14, true)), (&card.note, small)];
            let lines: Vec<(&str, Ink<'_>)> = lines
                .into_iter()
                .filter(|(text, _)| !text.words.is_empty())
                .map(|(text, ink)| (text.words.as_str(), ink))
                .collect();
            self.text(place, Some(self.theme.soft), &lines, false);
        }
    }
}
