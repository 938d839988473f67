//! The prompt: fixed words of ours around data between markers. Nothing of the data is ever read as a template.

use super::brief::Brief;

const SYSTEM: &str = include_str!("../../prompts/system.txt");
const BEFORE: &str = include_str!("../../prompts/before.txt");
const AFTER: &str = include_str!("../../prompts/after.txt");

/// The two messages of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messages {
    /// What the model is and the rules.
    pub system: String,
    /// The data between markers, with what is asked before and after it.
    pub user: String,
}

/// The fixed words, on which an answer depends too.
pub fn fixed(title: &str) -> [String; 3] {
    [SYSTEM, BEFORE, AFTER].map(|text| text.trim().replace("{title}", title))
}

/// The prompt of a brief. Data that holds the nonce is left out: it could end its marker.
pub fn messages(brief: &Brief, nonce: &str) -> Messages {
    let [system, before, after] = fixed(brief.title());
    let mut user = before;
    let mut data = |name: &str, text: &str| {
        if !text.contains(nonce) {
            user.push_str(&format!("\n\n<<<{nonce} {name}\n{text}\n{nonce}>>>"));
        }
    };
    for (passage, origin) in brief.passages().iter().zip(brief.origins()) {
        data(&passage.id, &format!("from: {origin}\n{}", passage.text));
    }
    data("company", brief.company());
    let figures: Vec<String> =
        brief.figures().iter().map(|figure| figure.line()).filter(|line| !line.contains(nonce)).collect();
    if !figures.is_empty() {
        data("figures", &figures.join("\n"));
    }
    user.push_str("\n\n");
    user.push_str(&after);
    Messages { system, user }
}
