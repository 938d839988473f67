//! The search over documents and reports.

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::base::{DealId, DocumentId, Error, FieldError, PageRequest, Result};
use crate::domain::search::{Asked, Found, Hit, Kind, SearchState, Source};
use crate::http::caller::SignedIn;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// All words are wanted; `"a phrase"` in its order; `-word` must not be there; the last word may be unfinished.
    #[serde(default)]
    q: String,
    /// Only in this deal.
    deal: Option<DealId>,
    /// Only in sources of this kind: `pdf`, `xlsx`, `csv`, `docx`, `pptx`, `image`, `text` or `report`.
    kind: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of what was found, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPage {
    /// `loading`: there may be more than is shown.
    state: SearchState,
    /// Places that match, on all pages. The first 1,000 can be reached.
    total: usize,
    items: Vec<SearchHit>,
    next_cursor: Option<String>,
}

/// A place that matches.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    deal_id: DealId,
    deal_name: String,
    source: SourceKind,
    document_id: Option<DocumentId>,
    report_number: Option<u32>,
    /// `pdf`, `xlsx`, `csv`, `docx`, `pptx`, `image`, `text` or `report`.
    kind: &'static str,
    /// The document's file name, or which version of the report.
    title: String,
    /// Number of the document's part.
    part: Option<u32>,
    /// Where in the document, as in `p. 7` or `sheet MRR`; empty if it has one part.
    place: String,
    /// The first hit, in characters of the part's text.
    span: Option<SearchSpan>,
    /// Id of the report's section.
    section: Option<String>,
    snippet: Vec<SnippetPiece>,
}

/// What a hit is in.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A document.
    Document,
    /// A version of a report.
    Report,
}

/// A stretch of a part's text, in Unicode scalar values.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SearchSpan {
    start: u32,
    end: u32,
}

/// A stretch of a snippet.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetPiece {
    text: String,
    /// Whether it is what was looked for.
    hit: bool,
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let snippet = hit.snippet.into_iter().map(|piece| SnippetPiece { text: piece.text, hit: piece.hit }).collect();
        let found = Self {
            deal_id: hit.deal,
            deal_name: hit.deal_name,
            source: SourceKind::Report,
            document_id: None,
            report_number: None,
            kind: hit.kind.as_str(),
            title: String::new(),
            part: None,
            place: String::new(),
            span: None,
            section: None,
            snippet,
        };
        match hit.source {
            Source::Document { id, name, part, place, span } => Self {
                source: SourceKind::Document,
                document_id: Some(id),
                title: name,
                part: Some(part),
                place,
                span: span.map(|span| SearchSpan { start: span.start, end: span.end }),
                ..found
            },
            Source::Report { number, section } => {
                Self { report_number: Some(number), title: format!("Report, version {number}"), section, ..found }
            }
        }
    }
}

impl From<Found> for SearchPage {
    fn from(found: Found) -> Self {
        let page = found.page.map(SearchHit::from);
        Self { state: found.state, total: found.total, items: page.items, next_cursor: page.next_cursor }
    }
}

/// Search documents and reports
#[utoipa::path(tag = "search", params(Find), responses((status = 200, body = SearchPage)))]
#[get("/search")]
pub async fn search(app: Data<App>, SignedIn(cx): SignedIn, query: Query<Find>) -> Result<Json<SearchPage>> {
    let Find { q, deal, kind, limit, cursor } = query.into_inner();
    let kind = kind.as_deref().map(parse).transpose()?;
    let found = app.search.find(&cx, Asked { text: q, deal, kind }, &PageRequest { limit, cursor }).await?;
    Ok(Json(found.into()))
}

fn parse(word: &str) -> Result<Kind> {
    Kind::parse(word).ok_or_else(|| {
        let message = "There is nothing of this kind.".to_owned();
        Error::invalid(vec![FieldError { field: "kind".to_owned(), message }])
    })
}
