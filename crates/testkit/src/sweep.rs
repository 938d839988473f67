//! Folders of test clusters are named after their process, so what a dead process left can be told and removed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

const PREFIX: &str = "vcc-test-";

/// In memory if the system has it: the data is gone with the process anyway.
fn parent() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// A folder of this process, which the database's user may enter.
pub(crate) fn new_dir() -> Result<PathBuf> {
    let dir = parent().join(format!("{PREFIX}{}", std::process::id()));
    std::fs::create_dir(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755))?;
    Ok(dir)
}

/// Removes folders whose process is gone. What cannot be removed belongs to somebody else.
pub(crate) fn abandoned() {
    let entries = std::fs::read_dir(parent()).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|pid| pid.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            drop(std::fs::remove_dir_all(entry.path()));
        }
    }
}
