//! A browser outside the machine: HTTPS to its port 443, by its name and with its own authority's certificate alone.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use rustls::crypto::aws_lc_rs;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::http::plain;

/// Finds every name at one port of this machine, which leads into the test machine.
#[derive(Debug)]
struct Forwarded(u16);

impl Resolver for Forwarded {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push(SocketAddr::from((Ipv4Addr::LOCALHOST, self.0)));
        Ok(addresses)
    }
}

/// An agent that believes this authority (PEM) and nobody else. `limit` is for one request as a whole.
pub fn agent(port: u16, authority: &[u8], limit: Duration) -> Result<Agent> {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::new_with_certs(&[Certificate::from_pem(authority)?]))
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .build();
    let config = plain().tls_config(tls).timeout_global(Some(limit)).build();
    Ok(Agent::with_parts(config, DefaultConnector::new(), Forwarded(port)))
}
