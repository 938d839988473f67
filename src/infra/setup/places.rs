//! Folders and files that the answers name.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::owner::Owner;
use crate::infra::files;

/// Whether a path leads into a folder, through links and whether it is there or not.
pub fn lies_inside(path: &Path, folder: &Path) -> bool {
    real(path).starts_with(real(folder))
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    for there in path.ancestors() {
        if let Ok(real) = fs::canonicalize(there) {
            let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path.to_owned()
}

/// The folder that a file will lie in, if it is there.
pub fn parent_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| path.is_absolute() && folder.is_dir())
}

/// Whether a folder is not there, or there with nothing in it but what a file system puts there itself.
pub fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |entries| entries.flatten().all(|entry| entry.file_name() == "lost+found"))
}

/// Makes a folder that somebody owns. One that is there is given to them.
pub fn make_for(folder: &Path, mode: u32, owner: Owner) -> io::Result<()> {
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(mode).create(folder)?;
    }
    owner.give(folder)
}

/// Whether two files hold the same.
pub fn same_content(one: &Path, other: &Path) -> bool {
    match (files::read_small(one), files::read_small(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Copies a small file so that somebody owns the copy: whole or not at all.
pub fn copy_for(from: &Path, to: &Path, mode: u32, owner: Owner) -> io::Result<()> {
    let content = zeroize::Zeroizing::new(files::read_small(from).map_err(io::Error::other)?);
    replace(to, &content, mode, Some(owner))
}

/// Writes a file whole, and gives it away before it has its name.
pub(super) fn replace(path: &Path, content: &[u8], mode: u32, owner: Option<Owner>) -> io::Result<()> {
    files::replace(path, content, mode, |written| owner.map_or(Ok(()), |owner| owner.give(written)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_hides_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        fs::create_dir(&data).unwrap();
        std::os::unix::fs::symlink(&data, dir.path().join("elsewhere")).unwrap();
        assert!(lies_inside(&dir.path().join("elsewhere/not/there.key"), &data));
        assert!(lies_inside(&data, &data));
        assert!(!lies_inside(&dir.path().join("data.key"), &data), "a name that begins the same is another");
        assert!(lies_inside(&dir.path().join("b/key"), &dir.path().join("b")), "neither is there");
    }

    #[test]
    fn a_new_file_system_is_empty() {
        let dir = tempfile::tempdir().unwrap();
        assert!(is_empty(dir.path()) && is_empty(&dir.path().join("not/there")));
        fs::create_dir(dir.path().join("lost+found")).unwrap();
        assert!(is_empty(dir.path()));
        fs::write(dir.path().join("photos.zip"), "").unwrap();
        assert!(!is_empty(dir.path()));
    }
}
