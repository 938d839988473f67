//! Figures that the template asks for and the documents do not say.

use model::{Calc, Gap};

use crate::book::Book;
use crate::ontology::ontology;
use crate::template::Template;

/// The gaps, in the template's order.
pub fn gaps(book: &Book<'_>, calcs: &[Calc], template: &Template) -> Vec<Gap> {
    template
        .required
        .iter()
        .filter(|required| !is_found(book, calcs, &required.metric))
        .map(|required| Gap {
            item: required.metric.clone(),
            title: ontology().title(&required.metric).to_owned(),
            searched: format!("Not found in {}. It matters: {}.", reviewed(book), required.why),
        })
        .collect()
}

/// True if a figure is stated, even if only as a plan, or can be reckoned.
pub fn is_found(book: &Book<'_>, calcs: &[Calc], metric: &str) -> bool {
    book.key_figure(metric).is_some() || calcs.iter().any(|calc| calc.metric.as_str() == metric)
}

/// What was searched, for people.
fn reviewed(book: &Book<'_>) -> String {
    let read: Vec<_> = book.documents().collect();
    let parts: usize = read.iter().map(|document| document.parts.len()).sum();
    let unread = book.sources.len() - read.len();
    let documents = counted(read.len(), "document");
    let pages = counted(parts, "part");
    if unread == 0 {
        format!("the {documents} that were read ({pages})")
    } else {
        format!("the {documents} that were read ({pages}); {} could not be read", counted(unread, "document"))
    }
}

fn counted(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
