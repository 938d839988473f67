//! The checks of one sentence, from the cheap ones to those that need its quotes and figures. The first that fails names
//! the reason. No check repairs anything: what is in doubt is dropped.

use model::{Place, Run, runs};
use unicode_normalization::UnicodeNormalization;

use super::answer::{Reason, Sentence};
use super::brief::Brief;
use super::material::Listed;
use super::quote::Plain;
use super::signs::is_hidden;
use super::stream::{Raw, RawQuote};
use super::vocabulary::{counts, denies, is_stop, judges, looks_ahead, stem, words};
use super::{figures, names};

/// Characters of a sentence.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=400;

/// Quotes of a sentence at most.
const MOST_QUOTES: usize = 8;

/// Of the words that carry content so many in a hundred stand in what supports the sentence.
const SUPPORTED: usize = 40;

/// Words up to this many letters carry little content.
const SHORT: usize = 3;

/// Stands for a figure where the words around it are looked at.
pub const FIGURE: char = '\u{fffc}';

/// A sentence whose placeholders are known.
pub struct Text<'b> {
    /// The words, with [`FIGURE`] for each figure.
    pub words: String,
    /// Its figures in order, each with the byte of its sign in `words`.
    pub figures: Vec<(usize, &'b Listed)>,
}

/// The sentence, if it passes every check that does not depend on other sentences.
///
/// # Errors
///
/// The first check that it fails.
pub fn check(brief: &Brief, raw: &Raw) -> Result<Sentence, Reason> {
    let whole = raw.text.trim();
    if whole.contains(['\u{fffc}', '\n', '\t']) || whole.chars().any(is_hidden) {
        return Err(Reason::Character);
    }
    if !LENGTH.contains(&whole.chars().count()) {
        return Err(Reason::Length);
    }
    // Roman numerals and their like become letters below.
    let (odd, text) = (own_number(whole), whole.nfkc().collect::<String>());
    if has_markup(&text) {
        return Err(Reason::Markup);
    }
    let text_read = read(brief, &text)?;
    let lower = text_read.words.to_lowercase();
    let own = [
        (has_link(&text_read.words, brief), Reason::Link),
        (odd || own_number(&text) || counts(&lower), Reason::Number),
    ];
    let own = own.into_iter().chain([(judges(&lower), Reason::Judgement)]);
    if let Some((_, reason)) = own.into_iter().find(|(fails, _)| *fails) {
        return Err(reason);
    }
    let places = quotes(brief, &raw.quotes)?;
    if places.is_empty() && text_read.figures.is_empty() {
        return Err(Reason::Bare);
    }
    let own_name = names::are_known(brief.known(), &text_read.words);
    let quoted: String = places.iter().map(|place| place.quote.to_lowercase() + "\n").collect();
    let quoted_ahead = (!places.is_empty()).then(|| looks_ahead(&quoted));
    let checks = [
        (own_name, Reason::Name),
        (figures::are_named(brief, &text_read), Reason::Metric),
        (figures::happened_as_said(&text_read, looks_ahead(&lower), quoted_ahead), Reason::Basis),
        (figures::compare_as_said(&text_read, !places.is_empty()), Reason::Order),
        (places.iter().all(|place| denies(&place.quote.to_lowercase()) == denies(&lower)), Reason::Polarity),
        (!places.is_empty() || !denies(&lower), Reason::Polarity),
        (is_supported(brief, &text_read, &quoted), Reason::Unsupported),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, reason)) => Err(reason),
        None => Ok(Sentence { text, places }),
    }
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
        let listed = brief.figure(label, reckoned).ok_or(Reason::Placeholder)?;
        read.figures.push((read.words.len(), listed));
        read.words.push(FIGURE);
    }
    let glued = read.figures.iter().any(|(at, _)| {
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

/// True for addresses, and for words with a stop inside that are no file names of the data.
fn has_link(text: &str, brief: &Brief) -> bool {
    let listed = |word: &str| brief.origins().iter().any(|origin| origin.contains(word));
    let dotted = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() > 1
            && parts.iter().any(|part| part.chars().count() > 1)
            && parts.iter().all(|part| !part.is_empty())
    };
    text.contains("://")
        || text.contains('@')
        || text.to_lowercase().contains("www.")
        || text.split_whitespace().any(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            dotted(word) && !listed(word)
        })
}

/// The places of the quotes, each once.
fn quotes(brief: &Brief, raw: &[RawQuote]) -> Result<Vec<Place>, Reason> {
    if raw.len() > MOST_QUOTES {
        return Err(Reason::QuoteLength);
    }
    let mut places: Vec<Place> = Vec::new();
    for RawQuote { passage, quote } in raw {
        let plain = Plain::of(quote.trim(), 0);
        if !plain.is_quotable() {
            return Err(Reason::QuoteLength);
        }
        let place = brief.place(passage, &plain).ok_or(Reason::Quote)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// True if enough of the sentence's words, but those that compare figures, which are checked otherwise, stand in its quotes, in what is known of its figures, or in the names of section
/// and company.
fn is_supported(brief: &Brief, text: &Text<'_>, quoted: &str) -> bool {
    let lines: Vec<String> = text.figures.iter().map(|(_, figure)| figure.line()).collect();
    let texts = lines.iter().map(String::as_str).chain([quoted, brief.title(), brief.company()]);
    let support: std::collections::BTreeSet<String> =
        texts.flat_map(words).map(|word| stem(&word.to_lowercase())).collect();
    let said = figures::without_names(text).to_lowercase();
    let content: Vec<&str> = words(&said)
        .filter(|word| word.chars().count() > SHORT && !is_stop(word) && !figures::compares(word))
        .collect();
    let found = content.iter().filter(|word| support.contains(&stem(word))).count();
    found * 100 >= content.len() * SUPPORTED
}
