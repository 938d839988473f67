//! Industry templates: what a report of that industry must have, and the words by which passages are found. They are
//! data (`templates/*.toml`) that is embedded when the program is built; a test reads every one of them.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// An industry template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its id, e.g. `saas`.
    pub id: String,
    /// Its title, e.g. `Software as a service`.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Where its content comes from.
    pub source: String,
    /// When it was last reviewed, `YYYY-MM`.
    pub as_of: String,
    /// Figures that a report must have.
    pub required: Vec<RequiredMetric>,
    /// Topics of which the report shows excerpts.
    #[serde(rename = "topic")]
    pub topics: Vec<Topic>,
    /// Clauses that are looked for in contracts.
    #[serde(rename = "clause")]
    pub clauses: Vec<Topic>,
}

/// A figure that a report must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredMetric {
    /// The metric's id.
    pub metric: String,
    /// Why it is needed, as the rest of a sentence.
    pub why: String,
    /// What the company is asked if it is missing.
    pub question: String,
}

/// A topic with the words by which its passages are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its id.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// The section of the report that shows it; contracts have one of their own.
    #[serde(default)]
    pub section: String,
    /// Words and phrases, lower case.
    pub lexicon: Vec<String>,
}

const SOURCES: [(&str, &str); 1] = [("saas", include_str!("../../../templates/saas.toml"))];

impl Template {
    /// The template with an id.
    pub fn named(id: &str) -> Option<Self> {
        templates().iter().find(|template| template.id == id).cloned()
    }

    /// The ids of all templates.
    pub fn ids() -> Vec<&'static str> {
        SOURCES.iter().map(|(id, _)| *id).collect()
    }
}

fn templates() -> &'static [Template] {
    static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
    TEMPLATES.get_or_init(|| SOURCES.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::ontology;

    #[test]
    fn every_template_can_be_read_and_names_known_metrics() {
        for (id, text) in SOURCES {
            let template: Template = toml::from_str(text).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!(template.id, id);
            for required in &template.required {
                assert!(ontology().metric(&required.metric).is_some(), "{id}: {}", required.metric);
            }
        }
        assert_eq!(Template::ids(), ["saas"]);
        assert_eq!(Template::named("nothing"), None);
    }
}
