//! What a model is given for a section, and what its answer is judged by.

use model::{DocumentVersion, Part, Place, Report};

use super::answer::{Sentence, Unreadable, Written};
use super::judge::Follow;
use super::material::{Listed, Material};
use super::passages::{Passage, passages};
use super::prompt::{self, Messages};
use super::quote::Plain;
use super::signs::one_line;
use super::surroundings::Surroundings;
use super::told::Told;
use super::vocabulary::Known;
use super::{PROMPT, judge};
use crate::ENGINE;

/// Characters of a name at most.
const NAME: usize = 120;

/// A section that a model can write about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its id.
    pub section: String,
    /// Its title.
    pub title: String,
    /// The parts of documents whose text it needs: document and number of the part, each once.
    pub parts: Vec<(DocumentVersion, u32)>,
}

/// What a model is given for a section, and what its answer is judged by.
#[derive(Debug, Clone)]
pub struct Brief {
    section: String,
    title: String,
    company: String,
    figures: Vec<Listed>,
    /// Of each figure, what a sentence may call it.
    told: Vec<Told>,
    passages: Vec<Passage>,
    /// Of each passage, its document's name and its place there.
    origins: Vec<String>,
    /// Of each passage, the form in which quotes are looked for.
    plain: Vec<Plain>,
    parts: Vec<(DocumentVersion, Part)>,
    /// Of each of these parts, its sentences.
    surroundings: Vec<Surroundings>,
    /// The words of the company's name.
    own: Known,
}

/// The sections that a model can write about, in the report's order.
pub fn wanted(report: &Report) -> Vec<Wanted> {
    let sections = report.sections.iter().filter_map(|section| Some((section, Material::of(report, section)?)));
    sections
        .map(|(section, material)| {
            let mut parts: Vec<(DocumentVersion, u32)> = Vec::new();
            for place in material.places {
                if !parts.contains(&(place.document, place.part)) {
                    parts.push((place.document, place.part));
                }
            }
            Wanted { section: section.id.clone(), title: section.title.clone(), parts }
        })
        .collect()
}

/// What a model is given for a section, with the parts of documents that [`wanted`] names, as far as they are there;
/// others are ignored. `None` if there is nothing to write about: neither a figure nor a passage.
pub fn brief(report: &Report, section: &str, parts: Vec<(DocumentVersion, Part)>) -> Option<Brief> {
    let section = report.sections.iter().find(|one| one.id == section)?;
    let material = Material::of(report, section)?;
    let passages = passages(&material.places, &parts);
    if passages.is_empty() && material.figures.is_empty() {
        return None;
    }
    let mut used = parts;
    used.retain(|(version, part)| passages.iter().any(|one| one.document == *version && one.part == part.number));
    let part_of = |passage: &Passage| {
        let part = used.iter().find(|(version, part)| *version == passage.document && part.number == passage.part);
        part.map(|(_, part)| part)
    };
    let origins = passages.iter().map(|passage| {
        let name = report.document(passage.document).map(|entry| one_line(&entry.name, NAME)).unwrap_or_default();
        let place = part_of(passage).map(|part| part.place(passage.document, passage.span).locator());
        format!("{name}, {}", one_line(&place.unwrap_or_default(), NAME))
    });
    let origins: Vec<String> = origins.collect();
    let plain = passages.iter().map(|one| part_of(one).map(|part| one.plain(part)).unwrap_or_default()).collect();
    let company = one_line(&report.company, NAME);
    let told = material.figures.iter().map(Told::of).collect();
    let surroundings = used.iter().map(|(_, part)| Surroundings::of(part)).collect();
    let own = Known::of([company.as_str()]);
    Some(Brief {
        section: section.id.clone(),
        title: section.title.clone(),
        company,
        figures: material.figures,
        told,
        origins,
        plain,
        surroundings,
        parts: used,
        own,
        passages,
    })
}

impl Brief {
    /// The section's id.
    pub fn section(&self) -> &str {
        &self.section
    }

    /// The section's title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The passages that leave with the prompt.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The prompt. `nonce` is a word of letters and digits that nobody could have foreseen, drawn for this one request.
    pub fn messages(&self, nonce: &str) -> Messages {
        prompt::messages(self, nonce)
    }

    /// Everything that the answer and its judgement depend on but the nonce, as canonical bytes: what is kept of an
    /// answer is kept under them and the model. It is never empty, and never the same for other inputs.
    pub fn inputs(&self) -> Vec<u8> {
        let lines: Vec<String> = self.figures.iter().map(Listed::line).collect();
        let passages: Vec<_> = self.passages.iter().map(|one| (&one.id, one.document, one.part, one.span)).collect();
        let fixed = prompt::fixed(&self.title);
        let versions = (PROMPT, ENGINE, &self.section, &self.title, fixed);
        let whole = (versions, &self.company, lines, &self.figures, passages, &self.origins, &self.parts);
        // What cannot be JSON is told apart as well in the form for programmers.
        serde_json::to_vec(&whole).unwrap_or_else(|_| format!("{whole:?}").into_bytes())
    }

    /// Reads an answer while it comes in: each sentence is judged once.
    pub fn follow(&self) -> Follow<'_> {
        Follow::of(self)
    }

    /// What stands of an answer. Of one that was cut off, the sentences that are complete.
    ///
    /// # Errors
    ///
    /// If no list of sentences can be found in it.
    pub fn judge(&self, answer: &str) -> Result<Written, Unreadable> {
        judge::judge(self, answer)
    }

    /// A sentence that stands, plain, with its figures filled in, as a draft shows it.
    pub fn shown(&self, sentence: &Sentence) -> String {
        judge::filled(self, &sentence.text)
    }

    pub(super) fn company(&self) -> &str {
        &self.company
    }

    pub(super) fn figures(&self) -> &[Listed] {
        &self.figures
    }

    #[cfg(test)]
    pub(super) fn change_figures(&mut self, change: impl FnMut(&mut Listed)) {
        self.figures.iter_mut().for_each(change);
        self.told = self.figures.iter().map(Told::of).collect();
    }

    #[cfg(test)]
    pub(super) fn add_figure(&mut self, figure: Listed) {
        self.told.push(Told::of(&figure));
        self.figures.push(figure);
    }

    pub(super) fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The words of the company's name.
    pub(super) fn own(&self) -> &Known {
        &self.own
    }

    /// A figure by its label and kind, with what a sentence may call it.
    pub(super) fn figure(&self, label: &str, reckoned: bool) -> Option<(&Listed, &Told)> {
        self.figures.iter().zip(&self.told).find(|(figure, _)| figure.label == label && figure.reckoned == reckoned)
    }

    /// Where a quote stands in a passage, if it does, with the document's whole sentences that it is from.
    pub(super) fn place(&self, passage: &str, quote: &Plain) -> Option<(Place, String)> {
        let (own, plain) = self.passages.iter().zip(&self.plain).find(|(own, _)| own.id == passage.trim())?;
        let span = plain.find(quote)?;
        let mut parts = self.parts.iter().zip(&self.surroundings);
        let ((version, part), surroundings) =
            parts.find(|((version, part), _)| *version == own.document && part.number == own.part)?;
        Some((part.place(*version, span), surroundings.around(part, span)))
    }
}
