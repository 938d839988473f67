//! Presentations.

use extract::{Limits, ReadError};
use model::{Bounds, Document, DocumentKind, Layout, Part, ShapeKind, SlideLayout};

use crate::build::{package, read_bytes, relationships, unread};

const LAYOUT: &str = r#"<p:sldLayout><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>
    <p:spPr><a:xfrm><a:off x="127000" y="254000"/><a:ext cx="1270000" cy="127000"/></a:xfrm></p:spPr></p:sp></p:spTree></p:cSld></p:sldLayout>"#;

const CHART: &str = r#"<c:chartSpace><c:chart><c:title><a:p><a:r><a:t>ARR by </a:t></a:r><a:r><a:t>year</a:t></a:r></a:p></c:title>
    <c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>ARR</c:v></c:pt></c:strCache></c:strRef></c:tx>
    <c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>2023</c:v></c:pt><c:pt idx="1"><c:v>2024</c:v></c:pt></c:strCache></c:strRef></c:cat>
    <c:val><c:numRef><c:numCache><c:formatCode>0%</c:formatCode><c:pt idx="1"><c:v>0.5</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
    <c:ser><c:tx><c:v>Plan</c:v></c:tx><c:cat><c:strCache><c:pt idx="0"><c:v>2023</c:v></c:pt><c:pt idx="1"><c:v>2024</c:v></c:pt></c:strCache></c:cat>
    <c:val><c:numLit><c:pt idx="0"><c:v>1E6</c:v></c:pt><c:pt idx="1"><c:v>2</c:v></c:pt></c:numLit></c:val></c:ser></c:barChart></c:chart></c:chartSpace>"#;

/// A presentation of slides, given by the content of their shape trees. They are stored in the opposite order.
pub(crate) fn presentation(slides: &[&str]) -> Vec<u8> {
    let name = |index: usize| format!("ppt/slides/slide{}.xml", slides.len() - index);
    let ids: String =
        (0..slides.len()).map(|index| format!(r#"<p:sldId id="{}" r:id="rId{index}"/>"#, 256 + index)).collect();
    let main = format!(
        r#"<p:presentation><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/></p:presentation>"#
    );
    let targets: Vec<(String, String)> =
        (0..slides.len()).map(|index| (format!("rId{index}"), format!("/{}", name(index)))).collect();
    let targets: Vec<(&str, &str, &str)> =
        targets.iter().map(|(id, name)| (id.as_str(), "slide", name.as_str())).collect();
    let mut parts = vec![("ppt/presentation.xml".to_owned(), main)];
    parts.push(("ppt/_rels/presentation.xml.rels".to_owned(), relationships(&targets)));
    for (index, content) in slides.iter().enumerate() {
        let show = if content.contains("hidden") { "0" } else { "1" };
        parts.push((
            name(index),
            format!(r#"<p:sld show="{show}"><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>"#),
        ));
        let notes = format!("../notesSlides/notes{}.xml", if content.contains("with notes") { 1 } else { 9 });
        let relations = relationships(&[
            ("l", "slideLayout", "../slideLayouts/slideLayout1.xml"),
            ("c", "chart", "../charts/chart1.xml"),
            ("d", "diagramData", "../diagrams/data1.xml"),
            ("n", "notesSlide", &notes),
        ]);
        parts.push((format!("ppt/slides/_rels/slide{}.xml.rels", slides.len() - index), relations));
    }
    let notes = r#"<p:notes><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="sldNum"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>3</a:t></a:r></a:p></p:txBody></p:sp>
        <p:sp><p:nvSpPr><p:nvPr><p:ph type="body"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Say this.</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:notes>"#;
    parts.push(("ppt/notesSlides/notes1.xml".to_owned(), notes.to_owned()));
    parts.push(("ppt/slideLayouts/slideLayout1.xml".to_owned(), LAYOUT.to_owned()));
    parts.push(("ppt/charts/chart1.xml".to_owned(), CHART.to_owned()));
    parts.push((
        "ppt/diagrams/data1.xml".to_owned(),
        "<dgm:dataModel><dgm:pt><dgm:t><a:p><a:r><a:t>Step one</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>"
            .to_owned(),
    ));
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, xml)| (name.as_str(), xml.as_str())).collect();
    package(&parts)
}

/// A shape with one paragraph, 10 points wide and high.
pub(crate) fn text_box(id: u32, x: u32, text: &str) -> String {
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="{id}"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{}" y="0"/><a:ext cx="127000" cy="127000"/></a:xfrm></p:spPr>
        <p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"#,
        x * 12_700
    )
}

fn title(text: &str) -> String {
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="2"/><p:nvPr><p:ph type="ctrTitle"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"#
    )
}

fn frame(id: u32, data: &str) -> String {
    format!(
        r#"<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="{id}"/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="12700" cy="12700"/></p:xfrm>
        <a:graphic><a:graphicData>{data}</a:graphicData></a:graphic></p:graphicFrame>"#
    )
}

fn read(slides: &[&str]) -> Document {
    read_bytes(DocumentKind::Pptx, &presentation(slides), &Limits::default()).unwrap()
}

fn slide(part: &Part) -> &SlideLayout {
    let Layout::Slide(slide) = &part.layout else { panic!("not a slide") };
    slide
}

#[test]
fn slides_come_in_the_order_of_the_show() {
    let document = read(&[&text_box(3, 0, "first"), &text_box(3, 0, "second, hidden")]);
    assert_eq!(document.parts[0].text, "first\n");
    assert_eq!(document.parts[1].text, "second, hidden\n");
    assert_eq!((slide(&document.parts[0]).hidden, slide(&document.parts[1]).hidden), (false, true));
    assert_eq!((document.reading.parts, document.reading.read), (2, 2));
    assert_eq!((slide(&document.parts[0]).size.width, slide(&document.parts[0]).size.height), (960.0, 540.0));
}

#[test]
fn the_title_comes_first_and_takes_its_place_from_the_layout() {
    let document =
        read(&[&(text_box(2, 5, "Body with notes") + &title("The <a:br/> title".replace("<a:br/>", "").as_str()))]);
    let part = &document.parts[0];
    assert_eq!(part.name.as_deref(), Some("The title"));
    assert_eq!(part.text, "The  title\nBody with notes\nSay this.\n");
    let shapes = &slide(part).shapes;
    let kinds: Vec<ShapeKind> = shapes.iter().map(|shape| shape.kind).collect();
    assert_eq!(kinds, [ShapeKind::Title, ShapeKind::Text, ShapeKind::Notes]);
    assert_eq!(shapes[0].bounds, Some(Bounds::new(10.0, 20.0, 110.0, 30.0)));
    assert_eq!(shapes[1].bounds, Some(Bounds::new(5.0, 0.0, 15.0, 10.0)));
    assert_eq!(shapes[2].bounds, None);
}

#[test]
fn groups_move_and_scale_what_is_in_them() {
    let group = |inside: &str| {
        format!(
            r#"<p:grpSp><p:grpSpPr><a:xfrm><a:off x="1270000" y="0"/><a:ext cx="254000" cy="254000"/><a:chOff x="0" y="0"/>
               <a:chExt cx="127000" cy="127000"/></a:xfrm></p:grpSpPr>{inside}</p:grpSp>"#
        )
    };
    let document = read(&[&group(&group(&text_box(3, 1, "deep")))]);
    assert_eq!(slide(&document.parts[0]).shapes[0].bounds, Some(Bounds::new(304.0, 0.0, 344.0, 40.0)));
}

#[test]
fn tables_charts_and_diagrams_are_read() {
    let table = r#"<a:tbl><a:tr><a:tc gridSpan="2"><a:txBody><a:p><a:r><a:t>Year</a:t></a:r></a:p></a:txBody></a:tc><a:tc hMerge="1"><a:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></a:txBody></a:tc></a:tr>
        <a:tr><a:tc><a:txBody><a:p><a:r><a:t>2024</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>€4.2m</a:t></a:r><a:br/><a:r><a:t>ARR</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl>"#;
    let shapes = frame(4, table) + &frame(5, r#"<c:chart r:id="c"/>"#) + &frame(6, r#"<dgm:relIds r:dm="d"/>"#);
    let document = read(&[&shapes]);
    let part = &document.parts[0];
    assert_eq!(part.text, "Year\n2024\t€4.2m ARR\nARR by year\n2023\t2024\nARR\t50%\nPlan\t1000000\t2\nStep one\n");
    let kinds: Vec<(ShapeKind, usize)> =
        slide(part).shapes.iter().map(|shape| (shape.kind, shape.paragraphs.len())).collect();
    assert_eq!(kinds, [(ShapeKind::Table, 3), (ShapeKind::Chart, 4), (ShapeKind::Text, 1)]);
    assert_eq!(part.quote(slide(part).shapes[1].paragraphs[2]), "ARR\t50%");
    let cells: Vec<(String, &str)> =
        part.tables[1].cells.iter().map(|cell| (cell.at.to_string(), part.quote(cell.span))).collect();
    assert_eq!(
        cells[..4],
        [("B1", "2023"), ("C1", "2024"), ("A2", "ARR"), ("C2", "50%")].map(|(at, text)| (at.to_owned(), text))
    );
}

#[test]
fn pictures_are_named_where_nothing_else_speaks() {
    let picture = r#"<p:pic><p:nvPicPr><p:cNvPr id="9"/></p:nvPicPr><p:spPr/></p:pic>"#;
    let document = read(&[picture, &(picture.to_owned() + &text_box(3, 0, "words")), ""]);
    assert_eq!(document.reading.sentence(DocumentKind::Pptx), "Read 2 of 3 slides; slide 1: a picture, not read.");
    assert_eq!(slide(&document.parts[0]).shapes[0].kind, ShapeKind::Picture);
}

#[test]
fn limits_cut_and_say_so() {
    let words = text_box(3, 0, "ten chars.") + &text_box(4, 0, "ten chars.");
    let slides = [words.as_str(), &words, &words];
    let limits = Limits { characters: 35, ..Limits::default() };
    let document = read_bytes(DocumentKind::Pptx, &presentation(&slides), &limits).unwrap();
    assert_eq!(document.parts.len(), 2);
    assert_eq!(document.parts[1].text, "ten chars.\n");
    assert_eq!(unread(&document).len(), 2);
    let limits = Limits { parts: 1, ..Limits::default() };
    let document = read_bytes(DocumentKind::Pptx, &presentation(&slides), &limits).unwrap();
    assert_eq!(unread(&document), ["2 more slides: the file holds more than a file may"]);
}

#[test]
fn a_show_without_slides_is_empty() {
    let read = read_bytes(DocumentKind::Pptx, &presentation(&[]), &Limits::default());
    assert_eq!(read, Err(ReadError::Empty));
}
