//! The parent's side: starts a child for each unit of work, sends it the documents, and turns its answer, or how it
//! dies, into words of the pipeline.

use std::time::Duration;

use chrono::{DateTime, Utc};
use confine::{Child, Ended, Frame, LaunchError, Launcher, Limit};
use diligence::{Room, Survey, Template};
use model::{Report, TemplateName};

use super::accept::{self, Asked, Breach, Message, Title};
use super::{Facts, Head, Order, kind};
use crate::base::{Error, Result};
use crate::infra::child::Kind;
use crate::infra::config;

const MIB: u64 = 1024 * 1024;

/// Bytes that a child may answer: a survey is a few words, facts are five thousand at most.
const SURVEY_BYTES: u64 = MIB;
const FACTS_BYTES: u64 = 64 * MIB;
const REPORT_BYTES: u64 = 64 * MIB;

/// The longest honest document takes seconds.
const UNIT_SECONDS: u64 = 60;
/// A report is on all documents of a deal.
const REPORT_SECONDS: u64 = 300;

/// Answers have two messages at most.
const MOST_MESSAGES: usize = 2;

/// Starts the processes that judge documents.
#[derive(Debug, Clone)]
pub struct Judge {
    launcher: Launcher,
}

/// A unit of work whose documents are being sent. Dropping it kills the process.
pub struct Unit<T> {
    child: Option<Child>,
    work: Work,
    asked: Asked,
    accept: fn(&Asked, &[Message]) -> std::result::Result<T, Breach>,
}

/// What a unit is about, for its sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Document,
    Report,
}

impl Judge {
    /// A judge as configured: the same program and the same confinement as for reading.
    pub fn of(config: &config::Reading) -> Result<Self> {
        let limits = confine::Limits {
            address_space: config.memory_mib * MIB,
            cpu_seconds: config.cpu_seconds,
            wall: Duration::from_secs(UNIT_SECONDS),
            ..confine::Limits::default()
        };
        let launcher = Launcher { way: Kind::Judge.way(config)?, limits, allow_degraded: config.allow_degraded };
        Ok(Self { launcher })
    }

    /// Begins the survey of a document, whose parts are sent next. An error is a fault of ours, here and at all other
    /// units; what a document does wrong is told by [`Unit::finish`].
    pub async fn survey(&self, head: &Head) -> Result<Unit<Survey>> {
        let mut unit = self.start(Work::Document, SURVEY_BYTES, &Order::Survey, accept::survey).await?;
        unit.head(head).await?;
        Ok(unit)
    }

    /// Begins to read the figures of a document, whose parts are sent next.
    pub async fn facts(&self, head: &Head, survey: &Survey, room: &Room, template: &Template) -> Result<Unit<Facts>> {
        let order = Order::Facts { survey: survey.clone(), room: *room, template: template.clone() };
        let mut unit = self.start(Work::Document, FACTS_BYTES, &order, accept::facts).await?;
        unit.head(head).await?;
        Ok(unit)
    }

    /// Begins a report, whose sources are sent next. `company` is its name if it is known.
    pub async fn report(
        &self,
        template: &Template,
        company: Option<&str>,
        prepared_at: DateTime<Utc>,
    ) -> Result<Unit<Report>> {
        let company = company.map(str::trim).filter(|company| !company.is_empty()).map(str::to_owned);
        let order = Order::Report { template: template.clone(), company: company.clone(), prepared_at };
        let mut unit = self.start(Work::Report, REPORT_BYTES, &order, accept::report).await?;
        let (id, title, version) = (template.id.clone(), template.title.clone(), template.version.clone());
        unit.asked.title = Some(Title { company, template: TemplateName { id, title, version }, prepared_at });
        Ok(unit)
    }

    async fn start<T>(
        &self,
        work: Work,
        output_bytes: u64,
        order: &Order,
        accept: fn(&Asked, &[Message]) -> std::result::Result<T, Breach>,
    ) -> Result<Unit<T>> {
        let limits = confine::Limits { output_bytes, ..self.launcher.limits.clone() };
        let limits = match work {
            Work::Document => limits,
            Work::Report => confine::Limits {
                wall: Duration::from_secs(REPORT_SECONDS),
                cpu_seconds: limits.cpu_seconds.max(REPORT_SECONDS),
                ..limits
            },
        };
        let child = match (Launcher { limits, ..self.launcher.clone() }).start().await {
            Ok(child) => Some(child),
            Err(LaunchError::Refused(reasons)) => {
                tracing::error!(?reasons, "a judge cannot be confined, so nothing is judged");
                None
            }
            Err(error) => return Err(Error::internal(error)),
        };
        let mut unit = Unit { child, work, asked: Asked::default(), accept };
        unit.send(kind::ORDER, &serde_json::to_vec(order).map_err(Error::internal)?).await;
        Ok(unit)
    }
}

impl<T> Unit<T> {
    /// A part of the document that was begun last, as JSON. Parts come in order.
    pub async fn part(&mut self, json: &[u8]) {
        self.send(kind::PART, json).await;
    }

    async fn head(&mut self, head: &Head) -> Result<()> {
        self.asked.documents.push(head.into());
        self.send(kind::HEAD, &serde_json::to_vec(head).map_err(Error::internal)?).await;
        Ok(())
    }

    /// That the child is gone is no fault here: its end tells why.
    async fn send(&mut self, kind: u8, bytes: &[u8]) {
        if let Some(child) = &mut self.child {
            let _ = child.send_stream(kind, bytes).await;
        }
    }
}

impl Unit<Report> {
    /// Begins the next document of the report; its parts are sent next. `facts` is the JSON of [`Facts::json`].
    pub async fn source(&mut self, head: &Head, survey: &Survey, facts: &[u8]) -> Result<()> {
        let (version, json) = (head.version, facts.to_vec());
        let mut sent = std::mem::take(&mut self.asked.sent);
        let added = tokio::task::spawn_blocking(move || sent.add(version, &json).map(|()| sent));
        // Facts that do not parse are none of ours: whatever a report says of them is refused.
        self.asked.sent = added.await.map_err(Error::internal)?.unwrap_or_default();
        self.head(head).await?;
        self.send(kind::SURVEY, &serde_json::to_vec(survey).map_err(Error::internal)?).await;
        self.send(kind::FACTS, facts).await;
        Ok(())
    }
}

impl<T: Send + 'static> Unit<T> {
    /// Says that all was sent, and waits for the answer. Without one there is a sentence for the user. What a child says
    /// otherwise than agreed is a document's doing, not ours: it counts as broken down over it.
    pub async fn finish(mut self) -> Result<std::result::Result<T, String>> {
        self.send(kind::END, &[]).await;
        let Self { child, work, asked, accept } = self;
        let Some(mut child) = child else {
            return Ok(Err(UNCONFINED.to_owned()));
        };
        let messages = messages(&mut child).await;
        let ended = child.end().await;
        if !matches!(ended, Ended::Finished) {
            tracing::info!(?ended, "a judge did not end in order");
            return Ok(Err(sentence(work, ended)));
        }
        let checked = tokio::task::spawn_blocking(move || accept(&asked, &messages.ok_or(Breach::Messages)?));
        Ok(checked.await.map_err(Error::internal)?.map_err(|breach| {
            tracing::warn!(%breach, "a judge spoke otherwise than agreed");
            sentence(work, ended)
        }))
    }
}

/// All that the child says; nothing if it stops in the middle of a message or says too much. How much there may be in
/// all is kept by the limit of its output.
async fn messages(child: &mut Child) -> Option<Vec<Message>> {
    let mut messages: Vec<Message> = Vec::new();
    while let Some(Frame { kind, payload }) = child.next().await {
        let (mut bytes, mut ended) = (payload, false);
        ended |= bytes.is_empty();
        while !ended {
            let next = child.next().await.filter(|frame| frame.kind == kind)?;
            ended = next.payload.is_empty();
            bytes.extend_from_slice(&next.payload);
        }
        messages.push((kind, bytes));
        if messages.len() > MOST_MESSAGES {
            return None;
        }
    }
    Some(messages)
}

const UNCONFINED: &str = "This machine cannot confine the program that judges documents, so it judges none. The documents \
                          are safe; tell your admin, who finds the reasons in `vcconnect doctor`.";

/// Why there is no answer, for the user.
pub(super) fn sentence(work: Work, ended: Ended) -> String {
    let (subject, most, seconds) = match work {
        Work::Document => ("Judging it", "a document", UNIT_SECONDS),
        Work::Report => ("Making the report", "a report", REPORT_SECONDS),
    };
    let why = match ended {
        Ended::Finished | Ended::Crashed { .. } => match work {
            Work::Document => "The program that judges documents broke down over it.".to_owned(),
            Work::Report => "The program that makes reports broke down over the documents.".to_owned(),
        },
        Ended::Killed { by: Limit::Wall } => {
            format!("{subject} took longer than {seconds} seconds, which is the most for {most}.")
        }
        Ended::Killed { by: Limit::Cpu } => format!("{subject} takes more work than {most} may ask for."),
        Ended::Killed { by: Limit::Memory } => format!("{subject} needs more memory than {most} may use."),
        Ended::Killed { by: Limit::Output } => format!("{subject} gives more than {most} may hold."),
    };
    let what = match work {
        Work::Document => "The document is safe and holds up no other; save it in parts and drop those.",
        Work::Report => {
            "The documents and earlier reports are safe; take out what the report does not need and try again."
        }
    };
    format!("{why} {what}")
}
