//! Asking the index.

use std::ops::Range;

use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Count, TopDocs};
use tantivy::schema::Value;
use tantivy::{DocAddress, Order, Searcher, TantivyDocument};
use uuid::Uuid;

use crate::ask::{Clause, ask};
use crate::index::Index;
use crate::query::query;
use crate::schema::{Fields, ORDER};
use crate::snippet::{Piece, snippet};
use crate::{IndexError, filter};

/// Hits that can be reached by paging; what is beyond is counted only.
pub const DEEPEST: usize = 1_000;

/// A question to the index.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What somebody typed: all words are wanted, `"a phrase"`, `-not`, the last word may be unfinished.
    pub text: &'a str,
    /// The deals that may be searched. None of the others has any influence on hits, counts or snippets.
    pub deals: &'a [Uuid],
    /// Only sources of this kind.
    pub kind: Option<&'a str>,
    /// How many hits are shown.
    pub limit: usize,
    /// How many hits are skipped.
    pub offset: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// How many passages match.
    pub total: usize,
    /// Those that are shown, the best first. Among equals the newer source, then the earlier passage.
    pub hits: Vec<Hit>,
}

/// A passage that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its deal.
    pub deal: Uuid,
    /// Its document or report.
    pub source: Uuid,
    /// What its source is.
    pub kind: String,
    /// The part of the source; 0 if it has none.
    pub part: u32,
    /// What its place in the source is called.
    pub name: Option<String>,
    /// BM25; comparable within one answer only.
    pub score: f32,
    /// Some of its text, with what was asked for.
    pub snippet: Vec<Piece>,
    /// The first hit in the snippet, in characters of the part.
    pub span: Option<Range<u32>>,
}

impl Index {
    /// Searches. Sees all commits that were acknowledged before.
    ///
    /// # Errors
    /// If the index's files fail; no text is an error.
    pub fn search(&self, asked: &Query) -> Result<Results, IndexError> {
        let clauses = ask(asked.text);
        if clauses.is_empty() || asked.deals.is_empty() {
            return Ok(Results::default());
        }
        let searcher = self.searcher();
        let limit = asked.limit.min(DEEPEST.saturating_sub(asked.offset));
        find(&searcher, self.fields(), asked, &clauses, limit).map_err(IndexError::engine("search"))
    }
}

fn find(
    searcher: &Searcher,
    fields: Fields,
    asked: &Query,
    clauses: &[Clause],
    limit: usize,
) -> tantivy::Result<Results> {
    let query = query(clauses, fields.text, Box::new(filter::only(asked.deals, asked.kind)));
    if limit == 0 {
        return Ok(Results { total: searcher.search(&query, &Count)?, hits: Vec::new() });
    }
    let order = (SortBySimilarityScore, (SortByStaticFastValue::<u64>::for_field(ORDER), Order::Asc));
    let top = TopDocs::with_limit(limit).and_offset(asked.offset).order_by(order);
    let (total, found) = searcher.search(&query, &(Count, top))?;
    let hits = found
        .into_iter()
        .filter_map(|((score, _), address)| hit(searcher, fields, clauses, score, address).transpose())
        .collect::<tantivy::Result<_>>()?;
    Ok(Results { total, hits })
}

fn hit(
    searcher: &Searcher,
    fields: Fields,
    clauses: &[Clause],
    score: f32,
    address: DocAddress,
) -> tantivy::Result<Option<Hit>> {
    let stored: TantivyDocument = searcher.doc(address)?;
    let word = |field| stored.get_first(field).and_then(|value| value.as_str());
    let number = |field| stored.get_first(field).and_then(|value| value.as_u64()).and_then(|it| u32::try_from(it).ok());
    let id = |field| word(field).and_then(|id| Uuid::parse_str(id).ok());
    let found = (id(fields.deal), id(fields.source), word(fields.kind), number(fields.part), number(fields.offset));
    let (Some(deal), Some(source), Some(kind), Some(part), Some(offset)) = found else { return Ok(None) };
    let shown = snippet(word(fields.text).unwrap_or_default(), clauses);
    let at = |character: usize| u32::try_from(character).ok().and_then(|character| offset.checked_add(character));
    Ok(Some(Hit {
        deal,
        source,
        kind: kind.to_owned(),
        part,
        name: word(fields.name).map(str::to_owned),
        score,
        span: shown.first.and_then(|first| Some(at(first.start)?..at(first.end)?)),
        snippet: shown.pieces,
    }))
}
