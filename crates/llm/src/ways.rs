//! The HTTP clients: one for each rule of addresses, because the rule sits in the resolver.
//!
//! None follows a redirect, uses a proxy, keeps a cookie or tries again by itself.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::guard::Guard;
use crate::{Endpoint, Limits, Reach, Trouble, TroubleKind};

const USER_AGENT: &str = "vcconnect";
/// A connection that was checked stays checked, but not for ever.
const IDLE: Duration = Duration::from_secs(30);

/// A client, or why there is none.
type Way = Result<reqwest::Client, Trouble>;

/// One client for each kind of endpoint, made when it is first used: those with TLS read the certificates of the system,
/// which takes a while and can fail.
#[derive(Debug)]
pub(crate) struct Ways {
    connect: Duration,
    local: OnceLock<Way>,
    local_plain: OnceLock<Way>,
    external: OnceLock<Way>,
    external_plain: OnceLock<Way>,
}

impl Ways {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            connect: limits.connect,
            local: OnceLock::new(),
            local_plain: OnceLock::new(),
            external: OnceLock::new(),
            external_plain: OnceLock::new(),
        }
    }

    /// The client for an endpoint. An address that is written out does not reach the resolver, so it is checked here.
    pub(crate) fn to(&self, endpoint: &Endpoint) -> Result<&reqwest::Client, Trouble> {
        let encrypted = endpoint.base_url.is_encrypted();
        if let Some(address) = endpoint.base_url.address() {
            let checked = Guard::of(endpoint.reach, encrypted).check(address);
            checked.map_err(|refusal| Trouble::new(TroubleKind::Forbidden, refusal.to_string()))?;
        }
        let way = match (endpoint.reach, encrypted) {
            (Reach::Local, true) => &self.local,
            (Reach::Local, false) => &self.local_plain,
            (Reach::External, true) => &self.external,
            (Reach::External, false) => &self.external_plain,
        };
        way.get_or_init(|| build(self.connect, endpoint.reach, encrypted)).as_ref().map_err(Clone::clone)
    }
}

fn build(connect: Duration, reach: Reach, encrypted: bool) -> Way {
    let mut client = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(connect)
        .pool_idle_timeout(IDLE)
        .https_only(encrypted)
        .dns_resolver(Guard::of(reach, encrypted));
    if !encrypted {
        client = client.tls_certs_only([]);
    }
    client.build().map_err(|_| {
        Trouble::new(
            TroubleKind::Unreachable,
            "No encrypted connection can be made, because the certificates of this system cannot be read. Install the \
             package ca-certificates and start again.",
        )
    })
}
