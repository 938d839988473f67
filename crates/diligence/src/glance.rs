//! A first look at the figures of one document, while those of the others are still being read.

use model::Fact;
use serde::{Deserialize, Serialize};

use crate::book::key_figure;
use crate::ledger::shown;
use crate::ontology::ontology;
use crate::template::Template;

/// Key figures of one document at most.
const MOST: usize = 12;

/// A figure of one document, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFigure {
    /// What it measures: `ARR`.
    pub title: String,
    /// The figure: `€4.2m`.
    pub shown: String,
    /// For when: `30 Jun 2025`, or that the document does not say.
    pub about: String,
    /// Where it stands in its document: `p. 7`.
    pub place: String,
}

/// The figures of one document that the template asks for, in its order, at most 12. What the report says of them is
/// only known when all documents are: another one may be trusted more.
pub fn key_figures(facts: &[Fact], template: &Template) -> Vec<KeyFigure> {
    let own = template.required.iter().filter_map(|required| {
        let fact = key_figure(facts.iter(), &required.metric, |_| 0)?;
        Some(KeyFigure {
            title: ontology().title(&required.metric).to_owned(),
            shown: shown(fact),
            about: fact.period.to_string(),
            place: fact.place.locator(),
        })
    });
    own.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use model::DocumentRole;

    use super::*;
    use crate::build::{input, page, pdf};
    use crate::{Room, facts, survey};

    #[test]
    fn a_first_look_shows_what_the_template_asks_for() {
        let lines =
            ["Pitch deck", "Cash of €2.0m as of June 2026", "ARR of €4.2m as of June 2026", "We target ARR of €9m"];
        let document = pdf(vec![page(1, &["Northwind"]), page(2, &lines)]);
        let survey = survey::of("deck.pdf", &document, DocumentRole::Deck);
        let facts = facts(&input("deck.pdf", document), &survey, &Room::default());
        let told: Vec<String> = key_figures(&facts, &Template::named("saas").unwrap())
            .into_iter()
            .map(|one| format!("{} {} {} {}", one.title, one.shown, one.about, one.place))
            .collect();
        assert_eq!(told, ["ARR €4.2m 30 Jun 2026 p. 2", "Cash €2.0m 30 Jun 2026 p. 2"]);
    }
}
