//! Text with placeholders: figures and citations stand in prose only as `{{fact:F12}}`, `{{calc:C7}}` and
//! `{{cite:E3}}`, which the renderers fill in from the report's ledger.

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run<'a> {
    /// Words as they are.
    Text(&'a str),
    /// The label of a fact.
    Fact(&'a str),
    /// The label of a calculation.
    Calc(&'a str),
    /// The label of a citation.
    Cite(&'a str),
}

/// The pieces of a text, in order. What only looks like a placeholder stays text.
pub fn runs(text: &str) -> Vec<Run<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(open) = rest.get(from..).and_then(|tail| tail.find("{{")).map(|at| at + from) {
        match placeholder(rest.get(open..).unwrap_or_default()) {
            Some((run, length)) => {
                let (before, after) = rest.split_at(open);
                if !before.is_empty() {
                    found.push(Run::Text(before));
                }
                found.push(run);
                rest = after.get(length..).unwrap_or_default();
                from = 0;
            }
            None => from = open + 2,
        }
    }
    if !rest.is_empty() {
        found.push(Run::Text(rest));
    }
    found
}

fn placeholder(text: &str) -> Option<(Run<'_>, usize)> {
    let inside = text.strip_prefix("{{")?;
    let end = inside.find("}}")?;
    let (kind, label) = inside.get(..end)?.split_once(':')?;
    let well_formed = label.len() > 1 && label.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let run = match kind {
        "fact" => Run::Fact(label),
        "calc" => Run::Calc(label),
        "cite" => Run::Cite(label),
        _ => return None,
    };
    well_formed.then_some((run, end + 4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_found_and_lookalikes_stay() {
        let text = "ARR was {{fact:F1}} {{cite:E2}}, {{runway}} {{calc:C7}}.";
        assert_eq!(
            runs(text),
            [
                Run::Text("ARR was "),
                Run::Fact("F1"),
                Run::Text(" "),
                Run::Cite("E2"),
                Run::Text(", {{runway}} "),
                Run::Calc("C7"),
                Run::Text("."),
            ]
        );
        assert_eq!(runs("{{fact:"), [Run::Text("{{fact:")]);
        assert_eq!(runs("{{{{fact:F1}}"), [Run::Text("{{"), Run::Fact("F1")]);
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in "[{}a-z:F1é ]{0,40}") {
            let again: String = runs(&text).into_iter().map(|run| match run {
                Run::Text(text) => text.to_owned(),
                Run::Fact(label) => format!("{{{{fact:{label}}}}}"),
                Run::Calc(label) => format!("{{{{calc:{label}}}}}"),
                Run::Cite(label) => format!("{{{{cite:{label}}}}}"),
            }).collect();
            prop_assert_eq!(again, text);
        }
    }
}
