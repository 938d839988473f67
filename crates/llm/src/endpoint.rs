//! Where a model is.

use zeroize::Zeroizing;

use crate::BaseUrl;

/// Where an endpoint is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On this machine or in the own network.
    Local,
    /// Anywhere else. A gateway on this machine that passes on what it gets is external too.
    External,
}

/// A key of an endpoint. Not shown by `Debug`.
#[derive(Clone)]
pub struct Key(pub Zeroizing<String>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its base URL.
    pub base_url: BaseUrl,
    /// The model that is asked for.
    pub model: String,
    /// Its key, if it wants one.
    pub key: Option<Key>,
    /// Where it is.
    pub reach: Reach,
}
