//! The company's name: as given, else the legal name that stands most often in the documents.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use model::DocumentRole;
use regex::Regex;

use crate::book::Book;

/// What a company without a name is called.
const NAMELESS: &str = "The company";

/// Characters of each document that are looked at.
const LOOKED_AT: usize = 30_000;

fn legal_name() -> &'static Regex {
    static NAME: OnceLock<Regex> = OnceLock::new();
    NAME.get_or_init(|| {
        let pattern = concat!(
            r"((?:\p{Lu}[\p{L}\d&.'’-]*[ \u{a0}]){1,4})(GmbH(?: & Co\. KG)?|AG|UG|SE|Ltd\.?|Limited|Inc\.?|LLC|PLC|plc|SAS|S\.A\.|SA|",
            r"B\.V\.|BV|AB|ApS|AS|Oy|S\.r\.l\.|Pty Ltd)(?:[^\p{L}]|$)",
        );
        #[allow(clippy::expect_used)]
        Regex::new(pattern).expect("the pattern is constant and tested")
    })
}

/// The company's name. A name counts once for each document it stands in and, among these, for how often.
pub fn company_name(book: &Book<'_>, given: Option<&str>) -> String {
    if let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) {
        return given.to_owned();
    }
    let mut names: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    // A list of customers is full of legal names, and none of them is the company's.
    let telling = book.sources.iter().filter(|source| source.survey.role != DocumentRole::CustomerList);
    for document in telling.filter_map(|source| source.input.document.as_ref().ok()) {
        let mut here: BTreeMap<String, usize> = BTreeMap::new();
        for part in &document.parts {
            let head: String = part.text.chars().take(LOOKED_AT).collect();
            for found in legal_name().captures_iter(&head) {
                let name =
                    [found.get(1), found.get(2)].into_iter().flatten().map(|piece| piece.as_str()).collect::<String>();
                *here.entry(name.replace('\u{a0}', " ")).or_default() += 1;
            }
        }
        for (name, count) in here {
            let entry = names.entry(name).or_default();
            *entry = (entry.0 + 1, entry.1 + count);
        }
    }
    names
        .into_iter()
        .max_by(|(one, a), (two, b)| a.cmp(b).then_with(|| two.cmp(one)))
        .map_or_else(|| NAMELESS.to_owned(), |(name, _)| name)
}
