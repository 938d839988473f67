//! Endpoints of language models and what may be said of them. No IO.

use chrono::{DateTime, Utc};
use llm::BaseUrl;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::base::{EndpointId, Error, FieldError, Result};

/// Where a model runs, as the fund says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModelReach)]
pub enum Reach {
    /// On the fund's own machines: its address must be in the own network.
    Local,
    /// Anywhere else: what is sent leaves the fund.
    External,
}

impl Reach {
    /// The word in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::External => "external",
        }
    }

    /// The reach with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Local, Self::External].into_iter().find(|reach| reach.as_str() == word)
    }
}

impl From<Reach> for llm::Reach {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Local => Self::Local,
            Reach::External => Self::External,
        }
    }
}

/// An endpoint with one model. Its key is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelEndpoint {
    /// Names it.
    pub id: EndpointId,
    /// What the fund calls it.
    pub name: String,
    /// The URL before `/chat/completions`.
    pub base_url: String,
    /// The model that is asked for.
    pub model: String,
    /// Where it runs.
    pub reach: Reach,
    /// Whether it has a key.
    pub has_key: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// How it answered when it was last tried.
    pub last_test: Option<TestResult>,
}

impl ModelEndpoint {
    /// Host and port of its URL.
    pub fn host(&self) -> String {
        BaseUrl::parse(&self.base_url, self.reach.into()).map(|url| url.host()).unwrap_or_default()
    }
}

/// How an endpoint answered when it was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ModelTest)]
pub struct TestResult {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it works.
    pub works: bool,
    /// How, for people.
    pub sentence: String,
    /// How long it took.
    pub milliseconds: u64,
}

/// A new endpoint as it is asked for.
pub struct NewEndpoint {
    /// What the fund calls it: 1 to 60 characters.
    pub name: String,
    /// The URL before `/chat/completions`.
    pub base_url: String,
    /// The model to ask for: 1 to 200 characters.
    pub model: String,
    /// Where it runs.
    pub reach: Reach,
    /// Its key, if it wants one: up to 1,000 visible ASCII characters.
    pub key: Option<Zeroizing<String>>,
}

/// One whose fields are in order.
pub(super) struct Accepted {
    pub(super) name: String,
    pub(super) base_url: BaseUrl,
    pub(super) model: String,
    pub(super) reach: Reach,
    pub(super) key: Option<Zeroizing<String>>,
}

impl NewEndpoint {
    /// Accepts it, or says all that is wrong.
    pub(super) fn accept(self) -> Result<Accepted> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let model = self.model.trim().to_owned();
        let key = self.key.map(|key| Zeroizing::new(key.trim().to_owned())).filter(|key| !key.is_empty());
        let base_url = BaseUrl::parse(&self.base_url, self.reach.into());
        let mut wrong = Vec::new();
        let mut say = |field: &str, message: &str| {
            wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        if !plain(&name, 60) {
            say("name", "A model's name in the fund has 1 to 60 characters.");
        }
        if !plain(&model, 200) {
            say("model", "The model is named as its endpoint names it, with 1 to 200 characters.");
        }
        if key.as_ref().is_some_and(|key| key.len() > 1_000 || !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            say("key", "A key has visible ASCII characters only, 1,000 at most. Was something else pasted?");
        }
        if let Err(sentence) = &base_url {
            say("base_url", sentence);
        }
        match base_url {
            Ok(base_url) if wrong.is_empty() => Ok(Accepted { name, base_url, model, reach: self.reach, key }),
            _ => Err(Error::invalid(wrong)),
        }
    }
}

fn plain(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}
