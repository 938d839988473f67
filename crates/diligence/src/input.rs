//! A document as it comes in, and as it goes into a report.

use model::{Document, DocumentEntry, DocumentVersion, Fact};

use crate::{Room, Survey, facts, survey};

/// A document of the data room, read or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Which state of which document.
    pub version: DocumentVersion,
    /// Its file name.
    pub name: String,
    /// What was read, or the sentence that says why it could not be.
    pub document: Result<Document, String>,
}

/// A document with all that a report needs to know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The document.
    pub input: Input,
    /// What one look through it said: [`survey`](crate::survey()).
    pub survey: Survey,
    /// Its figures: [`facts`](crate::facts()), in the room that all documents of the report make together.
    pub facts: Vec<Fact>,
}

impl Source {
    /// What the report says of the document.
    pub(crate) fn entry(&self) -> DocumentEntry {
        DocumentEntry {
            version: self.input.version,
            name: self.input.name.clone(),
            kind: self.survey.kind,
            role: self.survey.role,
            reading: self.survey.reading.clone(),
        }
    }
}

/// All stages before the report, one after the other: what [`analyse`](crate::analyse) is made of.
pub fn staged(inputs: Vec<Input>) -> Vec<Source> {
    let surveys: Vec<Survey> = inputs.iter().map(survey).collect();
    let room = Room::of(&surveys);
    let staged = inputs.into_iter().zip(surveys).map(|(input, survey)| {
        let facts = facts(&input, &survey, &room);
        Source { input, survey, facts }
    });
    staged.collect()
}
