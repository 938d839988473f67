//! Puts the parts into a zip of our own making: fixed times, so that the same report gives the same bytes, compression,
//! and the three things that docx-rs has no words for (header rows, language, core properties).

use std::io::{Cursor, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use docx_rs::XMLDocx;
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::paper::Paper;
use crate::wording;

const HEADER_ROW: (&str, &str) = (r#"<w:trHeight w:val="1" w:hRule="atLeast" />"#, "<w:tblHeader />");
const LANGUAGE: (&str, &str) =
    ("</w:rPr></w:rPrDefault>", r#"<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA" /></w:rPr></w:rPrDefault>"#);

/// The bytes of the document.
pub(super) fn write(parts: XMLDocx, paper: &Paper, prepared_at: DateTime<Utc>) -> ZipResult<Vec<u8>> {
    let mut package = Package { zip: ZipWriter::new(Cursor::new(Vec::new())) };
    package.part("[Content_Types].xml", &parts.content_type)?;
    package.part("_rels/.rels", &parts.rels)?;
    package.part("docProps/app.xml", &parts.doc_props.app)?;
    package.part("docProps/core.xml", core(paper, prepared_at).as_bytes())?;
    package.part("docProps/custom.xml", &parts.doc_props.custom)?;
    package.part("word/_rels/document.xml.rels", &parts.document_rels)?;
    package.part("word/document.xml", &with(&parts.document, HEADER_ROW)?)?;
    package.part("word/styles.xml", &with(&parts.styles, LANGUAGE)?)?;
    package.part("word/settings.xml", &parts.settings)?;
    package.part("word/fontTable.xml", &parts.font_table)?;
    package.part("word/comments.xml", &parts.comments)?;
    package.part("word/numbering.xml", &parts.numberings)?;
    package.part("word/commentsExtended.xml", &parts.comments_extended)?;
    package.part("word/footnotes.xml", &parts.footnotes)?;
    package.numbered("header", &parts.headers, &parts.header_rels)?;
    package.numbered("footer", &parts.footers, &parts.footer_rels)?;
    Ok(package.zip.finish()?.into_inner())
}

struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Package {
    fn part(&mut self, name: &str, content: &[u8]) -> ZipResult<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        self.zip.write_all(content)?;
        Ok(())
    }

    fn numbered(&mut self, name: &str, parts: &[Vec<u8>], rels: &[Vec<u8>]) -> ZipResult<()> {
        for (at, part) in parts.iter().enumerate() {
            self.part(&format!("word/{name}{}.xml", at + 1), part)?;
        }
        for (at, part) in rels.iter().enumerate() {
            self.part(&format!("word/_rels/{name}{}.xml.rels", at + 1), part)?;
        }
        Ok(())
    }
}

/// A part with one piece of markup put for another. Text cannot hold it: there `<` is an entity.
fn with(part: &[u8], (from, to): (&str, &str)) -> ZipResult<Vec<u8>> {
    let xml = std::str::from_utf8(part).map_err(|_| ZipError::InvalidArchive("a part is not UTF-8".into()))?;
    Ok(xml.replace(from, to).into_bytes())
}

fn core(paper: &Paper, prepared_at: DateTime<Utc>) -> String {
    let at = prepared_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let title = escape(&format!("{} – {}", paper.company, wording::TITLE));
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
            r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" "#,
            r#"xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" "#,
            r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            r#"<dc:title>{title}</dc:title><dc:creator>VCConnect</dc:creator>"#,
            r#"<cp:lastModifiedBy>VCConnect</cp:lastModifiedBy><dc:language>en-GB</dc:language>"#,
            r#"<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>"#,
            r#"<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified>"#,
            r#"</cp:coreProperties>"#,
        ),
        title = title,
        at = at,
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
