//! Tests over the corpus sign for it, so that none of them is taken as passed when it read nothing.

use super::{Finding, Source, Tree};
use crate::corpus::{FOLDER, RECEIPT, SIGNERS};

/// Every file of integration tests that asks for the corpus. A unit test may ask too: it is not what proves that
/// the corpus was read.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust("").filter(|file| names(file, FOLDER)).filter_map(unsigned).collect()
}

fn unsigned(file: &Source) -> Option<Finding> {
    let (folder, name) = file.path.rsplit_once('/')?;
    let integration = folder == "tests/it" || (folder.ends_with("/tests") && !folder.contains("/src/"));
    if !integration {
        return None;
    }
    let stem = name.strip_suffix(".rs")?;
    let message = if !names(file, RECEIPT) {
        format!("reads the corpus without signing for it: append the line `{stem}` to {RECEIPT} (CONTRIBUTING.md)")
    } else if !SIGNERS.contains(&stem) {
        format!("`{stem}` signs for the corpus, but nobody looks for it. Add it to SIGNERS in xtask/src/corpus.rs")
    } else {
        return None;
    };
    Some(Finding::new(&file.path, 1, message))
}

fn names(file: &Source, variable: &str) -> bool {
    file.text.contains(&format!("\"{variable}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        check(&Tree::of(&[(path, text)])).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn whoever_reads_the_corpus_signs_and_is_looked_for() {
        let read = format!("var_os(\"{FOLDER}\")");
        let sign = format!("{read}; var_os(\"{RECEIPT}\")");
        assert!(said("crates/extract/tests/corpus.rs", &read).contains("append the line `corpus`"));
        assert_eq!(said("crates/extract/tests/corpus.rs", &sign), "");
        assert!(said("crates/extract/tests/gossip.rs", &sign).contains("Add it to SIGNERS"));
        assert_eq!(said("crates/extract/tests/other.rs", "nothing of it"), "");
        assert_eq!(said("crates/extract/src/pdf/tests.rs", &read), "");
        assert!(said("tests/it/corpus_server.rs", &read).contains("append the line `corpus_server`"));
    }
}
