//! What a certificate says.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use chrono::{DateTime, Utc};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::TlsError;

/// What people and programs want to know of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Host names and addresses that it is for.
    pub names: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    /// Good until then.
    pub until: DateTime<Utc>,
    /// SHA-256 of the certificate, in hex with colons, as browsers show it.
    pub fingerprint: String,
}

impl Facts {
    /// Of the first certificate in a PEM file.
    pub fn of(path: &Path) -> Result<Self, TlsError> {
        let text = fs::read(path).map_err(TlsError::io("read", path))?;
        let content = || TlsError::Content { path: path.to_owned(), what: "a certificate in PEM" };
        let der = CertificateDer::pem_slice_iter(&text).next().and_then(Result::ok).ok_or_else(content)?;
        let (_, certificate) = X509Certificate::from_der(&der).map_err(|_| content())?;
        let names = certificate.subject_alternative_name().ok().flatten().map(|names| &names.value.general_names);
        Ok(Self {
            names: names.into_iter().flatten().filter_map(name).collect(),
            issuer: common_name(certificate.issuer()),
            until: DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0).unwrap_or_default(),
            fingerprint: fingerprint(&der),
        })
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(host) => Some((*host).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|octets| IpAddr::from(octets).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|octets| IpAddr::from(octets).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn common_name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let common = name.iter_common_name().next().and_then(|part| part.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}

fn fingerprint(der: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}
