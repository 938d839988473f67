//! A language model writes sentences, code checks them: what a model is given for a section of a report, and what of its
//! answer may stand in the report.
//!
//! ```text
//! wanted(report)                  which sections, and which parts of documents their passages are in
//! brief(report, section, parts)   figures with their labels, passages: what the model is given
//! brief.messages(nonce)           the prompt
//! brief.follow().look(so_far)     while the answer streams: what of it stands up to now
//! brief.judge(answer)             the end: sentences that passed every check, and how many did not
//! brief.shown(sentence)           one of them as people are told of it
//! weave(report, written)          the report with these sentences
//! ```
//!
//! Invariants: pure, like the rest of this crate. A model never gives a figure: a sentence holds no digit, figures are
//! placeholders of the report's own ledger. Every quote stands in its passage, character for character after normalising,
//! and is cited as the document's own text. What fails a check is dropped and counted, never mended. Text of documents is
//! data: it stands between markers that it cannot hold, and nothing in it is evaluated.

mod answer;
mod brief;
mod check;
mod figures;
mod judge;
mod material;
mod names;
mod numerals;
mod passages;
mod prompt;
mod quote;
mod relabel;
mod signs;
mod stream;
mod surroundings;
mod told;
mod vocabulary;
mod weave;

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod falsehoods;
#[cfg(test)]
mod tests;

pub use answer::{Draft, Drafted, Dropped, Reason, Sentence, Unreadable, Written};
pub use brief::{Brief, Wanted, brief, wanted};
pub use judge::Follow;
pub use passages::Passage;
pub use prompt::Messages;
pub use weave::weave;

/// Name and version of the prompt and of the checks. It is raised with every change of either, because what is kept of
/// an answer is kept under it.
pub const PROMPT: &str = "section 1";
