//! Clauses as a query of tantivy. Ranking is BM25 over the wanted words; the filter and unfinished words add nothing.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::ask::Clause;
use crate::words::Word;

/// All clauses together, over the field of words, within the condition.
pub(crate) fn query(clauses: &[Clause], text: Field, only: Box<dyn Query>) -> BooleanQuery {
    let mut all: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(BoostQuery::new(only, 0.0)))];
    for clause in clauses {
        let occurs = if clause.excluded { Occur::MustNot } else { Occur::Must };
        all.push((occurs, one(clause, text)));
    }
    BooleanQuery::new(all)
}

fn one(clause: &Clause, field: Field) -> Box<dyn Query> {
    match clause.words.as_slice() {
        [word] if clause.unfinished => beginning(word, field),
        [word] => either(spellings(word).map(|form| term(form, field)).collect()),
        words => phrase(words, field),
    }
}

fn spellings(word: &Word) -> impl Iterator<Item = &str> {
    std::iter::once(word.form.as_str()).chain(word.spelling())
}

fn term(form: &str, field: Field) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, form), IndexRecordOption::WithFreqs))
}

fn either(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.pop() {
        Some(only) if queries.is_empty() => only,
        Some(last) => {
            queries.push(last);
            Box::new(BooleanQuery::union(queries))
        }
        None => Box::new(tantivy::query::EmptyQuery),
    }
}

/// Every word that begins so; a word that is just so counts for the rank. There is no limit to how many words that are:
/// a limit would let words of other deals crowd out those of this one.
fn beginning(word: &Word, field: Field) -> Box<dyn Query> {
    let mut any: Vec<Box<dyn Query>> = Vec::new();
    for form in spellings(word) {
        any.push(Box::new(BoostQuery::new(range(form, field), 0.0)));
        any.push(term(form, field));
    }
    Box::new(BooleanQuery::union(any))
}

fn range(form: &str, field: Field) -> Box<dyn Query> {
    let from = Bound::Included(Term::from_field_text(field, form));
    // No word has a letter beyond this one.
    let to = Bound::Excluded(Term::from_field_text(field, &format!("{form}{}", char::MAX)));
    Box::new(InvertedIndexRangeQuery::new(from, to))
}

fn phrase(words: &[Word], field: Field) -> Box<dyn Query> {
    let terms = |form: fn(&Word) -> &str| -> Vec<Term> {
        words.iter().map(|word| Term::from_field_text(field, form(word))).collect()
    };
    let plain = terms(|word| &word.form);
    let spelled = terms(|word| word.spelling().unwrap_or(&word.form));
    let mut any: Vec<Box<dyn Query>> = vec![Box::new(PhraseQuery::new(plain))];
    if words.iter().any(|word| word.spelling().is_some()) {
        any.push(Box::new(PhraseQuery::new(spelled)));
    }
    either(any)
}
