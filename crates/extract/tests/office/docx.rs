//! Word documents.

use extract::{Limits, ReadError};
use model::{BlockKind, Document, DocumentKind, Layout, Part};

use crate::build::{only_part, package, read_bytes, relationships, unread};

const STYLES: &str = r#"<w:styles>
    <w:style w:styleId="Kop1"><w:name w:val="heading 1"/></w:style>
    <w:style w:styleId="Sub"><w:basedOn w:val="Kop1"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
    <w:style w:styleId="Follows"><w:basedOn w:val="Sub"/></w:style>
    <w:style w:styleId="Circle"><w:basedOn w:val="Circle"/></w:style>
    <w:style w:styleId="Bullets"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
    <w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"#;

/// A document with a body.
pub(crate) fn document(body: &str) -> Vec<u8> {
    let relations = relationships(&[
        ("rId1", "styles", "styles.xml"),
        ("rId2", "footnotes", "footnotes.xml"),
        ("rId3", "header", "header1.xml"),
        ("rId4", "header", "header2.xml"),
        ("rId5", "comments", "comments.xml"),
        ("rId6", "chart", "charts/chart1.xml"),
    ]);
    let header = "<w:hdr><w:p><w:r><w:t>Confidential</w:t></w:r></w:p></w:hdr>";
    package(&[
        ("word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>")),
        ("word/_rels/document.xml.rels", &relations),
        ("word/styles.xml", STYLES),
        (
            "word/footnotes.xml",
            "<w:footnotes><w:footnote w:type=\"separator\"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote>\
             <w:footnote w:id=\"2\"><w:p><w:r><w:t>As of June.</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        ("word/header1.xml", header),
        ("word/header2.xml", header),
        (
            "word/comments.xml",
            "<w:comments><w:comment><w:p><w:r><w:t>Check.</w:t></w:r></w:p></w:comment></w:comments>",
        ),
        (
            "word/charts/chart1.xml",
            "<c:chartSpace><c:ser><c:tx><c:v>ARR</c:v></c:tx><c:val><c:numCache><c:pt idx=\"0\"><c:v>4.2</c:v></c:pt>\
             </c:numCache></c:val></c:ser></c:chartSpace>",
        ),
    ])
}

fn read(body: &str) -> Document {
    read_bytes(DocumentKind::Docx, &document(body), &Limits::default()).unwrap()
}

const ASIDES: &str = "Confidential\nAs of June.\nCheck.\n";

fn text(body: &str) -> String {
    let text = only_part(read(body)).text;
    text.strip_suffix(ASIDES).unwrap().to_owned()
}

fn kinds(part: &Part) -> Vec<(BlockKind, String)> {
    let Layout::Flow(flow) = &part.layout else { panic!("not a flow") };
    flow.blocks.iter().map(|block| (block.kind, part.quote(block.span).to_owned())).collect()
}

fn paragraph(style: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#)
}

#[test]
fn blocks_are_what_their_styles_say() {
    let body = paragraph("Kop1", "Plan")
        + &paragraph("Sub", "Market")
        + &paragraph("Follows", "Size")
        + &paragraph("Circle", "Text")
        + &paragraph("Bullets", "Item")
        + r#"<w:p><w:pPr><w:pStyle w:val="Bullets"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr><w:r><w:t>None</w:t></w:r></w:p>
           <w:p><w:pPr><w:outlineLvl w:val="9"/></w:pPr><w:r><w:t>Body</w:t></w:r></w:p><w:p/>"#;
    let part = only_part(read(&body));
    let found = kinds(&part);
    let kinds: Vec<BlockKind> = found.iter().map(|(kind, _)| *kind).collect();
    use BlockKind::{Aside, Heading, ListItem, Paragraph};
    let third = Heading { level: 3 };
    assert_eq!(
        kinds,
        [Heading { level: 1 }, third, third, Paragraph, ListItem, Paragraph, Paragraph, Aside, Aside, Aside]
    );
    assert_eq!(found[7].1, "Confidential");
    assert!(part.text.ends_with(ASIDES));
}

#[test]
fn changes_count_as_if_they_were_accepted() {
    let body = r#"<w:p><w:r><w:t xml:space="preserve">ARR is </w:t></w:r><w:del><w:r><w:delText>3</w:delText><w:t>3</w:t></w:r></w:del>
        <w:ins><w:r><w:t>4</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom>
        <w:moveTo><w:r><w:t>m</w:t></w:r></w:moveTo><w:hyperlink><w:r><w:noBreakHyphen/><w:t>link</w:t></w:r></w:hyperlink></w:p>"#;
    assert_eq!(text(body), "ARR is 4m-link\n");
}

#[test]
fn hidden_text_is_left_out_and_named() {
    let body = r#"<w:p><w:r><w:t>Seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>not</w:t></w:r>
        <w:r><w:rPr><w:rStyle w:val="Ghost"/></w:rPr><w:t>nor</w:t></w:r>
        <w:r><w:rPr><w:rStyle w:val="Ghost"/><w:vanish w:val="0"/></w:rPr><w:t> here</w:t></w:r></w:p>"#;
    let document = read(body);
    assert_eq!(unread(&document), ["2 stretches of hidden text are left out"]);
    assert!(document.parts[0].text.starts_with("Seen here\n"));
}

#[test]
fn fields_show_their_result() {
    let body = r#"<w:p><w:r><w:t xml:space="preserve">Page </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>
        <w:r><w:instrText>PAGE</w:instrText><w:t>instruction</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>
        <w:r><w:t>7</w:t></w:r></w:p><w:p><w:r><w:t>still</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>
        <w:fldSimple w:instr="DATE"><w:r><w:t> 2024</w:t></w:r></w:fldSimple></w:p>
        <w:p><w:r><w:fldChar w:fldCharType="begin"/><w:t>lost</w:t></w:r></w:p><w:p><w:r><w:t>Goes on</w:t></w:r></w:p>"#;
    assert_eq!(text(body), "Page 7\nstill 2024\nGoes on\n");
}

#[test]
fn tables_keep_their_cells_where_they_are() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let body = format!(
        r#"<w:tbl><w:tr>{}{}</w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{}{}</w:tr>
           <w:tr><w:trPr><w:del/></w:trPr>{}</w:tr><w:sdt><w:sdtContent><w:tr>{}<w:tc><w:p><w:r><w:t>two</w:t><w:tab/><w:br/>
           <w:t>lines</w:t></w:r></w:p><w:p><w:r><w:t>more</w:t></w:r></w:p></w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>"#,
        cell(r#"<w:gridSpan w:val="2"/>"#, "Year"),
        cell("", "ARR"),
        cell("", "2024"),
        cell("", "4.2"),
        cell("", "deleted"),
        cell(r#"<w:vMerge/>"#, ""),
    );
    let part = only_part(read(&body));
    assert!(part.text.starts_with("Year\tARR\n2024\t4.2\ntwo lines more\n"), "{}", part.text);
    let [table] = part.tables.as_slice() else { panic!("one table") };
    let cells: Vec<(String, &str)> =
        table.cells.iter().map(|cell| (cell.at.to_string(), part.quote(cell.span))).collect();
    let expected = [("A1", "Year"), ("C1", "ARR"), ("B2", "2024"), ("C2", "4.2"), ("B4", "two lines more")];
    assert_eq!(cells, expected.map(|(at, text)| (at.to_owned(), text)));
    assert_eq!(kinds(&part)[1], (BlockKind::TableRow, "2024\t4.2".to_owned()));
}

#[test]
fn text_boxes_charts_and_pictures_are_found_once() {
    let body = r#"<w:p><w:r><w:t>Before</w:t><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent><w:p><w:r>
        <w:t>In the box</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>
        <w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback>
        </mc:AlternateContent></w:r><w:r><w:drawing><c:chart r:id="rId6"/></w:drawing></w:r>
        <w:r><w:drawing><pic:pic><a:blip r:embed="rId9"/></pic:pic></w:drawing></w:r></w:p>"#;
    let document = read(body);
    assert_eq!(unread(&document), ["1 picture, not read"]);
    assert!(document.parts[0].text.starts_with("Before\nIn the box\nARR\t4.2\n"));
    assert_eq!(document.parts[0].tables.len(), 1);
}

#[test]
fn limits_cut_and_say_so() {
    let limits = Limits { characters: 30, ..Limits::default() };
    let body = paragraph("", "ten chars.").repeat(9);
    let document = read_bytes(DocumentKind::Docx, &document(&body), &limits).unwrap();
    assert_eq!(document.parts[0].text, "ten chars.\nten chars.\n");
    assert_eq!(unread(&document), ["the rest of the text: it holds more than a file may"]);
}

#[test]
fn a_document_without_text_is_empty() {
    let bytes = package(&[("word/document.xml", "<w:document><w:body><w:p/></w:body></w:document>")]);
    assert_eq!(read_bytes(DocumentKind::Docx, &bytes, &Limits::default()), Err(ReadError::Empty));
}
