//! What is on a machine: programs on its path, files below its root. A test makes one up in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A machine, this one unless a test made it.
pub(super) struct Machine {
    /// Where its programs are looked for, in order.
    pub(super) path: Vec<PathBuf>,
    /// Where its files begin.
    pub(super) root: PathBuf,
}

impl Machine {
    /// The one that this runs on.
    pub(super) fn this() -> Self {
        let path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
        Self { path, root: PathBuf::from("/") }
    }

    /// Whether every one of these programs is on the path.
    pub(super) fn runs(&self, programs: &[&str]) -> bool {
        programs.iter().all(|program| self.program(program).is_some())
    }

    /// What a program prints, if it is there and ends well.
    pub(super) fn says(&self, program: &str, words: &[&str]) -> Option<String> {
        let output = Command::new(self.program(program)?).args(words).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Whether some folder below this one holds every one of these files, each named from that folder.
    pub(super) fn holds(&self, below: &str, files: &[&str], will_do: impl Fn(&str) -> bool) -> bool {
        let Ok(folders) = fs::read_dir(self.root.join(below)) else {
            return false;
        };
        folders.flatten().any(|folder| {
            folder.file_name().to_str().is_some_and(&will_do)
                && files.iter().all(|file| folder.path().join(file).exists())
        })
    }

    fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|folder| folder.join(name)).find(|candidate: &PathBuf| Path::is_file(candidate))
    }
}
