//! What a diligent and a lying model answer to one of our prompts.

use serde_json::json;

/// A passage of a prompt.
pub struct Passage<'a> {
    id: &'a str,
    text: &'a str,
}

/// An answer with true sentences (words of a passage, a figure of the list) and three that must not stand: a number of
/// its own, a quote that is nowhere, a label that was not given.
pub fn scribe(prompt: &str) -> String {
    let quoted = passages(prompt).iter().find_map(|passage| {
        let line = passage.text.lines().find(|line| {
            let words = line.split_whitespace().count();
            (5..=40).contains(&words) && !line.chars().any(char::is_numeric) && line.ends_with('.') && line.len() < 300
        })?;
        Some(json!({ "text": line.trim(), "quotes": [{ "passage": passage.id, "quote": line.trim() }] }))
    });
    let figure = figures(prompt).map(|(label, title)| {
        let kind = if label.starts_with('C') { "calc" } else { "fact" };
        json!({ "text": format!("The documents put {title} at {{{{{kind}:{label}}}}}."), "quotes": [] })
    });
    let lies = [
        json!({ "text": "Revenue will be ninety-nine (99) million next year.", "quotes": [] }),
        json!({ "text": "The company holds every patent of its market.",
                "quotes": [{ "passage": "P1", "quote": "holds every patent of its market" }] }),
        json!({ "text": "Revenue is {{fact:F9999}} by the deck.", "quotes": [] }),
    ];
    json!({ "sentences": quoted.into_iter().chain(figure).chain(lies).collect::<Vec<_>>() }).to_string()
}

/// The passages of a prompt.
pub fn passages(prompt: &str) -> Vec<Passage<'_>> {
    let blocks = prompt.split("<<<").skip(1).filter_map(|block| {
        let (head, rest) = block.split_once('\n')?;
        let (nonce, id) = head.split_once(' ')?;
        let (data, _) = rest.split_once(&format!("\n{nonce}>>>"))?;
        let (_, text) = data.split_once('\n')?;
        id.starts_with('P').then_some(Passage { id, text })
    });
    blocks.collect()
}

/// Label and title of the first figure.
fn figures(prompt: &str) -> Option<(&str, &str)> {
    let (_, list) = prompt.split_once(" figures\n")?;
    let (label, rest) = list.lines().next()?.split_once(": ")?;
    Some((label, rest.split(',').next()?))
}
