//! The whole sentences of a document that a quote is from: what stands before or after a quote may turn it round.

use model::{Part, Span};

use crate::lines::{Piece, sentences};

/// Characters of a sentence that are looked at on each side of a quote.
const REACH: u32 = 600;

/// The sentences of a part.
#[derive(Debug, Clone)]
pub struct Surroundings {
    sentences: Vec<Span>,
}

impl Surroundings {
    /// The sentences of this part.
    pub fn of(part: &Part) -> Self {
        Self { sentences: sentences(part).iter().map(Piece::whole).collect() }
    }

    /// The sentences that a span touches, in lower case. What stands in no sentence has some text around it.
    pub fn around(&self, part: &Part, span: Span) -> String {
        let first = self.sentences.partition_point(|one| one.end <= span.start);
        let last = self.sentences.partition_point(|one| one.start < span.end);
        let touched = self.sentences.get(first..last).unwrap_or_default();
        let near = Span::new(span.start.saturating_sub(REACH), span.end.saturating_add(REACH));
        let wide = match (touched.first(), touched.last()) {
            (Some(one), Some(other)) => {
                Span::new(one.start.min(span.start).max(near.start), other.end.max(span.end).min(near.end))
            }
            _ => near,
        };
        part.quote(wide).to_lowercase()
    }
}
