//! What a confined child can do: the walls leave room for the work.

use confine::{Ended, Limits};
use nix::libc;
use tokio::runtime::Runtime;

use crate::acts::DOCUMENT;
use crate::parent::{answer, launcher, word};
use crate::{Case, documents};

/// The cases of this file.
pub const CASES: &[Case] = &[
    ("a_document_arrives_and_stays_as_it_is", a_document_arrives_and_stays_as_it_is),
    ("a_document_over_the_limit_is_refused", a_document_over_the_limit_is_refused),
    ("after_the_document_no_file_is_written", after_the_document_no_file_is_written),
    ("poppler_works", poppler_works),
    ("tesseract_works", tesseract_works),
    ("a_child_ends_its_tool", a_child_ends_its_tool),
];

fn worked_on(runtime: &Runtime, act: &str, matter: &str, document: &[u8]) -> (String, Ended) {
    runtime.block_on(async {
        let mut child = launcher(act, matter, Limits::default()).start().await.unwrap();
        child.send_stream(DOCUMENT, document).await.unwrap();
        let text = word(&mut child).await;
        (text, child.end().await)
    })
}

fn a_document_arrives_and_stays_as_it_is(runtime: &Runtime) {
    let text = "a page of a deck, ".repeat(20_000);
    let (answer, ended) = worked_on(runtime, "document", "", text.as_bytes());
    assert_eq!(ended, Ended::Finished);
    assert!(answer.starts_with(&text) && answer.contains("; writing refused"));
}

fn a_document_over_the_limit_is_refused(runtime: &Runtime) {
    let ended = runtime.block_on(async {
        let limits = Limits { document_bytes: 1000, ..Limits::default() };
        let mut child = launcher("document", "", limits).start().await.unwrap();
        let _ = child.send_stream(DOCUMENT, [0; 1001].as_slice()).await;
        child.end().await
    });
    assert!(matches!(ended, Ended::Crashed { code: Some(_), .. }), "{ended:?}");
}

fn after_the_document_no_file_is_written(runtime: &Runtime) {
    let (text, ended) = runtime.block_on(answer(&launcher("file-too-late", "", Limits::default())));
    // A program that started the tests may have ignored the signal; then the write itself fails.
    let signalled = ended == Ended::Crashed { code: None, signal: Some(libc::SIGXFSZ) };
    assert!(signalled || (ended == Ended::Finished && text.starts_with("refused")), "{text} {ended:?}");
}

fn tool(runtime: &Runtime, line: &str, document: &[u8], wanted: &str) {
    let program = line.split(' ').next().unwrap();
    if !std::path::Path::new("/usr/bin").join(program).exists() {
        println!("not run: {program} is not installed");
        return;
    }
    let (text, ended) = worked_on(runtime, "run", line, document);
    assert_eq!(ended, Ended::Finished);
    assert!(text.starts_with("exit status: 0") && text.contains(wanted), "{line}: {text}");
}

fn poppler_works(runtime: &Runtime) {
    let pdf = documents::pdf();
    tool(runtime, "pdftotext -v", &pdf, "pdftotext version");
    tool(runtime, "pdftotext - -", &pdf, "Annual income");
    tool(runtime, "pdftotext -bbox-layout - -", &pdf, "<word ");
    tool(runtime, "pdfinfo -", &pdf, "Pages:           1");
    tool(runtime, "pdftoppm -png -r 60 -", &pdf, "PNG");
    tool(runtime, "pdftoppm -gray -r 60 -", &pdf, "P5");
}

fn tesseract_works(runtime: &Runtime) {
    let image = documents::pgm();
    tool(runtime, "tesseract stdin stdout --psm 7", &image, "117");
    tool(runtime, "tesseract stdin stdout --psm 7 tsv", &image, "117");
}

fn a_child_ends_its_tool(runtime: &Runtime) {
    let (text, ended) = runtime.block_on(answer(&launcher("stop-a-tool", "", Limits::default())));
    assert_eq!(ended, Ended::Finished);
    assert!(text == "None" || text.starts_with("refused"), "{text}");
}
