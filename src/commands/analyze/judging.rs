//! Judges what was read, in the confined children that the server uses too: a survey and the figures of each document,
//! as many at once as the machine has slots, and the report on all of them.

use chrono::{DateTime, Utc};
use diligence::{Input, Room, Survey, Template};
use futures_util::{StreamExt as _, stream};
use model::Report;

use super::progress::Progress;
use super::reading::Paper;
use crate::base::Result;
use crate::infra::judging::{Head, Judge, Unit};

/// What is judged, and how.
pub(super) struct Court<'a> {
    pub(super) judge: &'a Judge,
    pub(super) slots: usize,
    pub(super) template: &'a Template,
    pub(super) progress: &'a Progress,
}

/// A document with all that the report needs to know of it.
pub(in crate::commands) struct Judged {
    pub(in crate::commands) paper: Paper,
    survey: Survey,
    /// JSON of its figures.
    pub(in crate::commands) facts: Vec<u8>,
}

impl Court<'_> {
    /// All files with what is known of them. Those that could be read and not judged are unreadable then.
    pub(super) async fn judge(&self, papers: Vec<Paper>) -> Result<Vec<Judged>> {
        let all = papers.len();
        let surveyed = stream::iter(papers).map(|paper| self.survey(paper)).buffered(self.slots);
        let surveyed = collect(surveyed, all).await?;
        let room = Room::of(surveyed.iter().map(|judged| &judged.survey));
        let judged = stream::iter(surveyed).map(|judged| self.facts(judged, &room)).buffered(self.slots);
        collect(judged, all).await
    }

    /// The report, or the sentence that says why there is none.
    pub(super) async fn report(
        &self,
        judged: &[Judged],
        company: Option<&str>,
        prepared_at: DateTime<Utc>,
    ) -> Result<std::result::Result<Report, String>> {
        self.progress.step("all together");
        let mut unit = self.judge.report(self.template, company, prepared_at).await?;
        for Judged { paper, survey, facts } in judged {
            unit.source(&paper.head, survey, facts).await?;
            send(&mut unit, paper).await;
        }
        unit.finish().await
    }

    async fn survey(&self, paper: Paper) -> Result<Judged> {
        if paper.head.read.is_err() {
            return Ok(unread(paper));
        }
        self.progress.step(&paper.head.name);
        let mut unit = self.judge.survey(&paper.head).await?;
        send(&mut unit, &paper).await;
        Ok(match unit.finish().await? {
            Ok(survey) => Judged { paper, survey, facts: NO_FACTS.to_vec() },
            Err(sentence) => failed(paper, sentence),
        })
    }

    async fn facts(&self, judged: Judged, room: &Room) -> Result<Judged> {
        let Judged { paper, survey, .. } = judged;
        if paper.head.read.is_err() {
            return Ok(unread(paper));
        }
        self.progress.step(&paper.head.name);
        let mut unit = self.judge.facts(&paper.head, &survey, room, self.template).await?;
        send(&mut unit, &paper).await;
        Ok(match unit.finish().await? {
            Ok(facts) => Judged { paper, survey, facts: facts.json },
            Err(sentence) => failed(paper, sentence),
        })
    }
}

const NO_FACTS: &[u8] = b"[]";

async fn send<T>(unit: &mut Unit<T>, paper: &Paper) {
    for part in &paper.parts {
        unit.part(part).await;
    }
}

fn failed(mut paper: Paper, sentence: String) -> Judged {
    paper.parts.clear();
    paper.head.read = Err(sentence);
    unread(paper)
}

/// A document of which only the reason is told why there is nothing of it.
fn unread(paper: Paper) -> Judged {
    let Head { version, name, read } = &paper.head;
    let document = Err(read.as_ref().err().cloned().unwrap_or_default());
    let survey = diligence::survey(&Input { version: *version, name: name.clone(), document });
    Judged { paper, survey, facts: NO_FACTS.to_vec() }
}

/// All of them; the first fault of ours ends the rest.
async fn collect(mut judged: impl stream::Stream<Item = Result<Judged>> + Unpin, all: usize) -> Result<Vec<Judged>> {
    let mut collected = Vec::with_capacity(all);
    while let Some(one) = judged.next().await {
        collected.push(one?);
    }
    Ok(collected)
}
