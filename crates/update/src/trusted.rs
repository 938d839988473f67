//! The keys whose bundles this program installs. They are compiled in: whoever can change a file of the machine cannot add
//! one. There are two, so that one can be lost or replaced (docs/updates.md).

use crate::signing::TrustedKey;

/// Public halves, a line each.
const KEYS: &str = include_str!("../keys/trusted-keys");
/// The key of tests, whose private half lies beside it. A release does not even hold its public half.
const TEST_KEY: &str = match Build::this() {
    Build::Development => include_str!("../keys/test-only.pub"),
    Build::Release => "",
};

/// What a program was built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// To be used.
    Release,
    /// To be worked on, or to be tested as a whole.
    Development,
}

impl Build {
    /// That of this program.
    pub const fn this() -> Self {
        if cfg!(any(debug_assertions, feature = "test-key")) { Self::Development } else { Self::Release }
    }
}

/// The keys that a program built for this trusts.
pub fn trusted(build: Build) -> Vec<TrustedKey> {
    let mut keys: Vec<TrustedKey> = lines(KEYS).filter_map(TrustedKey::parse).collect();
    if build == Build::Development {
        keys.extend(lines(TEST_KEY).filter_map(TrustedKey::parse));
    }
    keys
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::ReleaseKey;

    #[test]
    fn a_release_trusts_two_keys_and_never_the_one_of_tests() {
        let key = ReleaseKey::parse(include_str!("../keys/test-only.key")).unwrap().public();
        let release = trusted(Build::Release);
        assert_eq!(release.len(), 2);
        assert_eq!(lines(KEYS).count(), 2, "no line of the file is one that cannot be read");
        assert_ne!(release[0], release[1]);
        assert!(!release.contains(&key));
        assert_eq!(trusted(Build::Development).last(), Some(&key), "its public half is the one beside it");
    }

    #[test]
    fn a_program_without_debug_assertions_is_a_release() {
        let test_key_asked_for = cfg!(feature = "test-key");
        assert_eq!(Build::this() == Build::Release, !cfg!(debug_assertions) && !test_key_asked_for);
    }
}
