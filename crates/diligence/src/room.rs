//! What the documents of a room say together, for those that say nothing themselves.

use std::collections::BTreeSet;

use model::Currency;
use serde::{Deserialize, Serialize};

use crate::Survey;

/// What the documents of a room say together. Figures of a document follow from the document and this, so it belongs to
/// what they are kept under.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// The one currency that the room names.
    pub(crate) currency: Option<Currency>,
    /// The one dollar that the room names.
    pub(crate) dollar: Option<Currency>,
    /// It names several dollars.
    pub(crate) several_dollars: bool,
}

impl Room {
    /// What documents say together, in whichever order they come.
    pub fn of<'a>(surveys: impl IntoIterator<Item = &'a Survey>) -> Self {
        let mut named: BTreeSet<Currency> = BTreeSet::new();
        let mut american = false;
        for survey in surveys {
            american |= survey.american;
            named.extend(survey.named.keys());
        }
        let mut dollars = named.iter().copied().filter(is_dollar);
        let (dollar, several_dollars) = match (dollars.next(), dollars.next()) {
            (Some(one), None) => (Some(one), false),
            (None, _) if american => (Some(Currency::USD), false),
            (None, _) => (None, false),
            (Some(_), Some(_)) => (None, true),
        };
        let only = if named.len() == 1 { named.first().copied() } else { None };
        Self { currency: only, dollar, several_dollars }
    }
}

/// True for currencies that are written `$`.
pub fn is_dollar(currency: &Currency) -> bool {
    ["USD", "AUD", "CAD", "NZD", "SGD", "HKD"].contains(&currency.code())
}
