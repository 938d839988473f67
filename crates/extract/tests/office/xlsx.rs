//! Workbooks.

use extract::{Limits, ReadError};
use model::{CellValue, Document, DocumentKind, Layout, SheetCell, SheetLayout};

use crate::build::{only_part, package, read_bytes, relationships, unread};

const STYLES: &str = r##"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="#,##0&quot; €&quot;"/>
    <numFmt numFmtId="165" formatCode="mmm-yy"/></numFmts>
    <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs>
    <dxfs><dxf><xf numFmtId="1"/></dxf></dxfs></styleSheet>"##;

const STRINGS: &str = "<sst><si><t>ARR</t></si><si><r><t>Net </t></r><r><t xml:space=\"preserve\">new</t></r>\
    <rPh><t>reading aid</t></rPh></si><si><t>two\nlines_x000D_\tand a tab</t></si></sst>";

/// A workbook of sheets, given by name and rows.
pub(crate) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    workbook_with(sheets, "", |index| format!("worksheets/sheet{index}.xml"))
}

fn workbook_with(sheets: &[(&str, &str)], properties: &str, part: impl Fn(usize) -> String) -> Vec<u8> {
    let mut list = format!("<workbook>{properties}<sheets>");
    let mut targets = Vec::new();
    let mut parts = Vec::new();
    for (index, (name, rows)) in sheets.iter().enumerate() {
        let state = if name.starts_with("hidden") { "hidden" } else { "visible" };
        list.push_str(&format!(r#"<sheet name="{name}" sheetId="{index}" state="{state}" r:id="rId{index}"/>"#));
        targets.push((format!("rId{index}"), part(index)));
        let content =
            if rows.contains("<sheetData") { (*rows).to_owned() } else { format!("<sheetData>{rows}</sheetData>") };
        parts.push((
            format!("xl/{}", part(index)),
            format!(r#"<worksheet><dimension ref="A1:XFD1048576"/>{content}</worksheet>"#),
        ));
    }
    list.push_str("</sheets></workbook>");
    let mut relations: Vec<(&str, &str, &str)> =
        targets.iter().map(|(id, part)| (id.as_str(), "worksheet", part.as_str())).collect();
    relations.push(("s", "sharedStrings", "sharedStrings.xml"));
    relations.push(("t", "styles", "/xl/styles.xml"));
    let relations = relationships(&relations);
    let mut entries = vec![("xl/workbook.xml", list.as_str()), ("xl/_rels/workbook.xml.rels", relations.as_str())];
    entries.extend([("xl/sharedStrings.xml", STRINGS), ("xl/styles.xml", STYLES)]);
    entries.extend(parts.iter().map(|(name, content)| (name.as_str(), content.as_str())));
    package(&entries)
}

fn read(bytes: &[u8]) -> Document {
    read_bytes(DocumentKind::Xlsx, bytes, &Limits::default()).unwrap()
}

fn sheet(layout: &Layout) -> &SheetLayout {
    let Layout::Sheet(sheet) = layout else { panic!("not a sheet") };
    sheet
}

fn cells(rows: &str) -> (String, Vec<SheetCell>) {
    let part = only_part(read(&workbook(&[("Model", rows)])));
    (part.text, sheet(&part.layout).cells.clone())
}

fn number(text: &str) -> CellValue {
    CellValue::Number(text.parse().unwrap())
}

#[test]
fn cells_have_their_value_formula_and_format() {
    let (text, cells) = cells(
        r#"<row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" s="2"><f>B3*12</f><v>4.2E6</v></c></row>
           <row r="5"><c r="A5" t="inlineStr"><is><t>Growth &amp; more</t></is></c><c r="B5" s="1"><v>0.625</v></c>
           <c r="C5" s="3"><v>45473</v></c><c r="D5" t="b"><v>1</v></c><c r="E5" t="e"><v>#REF!</v></c>
           <c r="F5" t="str"><f>A5</f><v>words</v></c><c r="G5" t="d"><v>2024-06-30T00:00:00</v></c></row>"#,
    );
    assert_eq!(text, "ARR\t4200000\nGrowth & more\t62.5%\t2024-06-30\tTRUE\t#REF!\twords\t2024-06-30\n");
    assert_eq!(cells[1].at.to_string(), "C3");
    assert_eq!(cells[1].value, number("4200000"));
    assert_eq!(cells[1].formula.as_deref(), Some("B3*12"));
    assert_eq!(cells[1].format.as_deref(), Some("#,##0\" €\""));
    assert_eq!(cells[3].value, number("0.625"));
    assert_eq!(cells[3].format.as_deref(), Some("0.00%"));
    assert_eq!(cells[4].value, CellValue::Date("2024-06-30".parse().unwrap()));
    assert_eq!(cells[6].value, CellValue::Error("#REF!".to_owned()));
    assert_eq!(cells[0].format, None);
}

#[test]
fn shared_texts_come_whole_and_on_one_line() {
    let (text, cells) = cells(r#"<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>2</v></c></row>"#);
    assert_eq!(text, "Net new\ttwo lines  and a tab\n");
    assert_eq!(cells[1].value, CellValue::Text("two\nlines\r\tand a tab".to_owned()));
}

#[test]
fn shared_formulas_move_along() {
    let (_, cells) = cells(
        r#"<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$A$9</f><v>1</v></c></row>
           <row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>
           <row r="3"><c r="B3"><f t="shared" si="7"/><v>3</v></c></row>"#,
    );
    let formulas: Vec<_> = cells.iter().map(|cell| cell.formula.as_deref()).collect();
    assert_eq!(formulas, [Some("A1*$A$9"), Some("A2*$A$9"), None]);
}

#[test]
fn cells_without_address_follow_each_other() {
    let (_, cells) =
        cells("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row><row r=\"9\"><c><v>4</v></c></row>");
    let at: Vec<String> = cells.iter().map(|cell| cell.at.to_string()).collect();
    assert_eq!(at, ["A1", "B1", "A2", "A9"]);
}

#[test]
fn cells_out_of_order_or_named_twice_are_put_right() {
    let (text, _) = cells(
        r#"<row r="2"><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c><c r="A2"><v>9</v></c></row>
           <row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="ZZZZ1"><v>7</v></c><c r="A9999999"><v>8</v></c></row>"#,
    );
    assert_eq!(text, "1\n3\t4\n");
}

#[test]
fn merged_cells_show_the_first() {
    let part = only_part(read(&workbook(&[(
        "Model",
        r#"<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="D1"><v>3</v></c></row>
           <row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c><c r="C2"><v>6</v></c></row></sheetData>
           <mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="nonsense"/><mergeCell ref="D1:D9"/></mergeCells>"#,
    )])));
    assert_eq!(part.text, "1\t3\n6\n");
}

#[test]
fn formulas_without_result_are_named_once() {
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1+1</f><v/></c><c r="C1"><f>2</f></c>
        <c r="D1" t="str"><f>""</f><v></v></c></row>"#;
    let document = read(&workbook(&[("One", rows), ("Two", rows)]));
    assert_eq!(unread(&document), ["4 formulas have no stored result: open and save the file in Excel"]);
    assert_eq!(document.parts[0].text, "ARR\n");
}

#[test]
fn sheets_keep_their_order_names_and_hiding() {
    let row = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
    let document = read(&workbook(&[("P&amp;L", row), ("hidden", row), ("Empty", "")]));
    let names: Vec<_> = document.parts.iter().filter_map(|part| part.name.as_deref()).collect();
    assert_eq!(names, ["P&L", "hidden", "Empty"]);
    let hidden: Vec<bool> = document.parts.iter().map(|part| sheet(&part.layout).hidden).collect();
    assert_eq!(hidden, [false, true, false]);
    assert_eq!((document.reading.parts, document.reading.read), (3, 3));
}

#[test]
fn dates_may_count_from_1904() {
    let row = r#"<row r="1"><c r="A1" s="3"><v>44011</v></c></row>"#;
    let bytes = workbook_with(&[("Model", row)], r#"<workbookPr date1904="1"/>"#, |_| "Sheet.XML".to_owned());
    assert_eq!(only_part(read(&bytes)).text, "2024-06-30\n");
}

#[test]
fn a_workbook_without_cells_is_empty() {
    let read = read_bytes(DocumentKind::Xlsx, &workbook(&[("Model", "")]), &Limits::default());
    assert_eq!(read, Err(ReadError::Empty));
}

#[test]
fn limits_cut_and_say_so() {
    let row = |cells: u32| {
        (1..=cells).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>12345</v></c></row>")).collect::<String>()
    };
    let bytes = workbook(&[("One", &row(10)), ("Two", &row(10)), ("Three", &row(10))]);
    let limits = Limits { cells: 15, parts: 2, ..Limits::default() };
    let document = read_bytes(DocumentKind::Xlsx, &bytes, &limits).unwrap();
    let filled: Vec<usize> = document.parts.iter().map(|part| sheet(&part.layout).cells.len()).collect();
    assert_eq!(filled, [10, 5]);
    assert_eq!(unread(&document).len(), 2, "{:?}", unread(&document));
    let limits = Limits { characters: 20, ..Limits::default() };
    let document = read_bytes(DocumentKind::Xlsx, &bytes, &limits).unwrap();
    assert!(document.parts.iter().map(|part| part.text.len()).sum::<usize>() <= 20);
    let limits = Limits { cells: 1, ..Limits::default() };
    let bytes = workbook(&[("One", r#"<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><v>1</v></c></row>"#)]);
    assert_eq!(
        unread(&read_bytes(DocumentKind::Xlsx, &bytes, &limits).unwrap())[0],
        "1 cells whose text is not in the file"
    );
}

#[test]
fn one_text_in_many_cells_fills_no_memory() {
    let row = |cells: usize, value: &str| {
        format!(
            r#"<row r="1"><c><v>1</v></c>{}</row>"#,
            format!(r#"<c t="inlineStr"><is><t>{value}</t></is></c>"#).repeat(cells)
        )
    };
    let limits = Limits { characters: 1_000, ..Limits::default() };
    let blank = workbook(&[("One", &row(50, &" ".repeat(900)))]);
    assert_eq!(read_bytes(DocumentKind::Xlsx, &blank, &limits).unwrap().parts[0].text, "1\n");
    let padded = workbook(&[("One", &row(50, &format!("x{}", " ".repeat(900))))]);
    assert_eq!(read_bytes(DocumentKind::Xlsx, &padded, &limits).unwrap().parts[0].text, "1\tx\n");
    let formula = "A1+".repeat(200) + "1";
    let shared = format!(
        r#"<row r="1"><c><f t="shared" si="0">{formula}</f><v>1</v></c>{}</row>"#,
        r#"<c><f t="shared" si="0"/><v>1</v></c>"#.repeat(50)
    );
    let document = read_bytes(DocumentKind::Xlsx, &workbook(&[("One", &shared)]), &limits).unwrap();
    assert_eq!(document.parts[0].text, "1\n");
    assert_eq!(unread(&document), ["the rest of the sheet: it holds more than a file may"]);
}
