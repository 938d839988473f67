//! The XML of PresentationML and DrawingML that a deck needs: text boxes, tables, charts. ECMA-376, transitional.

use rust_decimal::Decimal;

use super::tree::{Chart, Shape, Table};

/// Where a shape stands, in points of a slide of 960 by 540.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
}

/// English metric units of a point.
const EMU: i64 = 12_700;

impl Frame {
    fn transform(self, name: &str) -> String {
        format!(
            "<{name}><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/></{name}>",
            self.x * EMU,
            self.y * EMU,
            self.width * EMU,
            self.height * EMU
        )
    }
}

/// How words look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink<'a> {
    /// Size in points.
    pub size: i64,
    /// Colour as `RRGGBB`.
    pub colour: &'a str,
    /// Bold.
    pub bold: bool,
    /// Whether each paragraph has a bullet.
    pub bullet: bool,
}

/// Text as XML wants it.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn run(words: &str, ink: Ink<'_>) -> String {
    format!(
        "<a:r><a:rPr lang=\"en-US\" sz=\"{}\" b=\"{}\"><a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill></a:rPr>\
         <a:t>{}</a:t></a:r>",
        ink.size * 100,
        i32::from(ink.bold),
        ink.colour,
        escaped(words)
    )
}

fn paragraph(words: &str, ink: Ink<'_>, right: bool) -> String {
    let align = if right { " algn=\"r\"" } else { "" };
    let bullet = if ink.bullet {
        "<a:pPr marL=\"285750\" indent=\"-285750\"><a:spcAft><a:spcPts val=\"900\"/></a:spcAft>\
         <a:buFont typeface=\"Arial\"/><a:buChar char=\"&#8226;\"/></a:pPr>"
            .to_owned()
    } else {
        format!("<a:pPr{align}><a:buNone/></a:pPr>")
    };
    format!("<a:p>{bullet}{}</a:p>", run(words, ink))
}

/// A box of paragraphs. The first box of a slide is its title.
pub(super) fn text_box(id: usize, frame: Frame, fill: Option<&str>, lines: &[(&str, Ink<'_>)], title: bool) -> String {
    let fill = fill.map_or_else(
        || "<a:noFill/>".to_owned(),
        |colour| format!("<a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>"),
    );
    let paragraphs: String = lines.iter().map(|(words, ink)| paragraph(words, *ink, false)).collect();
    let (kind, name) = if title { ("<p:nvPr><p:ph type=\"title\"/></p:nvPr>", "Title") } else { ("<p:nvPr/>", "Text") };
    let anchor = if title { "ctr" } else { "t" };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name} {id}\"/><p:cNvSpPr/>{kind}</p:nvSpPr><p:spPr>{}\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>{fill}</p:spPr><p:txBody><a:bodyPr wrap=\"square\" \
         anchor=\"{anchor}\"><a:normAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody></p:sp>",
        frame.transform("a:xfrm")
    )
}

/// A table.
pub(super) fn table(id: usize, frame: Frame, table: &Table, ink: &str, grey: &str) -> String {
    let columns = i64::try_from(table.head.len()).unwrap_or(1).max(1);
    let first = frame.width * 3 / (columns + 2);
    let other = (frame.width - first) / (columns - 1).max(1);
    let size = if columns > 5 { 12 } else { 14 };
    let row_height = (frame.height / i64::try_from(table.rows.len() + 1).unwrap_or(1)).clamp(20, 34);
    let grid: String =
        (0..columns).map(|at| format!("<a:gridCol w=\"{}\"/>", if at == 0 { first } else { other } * EMU)).collect();
    let cell = |words: &str, ink: Ink<'_>, right: bool| {
        format!(
            "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{}</a:txBody><a:tcPr anchor=\"ctr\"><a:noFill/></a:tcPr></a:tc>",
            paragraph(words, ink, right)
        )
    };
    let row = |cells: &[crate::room::text::Text], ink: Ink<'_>| {
        let cells: String = cells.iter().enumerate().map(|(at, text)| cell(&text.words, ink, at > 0)).collect();
        format!("<a:tr h=\"{}\">{cells}</a:tr>", row_height * EMU)
    };
    let head = row(&table.head, Ink { size: size - 1, colour: grey, bold: true, bullet: false });
    let body: String =
        table.rows.iter().map(|cells| row(cells, Ink { size, colour: ink, bold: false, bullet: false })).collect();
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"Table {id}\"/><p:cNvGraphicFramePr/><p:nvPr/>\
         </p:nvGraphicFramePr>{}<a:graphic><a:graphicData \
         uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr firstRow=\"1\"/><a:tblGrid>{grid}\
         </a:tblGrid>{head}{body}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
        frame.transform("p:xfrm")
    )
}

/// The frame of a chart whose part has a relation.
pub(super) fn chart_frame(id: usize, frame: Frame, relation: &str) -> String {
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"Chart {id}\"/><p:cNvGraphicFramePr/><p:nvPr/>\
         </p:nvGraphicFramePr>{}<a:graphic><a:graphicData \
         uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart \
         xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"{relation}\"/></a:graphicData>\
         </a:graphic></p:graphicFrame>",
        frame.transform("p:xfrm")
    )
}

/// The part of a chart. Its workbook has the names in column A and the values in column B.
pub(super) fn chart(chart: &Chart, accent: &str) -> String {
    let count = chart.values.len();
    let points = |values: &mut dyn Iterator<Item = String>| -> String {
        values.enumerate().map(|(at, value)| format!("<c:pt idx=\"{at}\"><c:v>{value}</c:v></c:pt>")).collect()
    };
    let names = points(&mut chart.categories.iter().map(|name| escaped(name)));
    let values = points(&mut chart.values.iter().map(Decimal::to_string));
    let fill = format!("<a:solidFill><a:srgbClr val=\"{accent}\"/></a:solidFill>");
    let look = match chart.shape {
        Shape::Line => {
            format!("<c:spPr><a:ln w=\"28575\">{fill}</a:ln></c:spPr><c:marker><c:symbol val=\"circle\"/></c:marker>")
        }
        Shape::Columns | Shape::Bars => format!("<c:spPr>{fill}</c:spPr><c:invertIfNegative val=\"0\"/>"),
    };
    let position = if chart.shape == Shape::Line { "t" } else { "outEnd" };
    let labels = format!(
        "<c:dLbls><c:numFmt formatCode=\"{}\" sourceLinked=\"0\"/><c:spPr><a:noFill/></c:spPr><c:dLblPos \
         val=\"{position}\"/><c:showLegendKey val=\"0\"/><c:showVal val=\"1\"/><c:showCatName val=\"0\"/>\
         <c:showSerName val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/></c:dLbls>",
        chart.format
    );
    let title = escaped(&chart.title);
    let last = count + 1;
    let series = format!(
        "<c:ser><c:idx val=\"0\"/><c:order val=\"0\"/><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f><c:strCache><c:ptCount \
         val=\"1\"/><c:pt idx=\"0\"><c:v>{title}</c:v></c:pt></c:strCache></c:strRef></c:tx>{look}{labels}<c:cat>\
         <c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val=\"{count}\"/>{names}</c:strCache>\
         </c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$2:$B${last}</c:f><c:numCache><c:formatCode>General\
         </c:formatCode><c:ptCount val=\"{count}\"/>{values}</c:numCache></c:numRef></c:val>{}</c:ser>",
        if chart.shape == Shape::Line { "<c:smooth val=\"0\"/>" } else { "" }
    );
    let plot = match chart.shape {
        Shape::Line => format!(
            "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>{series}<c:marker val=\"1\"/>\
             <c:axId val=\"111\"/><c:axId val=\"112\"/></c:lineChart>"
        ),
        Shape::Columns | Shape::Bars => format!(
            "<c:barChart><c:barDir val=\"{}\"/><c:grouping val=\"clustered\"/><c:varyColors val=\"0\"/>{series}\
             <c:gapWidth val=\"60\"/><c:axId val=\"111\"/><c:axId val=\"112\"/></c:barChart>",
            if chart.shape == Shape::Bars { "bar" } else { "col" }
        ),
    };
    let (below, left) = if chart.shape == Shape::Bars { ("l", "b") } else { ("b", "l") };
    // Bars are drawn from below; the first name belongs on top.
    let order = if chart.shape == Shape::Bars { "maxMin" } else { "minMax" };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><c:chartSpace \
         xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><c:chart><c:title><c:tx><c:rich>\
         <a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1300\"/></a:pPr><a:r><a:rPr lang=\"en-US\" sz=\"1300\"/><a:t>{title}</a:t>\
         </a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title><c:autoTitleDeleted val=\"0\"/><c:plotArea>\
         <c:layout/>{plot}<c:catAx><c:axId val=\"111\"/><c:scaling><c:orientation val=\"{order}\"/></c:scaling><c:delete \
         val=\"0\"/><c:axPos val=\"{below}\"/><c:numFmt formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark \
         val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/><c:crossAx val=\"112\"/><c:crosses \
         val=\"autoZero\"/></c:catAx><c:valAx><c:axId val=\"112\"/><c:scaling><c:orientation val=\"minMax\"/><c:min \
         val=\"0\"/></c:scaling><c:delete val=\"1\"/><c:axPos val=\"{left}\"/><c:numFmt formatCode=\"General\" \
         sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/>\
         <c:crossAx val=\"111\"/><c:crosses val=\"autoZero\"/></c:valAx></c:plotArea><c:plotVisOnly val=\"1\"/>\
         <c:dispBlanksAs val=\"gap\"/></c:chart><c:externalData r:id=\"rId1\"><c:autoUpdate val=\"0\"/></c:externalData>\
         </c:chartSpace>"
    )
}
