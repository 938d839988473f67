//! Tests over documents of other people, which the project may read but not carry.
//!
//! `VCCONNECT_CORPUS` names their folder; without it those tests do nothing. A test that does nothing passes, so each
//! file of such tests signs a receipt once it has read something, and a missing signature fails the run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempPath;

use crate::workshop::Workshop;

/// Names the folder of documents.
pub const FOLDER: &str = "VCCONNECT_CORPUS";
/// Names the file to which tests append a line: the stem of their file's name.
pub const RECEIPT: &str = "VCCONNECT_CORPUS_RECEIPT";

/// Stems of the files of tests that read the corpus, from all crates; `tidy` keeps this list whole.
pub const SIGNERS: &[&str] = &["corpus", "corpus_office", "corpus_server"];

/// A folder of documents, and a fresh receipt for one run of the tests.
pub struct Corpus {
    folder: PathBuf,
    receipt: TempPath,
}

impl Corpus {
    /// The folder that the environment names, if it names one.
    pub fn find(workshop: &Workshop) -> Result<Option<Self>> {
        let named = env::var_os(FOLDER).filter(|folder| !folder.is_empty());
        named.map(|folder| Self::open(Path::new(&folder), &workshop.target)).transpose()
    }

    fn open(folder: &Path, target: &Path) -> Result<Self> {
        if !folder.is_dir() {
            bail!(
                "{FOLDER} names {}, which is no folder. No test has run. Please name the folder that holds the corpus, \
                 or unset the variable to leave those tests out.",
                folder.display()
            );
        }
        // Each run has its own: checkouts may share a target folder.
        let receipt = tempfile::Builder::new().prefix("corpus-receipt-").tempfile_in(target)?.into_temp_path();
        // Tests run in the folder of their crate.
        Ok(Self { folder: folder.canonicalize()?, receipt })
    }

    /// Tells a run of tests where both are.
    pub fn tell(&self, command: &mut Command) {
        command.env(FOLDER, &self.folder).env(RECEIPT, &self.receipt);
    }

    /// An error that names the files of tests that did not sign.
    pub fn check(&self) -> Result<()> {
        let said = fs::read_to_string(&self.receipt).with_context(|| self.receipt.display().to_string())?;
        let absent: Vec<&str> =
            SIGNERS.iter().copied().filter(|signer| !said.lines().any(|line| line == *signer)).collect();
        if absent.is_empty() {
            return Ok(());
        }
        bail!(
            "{FOLDER} is set, but these tests read nothing of it: {}. Either the folder lacks what they look for, or \
             they do not sign (CONTRIBUTING.md, Tests over a corpus).",
            absent.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn sign(corpus: &Corpus, line: &str) {
        let mut receipt = fs::File::options().append(true).open(&corpus.receipt).unwrap();
        writeln!(receipt, "{line}").unwrap();
    }

    #[test]
    fn every_file_of_tests_must_sign() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Corpus::open(folder.path(), folder.path()).unwrap();
        assert!(corpus.check().unwrap_err().to_string().contains(&SIGNERS.join(", ")));
        for signer in SIGNERS.iter().skip(1) {
            sign(&corpus, signer);
        }
        sign(&corpus, "corpus_of_somebody_else");
        let refusal = corpus.check().unwrap_err().to_string();
        assert!(refusal.contains("nothing of it: corpus. "), "{refusal}");
        sign(&corpus, "corpus");
        sign(&corpus, "corpus");
        corpus.check().unwrap();
    }

    #[test]
    fn each_run_begins_with_an_empty_receipt_and_leaves_none() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (Corpus::open(folder.path(), folder.path()).unwrap(), folder.path());
        sign(&one, "corpus");
        let other = Corpus::open(other, other).unwrap();
        assert_eq!(fs::read_to_string(&other.receipt).unwrap(), "");
        drop((one, other));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = Corpus::open(&folder.path().join("away"), folder.path()).err().unwrap().to_string();
        assert!(refusal.contains("is no folder"), "{refusal}");
    }
}
