//! Kinds, places, what is taken in, and when an index is another. What needs a database is in tests/it/search.rs.

use std::sync::Arc;
use std::time::Duration;

use index::Stamp;
use model::DocumentKind;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Kind;
use super::indexing::fits;
use super::service::place;
use super::texts::{Text, of_part};
use crate::base::ErrorCode;

#[test]
fn kinds_are_parsed_back() {
    for kind in DocumentKind::ALL.map(Kind::Document).into_iter().chain([Kind::Report]) {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(Kind::parse("Report"), None);
}

#[test]
fn places_are_named_as_people_do() {
    let place = |kind, part, name| Kind::Document(kind).place(part, name);
    assert_eq!(place(DocumentKind::Pdf, 7, None), "p. 7");
    assert_eq!(place(DocumentKind::Xlsx, 2, Some("MRR")), "sheet MRR");
    assert_eq!(place(DocumentKind::Xlsx, 2, None), "sheet 2");
    assert_eq!(place(DocumentKind::Pptx, 3, Some("Traction")), "slide 3");
    assert_eq!(place(DocumentKind::Csv, 1, None), "");
    assert_eq!(place(DocumentKind::Image, 2, None), "part 2");
    assert_eq!(Kind::Report.place(3, Some("traction")), "");
}

#[test]
fn a_part_is_read_without_its_layout_and_nothing_of_it_is_in_the_error() {
    let json = br#"{"number":2,"name":"MRR","text":"a\tb\n","layout":{"unknown":"form"}}"#;
    let text = Text { part: 2, name: Some("MRR".to_owned()), text: "a\tb\n".to_owned() };
    assert_eq!(of_part(json).unwrap(), text);
    let error = of_part(br#"{"number":"Kelp"}"#).unwrap_err();
    assert!(!error.causes().contains("Kelp"));
}

#[test]
fn an_index_fits_at_its_number_or_one_beyond() {
    let stamp = |id: u128, sequence| Stamp { id: Uuid::from_u128(id), sequence };
    assert!(fits(stamp(1, 5), stamp(1, 5)));
    assert!(fits(stamp(1, 5), stamp(1, 6)));
    assert!(!fits(stamp(1, 5), stamp(1, 4)));
    assert!(!fits(stamp(1, 5), stamp(1, 7)));
    assert!(!fits(stamp(1, 5), stamp(2, 5)));
}

#[tokio::test]
async fn a_search_that_finds_no_place_is_told_to_come_again() {
    let places = Arc::new(Semaphore::new(1));
    let held = place(&places, Duration::ZERO).await.unwrap();
    let error = place(&places, Duration::ZERO).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unavailable);
    assert!(error.retry_after.is_some());
    drop(held);
    assert!(place(&places, Duration::ZERO).await.is_ok());
}
