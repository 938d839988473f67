//! From an answer to the sentences that stand: each is checked by itself, then against those before it.

use model::{Run, runs};

use super::answer::{Draft, Drafted, Dropped, Reason, Sentence, Unreadable, Written};
use super::brief::Brief;
use super::check::check;
use super::signs::one_line;
use super::stream::{Raw, Reader, read};
use super::vocabulary::words;

/// Sentences of a section at most.
const MOST: usize = 8;

/// Characters of a drafted sentence at most.
const DRAFTED: usize = 500;

/// Characters of a sentence of an answer that are looked at to show it.
const LOOKED_AT: usize = 2_000;

/// Reads an answer while it comes in, and keeps what was found of its complete sentences.
#[derive(Debug, Clone)]
pub struct Follow<'b> {
    brief: &'b Brief,
    reader: Reader,
    /// What was read up to now.
    seen: String,
    sieve: Sieve,
    told: Vec<Drafted>,
}

impl<'b> Follow<'b> {
    pub(super) fn of(brief: &'b Brief) -> Self {
        Self { brief, reader: Reader::default(), seen: String::new(), sieve: Sieve::default(), told: Vec::new() }
    }

    /// What stands of the answer up to now; `answer_so_far` is all of it. An answer that does not begin with what was
    /// looked at before is another one, and is read from its beginning. What is verified stays so as the answer grows.
    pub fn look(&mut self, answer_so_far: &str) -> Draft {
        match answer_so_far.strip_prefix(self.seen.as_str()) {
            Some(more) => self.seen.push_str(more),
            None => *self = Self { seen: answer_so_far.to_owned(), ..Self::of(self.brief) },
        }
        let Some(found) = self.reader.read_on(answer_so_far) else { return Draft::default() };
        for raw in &found.items {
            let judged = self.sieve.sift(self.brief, raw.as_ref());
            let text = match (&judged, raw) {
                (Ok(sentence), _) => filled(self.brief, &sentence.text),
                (Err(_), Some(raw)) => filled(self.brief, &raw.text),
                (Err(_), None) => continue,
            };
            if !text.is_empty() {
                self.told.push(Drafted { text, verified: judged.is_ok() });
            }
        }
        Draft { sentences: self.told.clone(), open: filled(self.brief, &found.open) }
    }
}

/// What stands of an answer.
pub fn judge(brief: &Brief, answer: &str) -> Result<Written, Unreadable> {
    let found = read(answer).ok_or(Unreadable)?;
    let mut sieve = Sieve::default();
    let (mut sentences, mut dropped) = (Vec::new(), Vec::new());
    for raw in &found.items {
        match sieve.sift(brief, raw.as_ref()) {
            Ok(sentence) => sentences.push(sentence),
            Err(reason) => dropped.push(Dropped { reason }),
        }
    }
    Ok(Written { section: brief.section().to_owned(), sentences, dropped })
}

/// What was said already.
#[derive(Debug, Clone, Default)]
struct Sieve {
    said: Vec<Vec<String>>,
}

impl Sieve {
    /// What becomes of the next item; that depends only on the items before it.
    fn sift(&mut self, brief: &Brief, raw: Option<&Raw>) -> Result<Sentence, Reason> {
        let sentence = check(brief, raw.ok_or(Reason::Shape)?)?;
        let own: Vec<String> = words(&sentence.text).map(str::to_lowercase).collect();
        if self.said.contains(&own) {
            return Err(Reason::Repeated);
        }
        if self.said.len() >= MOST {
            return Err(Reason::TooMany);
        }
        self.said.push(own);
        Ok(sentence)
    }
}

/// A text with its figures filled in, plain, on one line. A placeholder that is not complete is not shown yet; one that was
/// not listed is a gap.
pub fn filled(brief: &Brief, text: &str) -> String {
    let text = text.char_indices().nth(LOOKED_AT).and_then(|(at, _)| text.get(..at)).unwrap_or(text);
    let mut out = String::new();
    for run in runs(text) {
        let listed = match run {
            Run::Text(words) => {
                out.push_str(words);
                continue;
            }
            Run::Fact(label) => brief.figure(label, false),
            Run::Calc(label) => brief.figure(label, true),
            Run::Cite(_) => None,
        };
        out.push_str(listed.map_or("…", |(figure, _)| figure.shown.as_str()));
    }
    let begun = out.rfind("{{").filter(|at| !out.get(*at..).unwrap_or_default().contains("}}"));
    let plain = begun.and_then(|at| out.get(..at)).unwrap_or(&out);
    one_line(plain.trim_end_matches('{'), DRAFTED)
}
