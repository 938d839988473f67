//! The work of a run: wait for the documents, look through each, read the figures of each, write the report.
//!
//! Each step is written in a transaction that first proves that the ticket is still held. What was kept by an earlier
//! attempt, or by an earlier run of the same documents, is not reckoned again.

use std::collections::HashSet;
use std::time::Duration;

use diligence::{Input, KeyFigure, Room, Survey, Template};
use model::DocumentVersion;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::model::{Outcome, Run, RunEvent, Stage, Told};
use super::units::{Kind, Unit, tag};
use super::writing::Finished;
use super::{Runs, store};
use crate::base::{Error, ReportId, Result, RunId, WorkState};
use crate::domain::documents::{Source, SourcePart};
use crate::domain::reports::NewVersion;
use crate::infra::clock::Clock;
use crate::infra::db::queue::{self, Ticket};
use crate::infra::db::{Connection, Transact as _};
use crate::infra::entropy;
use crate::infra::judging::{self, Head, Judge};

/// How often a run may be cut off without having got any further before it is given up.
const ATTEMPTS: i32 = 12;

/// Time between two looks at documents that are being read, and how often they are looked at before another run gets
/// its turn.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: usize = 10;

/// Industries without a template of their own are judged by this one.
const TEMPLATE: &str = "saas";

const UNVERIFIED: &str = "The program that makes reports gave quotes that do not stand in the documents, so there is no new \
                          version. The documents and earlier reports are safe; tell your admin.";

/// A run that is under way.
pub(super) struct Making<'a> {
    pub(super) runs: &'a Runs,
    judge: &'a Judge,
    ticket: &'a Ticket,
    pub(super) clock: &'a dyn Clock,
    pub(super) run: Run,
    template: Template,
    /// Documents whose figures an earlier attempt has told.
    told: HashSet<String>,
    /// How many documents it was last told that the run waits for.
    waiting: u32,
}

/// A document on its way into the report.
pub(super) struct Document<'a> {
    pub(super) source: &'a Source,
    pub(super) head: Head,
    survey: Survey,
    /// Under which unit its figures are kept; absent if there are none.
    figures: Option<Unit>,
}

/// The figures of a document as they are kept.
#[derive(Serialize, Deserialize)]
struct Figures {
    count: u32,
    first: Vec<KeyFigure>,
    /// As the report takes them.
    facts: Box<RawValue>,
}

impl Runs {
    /// Does the work that a ticket stands for. The run comes to rest in every case but one: when the server itself has a
    /// fault, which is returned, and the work is tried again.
    pub async fn make(&self, judge: &Judge, ticket: &Ticket, clock: &dyn Clock) -> Result<()> {
        let id = RunId(ticket.subject);
        let found = store::find_for_worker(&mut *self.db.write().await?, &self.vault, id).await?;
        let Some(run) = found.filter(|run| run.state.is_under_way()) else {
            queue::finish(&mut *self.db.write().await?, ticket).await?;
            return Ok(());
        };
        let template = Template::named(TEMPLATE).ok_or_else(|| Error::internal("a template is missing"))?;
        let mut making = Making { runs: self, judge, ticket, clock, run, template, told: HashSet::new(), waiting: 0 };
        if ticket.attempt > ATTEMPTS {
            let sentence = "Making the report was interrupted several times. The documents are safe; start it again, \
                            and tell your admin if it stays.";
            return making.end(WorkState::Failed, Some(sentence.to_owned()), None).await;
        }
        making.make().await
    }
}

impl Making<'_> {
    async fn make(&mut self) -> Result<()> {
        self.remember().await?;
        if !self.documents_are_read().await? {
            return Ok(());
        }
        let sources = self.runs.documents.sources(self.run.deal).await?;
        if sources.iter().any(|source| source.document.state.is_moving()) {
            // Somebody has just added one, or has one read again: it must not be missing.
            return self.let_others_pass().await;
        }
        let of = number(sources.len());
        self.tell(vec![RunEvent::stage(Stage::Documents, of, of)]).await?;
        let mut documents = self.survey(&sources).await?;
        self.read_figures(&mut documents).await?;
        self.report(&documents).await
    }

    /// What an earlier attempt has told is not told again.
    async fn remember(&mut self) -> Result<()> {
        let mut conn = self.runs.db.write().await?;
        let of = (self.run.deal, self.run.id);
        let told = store::events_after(&mut conn, &self.runs.vault, of, 0, i64::MAX).await?;
        for (_, told) in told {
            match told.event {
                RunEvent::Document { name, .. } => drop(self.told.insert(name)),
                RunEvent::Waiting { documents } => self.waiting = documents,
                _ => {}
            }
        }
        Ok(())
    }

    /// Waits for documents that are being read; `false` if another run gets its turn meanwhile.
    async fn documents_are_read(&mut self) -> Result<bool> {
        for _ in 0..LOOKS {
            let moving = self.runs.documents.moving(self.run.deal).await?;
            if moving == 0 {
                return Ok(true);
            }
            let documents = u32::try_from(moving).unwrap_or(u32::MAX);
            if documents != self.waiting {
                self.tell(vec![RunEvent::Waiting { documents }]).await?;
                self.waiting = documents;
            }
            tokio::time::sleep(LOOK).await;
        }
        self.let_others_pass().await?;
        Ok(false)
    }

    async fn let_others_pass(&self) -> Result<()> {
        let mut conn = self.runs.db.write().await?;
        // That the ticket was lost changes nothing.
        queue::put_off(&mut conn, self.ticket, self.clock.now()).await.map(drop)
    }

    async fn survey<'s>(&self, sources: &'s [Source]) -> Result<Vec<Document<'s>>> {
        let of = number(sources.len());
        let mut documents = Vec::new();
        for (source, done) in sources.iter().zip(1..) {
            documents.push(self.look_through(source).await?);
            self.tell(vec![RunEvent::stage(Stage::Survey, done, of)]).await?;
        }
        Ok(documents)
    }

    async fn look_through<'s>(&self, source: &'s Source) -> Result<Document<'s>> {
        let head = head(source);
        if head.read.is_err() {
            return Ok(unreadable(source, head));
        }
        let unit = Unit::of(&self.runs.vault, source, Kind::Survey, &[])?;
        if let Some(survey) = self.kept(&unit).await? {
            return Ok(Document { source, head, survey, figures: None });
        }
        let mut work = self.judge.survey(&head).await?;
        self.send_parts(&mut work, source).await?;
        match work.finish().await? {
            Ok(survey) => {
                self.keep(&unit, &serde_json::to_vec(&survey).map_err(Error::internal)?, Vec::new()).await?;
                Ok(Document { source, head, survey, figures: None })
            }
            Err(sentence) => Ok(unreadable(source, Head { read: Err(sentence), ..head })),
        }
    }

    async fn read_figures(&self, documents: &mut [Document<'_>]) -> Result<()> {
        let room = Room::of(documents.iter().map(|document| &document.survey));
        let of = number(documents.len());
        for (document, done) in documents.iter_mut().zip(1..) {
            let problem = self.figures_of(document, &room).await?;
            let progress = RunEvent::stage(Stage::Figures, done, of);
            match problem {
                Some(sentence) => {
                    let mut events = self.about(document, 0, Some(&sentence), &[]);
                    events.push(progress);
                    self.tell(events).await?;
                }
                None => self.tell(vec![progress]).await?,
            }
        }
        Ok(())
    }

    /// Reads the figures of a document, unless they are kept; a sentence if there are none because it cannot be judged.
    async fn figures_of(&self, document: &mut Document<'_>, room: &Room) -> Result<Option<String>> {
        if let Err(sentence) = &document.head.read {
            return Ok(Some(sentence.clone()));
        }
        let further = serde_json::to_vec(&(&document.survey, room, &self.template.id, &self.template.version));
        let further = further.map_err(Error::internal)?;
        let unit = Unit::of(&self.runs.vault, document.source, Kind::Figures, &[&further])?;
        if let Some(figures) = self.kept::<Figures>(&unit).await? {
            self.tell(self.about(document, figures.count, None, &figures.first)).await?;
            document.figures = Some(unit);
            return Ok(None);
        }
        let mut work = self.judge.facts(&document.head, &document.survey, room, &self.template).await?;
        self.send_parts(&mut work, document.source).await?;
        match work.finish().await? {
            Ok(facts) => {
                let figures = figures(facts)?;
                let events = self.about(document, figures.count, None, &figures.first);
                self.keep(&unit, &serde_json::to_vec(&figures).map_err(Error::internal)?, events).await?;
                document.figures = Some(unit);
                Ok(None)
            }
            Err(sentence) => {
                let head = Head { read: Err(sentence.clone()), ..document.head.clone() };
                *document = unreadable(document.source, head);
                Ok(Some(sentence))
            }
        }
    }

    /// What is told of a document's figures, unless an earlier attempt has.
    fn about(&self, document: &Document<'_>, count: u32, problem: Option<&str>, first: &[KeyFigure]) -> Vec<RunEvent> {
        let name = document.head.name.clone();
        if self.told.contains(&name) {
            return Vec::new();
        }
        let told = RunEvent::Document { name: name.clone(), figures: count, problem: problem.map(str::to_owned) };
        let figures = first.iter().map(|one| RunEvent::Figure {
            title: one.title.clone(),
            shown: one.shown.clone(),
            about: one.about.clone(),
            document: name.clone(),
            place: one.place.clone(),
        });
        std::iter::once(told).chain(figures).collect()
    }

    async fn report(&self, documents: &[Document<'_>]) -> Result<()> {
        let company = self.runs.deals.name(self.run.deal).await?;
        let inputs = self.inputs(documents, &company)?;
        let mut conn = self.runs.db.write().await?;
        let latest = self.runs.reports.latest(&mut conn, self.run.deal).await?;
        drop(conn);
        if let Some(same) = latest.filter(|latest| latest.inputs == inputs) {
            let sentence = format!("Nothing has changed since version {}, so there is no new one.", same.number);
            return self.end(WorkState::Done, Some(sentence), Some(same.number)).await;
        }
        self.tell(vec![RunEvent::stage(Stage::Report, 0, 1)]).await?;
        let mut work = self.judge.report(&self.template, Some(&company), self.run.created_at).await?;
        for document in documents {
            let facts = self.facts(document).await?;
            work.source(&document.head, &document.survey, facts.get().as_bytes()).await?;
            if document.head.read.is_ok() {
                self.send_parts(&mut work, document.source).await?;
            }
        }
        match work.finish().await? {
            Ok(report) => self.complete(documents, report, inputs).await,
            Err(sentence) => self.end(WorkState::Failed, Some(sentence), None).await,
        }
    }

    /// Has the model write, if the run has one, and publishes what stands.
    async fn complete(&self, documents: &[Document<'_>], report: model::Report, inputs: Vec<u8>) -> Result<()> {
        if !self.verified(documents, &report).await? {
            return self.end(WorkState::Failed, Some(UNVERIFIED.to_owned()), None).await;
        }
        if self.run.writer.is_none() {
            return self.publish(documents, Finished { report, problem: None }, inputs).await;
        }
        let Finished { report, problem } = self.write(documents, report).await?;
        // What lacks sentences because of a fault is no answer to the same question asked again.
        let inputs = match problem {
            Some(_) => tag(&self.runs.vault, self.run.deal, [inputs.as_slice(), self.run.id.0.as_bytes()])?,
            None => inputs,
        };
        self.publish(documents, Finished { report, problem }, inputs).await
    }

    /// Keyed tag of everything that the report follows from.
    fn inputs(&self, documents: &[Document<'_>], company: &str) -> Result<Vec<u8>> {
        let title = [
            diligence::ENGINE.as_bytes(),
            self.template.id.as_bytes(),
            self.template.version.as_bytes(),
            company.as_bytes(),
        ];
        let own = documents.iter().flat_map(|document| {
            let said = match (&document.figures, &document.head.read) {
                (Some(unit), _) => unit.inputs.as_slice(),
                (None, Err(sentence)) => sentence.as_bytes(),
                (None, Ok(_)) => &[],
            };
            [document.source.document.id.0.as_bytes().as_slice(), document.head.name.as_bytes(), said]
        });
        let writer = self.run.writer.iter().flat_map(|writer| {
            let said = [writer.host.as_str(), &writer.model, &writer.name, diligence::prose::PROMPT].map(str::as_bytes);
            std::iter::once(writer.endpoint.0.as_bytes().as_slice()).chain(said)
        });
        tag(&self.runs.vault, self.run.deal, title.into_iter().chain(own).chain(writer))
    }

    async fn facts(&self, document: &Document<'_>) -> Result<Box<RawValue>> {
        let Some(unit) = &document.figures else {
            return RawValue::from_string("[]".to_owned()).map_err(Error::internal);
        };
        // Somebody may have removed the document, or had it read again: the next attempt sees what there is then.
        Ok(self.kept::<Figures>(unit).await?.ok_or_else(changed)?.facts)
    }

    async fn send_parts<T>(&self, work: &mut judging::Unit<T>, source: &Source) -> Result<()> {
        for part in &source.parts {
            let json = self.runs.documents.source_part(self.run.deal, *part).await?.ok_or_else(changed)?;
            work.part(&json).await;
        }
        Ok(())
    }

    async fn publish(&self, documents: &[Document<'_>], finished: Finished, inputs: Vec<u8>) -> Result<()> {
        let Finished { report, problem } = finished;
        let now = self.clock.now();
        let (deal, run) = (self.run.deal, self.run.id);
        let id = ReportId::new(now, entropy::random(self.runs.entropy.as_ref())?);
        let sections = report.sections.iter();
        let mut events: Vec<RunEvent> = sections
            .map(|section| RunEvent::Section { id: section.id.clone(), title: section.title.clone() })
            .collect();
        events.push(RunEvent::stage(Stage::Report, 1, 1));
        let new = NewVersion { id, deal, run, inputs, report, created_by: self.run.started_by };
        let sources = sources(documents);
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.finish(conn).await?;
            // A version must not hold what was removed meanwhile, nor cite what is no longer the text.
            if !self.runs.documents.hold(conn, deal, &sources).await? {
                return Err(changed());
            }
            let version = self.runs.reports.publish(conn, &new, self.clock).await?;
            self.write_end(conn, WorkState::Done, problem, Some(version.number), events).await
        })
        .await
    }

    /// Brings the run to rest without a version of its own.
    async fn end(&self, state: WorkState, sentence: Option<String>, report_number: Option<i32>) -> Result<()> {
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.finish(conn).await?;
            self.write_end(conn, state, sentence, report_number, Vec::new()).await
        })
        .await
    }

    async fn write_end(
        &self,
        conn: &mut Connection,
        state: WorkState,
        sentence: Option<String>,
        report_number: Option<i32>,
        mut events: Vec<RunEvent>,
    ) -> Result<()> {
        let outcome = Outcome { sentence: sentence.clone(), report_number };
        store::end_run(conn, &self.runs.vault, &self.run, state, &outcome, self.clock.now()).await?;
        events.push(RunEvent::Ended { state, sentence, report_number });
        self.write_events(conn, events).await?;
        store::remove_drafts(conn, self.run.id).await
    }

    /// The result of a unit that was kept. One of another form than ours is reckoned anew.
    async fn kept<T: DeserializeOwned>(&self, unit: &Unit) -> Result<Option<T>> {
        let mut conn = self.runs.db.write().await?;
        let kept = store::find_unit(&mut conn, &self.runs.vault, self.run.deal, unit).await?;
        Ok(kept.and_then(|json| serde_json::from_slice(&json).ok()))
    }

    /// Keeps the result of a unit, with what there is to tell of it.
    async fn keep(&self, unit: &Unit, result: &[u8], events: Vec<RunEvent>) -> Result<()> {
        let id = self.random_id()?;
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.advance(conn).await?;
            if !store::put_unit(conn, &self.runs.vault, self.run.deal, (id, unit), result).await? {
                return Err(changed());
            }
            self.write_events(conn, events).await
        })
        .await
    }

    pub(super) async fn tell(&self, events: Vec<RunEvent>) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let mut conn = self.runs.db.write().await?;
        conn.transaction(async |conn| {
            self.renew(conn).await?;
            store::set_state(conn, self.run.id, WorkState::Running).await?;
            self.write_events(conn, events).await
        })
        .await
    }

    pub(super) async fn write_events(&self, conn: &mut Connection, events: Vec<RunEvent>) -> Result<()> {
        let at = self.clock.now();
        let told = events
            .into_iter()
            .map(|event| Ok((self.random_id()?, Told { at, event })))
            .collect::<Result<Vec<(Uuid, Told)>>>()?;
        store::add_events(conn, &self.runs.vault, (self.run.deal, self.run.id), &told).await
    }

    pub(super) fn random_id(&self) -> Result<Uuid> {
        Ok(Uuid::from_bytes(entropy::random(self.runs.entropy.as_ref())?))
    }

    pub(super) async fn renew(&self, conn: &mut Connection) -> Result<()> {
        if queue::renew(conn, self.ticket, self.clock.now()).await? { Ok(()) } else { Err(lost()) }
    }

    pub(super) async fn advance(&self, conn: &mut Connection) -> Result<()> {
        if queue::advance(conn, self.ticket, self.clock.now()).await? { Ok(()) } else { Err(lost()) }
    }

    async fn finish(&self, conn: &mut Connection) -> Result<()> {
        if queue::finish(conn, self.ticket).await? { Ok(()) } else { Err(lost()) }
    }
}

fn head(source: &Source) -> Head {
    let document = &source.document;
    let read = match (&source.reading, &document.sentence) {
        (Some(reading), _) => Ok((document.kind, reading.clone())),
        (None, Some(sentence)) => Err(sentence.clone()),
        (None, None) => Err("It was not read.".to_owned()),
    };
    Head { version: DocumentVersion(document.id.0), name: source.path(), read }
}

/// A document of which the report only says why it is not judged.
fn unreadable(source: &Source, head: Head) -> Document<'_> {
    let sentence = head.read.as_ref().err().cloned().unwrap_or_default();
    let input = Input { version: head.version, name: head.name.clone(), document: Err(sentence) };
    Document { source, survey: diligence::survey(&input), head, figures: None }
}

fn figures(facts: judging::Facts) -> Result<Figures> {
    let json = String::from_utf8(facts.json).map_err(Error::internal)?;
    Ok(Figures {
        count: number(facts.count),
        first: facts.key_figures,
        facts: RawValue::from_string(json).map_err(Error::internal)?,
    })
}

/// The documents as they were when they were judged.
pub(super) fn sources(documents: &[Document<'_>]) -> Vec<Source> {
    documents.iter().map(|document| document.source.clone()).collect()
}

/// A count as it is told.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Where a part of one of the documents is stored.
pub(super) fn part_of(documents: &[Document<'_>], version: DocumentVersion, number: u32) -> Option<SourcePart> {
    let document = documents.iter().find(|document| document.head.version == version)?;
    document.source.parts.iter().copied().find(|part| u32::try_from(part.number) == Ok(number))
}

pub(super) fn changed() -> Error {
    Error::internal("a document was removed or read again while a report was made of it")
}

fn lost() -> Error {
    Error::internal("the run was taken over or is not wanted any more")
}
