//! Runs, which make versions of a deal's report: start, state, events as they happen, cancel.

use std::time::{Duration, Instant};

use actix_web::http::header::{CACHE_CONTROL, ContentEncoding, HeaderName, LOCATION};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PageParams;
use crate::app::App;
use crate::base::{DealId, EndpointId, Error, ErrorCode, Result, RunId, WorkState};
use crate::domain::accounts::Person;
use crate::domain::runs::{RunView, Told, Watch, Writer};
use crate::http::caller::SignedIn;

/// A sign of life goes out when nothing happened for so long; proxies give up after a minute.
const SILENCE: Duration = Duration::from_secs(15);

/// A stream ends after so long, and the browser comes back behind the last event: so a session that has ended watches
/// no longer than this.
const LONGEST: Duration = Duration::from_secs(120);

/// What a browser waits before it comes back, in milliseconds.
const BACK: &str = "retry: 1000\n\n";

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A run.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    id: RunId,
    deal_id: DealId,
    state: WorkState,
    /// What there is to say of its end.
    sentence: Option<String>,
    /// Number of the version that holds its result.
    report_number: Option<i32>,
    /// The model that writes sentences; none if code alone makes the report.
    model: Option<Writer>,
    started_by: Person,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// How a run is made.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The model that writes sentences; without, code alone makes the report.
    model: Option<EndpointId>,
}

/// A page of runs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunPage {
    items: Vec<Run>,
    next_cursor: Option<String>,
}

impl From<RunView> for Run {
    fn from(view: RunView) -> Self {
        let RunView { run, started_by } = view;
        Self {
            id: run.id,
            deal_id: run.deal,
            state: run.state,
            sentence: run.sentence,
            report_number: run.report_number,
            model: run.writer,
            started_by,
            created_at: run.created_at,
            ended_at: run.ended_at,
        }
    }
}

/// Start a run, which makes the next version of the report; it waits until the documents are read
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path)),
    request_body = Option<NewRun>,
    responses((status = 202, body = Run))
)]
#[post("/deals/{id}/runs")]
pub async fn start_run(app: Data<App>, SignedIn(cx): SignedIn, id: Path<DealId>, body: Bytes) -> Result<HttpResponse> {
    let run = Run::from(app.runs.start(&cx, id.into_inner(), new_run(&body)?.model).await?);
    let location = format!("/api/v1/deals/{}/runs/{}", run.deal_id, run.id);
    Ok(HttpResponse::Accepted().insert_header((LOCATION, location)).json(run))
}

/// Nothing said is said well; what is said must be understood, lest a run goes on without the model that was meant.
fn new_run(body: &[u8]) -> Result<NewRun> {
    if body.is_empty() {
        return Ok(NewRun::default());
    }
    let said = serde_json::from_slice::<Option<NewRun>>(body).map_err(|error| {
        let detail = "The body is not what this needs: {} or {\"model\": \"<id>\"}. Nothing was started.";
        Error::new(ErrorCode::InvalidInput, detail).caused_by(error)
    })?;
    Ok(said.unwrap_or_default())
}

/// Runs of a deal
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = RunPage))
)]
#[get("/deals/{id}/runs")]
pub async fn list_runs(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    id: Path<DealId>,
    page: Query<PageParams>,
) -> Result<HttpResponse> {
    let page = app.runs.list(&cx, id.into_inner(), &page.into_inner().into()).await?.map(Run::from);
    Ok(HttpResponse::Ok().json(RunPage { items: page.items, next_cursor: page.next_cursor }))
}

/// One run
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("run_id" = RunId, Path)),
    responses((status = 200, body = Run))
)]
#[get("/deals/{id}/runs/{run_id}")]
pub async fn get_run(app: Data<App>, SignedIn(cx): SignedIn, path: Path<(DealId, RunId)>) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    Ok(HttpResponse::Ok().json(Run::from(app.runs.find(&cx, deal, id).await?)))
}

/// Give a run up; what it has reckoned is kept for the next one
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("run_id" = RunId, Path)),
    responses((status = 200, body = Run))
)]
#[post("/deals/{id}/runs/{run_id}/cancel")]
pub async fn cancel_run(app: Data<App>, SignedIn(cx): SignedIn, path: Path<(DealId, RunId)>) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    Ok(HttpResponse::Ok().json(Run::from(app.runs.cancel(&cx, deal, id).await?)))
}

/// What happens in a run, as server-sent events: all of it behind `Last-Event-ID`, then each as it comes
#[utoipa::path(
    tag = "reports",
    params(("id" = DealId, Path), ("run_id" = RunId, Path), ("Last-Event-ID" = Option<i32>, Header)),
    responses((status = 200, body = Told, content_type = "text/event-stream"))
)]
#[get("/deals/{id}/runs/{run_id}/events")]
pub async fn watch_run(
    req: HttpRequest,
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, RunId)>,
) -> Result<HttpResponse> {
    let (deal, id) = path.into_inner();
    let last = req.headers().get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()?.parse().ok());
    let watch = app.runs.watch(&cx, deal, id, last.unwrap_or_default()).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        // Compressed, an event would wait in the compressor for the next one; buffered, in a proxy.
        .insert_header(ContentEncoding::Identity)
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(events(watch)))
}

/// Where a stream of events is.
enum Next {
    Begin(Watch),
    Look(Watch),
    Wait(Watch),
}

fn events(watch: Watch) -> impl Stream<Item = Result<Bytes>> {
    let until = Instant::now() + LONGEST;
    stream::try_unfold(Next::Begin(watch), move |next| async move {
        let mut watch = match next {
            Next::Begin(watch) => return Ok(Some((Bytes::from_static(BACK.as_bytes()), Next::Look(watch)))),
            Next::Look(watch) => watch,
            Next::Wait(mut watch) => {
                if tokio::time::timeout(SILENCE, watch.wait()).await.is_err() {
                    return Ok(Some((Bytes::from_static(b":\n\n"), Next::Look(watch))));
                }
                watch
            }
        };
        if Instant::now() > until {
            return Ok(None);
        }
        let Some(told) = watch.news().await? else { return Ok(None) };
        let text = told.iter().map(|(seq, told)| message(*seq, told)).collect::<Result<String>>()?;
        // There may be more than was fetched at once.
        let next = if told.is_empty() { Next::Wait(watch) } else { Next::Look(watch) };
        Ok(Some((Bytes::from(text), next)))
    })
}

fn message(seq: i32, told: &Told) -> Result<String> {
    // JSON has no line ends, so it is one `data` line.
    let json = serde_json::to_string(told).map_err(Error::internal)?;
    Ok(format!("id: {seq}\ndata: {json}\n\n"))
}
