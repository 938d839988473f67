//! What becomes of an answer.

use model::Place;
use serde::{Deserialize, Serialize};

/// The sentences of a section, after the checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The section's id.
    pub section: String,
    /// Sentences that passed every check, in the order of the answer.
    pub sentences: Vec<Sentence>,
    /// Those that did not.
    pub dropped: Vec<Dropped>,
}

/// A sentence that passed every check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// The sentence, with placeholders for figures.
    pub text: String,
    /// Where its quotes stand.
    pub places: Vec<Place>,
}

/// A sentence that failed a check. What it said is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The first check that it failed.
    pub reason: Reason,
}

/// Why a sentence was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It does not have the form that was asked for.
    Shape,
    /// It is too short or too long.
    Length,
    /// It holds a line break, or characters that are not seen.
    Character,
    /// It holds markup or braces.
    Markup,
    /// It holds an address.
    Link,
    /// It holds a placeholder that was not listed, or one glued to other signs.
    Placeholder,
    /// It holds a digit, a number word, a currency sign or a percent sign of its own.
    Number,
    /// It passes a judgement or gives advice.
    Judgement,
    /// A quote is too short or too long.
    QuoteLength,
    /// A quote does not stand in its passage.
    Quote,
    /// It has neither a quote nor a figure.
    Bare,
    /// It names something that the data does not name.
    Name,
    /// A figure stands for something that it does not measure, or for somebody whose it is not.
    Metric,
    /// It gives a forecast, budget or target as having happened, or the reverse.
    Basis,
    /// It compares figures in a way that their values or dates do not bear out.
    Order,
    /// It denies what its quotes do not deny, or the reverse.
    Polarity,
    /// Too few of its words stand in its quotes and figures.
    Unsupported,
    /// It was said already.
    Repeated,
    /// There are enough sentences.
    TooMany,
}

/// What stands of an answer that is still coming in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The sentences that are complete, in order.
    pub sentences: Vec<Drafted>,
    /// The beginning of the next one, plain and unchecked.
    pub open: String,
}

/// A complete sentence of an answer that is still coming in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// The sentence, plain, with its figures filled in.
    pub text: String,
    /// Whether it passed every check.
    pub verified: bool,
}

/// An answer in which no sentences could be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer holds no list of sentences")
    }
}

impl std::error::Error for Unreadable {}
