//! The certificate as the server uses it: taken up anew when its file is replaced.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::TlsError;

/// Tells whether a file is still the one that was read.
type Stamp = (u64, u64, i64, i64);

/// A certificate and its key, in use.
pub struct Serving {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Loaded>,
}

struct Loaded {
    certified: Arc<CertifiedKey>,
    stamps: [Option<Stamp>; 2],
}

impl std::fmt::Debug for Serving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serving").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Serving {
    /// Reads a chain and its key. A key file that holds certificates as well is a chain of its own, and the other file
    /// only tells about it.
    pub fn open(certificate: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(load(certificate, key)?);
        Ok(Arc::new(Self { certificate: certificate.to_owned(), key: key.to_owned(), current }))
    }

    /// TLS 1.2 and 1.3 with this certificate, also after it is replaced.
    pub fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Library(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        Ok(config)
    }

    /// The file that tells about the certificate.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// Takes up what replaced the files; `true` if something did. What cannot be used is refused, and the old one stays.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let stamps = stamps(&self.certificate, &self.key);
        if self.current.read().unwrap_or_else(PoisonError::into_inner).stamps == stamps {
            return Ok(false);
        }
        let loaded = load(&self.certificate, &self.key)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(true)
    }
}

impl ResolvesServerCert for Serving {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).certified))
    }
}

fn load(certificate: &Path, key: &Path) -> Result<Loaded, TlsError> {
    let stamps = stamps(certificate, key);
    let key_text = fs::read(key).map_err(TlsError::io("read", key))?;
    let private = PrivateKeyDer::from_pem_slice(&key_text)
        .map_err(|_| TlsError::Content { path: key.to_owned(), what: "a private key in PEM" })?;
    let own = chain(&key_text);
    let chain =
        if own.is_empty() { chain(&fs::read(certificate).map_err(TlsError::io("read", certificate))?) } else { own };
    if chain.is_empty() {
        return Err(TlsError::Content { path: certificate.to_owned(), what: "a certificate in PEM" });
    }
    let certified = CertifiedKey::from_der(chain, private, &aws_lc_rs::default_provider())
        .map_err(|error| TlsError::Unusable { path: certificate.to_owned(), why: error.to_string() })?;
    Ok(Loaded { certified: Arc::new(certified), stamps })
}

fn chain(text: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(text).filter_map(Result::ok).collect()
}

fn stamps(certificate: &Path, key: &Path) -> [Option<Stamp>; 2] {
    let of = |path| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.ino(), meta.size(), meta.mtime(), meta.mtime_nsec()))
    };
    [of(certificate), of(key)]
}
