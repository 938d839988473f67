//! Randomness, from outside, for ids and bearer tokens. Keys and nonces are the vault's own affair.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use crate::base::{Error, Result};

/// Gives random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]) -> Result<()>;
}

/// The system's cryptographically secure source.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<()> {
        self.0.fill(out).map_err(|_| Error::internal("the system gives no random bytes"))
    }
}

/// An array of random bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N]> {
    let mut out = [0; N];
    entropy.fill(&mut out)?;
    Ok(out)
}
