//! The last stage of a run with a model: sentences for each section of the finished report. Code asks, code checks, and a
//! model that fails leaves the report as it is without.
//!
//! A section is kept as soon as its answer is judged, so a server that dies asks again only what was in flight.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diligence::prose::{self, Brief, Written};
use llm::{Answer, Request, Trouble, TroubleKind};
use model::{Assisted, DocumentVersion, Engine, Part, Report, ReportBlock};
use tokio::time::MissedTickBehavior;

use super::calls::{Call, CallOutcome, CallState, Sent, SentPassage};
use super::making::{Document, Making, changed, number, part_of, sources};
use super::model::{DraftSentence, DraftState, RunEvent, Stage, Writer};
use super::store;
use super::units::tag;
use crate::base::{CallId, DocumentId, Error, Result};
use crate::domain::settings::Reach;
use crate::infra::db::{Connection, Transact as _};
use crate::infra::entropy;

/// What a model is writing is told so often.
const TELL: Duration = Duration::from_millis(250);

/// Whether it may still be asked is looked at so often, counted in those.
const LOOK_EACH: u32 = 4;

/// Tokens of an answer at most.
const MOST_TOKENS: u32 = 3_000;

const UNVERIFIED: &str = "Sentences cited what does not stand in the documents, so all of them were left out. That is a \
                          fault of this program; tell your admin.";

/// A report with what its model has written.
pub(super) struct Finished {
    pub(super) report: Report,
    /// Why sections stayed without, for people. A report with a problem is made anew by the next run.
    pub(super) problem: Option<String>,
}

/// A section that a model is asked about.
struct Question<'a> {
    documents: &'a [Document<'a>],
    writer: &'a Writer,
    brief: Arc<Brief>,
    /// Keyed tag of everything that the answer follows from.
    inputs: Vec<u8>,
    /// How far the run is when it is answered, or given up.
    progress: RunEvent,
}

/// Why a section stays without sentences.
struct Failure {
    sentence: String,
    /// Whether the next section would fare no better.
    for_all: bool,
}

impl Making<'_> {
    /// The report with sentences of the run's model.
    pub(super) async fn write(&self, documents: &[Document<'_>], report: Report) -> Result<Finished> {
        let Some(writer) = &self.run.writer else { return Ok(Finished { report, problem: None }) };
        let report = Arc::new(report);
        self.give_up_calls().await?;
        let (sections, problem) = self.sections(writer, documents, &report).await?;
        let of_report = Arc::clone(&report);
        let mut woven = blocking(move || prose::weave(Report::clone(&of_report), sections)).await?;
        if self.verified(documents, &woven).await? {
            woven.status.engine = Engine::Assisted(assisted(writer, &woven, problem.clone()));
            return Ok(Finished { report: woven, problem });
        }
        let mut report = Arc::unwrap_or_clone(report);
        let problem = Some(UNVERIFIED.to_owned());
        report.status.engine = Engine::Assisted(assisted(writer, &report, problem.clone()));
        Ok(Finished { report, problem })
    }

    /// What the model writes of each section, and why the first of those that stay without does.
    async fn sections(
        &self,
        writer: &Writer,
        documents: &[Document<'_>],
        report: &Arc<Report>,
    ) -> Result<(Vec<Written>, Option<String>)> {
        let wanted = prose::wanted(report);
        let of = number(wanted.len());
        self.tell(vec![RunEvent::stage(Stage::Report, 1, 1), RunEvent::stage(Stage::Writing, 0, of)]).await?;
        let (mut sections, mut problem, mut silent) = (Vec::new(), None, false);
        for (wanted, done) in wanted.into_iter().zip(1..) {
            let progress = RunEvent::stage(Stage::Writing, done, of);
            let parts = self.parts(documents, &wanted.parts).await?;
            let of_report = Arc::clone(report);
            let brief = blocking(move || prose::brief(&of_report, &wanted.section, parts)).await?;
            let Some(brief) = brief.map(Arc::new) else {
                self.tell(vec![progress]).await?;
                continue;
            };
            let inputs = self.section_inputs(writer, &brief)?;
            let question = Question { documents, writer, brief, inputs, progress };
            if let Some(written) = self.kept_section(&question).await? {
                sections.push(written);
            } else if silent {
                let event = told_without(&question.brief, "The model was not asked any more.".to_owned());
                self.tell(vec![event, question.progress]).await?;
            } else {
                match self.ask(&question).await? {
                    Ok(written) => sections.push(written),
                    Err(failure) => {
                        silent = failure.for_all;
                        problem.get_or_insert(failure.sentence);
                    }
                }
            }
        }
        Ok((sections, problem))
    }

    /// Ends the calls of an attempt that was cut off, by a server that died or a document that was removed.
    async fn give_up_calls(&self) -> Result<()> {
        let unheard = CallOutcome::unheard("The run was interrupted and begun anew before an answer was kept.");
        let of = (self.run.deal, self.run.id);
        let mut conn = self.runs.db.write().await?;
        store::calls::give_up_calls(&mut conn, &self.runs.vault, of, &unheard, self.clock.now()).await
    }

    async fn ask(&self, question: &Question<'_>) -> Result<Result<Written, Failure>> {
        let nonce = self.random_id()?.simple().to_string();
        let prose::Messages { system, user } = question.brief.messages(&nonce);
        let request = Request { system, user, most_tokens: MOST_TOKENS, json: true };
        let (call, endpoint) = match self.begin(question, &request).await? {
            Ok(begun) => begun,
            Err(sentence) => return self.give_up(question, None, trouble(TroubleKind::Forbidden, sentence)).await,
        };
        let begun = self.clock.now();
        let answered = self.listen(question, &endpoint, &request).await?;
        let milliseconds = u64::try_from((self.clock.now() - begun).num_milliseconds()).unwrap_or_default();
        match answered {
            Ok(answer) => {
                let outcome = CallOutcome {
                    sentence: None,
                    prompt_tokens: answer.tokens.map(|tokens| tokens.prompt),
                    answer_tokens: answer.tokens.map(|tokens| tokens.answer),
                    attempts: answer.attempts,
                    milliseconds,
                };
                self.take(question, (call, outcome), answer.text).await
            }
            Err(trouble) => {
                let attempts = trouble.attempts;
                let outcome = CallOutcome { attempts, milliseconds, ..CallOutcome::default() };
                self.give_up(question, Some((call, outcome)), trouble).await
            }
        }
    }

    /// Writes down what is about to go out, if it still may. Committed before the first byte leaves.
    async fn begin(
        &self,
        Question { writer, brief, .. }: &Question<'_>,
        request: &Request,
    ) -> Result<Result<(CallId, llm::Endpoint), &'static str>> {
        let now = self.clock.now();
        let id = CallId::new(now, entropy::random(self.runs.entropy.as_ref())?);
        let characters = request.system.chars().count() + request.user.chars().count();
        let passages = brief.passages().iter().map(|passage| SentPassage {
            document: DocumentId(passage.document.0),
            part: passage.part,
            start: passage.span.start,
            end: passage.span.end,
        });
        let sent = Sent {
            section: brief.title().to_owned(),
            writer: Writer::clone(writer),
            prompt_characters: number(characters),
            passages: passages.collect(),
        };
        let call = Call {
            id,
            deal: self.run.deal,
            run: self.run.id,
            started_by: self.run.started_by,
            sent_at: now,
            sent,
            state: CallState::Sent,
            outcome: None,
        };
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.renew(conn).await?;
            self.runs.hold_permission(conn, self.run.deal, writer).await?;
            let endpoint = match self.runs.reached(conn, self.run.deal, writer).await? {
                Ok(endpoint) => endpoint,
                Err(sentence) => return Ok(Err(sentence)),
            };
            store::calls::insert_call(conn, &self.runs.vault, &call).await?;
            Ok(Ok((id, endpoint)))
        })
        .await
    }

    /// The answer of a model. While it comes, what stands of it is told, and whether it may still be asked is looked at:
    /// further attempts would send everything again.
    async fn listen(
        &self,
        Question { writer, brief, .. }: &Question<'_>,
        endpoint: &llm::Endpoint,
        request: &Request,
    ) -> Result<Result<Answer, Trouble>> {
        let heard = Mutex::new(String::new());
        let mut hear = |piece: &str| heard.lock().unwrap_or_else(PoisonError::into_inner).push_str(piece);
        let asked = self.runs.settings.client().complete(endpoint, request, &mut hear);
        tokio::pin!(asked);
        let mut tick = tokio::time::interval(TELL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Judges only what is new, so it may stand on this thread.
        let mut follow = brief.follow();
        let (mut length, mut ticks) = (0, 0_u32);
        loop {
            tokio::select! {
                answered = &mut asked => return Ok(answered),
                _ = tick.tick() => {
                    ticks = ticks.wrapping_add(1);
                    if ticks.is_multiple_of(LOOK_EACH) && let Some(sentence) = self.forbidden(writer).await {
                        return Ok(Err(trouble(TroubleKind::Forbidden, sentence)));
                    }
                    let so_far = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    if so_far.len() > length {
                        length = so_far.len();
                        self.tell_draft(draft(brief, follow.look(&so_far))).await;
                    }
                }
            }
        }
    }

    /// Why the model must not be asked any more. While the database cannot say, nothing has changed.
    async fn forbidden(&self, writer: &Writer) -> Option<&'static str> {
        let mut conn = self.runs.db.read().await.ok()?;
        self.runs.reached(&mut conn, self.run.deal, writer).await.ok()?.err()
    }

    /// A draft that cannot be written is no reason to give up an answer that is paid for: the next one may be.
    async fn tell_draft(&self, event: RunEvent) {
        let told = async {
            let mut conn = self.runs.db.write().await?;
            conn.transaction(async |conn| {
                self.renew(conn).await?;
                self.write_events(conn, vec![event]).await?;
                store::remove_drafts(conn, self.run.id).await
            })
            .await
        };
        if let Err(error) = told.await {
            tracing::debug!(run = %self.run.id, causes = error.causes(), "a draft is not told");
        }
    }

    /// Judges an answer and keeps what stands.
    async fn take(
        &self,
        question: &Question<'_>,
        (call, outcome): (CallId, CallOutcome),
        answer: String,
    ) -> Result<Result<Written, Failure>> {
        let Question { documents, brief, inputs, progress, .. } = question;
        let judged = Arc::clone(brief);
        let Ok(written) = blocking(move || judged.judge(&answer)).await? else {
            let sentence = "Its answer is not in the form that it was asked for.";
            return self.give_up(question, Some((call, outcome)), trouble(TroubleKind::Malformed, sentence)).await;
        };
        let kept = serde_json::to_vec(&written).map_err(Error::internal)?;
        let events = vec![told(brief, &written), progress.clone()];
        let (id, deal, sources) = (self.random_id()?, self.run.deal, sources(documents));
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.advance(conn).await?;
            // What is kept must not quote what was removed meanwhile.
            if !self.runs.documents.hold(conn, deal, &sources).await? {
                return Err(changed());
            }
            self.end_call(conn, call, CallState::Answered, &outcome).await?;
            let new = (brief.section(), inputs.as_slice(), kept.as_slice());
            store::written::put_written(conn, &self.runs.vault, deal, id, new).await?;
            self.write_events(conn, events).await?;
            store::remove_drafts(conn, self.run.id).await
        })
        .await?;
        Ok(Ok(written))
    }

    /// Leaves a section without sentences, and says why.
    async fn give_up(
        &self,
        Question { writer, brief, progress, .. }: &Question<'_>,
        call: Option<(CallId, CallOutcome)>,
        trouble: Trouble,
    ) -> Result<Result<Written, Failure>> {
        let sentence = format!("{} ({}): {}", writer.name, writer.host, trouble.sentence);
        let events = vec![told_without(brief, sentence.clone()), progress.clone()];
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.renew(conn).await?;
            if let Some((id, outcome)) = call {
                let outcome = CallOutcome { sentence: Some(trouble.sentence.clone()), ..outcome };
                self.end_call(conn, id, CallState::Failed, &outcome).await?;
            }
            self.write_events(conn, events).await?;
            store::remove_drafts(conn, self.run.id).await
        })
        .await?;
        Ok(Err(Failure { sentence, for_all: trouble.kind.concerns_all() }))
    }

    async fn end_call(&self, conn: &mut Connection, id: CallId, state: CallState, outcome: &CallOutcome) -> Result<()> {
        let call = (self.run.deal, id);
        store::calls::end_call(conn, &self.runs.vault, call, state, outcome, self.clock.now()).await
    }

    /// What an earlier attempt or run has kept of a section; it is told as if it had just been written.
    async fn kept_section(&self, Question { brief, inputs, progress, .. }: &Question<'_>) -> Result<Option<Written>> {
        let mut conn = self.runs.db.write().await?;
        let of = (brief.section(), inputs.as_slice());
        let kept = store::written::find_written(&mut conn, &self.runs.vault, self.run.deal, of).await?;
        drop(conn);
        let kept: Option<Written> = kept.and_then(|json| serde_json::from_slice(&json).ok());
        if let Some(written) = &kept {
            self.tell(vec![told(brief, written), progress.clone()]).await?;
        }
        Ok(kept)
    }

    fn section_inputs(&self, writer: &Writer, brief: &Brief) -> Result<Vec<u8>> {
        let asked = brief.inputs();
        let by = writer.endpoint.0;
        let of = [prose::PROMPT.as_bytes(), by.as_bytes(), writer.host.as_bytes(), writer.model.as_bytes(), &asked];
        tag(&self.runs.vault, self.run.deal, of)
    }

    /// The parts of documents that a section needs.
    async fn parts(
        &self,
        documents: &[Document<'_>],
        wanted: &[(DocumentVersion, u32)],
    ) -> Result<Vec<(DocumentVersion, Part)>> {
        let mut parts = Vec::new();
        for (version, number) in wanted {
            let Some(part) = part_of(documents, *version, *number) else { continue };
            let json = self.runs.documents.source_part(self.run.deal, part).await?.ok_or_else(changed)?;
            let part = blocking(move || serde_json::from_slice::<Part>(&json).ok()).await?;
            parts.extend(part.map(|part| (*version, part)));
        }
        Ok(parts)
    }
}

/// What the status box says of the model. What is counted is what stands in the report.
fn assisted(writer: &Writer, report: &Report, problem: Option<String>) -> Assisted {
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let (kept, dropped) = blocks.fold((0_u32, 0_u32), |(kept, lost), block| match block {
        ReportBlock::Written { sentences, dropped } => {
            (kept.saturating_add(number(sentences.len())), lost.saturating_add(*dropped))
        }
        _ => (kept, lost),
    });
    Assisted {
        endpoint: writer.name.clone(),
        model: writer.model.clone(),
        external: writer.reach == Reach::External,
        prompt: prose::PROMPT.to_owned(),
        kept,
        dropped,
        problem,
    }
}

fn draft(brief: &Brief, seen: prose::Draft) -> RunEvent {
    let prose::Draft { sentences, open } = seen;
    let sentences = sentences.into_iter().map(|one| DraftSentence {
        text: one.text,
        state: if one.verified { DraftState::Verified } else { DraftState::Dropped },
    });
    RunEvent::Draft {
        section: brief.section().to_owned(),
        title: brief.title().to_owned(),
        sentences: sentences.collect(),
        open,
    }
}

fn told(brief: &Brief, written: &Written) -> RunEvent {
    RunEvent::Written {
        section: brief.section().to_owned(),
        title: brief.title().to_owned(),
        sentences: written.sentences.iter().map(|one| brief.shown(one)).collect(),
        dropped: number(written.dropped.len()),
        problem: None,
    }
}

fn told_without(brief: &Brief, problem: String) -> RunEvent {
    RunEvent::Written {
        section: brief.section().to_owned(),
        title: brief.title().to_owned(),
        sentences: Vec::new(),
        dropped: 0,
        problem: Some(problem),
    }
}

fn trouble(kind: TroubleKind, sentence: &str) -> Trouble {
    Trouble { kind, sentence: sentence.to_owned(), remark: None, attempts: 0 }
}

/// Checks of a long answer take milliseconds, in which the thread of all workers must not stand still.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
