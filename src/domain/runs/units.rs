//! Units of a run: what is reckoned of one document, kept under the tag of everything that it follows from.

use aws_lc_rs::digest::{Context, SHA256};
use vault::Vault;

use crate::base::{DealId, DocumentId, Result};
use crate::domain::documents::Source;

/// What is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One look through the document.
    Survey,
    /// Its figures.
    Figures,
}

impl Kind {
    /// The word in the database.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::Figures => "figures",
        }
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) document: DocumentId,
    pub(super) kind: Kind,
    /// Keyed tag of everything that the result follows from.
    pub(super) inputs: Vec<u8>,
}

impl Unit {
    /// The unit of this kind for a document as it is now; `further` is what it follows from besides the document and
    /// our code.
    pub(super) fn of(vault: &Vault, source: &Source, kind: Kind, further: &[&[u8]]) -> Result<Self> {
        let document = &source.document;
        let path = source.path();
        let own = [diligence::ENGINE, kind.as_str(), &path].map(str::as_bytes);
        // Parts have new ids each time that a document is read.
        let parts = source.parts.iter().map(|part| part.id.0.as_bytes().as_slice());
        let inputs = tag(vault, document.deal, own.into_iter().chain(parts).chain(further.iter().copied()))?;
        Ok(Self { document: document.id, kind, inputs })
    }
}

/// Keyed tag of several things, each with its length, so that none can be shifted into the next.
pub(super) fn tag<'a>(vault: &Vault, deal: DealId, of: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>> {
    let mut digest = Context::new(&SHA256);
    for one in of {
        digest.update(&(one.len() as u64).to_be_bytes());
        digest.update(one);
    }
    Ok(vault.inputs_tag(deal.0, digest.finish().as_ref())?)
}
