//! Rules of reports without IO.

use report::Format;

use super::model::file_name;

#[test]
fn a_file_is_named_after_the_company_whatever_it_is_called() {
    assert_eq!(file_name("Kelp & Co", 3, Format::Pdf), "Kelp & Co - report v3.pdf");
    assert_eq!(file_name("../../etc/passwd", 1, Format::Markdown), "etc passwd - report v1.md");
    assert_eq!(file_name("a\"b\r\nc\u{202e}", 1, Format::Docx), "a b c - report v1.docx");
    assert_eq!(file_name("...", 1, Format::Json), "Company - report v1.json");
    assert_eq!(file_name("Ünïcode 株式会社", 2, Format::Pdf), "Ünïcode 株式会社 - report v2.pdf");
}
