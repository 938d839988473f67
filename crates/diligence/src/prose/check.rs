//! The checks of one sentence, from the cheap ones to those that need its quotes and figures. The first that fails names
//! the reason. No check repairs anything: what is in doubt is dropped.

use model::{Place, Run, runs};
use unicode_normalization::UnicodeNormalization;

use super::answer::{Reason, Sentence};
use super::brief::Brief;
use super::material::Listed;
use super::numerals::counts;
use super::quote::Plain;
use super::signs::is_hidden;
use super::stream::{Raw, RawQuote};
use super::told::Told;
use super::vocabulary::{Known, denies, is_ahead, is_stop, judges, looks_ahead, says_when, words};
use super::{figures, names};
use crate::words::fold;

/// Characters of a sentence.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=400;

/// Figures of a sentence at most.
const MOST_FIGURES: usize = 6;

/// Quotes of a sentence at most.
const MOST_QUOTES: usize = 8;

/// Characters of a quote at most.
const MOST_QUOTED: usize = 400;

/// Stands for a figure where the words around it are looked at.
pub const FIGURE: char = '\u{fffc}';

/// A sentence whose placeholders are known.
pub struct Text<'b> {
    /// The words, with [`FIGURE`] for each figure.
    pub words: String,
    /// Its figures in order, each with the byte of its sign in `words` and what a sentence may call it.
    pub figures: Vec<(usize, &'b Listed, &'b Told)>,
}

/// A quote as it stands in its document.
pub struct Quoted {
    place: Place,
    /// In lower case.
    pub lower: String,
    /// Folded, for names of metrics.
    pub folded: String,
    /// The document's whole sentences around it, in lower case.
    around: String,
}

/// The sentence, if it passes every check that does not depend on other sentences.
///
/// # Errors
///
/// The first check that it fails.
pub fn check(brief: &Brief, raw: &Raw) -> Result<Sentence, Reason> {
    let text = seen(&raw.text)?;
    let read = read(brief, &text)?;
    let lower = read.words.to_lowercase();
    must(!has_link(&read.words), Reason::Link)?;
    // Roman numerals and their like became letters.
    must(!own_number(&raw.text) && !own_number(&text) && !counts(&lower), Reason::Number)?;
    must(!judges(&lower), Reason::Judgement)?;
    let quotes = quotes(brief, &raw.quotes)?;
    must(!quotes.is_empty() || !read.figures.is_empty(), Reason::Bare)?;
    must(is_as_ahead(&read, &quotes, &lower), Reason::Basis)?;
    must(figures::compare_as_said(&read, &quotes), Reason::Order)?;
    must(is_as_denied(&quotes, denies(&lower)), Reason::Polarity)?;
    must(figures::are_named(brief, &read) && figures::are_quoted_too(&read, &quotes), Reason::Metric)?;
    let said = figures::without_names(&read);
    let quoted = Known::of(quotes.iter().map(|quote| quote.lower.as_str()));
    let mut support = vec![&quoted, brief.own()];
    support.extend(read.figures.iter().map(|(_, _, told)| &told.known));
    must(names::are_known(&support, &said), Reason::Name)?;
    must(is_supported(&read, &said, &support), Reason::Unsupported)?;
    Ok(Sentence { text, places: quotes.into_iter().map(|quote| quote.place).collect() })
}

fn must(holds: bool, or: Reason) -> Result<(), Reason> {
    if holds { Ok(()) } else { Err(or) }
}

/// The sentence in one form of Unicode, if a reader sees all of it as it is.
fn seen(raw: &str) -> Result<String, Reason> {
    let fits = |text: &str| LENGTH.contains(&text.chars().take(LENGTH.end() + 1).count());
    let whole = raw.trim();
    must(whole.chars().nth(4 * LENGTH.end()).is_none(), Reason::Length)?;
    must(!whole.contains([FIGURE, '\n', '\t']) && !whole.chars().any(is_hidden), Reason::Character)?;
    must(fits(whole), Reason::Length)?;
    let text: String = whole.nfkc().collect();
    must(fits(&text), Reason::Length)?;
    must(!has_markup(&text), Reason::Markup)?;
    Ok(text)
}

/// The words and figures of a sentence. A figure stands apart, so that nothing glued to it changes it.
fn read<'b>(brief: &'b Brief, text: &str) -> Result<Text<'b>, Reason> {
    let mut read = Text { words: String::new(), figures: Vec::new() };
    for run in runs(text) {
        let (label, reckoned) = match run {
            Run::Text(words) => {
                read.words.push_str(words);
                continue;
            }
            Run::Fact(label) => (label, false),
            Run::Calc(label) => (label, true),
            Run::Cite(_) => return Err(Reason::Placeholder),
        };
        must(read.figures.len() < MOST_FIGURES, Reason::Placeholder)?;
        let (listed, told) = brief.figure(label, reckoned).ok_or(Reason::Placeholder)?;
        read.figures.push((read.words.len(), listed, told));
        read.words.push(FIGURE);
    }
    let glued = read.figures.iter().any(|(at, _, _)| {
        let before = read.words.get(..*at).and_then(|head| head.chars().next_back());
        let mut after = read.words.get(at + FIGURE.len_utf8()..).unwrap_or_default().chars();
        let (next, then) = (after.next(), after.next());
        let stop = next.is_some_and(|c| ".,;:".contains(c)) && then.is_none_or(char::is_whitespace);
        let apart = next.is_none_or(|c| c.is_whitespace() || ")?!".contains(c)) || stop;
        !apart || before.is_some_and(|c| !c.is_whitespace() && c != '(')
    });
    if glued || read.words.contains(['{', '}']) { Err(Reason::Placeholder) } else { Ok(read) }
}

fn has_markup(text: &str) -> bool {
    text.contains(['<', '>', '`', '\\', '|', '[', ']'])
        || ["**", "__", "~~", "!("].iter().any(|mark| text.contains(mark))
        || text.starts_with(['#', '-', '*', '+', '=', '"', '\''])
}

/// True for a digit of any script or a sign of currency or share, outside of placeholders.
fn own_number(text: &str) -> bool {
    let sign = |c: char| {
        matches!(
            c,
            '$' | '%' | '‰' | '‱' | '¢'..='¥' | '\u{58f}' | '\u{60b}' | '\u{66a}' | '\u{9f2}' | '\u{9f3}' | '\u{e3f}'
        ) || matches!(c, '\u{20a0}'..='\u{20cf}' | '\u{fdfc}' | '\u{fe69}' | '\u{fe6a}' | '\u{ff04}' | '\u{ff05}')
    };
    let words = runs(text).into_iter().filter_map(|run| if let Run::Text(words) = run { Some(words) } else { None });
    words.flat_map(str::chars).any(|c| c.is_numeric() || sign(c))
}

/// True for addresses, and for words with a stop inside, names of files among them: a file may be named like an address.
fn has_link(text: &str) -> bool {
    let dotted = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() > 1
            && parts.iter().any(|part| part.chars().count() > 1)
            && parts.iter().all(|part| !part.is_empty())
    };
    text.contains("://")
        || text.contains('@')
        || text.to_lowercase().contains("www.")
        || text.split_whitespace().any(|word| dotted(word.trim_matches(|c: char| !c.is_alphanumeric())))
}

/// The quotes where they stand, each place once.
fn quotes(brief: &Brief, raw: &[RawQuote]) -> Result<Vec<Quoted>, Reason> {
    must(raw.len() <= MOST_QUOTES, Reason::QuoteLength)?;
    let mut found: Vec<Quoted> = Vec::new();
    for RawQuote { passage, quote } in raw {
        must(quote.chars().nth(MOST_QUOTED).is_none(), Reason::QuoteLength)?;
        let plain = Plain::of(quote.trim(), 0);
        must(plain.is_quotable(), Reason::QuoteLength)?;
        let (place, around) = brief.place(passage, &plain).ok_or(Reason::Quote)?;
        if !found.iter().any(|other| other.place == place) {
            let (lower, folded) = (place.quote.to_lowercase(), fold(&place.quote));
            found.push(Quoted { place, lower, folded, around });
        }
    }
    Ok(found)
}

/// True if the sentence looks ahead exactly where its figures and quotes do, and where the document does around them. What
/// is told word for word is told as the document's own words.
fn is_as_ahead(text: &Text<'_>, quotes: &[Quoted], lower: &str) -> bool {
    let ahead = looks_ahead(lower);
    let quoted = (!quotes.is_empty()).then(|| quotes.iter().any(|quote| looks_ahead(&quote.lower)));
    let copied = || quotes.iter().any(|quote| words(lower).eq(words(&quote.lower)));
    figures::happened_as_said(text, ahead, quoted)
        && (ahead || !quotes.iter().any(|quote| looks_ahead(&quote.around)) || copied())
}

/// True if a denial stands in the sentence and in each of its quotes, or in none of them and in none of the document's
/// sentences that they are from.
fn is_as_denied(quotes: &[Quoted], denied: bool) -> bool {
    if denied {
        !quotes.is_empty() && quotes.iter().all(|quote| denies(&quote.lower))
    } else {
        !quotes.iter().any(|quote| denies(&quote.around))
    }
}

/// True if every word with content stands in a quote, in what is known of the figures, or in the company's name. Words that
/// compare two figures are checked by their values, words of what is to come by the figures' basis, words of time are not
/// said of figures, which have dates.
fn is_supported(text: &Text<'_>, said: &str, support: &[&Known]) -> bool {
    let lower = said.to_lowercase();
    let open = text.figures.iter().any(|(_, figure, _)| figure.is_open());
    let several = text.figures.len() > 1;
    let checked = |word: &str| (several && figures::compares(word)) || (open && is_ahead(word));
    let has = |word: &str| is_stop(word) || support.iter().any(|known| known.has(word));
    let figures = FIGURE.to_string();
    // A question says nothing.
    !said.contains('?')
        && (text.figures.is_empty() || !says_when(&lower))
        && words(&lower).all(|word| word == figures || checked(word) || has(word))
}
