//! What comes from a child, checked against what was asked: a child that a hostile document has taken over may say
//! anything, but nothing of another document, and nothing that breaks who shows it.

use chrono::{DateTime, Utc};
use diligence::{KeyFigure, Survey};
use model::{DocumentEntry, DocumentKind, DocumentVersion, Fact, Report, TemplateName};
use serde::de::DeserializeOwned;

use super::ledger::{self, Sent};
use super::{Facts, Head, kind};

/// More facts than this come from no honest child.
const MOST_FACTS: usize = 5_000;
const MOST_KEY_FIGURES: usize = 12;
const LONGEST_WORD: usize = 100;
const LONGEST_SENTENCE: usize = 600;

/// A message from a child: its kind and its bytes.
pub(super) type Message = (u8, Vec<u8>);

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The documents that were sent.
    pub(super) documents: Vec<Known>,
    /// The facts that were sent for a report.
    pub(super) sent: Sent,
    /// What the report is to say of itself, if one was asked for.
    pub(super) title: Option<Title>,
}

/// What is known of a document without its parts.
#[derive(Debug)]
pub(super) struct Known {
    version: DocumentVersion,
    name: String,
    kind: Option<DocumentKind>,
    reading: String,
}

/// What a report is to say of itself.
#[derive(Debug)]
pub(super) struct Title {
    pub(super) company: Option<String>,
    pub(super) template: TemplateName,
    pub(super) prepared_at: DateTime<Utc>,
}

/// How a child spoke otherwise than agreed. Never what it said: that may be a document's text.
#[derive(Debug, thiserror::Error)]
pub(super) enum Breach {
    #[error("JSON that does not fit ({category:?}, column {column})")]
    Json { category: serde_json::error::Category, column: usize },
    #[error("other messages than were asked for")]
    Messages,
    #[error("a survey of something else")]
    Survey,
    #[error("facts that contradict themselves or are of another document")]
    Facts,
    #[error("a report on something else")]
    Report,
}

impl From<&Head> for Known {
    fn from(head: &Head) -> Self {
        let (kind, reading) = match &head.read {
            Ok((kind, reading)) => (Some(*kind), reading.sentence(*kind)),
            Err(sentence) => (None, sentence.clone()),
        };
        Self { version: head.version, name: head.name.clone(), kind, reading }
    }
}

impl Known {
    fn is_entry(&self, entry: &DocumentEntry) -> bool {
        let DocumentEntry { version, name, kind, role: _, reading } = entry;
        *version == self.version && *name == self.name && *kind == self.kind && *reading == self.reading
    }
}

pub(super) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Breach> {
    serde_json::from_slice(json).map_err(|error| Breach::Json { category: error.classify(), column: error.column() })
}

/// The survey of the one document that was sent.
pub(super) fn survey(asked: &Asked, messages: &[Message]) -> Result<Survey, Breach> {
    let ([(kind::ANSWER, json)], [known]) = (messages, asked.documents.as_slice()) else {
        return Err(Breach::Messages);
    };
    let survey: Survey = parse(json)?;
    let same = survey.kind == known.kind && survey.reading == known.reading;
    if same { Ok(survey) } else { Err(Breach::Survey) }
}

/// The figures of the one document that was sent. The JSON is made anew, so that what is kept holds nothing else.
pub(super) fn facts(asked: &Asked, messages: &[Message]) -> Result<Facts, Breach> {
    let ([(kind::ANSWER, json), (kind::KEY_FIGURES, shown)], [known]) = (messages, asked.documents.as_slice()) else {
        return Err(Breach::Messages);
    };
    let facts: Vec<Fact> = parse(json)?;
    let key_figures: Vec<KeyFigure> = parse(shown)?;
    let sound = facts.len() <= MOST_FACTS && facts.iter().all(|fact| is_sound(fact, known.version));
    if !sound || key_figures.len() > MOST_KEY_FIGURES.min(facts.len()) {
        return Err(Breach::Facts);
    }
    Ok(Facts {
        json: serde_json::to_vec(&facts).map_err(|_| Breach::Facts)?,
        count: facts.len(),
        key_figures: key_figures.into_iter().map(cleaned).collect(),
    })
}

/// The report on the documents and facts that were sent.
pub(super) fn report(asked: &Asked, messages: &[Message]) -> Result<Report, Breach> {
    let ([(kind::ANSWER, json)], Some(title)) = (messages, &asked.title) else {
        return Err(Breach::Messages);
    };
    let report: Report = parse(json)?;
    let named = match &title.company {
        Some(company) => report.company == *company,
        None => report.company == clean(&report.company, LONGEST_SENTENCE),
    };
    let itself = report.schema == Report::SCHEMA
        && report.template == title.template
        && report.prepared_at == title.prepared_at
        && report.status.coverage.found <= report.status.coverage.required;
    let listed = report.documents.iter().all(|entry| asked.documents.iter().any(|known| known.is_entry(entry)))
        && asked.documents.iter().all(|known| report.document(known.version).is_some());
    let cited = report.citations.iter().map(|entry| &entry.place);
    let stated = report.facts.iter().map(|entry| &entry.fact.place);
    let placed = cited.chain(stated).all(|place| report.document(place.document).is_some());
    if named && itself && listed && placed && ledger::holds(&report, &asked.sent) {
        Ok(report)
    } else {
        Err(Breach::Report)
    }
}

/// True if a fact is of this document, and its words and numbers have a size that everybody behind can handle.
pub(super) fn is_sound(fact: &Fact, document: DocumentVersion) -> bool {
    let word = |text: &str| text.len() <= LONGEST_WORD;
    fact.place.document == document
        && fact.place.part > 0
        && fact.place.span.start <= fact.place.span.end
        && word(fact.metric.as_str())
        && word(&fact.extractor)
        && fact.needs_review.as_ref().is_none_or(|why| why.len() <= LONGEST_SENTENCE)
        && (0.0..=1.0).contains(&fact.confidence)
        && diligence::can_be_reckoned(&fact.figure)
}

fn cleaned(figure: KeyFigure) -> KeyFigure {
    let KeyFigure { title, shown, about, place } = figure;
    let word = |text: String| clean(&text, LONGEST_WORD);
    KeyFigure { title: word(title), shown: word(shown), about: word(about), place: word(place) }
}

/// Words as they may be stored and shown: without characters that steer a terminal, and short.
fn clean(said: &str, longest: usize) -> String {
    said.chars().filter(|found| !found.is_control()).take(longest).collect()
}
