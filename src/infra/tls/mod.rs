//! The certificate that browsers see: one that was given, or one of an authority that is made here.
//!
//! Invariants:
//! - The authority of an installation may sign for servers of the names that were given, and of names below them, and for
//!   nothing else (name constraints and key usage, RFC 5280, 4.2.1.10 and 4.2.1.12): who steals its key can pretend to be
//!   this server, and no other.
//! - Its key is not needed to serve, so the server's user need not be able to read it.
//! - A certificate that was replaced on disk is taken up while the server runs; one that cannot be used is not.

mod authority;
mod certificate;
mod serving;
#[cfg(test)]
mod tests;

pub use authority::{Authority, Made, ServerName};
pub use certificate::Facts;
pub use serving::Serving;

/// Why there is no usable certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("cannot {what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Which file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("{path} does not hold {what}; nothing was changed")]
    Content {
        /// Which file.
        path: std::path::PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// Certificate and key do not belong together, or no browser would take them.
    #[error("the certificate {path} cannot be used ({why}); nothing was changed")]
    Unusable {
        /// Which certificate.
        path: std::path::PathBuf,
        /// Why.
        why: String,
    },
    /// What was given is no name of a server.
    #[error("{0:?} is not a host name or an address, as in atlas.fund.example or 10.1.2.3")]
    NotAName(String),
    /// No name was given.
    #[error("name the server as people type it into the browser: its host name, and its address if they use that")]
    NoNames,
    /// There is an authority already.
    #[error("there is an authority in {0} already; it was left as it is. `vcconnect tls renew` renews the certificate")]
    Exists(std::path::PathBuf),
    /// There is none.
    #[error("there is no authority in {0}; `vcconnect tls init` makes one")]
    Missing(std::path::PathBuf),
    /// The library refused.
    #[error("the certificate cannot be made: {0}")]
    Library(String),
}

impl TlsError {
    fn io(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}
