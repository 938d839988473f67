//! From an answer to the sentences that stand: each is checked by itself, then against those before it.

use model::{Run, runs};

use super::answer::{Draft, Drafted, Dropped, Reason, Sentence, Unreadable, Written};
use super::brief::Brief;
use super::check::check;
use super::signs::one_line;
use super::stream::{Raw, read};
use super::vocabulary::words;

/// Sentences of a section at most.
const MOST: usize = 8;

/// Characters of a drafted sentence at most.
const DRAFTED: usize = 500;

/// What stands of an answer that is still coming in.
pub fn look(brief: &Brief, answer: &str) -> Draft {
    let Some(found) = read(answer) else { return Draft::default() };
    let judged = sift(brief, &found.items);
    let told = found.items.iter().zip(&judged).filter_map(|(raw, judged)| {
        let text = filled(brief, &raw.as_ref()?.text);
        (!text.is_empty()).then_some(Drafted { text, verified: judged.is_ok() })
    });
    Draft { sentences: told.collect(), open: filled(brief, &found.open) }
}

/// What stands of an answer.
pub fn judge(brief: &Brief, answer: &str) -> Result<Written, Unreadable> {
    let found = read(answer).ok_or(Unreadable)?;
    let (mut sentences, mut dropped) = (Vec::new(), Vec::new());
    for judged in sift(brief, &found.items) {
        match judged {
            Ok(sentence) => sentences.push(sentence),
            Err(reason) => dropped.push(Dropped { reason }),
        }
    }
    Ok(Written { section: brief.section().to_owned(), sentences, dropped })
}

/// Each item with what becomes of it; that depends only on the items before it.
fn sift(brief: &Brief, items: &[Option<Raw>]) -> Vec<Result<Sentence, Reason>> {
    let mut said: Vec<Vec<String>> = Vec::new();
    let judged = items.iter().map(|raw| {
        let sentence = check(brief, raw.as_ref().ok_or(Reason::Shape)?)?;
        let own: Vec<String> = words(&sentence.text).map(str::to_lowercase).collect();
        if said.contains(&own) {
            return Err(Reason::Repeated);
        }
        if said.len() >= MOST {
            return Err(Reason::TooMany);
        }
        said.push(own);
        Ok(sentence)
    });
    judged.collect()
}

/// A text with its figures filled in, plain, on one line. A placeholder that is not complete is not shown yet; one that was
/// not listed is a gap.
fn filled(brief: &Brief, text: &str) -> String {
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
        out.push_str(listed.map_or("…", |figure| figure.shown.as_str()));
    }
    let begun = out.rfind("{{").filter(|at| !out.get(*at..).unwrap_or_default().contains("}}"));
    let plain = begun.and_then(|at| out.get(..at)).unwrap_or(&out);
    one_line(plain.trim_end_matches('{'), DRAFTED)
}
