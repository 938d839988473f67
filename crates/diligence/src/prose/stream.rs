//! Sentences of an answer that may not be complete yet, may have words or a code fence around it, and may be anything
//! else. What is found in the beginning of an answer is found in all of it, in the same order.

use serde::Deserialize;

/// Items of an answer that are looked at; a longer answer is not read on.
const MOST_ITEMS: usize = 40;

/// Characters of the open sentence that are shown.
const MOST_OPEN: usize = 400;

/// A sentence as the model gave it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Raw {
    /// The sentence.
    pub text: String,
    /// What it rests on.
    #[serde(default)]
    pub quotes: Vec<RawQuote>,
}

/// A quote as the model gave it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RawQuote {
    /// The passage's id.
    pub passage: String,
    /// The words.
    pub quote: String,
}

/// What was found of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The items that are complete; none for one of another form.
    pub items: Vec<Option<Raw>>,
    /// The text of the item that is not, as far as it came.
    pub open: String,
}

/// Reads an answer as it grows; items that were read are not read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reader {
    /// The byte after the last item that was complete, or after the list's bracket; none while no list was found.
    from: Option<usize>,
    /// Items that were complete.
    items: usize,
}

impl Reader {
    /// What an answer has more than when it was read the last time; `None` if it has no list of sentences.
    pub fn read_on(&mut self, answer: &str) -> Option<Found> {
        let from = self.from.or_else(|| Some(answer.len() - list(said(answer))?.len()))?;
        let mut rest = answer.get(from..)?;
        let mut found = Found::default();
        while self.items < MOST_ITEMS {
            let item = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if item.is_empty() || item.starts_with(']') {
                break;
            }
            let Some(end) = item_end(item) else {
                found.open = open_text(item);
                break;
            };
            let (item, tail) = item.split_at(end);
            found.items.push(serde_json::from_str(item).ok());
            self.items += 1;
            rest = tail;
        }
        self.from = Some(answer.len() - rest.len());
        Some(found)
    }
}

/// The sentences of an answer; `None` if it has no list of them.
pub fn read(answer: &str) -> Option<Found> {
    Reader::default().read_on(answer)
}

/// What is said, without the thoughts that some models put before it.
fn said(answer: &str) -> &str {
    let start = answer.trim_start();
    match start.strip_prefix("<think>") {
        Some(thought) => thought.split_once("</think>").map_or("", |(_, said)| said),
        None => start,
    }
}

/// What follows `{ … "sentences": [`.
fn list(answer: &str) -> Option<&str> {
    let object = answer.get(answer.find('{')?..)?;
    object.match_indices("\"sentences\"").find_map(|(at, key)| {
        let value = object.get(at + key.len()..)?.trim_start().strip_prefix(':')?;
        value.trim_start().strip_prefix('[')
    })
}

/// The byte after the first item of a list, if that is complete.
fn item_end(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if quoted {
            (quoted, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            // The end of a value that is no object: the border is no part of it.
            b',' | b']' if depth == 0 => return Some(at.max(1)),
            b'}' if depth == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The value of `"text"` in the beginning of an object, as far as it came.
fn open_text(item: &str) -> String {
    let value = item.split_once("\"text\"").and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
    let Some(value) = value.and_then(|value| value.trim_start().strip_prefix('"')) else { return String::new() };
    // An escape has twelve signs at most; more is not shown.
    let value = value.char_indices().nth(12 * MOST_OPEN).and_then(|(at, _)| value.get(..at)).unwrap_or(value);
    let (mut end, mut escaped, mut last_escape) = (value.len(), false, 0);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => (escaped, last_escape) = (true, at),
            '"' => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    // An escape at the end may be half of one, or half of a pair.
    let whole = value.get(..end).unwrap_or_default();
    let text = [Some(whole), value.get(..last_escape.min(end)), whole.rfind("\\u").and_then(|at| whole.get(..at))];
    let read = text.into_iter().flatten().find_map(|text| serde_json::from_str::<String>(&format!("\"{text}\"")).ok());
    read.unwrap_or_default().chars().take(MOST_OPEN).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANSWER: &str = concat!(
        "Here it is:\n```json\n{\"sentences\": [ {\"text\":\"One \\\"q\\\" ü\\u00e9 {x\", \"quotes\":[{\"passage\":\"P1\",\"quote\":\"a ] b\"}]},\n",
        "\"loose\", {\"txt\":1}, {\"text\":\"Two\"} ]}\n```",
    );

    fn texts(answer: &str) -> Vec<Option<String>> {
        read(answer).unwrap_or_default().items.into_iter().map(|item| item.map(|raw| raw.text)).collect()
    }

    #[test]
    fn sentences_are_found_whatever_stands_around_them() {
        let expected = [Some("One \"q\" üé {x".to_owned()), None, None, Some("Two".to_owned())];
        assert_eq!(texts(ANSWER), expected);
        assert_eq!(texts(&format!("<think>{{\"sentences\":[1]}}</think>{ANSWER}")), expected);
        assert_eq!(read(ANSWER).unwrap().items[0].as_ref().unwrap().quotes[0].quote, "a ] b");
        assert_eq!(read("{\"sentences\":[]}"), Some(Found::default()));
        for none in ["", "no", "{}", "[{\"text\":\"x\"}]", "{\"sentences\":4}", "<think>{\"sentences\":[{"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(texts(&format!("{{\"sentences\":[{}", "1,".repeat(99))).len(), MOST_ITEMS);
    }

    #[test]
    fn every_beginning_agrees_with_the_whole() {
        let whole = texts(ANSWER);
        for (at, _) in ANSWER.char_indices() {
            let found = read(&ANSWER[..at]).unwrap_or_default();
            let own = texts(&ANSWER[..at]);
            assert_eq!(own, whole[..own.len()], "{at}");
            assert!(own.len() > 1 || "One \"q\" üé {x".starts_with(&found.open), "{at} {}", found.open);
        }
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange(answer in "(\\{\"sentences\":\\[)?[\\]\\[{}\",:\\\\a\"textu0d ]{0,80}") {
            let whole = texts(&answer);
            for (at, _) in answer.char_indices() {
                let own = texts(&answer[..at]);
                prop_assert!(own.len() <= whole.len() && own == whole[..own.len()], "{} {:?} {:?}", &answer[..at], own, whole);
            }
        }
    }
}
