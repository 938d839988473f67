//! Files that somebody names at a shell: found, looked at, opened; and files written whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use model::{DocumentKind, DocumentVersion};
use zeroize::Zeroizing;

/// Folders deeper than this are not searched.
const DEEPEST: usize = 16;
const MOST: usize = 5_000;
const PIECE: usize = 256 * 1024;

/// A file to read.
#[derive(Debug)]
pub struct Given {
    path: PathBuf,
    /// Its name, with the folders below the one that was named.
    pub name: String,
    /// Follows from its bytes, since there is no server to give it one.
    pub version: DocumentVersion,
    /// What it is, or the sentence that says why it is not read.
    pub kind: Result<DocumentKind, String>,
}

/// Why a file or folder cannot be used: its path and what the system says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FileError(String);

impl Given {
    /// Its bytes.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}

fn told(path: &Path) -> impl Fn(io::Error) -> FileError {
    move |error| FileError(format!("{}: {error}", path.display()))
}

/// Writes a secret into a new file that its owner alone may read (0600), on disk when this returns.
pub fn write_secret(path: &Path, text: &str) -> Result<(), FileError> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(told(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(told(path))
}

/// The same for a file that this program made before and may make again.
pub fn replace_secret(path: &Path, text: &str) -> Result<(), FileError> {
    forget(path)?;
    write_secret(path, text)
}

/// Removes a file that was made for one use, if it is there.
pub fn forget(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(told(path)(error)),
        _ => Ok(()),
    }
}

/// A secret in a file; more than 64 KiB are none.
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, FileError> {
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(told(path))?;
    file.take(64 * 1024).read_to_string(&mut text).map_err(told(path))?;
    Ok(text)
}

/// A small file, such as a certificate; more than 1 MiB is refused.
pub fn read_small(path: &Path) -> Result<Vec<u8>, FileError> {
    const MOST: u64 = 1 << 20;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(told(path))?;
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(told(path))?;
    if bytes.len() as u64 > MOST { Err(FileError(format!("{}: larger than 1 MiB", path.display()))) } else { Ok(bytes) }
}

/// The lines of a file that somebody wrote; more than 64 MiB are refused.
pub fn read_lines(path: &Path) -> Result<String, FileError> {
    const MOST: u64 = 64 << 20;
    let mut text = String::new();
    let file = File::open(path).map_err(told(path))?;
    file.take(MOST + 1).read_to_string(&mut text).map_err(told(path))?;
    if text.len() as u64 > MOST { Err(FileError(format!("{}: larger than 64 MiB", path.display()))) } else { Ok(text) }
}

/// All files that were named, and those in folders that were named, in order; `output` is no input if it lies in one of
/// those folders, and must not be one of those files.
pub fn find(paths: &[PathBuf], output: Option<&Path>) -> Result<Vec<Given>, FileError> {
    let output = output.and_then(|output| fs::canonicalize(output).ok());
    let is_output = |path: &Path| output.is_some() && fs::canonicalize(path).ok() == output;
    if let Some(path) = paths.iter().find(|path| is_output(path)) {
        return Err(FileError(format!("{}: the report would replace this file, which is to be read", path.display())));
    }
    let mut found = all(paths)?;
    found.retain(|given| !is_output(&given.path));
    match found.len() {
        0 => Err(FileError("there are no files in what was named".to_owned())),
        n if n > MOST => Err(FileError(format!("more than {MOST} files were named, the most for one report"))),
        _ => Ok(found),
    }
}

fn all(paths: &[PathBuf]) -> Result<Vec<Given>, FileError> {
    let mut found = Vec::new();
    for path in paths {
        let meta = fs::metadata(path).map_err(told(path))?;
        if meta.is_dir() {
            search(path, path, 0, &mut found)?;
        } else if !meta.is_file() {
            return Err(FileError(format!("{}: this is neither a file nor a folder", path.display())));
        } else {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.push(look(path.clone(), name)?);
        }
    }
    Ok(found)
}

fn search(root: &Path, folder: &Path, depth: usize, found: &mut Vec<Given>) -> Result<(), FileError> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut entries: Vec<PathBuf> = entries.map_err(told(folder))?;
    entries.sort();
    for path in entries {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
        if hidden || found.len() > MOST {
            continue;
        }
        let kind = fs::symlink_metadata(&path).map_err(told(&path))?.file_type();
        // A link may lead out of the room or in a circle; whoever wants its file names it.
        if kind.is_dir() && depth < DEEPEST {
            search(root, &path, depth + 1, found)?;
        } else if kind.is_file() {
            found.push(look(path, name)?);
        }
    }
    Ok(())
}

/// What a file is, and its version: without a server it follows from the bytes.
fn look(path: PathBuf, name: String) -> Result<Given, FileError> {
    let mut file = File::open(&path).map_err(told(&path))?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0; PIECE];
    let (mut head, mut seen) = (Vec::new(), 0);
    loop {
        let length = file.read(&mut piece).map_err(told(&path))?;
        let bytes = piece.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        if seen == 0 {
            head = bytes.to_vec();
        }
        seen += length;
        context.update(bytes);
    }
    let kind = match seen {
        0 => Err("It is empty.".to_owned()),
        _ => extract::sniff(&name, &head).map_err(|refusal| refusal.to_string()),
    };
    Ok(Given { version: DocumentVersion::of(&[context.finish().as_ref()]), path, name, kind })
}

/// The first line of a file.
pub fn password(path: &Path) -> Result<Zeroizing<String>, FileError> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(told(path))?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Writes a report so that there is the whole one or the one before. Its owner alone may read it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    replace(path, bytes, 0o600, |_| Ok(()))
        .map_err(|error| FileError(format!("the report could not be written to {}: {error}", path.display())))
}

/// Writes a file with these rights so that there is the whole one or the one before, on disk when this returns. `finish`
/// sees it before it has its name.
pub fn replace(path: &Path, content: &[u8], mode: u32, finish: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!(".{name}.part"));
    // Opened anew each time: what an earlier run left there is a torso, and a link planted there is not followed.
    let _ = fs::remove_file(&part);
    let created = OpenOptions::new().write(true).create_new(true).mode(mode).open(&part);
    let written = created.and_then(|mut file| {
        // Whatever mask the process has.
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(content)?;
        finish(&part)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&part, path)) {
        // What cannot be removed either is a torso with a name that says so.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that may be written and not read, and file systems that sync no folders: it has its name all the same.
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput) => Ok(()),
        synced => synced,
    }
}

/// A name without characters that steer a terminal.
pub fn printable(name: &str) -> String {
    name.chars().map(|found| if found.is_control() { '\u{fffd}' } else { found }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_and_equal_bytes_have_one_version() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("Sales")).unwrap();
        fs::write(dir.path().join("Sales/list.csv"), "a,b\n1,2\n").unwrap();
        fs::write(dir.path().join("copy.csv"), "a,b\n1,2\n").unwrap();
        fs::write(dir.path().join("empty.csv"), "").unwrap();
        fs::write(dir.path().join(".hidden.csv"), "a\n").unwrap();
        let found = find(&[dir.path().to_owned()], None).unwrap();
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Sales/list.csv", "copy.csv", "empty.csv"]);
        assert_eq!(found[0].version, found[1].version);
        assert_eq!(found[0].kind, Ok(DocumentKind::Csv));
        assert_eq!(found[2].kind, Err("It is empty.".to_owned()));
        assert!(find(&[dir.path().join("nowhere")], None).is_err());
        assert!(find(&[PathBuf::from("/dev/zero")], None).is_err(), "it would never end");
    }

    #[test]
    fn links_are_not_followed_and_the_report_is_no_input() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("outside.txt"), "a secret").unwrap();
        fs::create_dir(at("room")).unwrap();
        fs::write(at("room/note.txt"), "a note").unwrap();
        fs::write(at("room/report.md"), "of last time").unwrap();
        std::os::unix::fs::symlink(at("outside.txt"), at("room/link.txt")).unwrap();
        std::os::unix::fs::symlink(at("room"), at("room/circle")).unwrap();
        let report = at("room/report.md");
        let found = find(&[at("room")], Some(&report)).unwrap();
        assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["note.txt"]);
        assert!(find(&[at("room/note.txt")], Some(&at("room/note.txt"))).is_err());
    }

    #[test]
    fn a_report_is_written_whole_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.md");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write_whole(&dir.path().join("no/report.md"), b"x").is_err());
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\u{fffd}");
    }
}
