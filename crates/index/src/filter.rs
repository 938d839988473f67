//! What somebody may see, as a condition inside the query: a passage of another deal is neither counted nor ranked.

use std::collections::HashSet;

use tantivy::columnar::{Column, StrColumn};
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::{DocId, SegmentReader};
use uuid::Uuid;

use crate::schema::{DEAL, KIND};

/// The condition that a passage belongs to one of these deals and, if said, is of this kind.
pub(crate) fn only(deals: &[Uuid], kind: Option<&str>) -> DocPredicateQuery {
    let deals: HashSet<String> = deals.iter().map(Uuid::to_string).collect();
    let kinds: Option<HashSet<String>> = kind.map(|kind| HashSet::from([kind.to_owned()]));
    FunctionPredicate::from(move |segment: &SegmentReader| {
        let deal = Verdict::of(segment, DEAL, Some(&deals))?;
        let kind = Verdict::of(segment, KIND, kinds.as_ref())?;
        Ok(move |passage: DocId| deal.allows(passage) && kind.allows(passage))
    })
    .into()
}

/// A column of words, each of which is allowed or not.
enum Verdict {
    All,
    None,
    Some { column: Column<u64>, allowed: Vec<bool> },
}

impl Verdict {
    fn of(segment: &SegmentReader, name: &str, allowed: Option<&HashSet<String>>) -> tantivy::Result<Self> {
        let Some(allowed) = allowed else { return Ok(Self::All) };
        let Some(column) = segment.fast_fields().str(name)? else { return Ok(Self::None) };
        Ok(Self::Some { allowed: verdicts(&column, allowed)?, column: column.ords().clone() })
    }

    fn allows(&self, passage: DocId) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Some { column, allowed } => column
                .first(passage)
                .and_then(|word| usize::try_from(word).ok())
                .and_then(|word| allowed.get(word))
                .is_some_and(|allowed| *allowed),
        }
    }
}

/// For each word of the column, by its number, whether it is allowed.
fn verdicts(column: &StrColumn, allowed: &HashSet<String>) -> tantivy::Result<Vec<bool>> {
    let mut verdicts = Vec::with_capacity(column.num_terms());
    let mut words = column.dictionary().stream()?;
    while words.advance() {
        verdicts.push(std::str::from_utf8(words.key()).is_ok_and(|word| allowed.contains(word)));
    }
    Ok(verdicts)
}
