//! The files that were named: found, looked at, and the report written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use model::{DocumentKind, DocumentVersion};
use zeroize::Zeroizing;

use super::super::Failure;

/// Folders deeper than this are not searched: links may go in circles.
const DEEPEST: usize = 16;
const MOST: usize = 5_000;
const PIECE: usize = 256 * 1024;

/// A file to read.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) path: PathBuf,
    /// Its name, with the folders below the one that was named.
    pub(super) name: String,
    pub(super) version: DocumentVersion,
    /// What it is, or the sentence that says why it is not read.
    pub(super) kind: Result<DocumentKind, String>,
}

/// All files that were named, and those in folders that were named, in order.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Given>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let meta = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if meta.is_dir() {
            search(path, path, 0, &mut found)?;
        } else {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.push(look(path.clone(), name)?);
        }
    }
    match found.len() {
        0 => Err("there are no files in what was named".into()),
        n if n > MOST => Err(format!("{n} files were named; {MOST} is the most for one report").into()),
        _ => Ok(found),
    }
}

fn search(root: &Path, folder: &Path, depth: usize, found: &mut Vec<Given>) -> Result<(), Failure> {
    let told = |error: io::Error| format!("{}: {error}", folder.display());
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).map_err(told)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
        if hidden || found.len() > MOST {
            continue;
        }
        if path.is_dir() && depth < DEEPEST {
            search(root, &path, depth + 1, found)?;
        } else if path.is_file() {
            found.push(look(path, name)?);
        }
    }
    Ok(())
}

/// What a file is, and its version: without a server it follows from the bytes.
fn look(path: PathBuf, name: String) -> Result<Given, Failure> {
    let told = |error: io::Error| format!("{}: {error}", path.display());
    let mut file = File::open(&path).map_err(told)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0; PIECE];
    let (mut head, mut seen) = (Vec::new(), 0);
    loop {
        let length = file.read(&mut piece).map_err(told)?;
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
pub(super) fn password(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Writes a file so that there is the whole one or the one before.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!(".{name}.part"));
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&part, path)).map_err(|error| {
        // What cannot be removed either is a torso with a name that says so.
        let _ = fs::remove_file(&part);
        format!("the report could not be written to {}: {error}", path.display()).into()
    })
}

/// A name without characters that steer a terminal.
pub(super) fn printable(name: &str) -> String {
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
        let found = find(&[dir.path().to_owned()]).unwrap();
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Sales/list.csv", "copy.csv", "empty.csv"]);
        assert_eq!(found[0].version, found[1].version);
        assert_eq!(found[0].kind, Ok(DocumentKind::Csv));
        assert_eq!(found[2].kind, Err("It is empty.".to_owned()));
        assert!(find(&[dir.path().join("nowhere")]).is_err());
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
