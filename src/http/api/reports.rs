//! Versions of a deal's report, and the files made of them.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use report::Format;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::PageParams;
use crate::app::App;
use crate::base::{DealId, Error, Result, WorkState};
use crate::domain::accounts::Person;
use crate::domain::reports::{self, ReportHeader};
use crate::http::attachment::attachment;
use crate::http::caller::SignedIn;

/// A version in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportSummary {
    /// Within the deal, from 1.
    number: i32,
    deal_id: DealId,
    /// The company.
    company: String,
    coverage: ReportCoverage,
    /// Pairs of statements that contradict each other.
    contradictions: u32,
    /// Figures that a person should look at.
    needs_review: u32,
    /// Documents of the report.
    documents: u32,
    /// Those of them that could not be read.
    unreadable: u32,
    created_by: Person,
    created_at: DateTime<Utc>,
}

/// Required figures that were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportCoverage {
    found: u32,
    /// Figures that the template asks for.
    required: u32,
}

/// A page of versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportPage {
    items: Vec<ReportSummary>,
    /// Versions of the deal, on all pages.
    total: i64,
    next_cursor: Option<String>,
}

/// A version with its tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportVersion {
    #[serde(flatten)]
    summary: ReportSummary,
    /// The tree, as docs/report.schema.json describes it.
    #[schema(value_type = Object)]
    report: Box<RawValue>,
}

/// A format of a file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// PDF, tagged, for reading and for the archive.
    Pdf,
    /// Word document.
    Docx,
    /// The tree as it is.
    Json,
    /// Markdown.
    Markdown,
}

/// Which file is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportNew {
    format: ExportFormat,
}

/// A version in one format.
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    format: ExportFormat,
    state: WorkState,
    /// Why there is no file.
    sentence: Option<String>,
    /// Size of the file, once it is made.
    bytes: Option<i64>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// The files of a version: one a format at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exports {
    items: Vec<Export>,
}

impl From<ExportFormat> for Format {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Pdf => Self::Pdf,
            ExportFormat::Docx => Self::Docx,
            ExportFormat::Json => Self::Json,
            ExportFormat::Markdown => Self::Markdown,
        }
    }
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Pdf => Self::Pdf,
            Format::Docx => Self::Docx,
            Format::Json => Self::Json,
            Format::Markdown => Self::Markdown,
        }
    }
}

impl From<ReportHeader> for ReportSummary {
    fn from(header: ReportHeader) -> Self {
        let ReportHeader { report, created_by } = header;
        let summary = report.summary;
        Self {
            number: report.number,
            deal_id: report.deal,
            company: summary.company,
            coverage: ReportCoverage { found: summary.found, required: summary.required },
            contradictions: summary.contradictions,
            needs_review: summary.needs_review,
            documents: summary.documents,
            unreadable: summary.unreadable,
            created_by,
            created_at: report.created_at,
        }
    }
}

impl From<reports::Export> for Export {
    fn from(export: reports::Export) -> Self {
        Self {
            format: export.format.into(),
            state: export.state,
            sentence: export.sentence,
            bytes: export.bytes,
            created_at: export.created_at,
            ended_at: export.ended_at,
        }
    }
}

/// Versions of a deal's report
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = ReportPage))
)]
#[get("/deals/{id}/reports")]
pub async fn list_reports(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    id: Path<DealId>,
    page: Query<PageParams>,
) -> Result<HttpResponse> {
    let list = app.reports.list(&cx, id.into_inner(), &page.into_inner().into()).await?;
    let page = list.page.map(ReportSummary::from);
    Ok(HttpResponse::Ok().json(ReportPage { items: page.items, total: list.total, next_cursor: page.next_cursor }))
}

/// One version with its tree
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("number" = i32, Path)),
    responses((status = 200, body = ReportVersion))
)]
#[get("/deals/{id}/reports/{number}")]
pub async fn get_report(app: Data<App>, SignedIn(cx): SignedIn, path: Path<(DealId, i32)>) -> Result<HttpResponse> {
    let (deal, number) = path.into_inner();
    let view = app.reports.open(&cx, deal, number).await?;
    let tree = String::from_utf8(view.tree).map_err(Error::internal)?;
    let report = RawValue::from_string(tree).map_err(|_| Error::internal("a version's tree is not JSON"))?;
    Ok(HttpResponse::Ok().json(ReportVersion { summary: view.header.into(), report }))
}

/// Files of a version
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("number" = i32, Path)),
    responses((status = 200, body = Exports))
)]
#[get("/deals/{id}/reports/{number}/exports")]
pub async fn list_exports(app: Data<App>, SignedIn(cx): SignedIn, path: Path<(DealId, i32)>) -> Result<HttpResponse> {
    let (deal, number) = path.into_inner();
    let items = app.reports.exports(&cx, deal, number).await?.into_iter().map(Export::from).collect();
    Ok(HttpResponse::Ok().json(Exports { items }))
}

/// Have a version made into a file; the same version is made once and given again
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("number" = i32, Path)),
    responses((status = 202, body = Export))
)]
#[post("/deals/{id}/reports/{number}/exports")]
pub async fn export_report(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, i32)>,
    body: Json<ExportNew>,
) -> Result<HttpResponse> {
    let (deal, number) = path.into_inner();
    let export = app.reports.export(&cx, deal, number, body.format.into()).await?;
    let location = format!("/api/v1/deals/{deal}/reports/{number}/exports/{}/file", export.format.as_str());
    Ok(HttpResponse::Accepted().insert_header((LOCATION, location)).json(Export::from(export)))
}

/// Give up the making of a file
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("number" = i32, Path), ("format" = ExportFormat, Path)),
    responses((status = 200, body = Export))
)]
#[post("/deals/{id}/reports/{number}/exports/{format}/cancel")]
pub async fn cancel_export(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, i32, ExportFormat)>,
) -> Result<HttpResponse> {
    let (deal, number, format) = path.into_inner();
    let export = app.reports.cancel_export(&cx, deal, number, format.into()).await?;
    Ok(HttpResponse::Ok().json(Export::from(export)))
}

/// A version as a file
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("number" = i32, Path), ("format" = ExportFormat, Path)),
    responses((status = 200, content_type = "application/octet-stream"))
)]
#[get("/deals/{id}/reports/{number}/exports/{format}/file")]
pub async fn download_report(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, i32, ExportFormat)>,
) -> Result<HttpResponse> {
    let (deal, number, format) = path.into_inner();
    let file = app.reports.download(&cx, deal, number, format.into()).await?;
    Ok(attachment(file.format.media_type(), &file.name).body(file.bytes))
}
