//! The form of the index. Whatever changes it, or how words are made, changes the names here; an index of another form is
//! begun anew.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// How words are made; raise the number when [`words`](crate::words) gives other ones.
pub(crate) const ANALYZER: &str = "words-1";
/// Name of the column that access is decided by.
pub(crate) const DEAL: &str = "deal";
/// Name of the column of kinds.
pub(crate) const KIND: &str = "kind";
/// Name of the column that decides among equal scores.
pub(crate) const ORDER: &str = "order";

/// The fields of a passage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The deal that it belongs to.
    pub(crate) deal: Field,
    /// The document or report.
    pub(crate) source: Field,
    /// What the source is, one word.
    pub(crate) kind: Field,
    /// Number of the part, 0 if there are none.
    pub(crate) part: Field,
    /// Characters of the part before the passage.
    pub(crate) offset: Field,
    /// Name within the source.
    pub(crate) name: Field,
    /// What is searched.
    pub(crate) text: Field,
    /// Newer sources first, then the order within one.
    pub(crate) order: Field,
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words =
        TextFieldIndexing::default().set_tokenizer(ANALYZER).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let column = TextOptions::default().set_fast("raw").set_stored();
    let fields = Fields {
        deal: schema.add_text_field(DEAL, column.clone()),
        source: schema.add_text_field("source", STRING | STORED),
        kind: schema.add_text_field(KIND, column),
        part: schema.add_u64_field("part", STORED),
        offset: schema.add_u64_field("offset", STORED),
        name: schema.add_text_field("name", STORED),
        text: schema.add_text_field("text", TextOptions::default().set_indexing_options(words).set_stored()),
        order: schema.add_u64_field(ORDER, NumericOptions::from(FAST)),
    };
    (schema.build(), fields)
}
