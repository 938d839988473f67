//! The last look at a report before it is published: each quote that it cites stands in its document, letter for letter,
//! at the place that it names. The child that made the report is not believed.

use std::collections::BTreeMap;

use model::{DocumentVersion, Part, Place, Report};

use super::making::{Document, Making, changed, part_of};
use super::writing::blocking;
use crate::base::Result;

/// Places of one part.
type Cited<'a> = BTreeMap<(DocumentVersion, u32), Vec<&'a Place>>;

impl Making<'_> {
    /// Whether all quotes of a report stand where it says.
    pub(super) async fn verified(&self, documents: &[Document<'_>], report: &Report) -> Result<bool> {
        for ((version, number), places) in cited(report) {
            let Some(part) = part_of(documents, version, number) else { return Ok(false) };
            let json = self.runs.documents.source_part(self.run.deal, part).await?.ok_or_else(changed)?;
            let places: Vec<Place> = places.into_iter().cloned().collect();
            if !blocking(move || stand(&json, &places)).await? {
                tracing::error!(run = %self.run.id, part = %part.id, "a report cites what does not stand in its document");
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn cited(report: &Report) -> Cited<'_> {
    let mut cited = Cited::new();
    let places = report.citations.iter().map(|entry| &entry.place);
    for place in places.chain(report.facts.iter().map(|entry| &entry.fact.place)) {
        cited.entry((place.document, place.part)).or_default().push(place);
    }
    cited
}

fn stand(json: &[u8], places: &[Place]) -> bool {
    serde_json::from_slice(json)
        .is_ok_and(|part: Part| places.iter().all(|place| part.place(place.document, place.span) == *place))
}

#[cfg(test)]
mod tests {
    use model::{Layout, Span};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_quote_stands_where_it_says_or_nowhere() {
        let part =
            Part { number: 1, name: None, text: "ARR of 4.2m".to_owned(), layout: Layout::Plain, tables: Vec::new() };
        let json = serde_json::to_vec(&part).unwrap();
        let place = part.place(DocumentVersion(Uuid::nil()), Span::new(7, 11));
        assert!(stand(&json, std::slice::from_ref(&place)));
        let lie = Place { quote: "9.9m".to_owned(), ..place.clone() };
        let shifted = Place { span: Span::new(0, 3), ..place };
        assert!(!stand(&json, &[lie]) && !stand(&json, &[shifted]) && !stand(b"{}", &[]));
    }
}
