//! Documents of a deal: upload, state, parts, pictures, the file itself.

use std::io::Read;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Bytes, Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::PageParams;
use super::deals::Deal;
use crate::app::App;
use crate::base::{Ctx, DealId, DocumentId, Error, ErrorCode, Result};
use crate::domain::accounts::Person;
use crate::domain::documents::{self, DocumentList, DocumentState, DocumentView};
use crate::http::attachment::attachment;
use crate::http::caller::SignedIn;
use crate::http::tagged::{digested, versioned};

const PIECE: usize = 64 * 1024;

/// How long a client may send nothing in the middle of a file.
const SILENCE: Duration = Duration::from_secs(60);

/// A document in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Document {
    id: DocumentId,
    deal_id: DealId,
    /// Folders parted by `/`; empty for none.
    folder: String,
    name: String,
    /// `pdf`, `xlsx`, `csv`, `docx`, `pptx`, `image` or `text`, by content.
    kind: &'static str,
    /// Size of the file in bytes.
    bytes: i64,
    state: DocumentState,
    /// Parts read so far.
    parts_done: i32,
    /// All parts; 0 before that is known.
    parts_total: i32,
    /// How well it was read, or why not.
    sentence: Option<String>,
    uploaded_by: Person,
    /// Whether there is a small picture of its first part.
    thumbnail: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// A document with its parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentWithParts {
    #[serde(flatten)]
    document: Document,
    parts: Vec<PartSummary>,
}

/// A page, sheet, slide or text of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartSummary {
    /// From 1.
    number: i32,
    /// Whether there is a small picture of it.
    thumbnail: bool,
}

/// A page of documents, by folder and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentPage {
    items: Vec<Document>,
    /// Documents of the deal, on all pages.
    total: usize,
    /// Documents that wait, are being read, or get their pictures, on all pages.
    moving: usize,
    next_cursor: Option<String>,
}

/// A file to store.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form for the API's documentation")]
pub struct Upload {
    /// One file; its file name may be a relative path, whose folders are kept.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The password of a locked document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPassword {
    /// Used for one reading and never stored.
    #[schema(value_type = String)]
    password: Zeroizing<String>,
}

impl From<DocumentView> for Document {
    fn from(view: DocumentView) -> Self {
        let DocumentView { document, uploaded_by, pictured } = view;
        Self {
            id: document.id,
            deal_id: document.deal,
            folder: document.name.folder,
            name: document.name.name,
            kind: document.kind.as_str(),
            bytes: document.bytes,
            state: document.state,
            parts_done: document.progress.0,
            parts_total: document.progress.1,
            sentence: document.sentence,
            uploaded_by,
            thumbnail: pictured,
            created_at: document.created_at,
            updated_at: document.updated_at,
            version: document.version,
        }
    }
}

impl From<documents::PartSummary> for PartSummary {
    fn from(part: documents::PartSummary) -> Self {
        Self { number: part.number, thumbnail: part.thumbnail }
    }
}

impl From<DocumentList> for DocumentPage {
    fn from(list: DocumentList) -> Self {
        let page = list.page.map(Document::from);
        Self { items: page.items, total: list.total, moving: list.moving, next_cursor: page.next_cursor }
    }
}

fn answer(response: actix_web::HttpResponseBuilder, view: DocumentView) -> HttpResponse {
    versioned(response, view.document.version, &Document::from(view))
}

/// Documents of a deal
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = DocumentPage))
)]
#[get("/deals/{id}/documents")]
pub async fn list_documents(
    req: HttpRequest,
    app: Data<App>,
    SignedIn(cx): SignedIn,
    id: Path<DealId>,
    page: Query<PageParams>,
) -> Result<HttpResponse> {
    let list = app.documents.list(&cx, id.into_inner(), &page.into_inner().into()).await?;
    digested(&req, &DocumentPage::from(list))
}

/// Add a file to a deal
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path)),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 201, body = Document))
)]
#[post("/deals/{id}/documents")]
pub async fn add_document(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    id: Path<DealId>,
    form: Multipart,
) -> Result<HttpResponse> {
    let view = receive(&app, &cx, id.into_inner(), form).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, location(&view)));
    Ok(answer(response, view))
}

fn location(view: &DocumentView) -> String {
    format!("/api/v1/deals/{}/documents/{}", view.document.deal, view.document.id)
}

async fn receive(app: &App, cx: &Ctx, deal: DealId, mut form: Multipart) -> Result<DocumentView> {
    let one_file = || Error::new(ErrorCode::MalformedRequest, "Send one file a request, as the form's field `file`.");
    let field = form.next().await.ok_or_else(one_file)?;
    let mut field = field.map_err(|error| broken_off(&error))?;
    let path = file_name(&field).ok_or_else(one_file)?;
    let mut intake = app.documents.begin(cx, deal, &path).await?;
    while let Some(piece) = next_piece(&mut field).await? {
        intake.push(&piece.map_err(|error| broken_off(&error))?).await?;
    }
    drop(field);
    if form.next().await.is_some() {
        return Err(one_file());
    }
    app.documents.add(cx, intake).await
}

/// A client that falls silent gives its place to another.
async fn next_piece(field: &mut Field) -> Result<Option<std::result::Result<Bytes, actix_multipart::MultipartError>>> {
    let silent = |_| {
        let detail =
            "Nothing arrived for a while, so the upload was given up. Nothing was stored; drop the file again.";
        Error::new(ErrorCode::MalformedRequest, detail)
    };
    tokio::time::timeout(SILENCE, field.next()).await.map_err(silent)
}

fn file_name(field: &Field) -> Option<String> {
    let disposition = field.content_disposition()?;
    (disposition.get_name() == Some("file")).then(|| disposition.get_filename().map(unescaped))?
}

/// Browsers write a quotation mark and line ends in a file name as these three (HTML, "multipart/form-data encoding").
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn broken_off(error: &actix_multipart::MultipartError) -> Error {
    tracing::debug!(%error, "an upload broke off");
    Error::new(
        ErrorCode::MalformedRequest,
        "The upload broke off before its end. Nothing was stored; drop the file again.",
    )
}

/// Load the demo data room: a made-up company whose documents disagree; you own the deal
#[utoipa::path(tag = "documents", responses((status = 201, body = Deal)))]
#[post("/deals/demo")]
pub async fn load_demo(app: Data<App>, SignedIn(cx): SignedIn) -> Result<HttpResponse> {
    let view = app.documents.load_demo(&cx).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/deals/{}", view.summary.deal.id)));
    Ok(versioned(response, view.summary.deal.version, &Deal::from(view)))
}

/// One document with its parts
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 200, body = DocumentWithParts))
)]
#[get("/deals/{id}/documents/{document_id}")]
pub async fn get_document(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId)>,
) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    let (view, parts) = app.documents.open(&cx, deal, id).await?;
    let version = view.document.version;
    let parts = parts.into_iter().map(PartSummary::from).collect();
    Ok(versioned(HttpResponse::Ok(), version, &DocumentWithParts { document: view.into(), parts }))
}

/// Remove a document from a deal
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 204))
)]
#[delete("/deals/{id}/documents/{document_id}")]
pub async fn remove_document(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId)>,
) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    app.documents.remove(&cx, deal, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Have a document read again
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 202, body = Document))
)]
#[post("/deals/{id}/documents/{document_id}/retry")]
pub async fn retry_document(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId)>,
) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    Ok(answer(HttpResponse::Accepted(), app.documents.retry(&cx, deal, id).await?))
}

/// Have a locked document read with its password, which is not stored
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 202, body = Document))
)]
#[post("/deals/{id}/documents/{document_id}/password")]
pub async fn unlock_document(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId)>,
    body: Json<DocumentPassword>,
) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    let view = app.documents.unlock(&cx, deal, id, body.into_inner().password).await?;
    Ok(answer(HttpResponse::Accepted(), view))
}

/// Text and layout of a part
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path), ("number" = i32, Path)),
    responses((status = 200, content_type = "application/json"))
)]
#[get("/deals/{id}/documents/{document_id}/parts/{number}")]
pub async fn get_part(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId, i32)>,
) -> Result<HttpResponse> {
    let (deal, id, number) = path.into_inner();
    let json = app.documents.part(&cx, deal, id, number).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(json))
}

/// A small picture of a part
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path), ("number" = i32, Path)),
    responses((status = 200, content_type = "image/jpeg"))
)]
#[get("/deals/{id}/documents/{document_id}/parts/{number}/thumbnail")]
pub async fn get_thumbnail(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId, i32)>,
) -> Result<HttpResponse> {
    let (deal, id, number) = path.into_inner();
    let jpeg = app.documents.thumbnail(&cx, deal, id, number).await?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(jpeg))
}

/// A picture of a page on which it can be read, of PDF files and images
///
/// At most 1600 pixels at its longer side. It shows the page as it was read: the boxes of the part's words lie on it
/// where the words are, in the measure of the part's size.
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path), ("number" = i32, Path)),
    responses((status = 200, content_type = "image/jpeg"))
)]
#[get("/deals/{id}/documents/{document_id}/parts/{number}/image")]
pub async fn get_image(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId, i32)>,
) -> Result<HttpResponse> {
    let (deal, id, number) = path.into_inner();
    let jpeg = app.documents.picture(&cx, &app.reader, deal, id, number).await?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(jpeg))
}

/// The file as it was uploaded
#[utoipa::path(
    tag = "documents",
    params(("id" = DealId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 200, content_type = "application/octet-stream"))
)]
#[get("/deals/{id}/documents/{document_id}/file")]
pub async fn get_file(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, DocumentId)>,
) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    let original = app.documents.download(&cx, deal, id).await?;
    Ok(attachment("application/octet-stream", &original.name.name).streaming(pieces(original.content)))
}

/// Reads piece by piece on threads that may block. A fault breaks the answer off, so that the client does not take a
/// torso for the file.
fn pieces(content: impl Read + Send + 'static) -> impl Stream<Item = Result<Bytes>> {
    stream::try_unfold(content, |mut content| async move {
        let read = web::block(move || {
            let mut piece = vec![0; PIECE];
            content.read(&mut piece).map(|length| {
                piece.truncate(length);
                (piece, content)
            })
        });
        let (piece, content) = read.await.map_err(Error::internal)?.map_err(Error::internal)?;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), content)))
    })
}
