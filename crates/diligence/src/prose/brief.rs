//! What a model is given for a section, and what its answer is judged by.

use model::{DocumentVersion, Part, Place, Report};

use super::answer::{Draft, Unreadable, Written};
use super::material::{Listed, Material};
use super::passages::{Passage, passages};
use super::prompt::{self, Messages};
use super::quote::Plain;
use super::signs::one_line;
use super::vocabulary::Known;
use super::{PROMPT, judge};
use crate::ENGINE;
use crate::ontology::{Metric, ontology};

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
    passages: Vec<Passage>,
    /// Of each passage, its document's name and its place there.
    origins: Vec<String>,
    /// Of each passage, the form in which quotes are looked for.
    plain: Vec<Plain>,
    parts: Vec<(DocumentVersion, Part)>,
    known: Known,
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
    let roles = report.documents.iter().map(|document| document.role.title());
    let lines: Vec<String> = material.figures.iter().map(Listed::line).collect();
    let texts = passages.iter().map(|passage| passage.text.as_str()).chain(roles);
    let metrics = material.figures.iter().filter_map(|figure| ontology().metric(&figure.metric));
    let texts = texts.chain(metrics.flat_map(Metric::names));
    let names = origins.iter().chain(&lines).chain([&company, &section.title]).map(String::as_str);
    let known = Known::of(texts.chain(names));
    Some(Brief {
        section: section.id.clone(),
        title: section.title.clone(),
        company,
        figures: material.figures,
        origins,
        plain,
        parts: used,
        known,
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
    /// answer is kept under them and the model.
    pub fn inputs(&self) -> Vec<u8> {
        let figures: Vec<_> = self
            .figures
            .iter()
            .map(|one| (one.line(), &one.metric, &one.subject, one.basis, one.period, &one.figure))
            .collect();
        let passages: Vec<_> = self.passages.iter().map(|one| (&one.id, one.document, one.part, one.span)).collect();
        let fixed = prompt::fixed(&self.title);
        let whole =
            (PROMPT, ENGINE, &self.section, fixed, &self.company, figures, passages, &self.origins, &self.parts);
        serde_json::to_vec(&whole).unwrap_or_default()
    }

    /// What stands of an answer that is still coming in. What is verified stays so as the answer grows.
    pub fn look(&self, answer_so_far: &str) -> Draft {
        judge::look(self, answer_so_far)
    }

    /// What stands of an answer. Of one that was cut off, the sentences that are complete.
    ///
    /// # Errors
    ///
    /// If no list of sentences can be found in it.
    pub fn judge(&self, answer: &str) -> Result<Written, Unreadable> {
        judge::judge(self, answer)
    }

    pub(super) fn company(&self) -> &str {
        &self.company
    }

    pub(super) fn figures(&self) -> &[Listed] {
        &self.figures
    }

    #[cfg(test)]
    pub(super) fn figures_mut(&mut self) -> &mut Vec<Listed> {
        &mut self.figures
    }

    pub(super) fn origins(&self) -> &[String] {
        &self.origins
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// A figure by its label and kind.
    pub(super) fn figure(&self, label: &str, reckoned: bool) -> Option<&Listed> {
        self.figures.iter().find(|figure| figure.label == label && figure.reckoned == reckoned)
    }

    /// Where a quote stands in a passage, if it does.
    pub(super) fn place(&self, passage: &str, quote: &Plain) -> Option<Place> {
        let (own, plain) = self.passages.iter().zip(&self.plain).find(|(own, _)| own.id == passage.trim())?;
        let span = plain.find(quote)?;
        let part = self.parts.iter().find(|(version, part)| *version == own.document && part.number == own.part);
        part.map(|(version, part)| part.place(*version, span))
    }
}
