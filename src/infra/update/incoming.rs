//! The bundle that is being installed: a copy that only root can touch, since what was looked at elsewhere may be another
//! file by the time it is used.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use update::{Bundle, BundleError, Here, Manifest, TrustedKey, Version};

use super::places::Places;
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::host;
use crate::infra::postgres::Layout;

/// What a machine says of itself to a release that would follow this version.
pub fn here(config: &Config, version: Version) -> Here {
    let postgres = Layout::of(config).ok().and_then(|layout| layout.major().ok());
    Here { version, debian: host::debian(), architecture: host::architecture().to_owned(), postgres }
}

/// The folder of the copy.
#[derive(Debug, Clone)]
pub struct Incoming {
    dir: PathBuf,
}

impl Incoming {
    /// The one of these places.
    pub fn of(places: &Places) -> Self {
        Self { dir: places.dir.join("incoming") }
    }

    /// Reads the manifest of any file and believes it if a trusted key signed it. Its files are not read.
    pub fn look(path: &Path, keys: &[TrustedKey]) -> Result<Manifest, Trouble> {
        Ok(open(path, keys)?.manifest().clone())
    }

    /// Reads all of a file and compares it with what was signed.
    pub fn verify(path: &Path, keys: &[TrustedKey]) -> Result<Manifest, Trouble> {
        open(path, keys)?.read(&mut |_, _| Ok(())).map_err(told)
    }

    /// Takes a copy of a bundle in, in place of an earlier one. On disk when this returns.
    pub fn take_in(&self, path: &Path) -> Result<(), Trouble> {
        self.clear()?;
        let failed = || Trouble::io("copy", path.display());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.dir).map_err(failed())?;
        let mut from = File::open(path).map_err(Trouble::io("open", path.display()))?;
        let mut to = self.create(&self.bundle()).map_err(failed())?;
        io::copy(&mut from, &mut to).and_then(|_| to.sync_all()).map_err(failed())
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        fs::metadata(self.bundle()).map_or(0, |meta| meta.len())
    }

    /// Verifies the copy and writes its files beside it, in the manifest's order.
    pub fn unpack(&self, keys: &[TrustedKey]) -> Result<(Manifest, Vec<PathBuf>), Trouble> {
        let bundle = open(&self.bundle(), keys)?;
        let paths: Vec<PathBuf> = bundle.manifest().files.iter().map(|file| self.dir.join(&file.name)).collect();
        for path in paths.iter().filter(|path| path.exists()) {
            fs::remove_file(path).map_err(Trouble::io("remove", path.display()))?;
        }
        let mut under_way: Option<(String, File)> = None;
        let manifest = bundle.read(&mut |named, piece| {
            if under_way.as_ref().is_none_or(|(name, _)| *name != named.name) {
                under_way = Some((named.name.clone(), self.create(&self.dir.join(&named.name))?));
            }
            match &mut under_way {
                Some((_, file)) => file.write_all(piece),
                None => Ok(()),
            }
        });
        Ok((manifest.map_err(told)?, paths))
    }

    /// Removes the copy and what was unpacked of it.
    pub fn clear(&self) -> Result<(), Trouble> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Trouble::io("remove", self.dir.display())(error))
            }
            _ => Ok(()),
        }
    }

    fn bundle(&self) -> PathBuf {
        self.dir.join("bundle.vccu")
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }
}

fn open(path: &Path, keys: &[TrustedKey]) -> Result<Bundle<BufReader<File>>, Trouble> {
    let failed = || Trouble::io("open", path.display());
    let file = File::open(path).map_err(failed())?;
    let meta = file.metadata().map_err(failed())?;
    if !meta.is_file() {
        return Err(Trouble::told(format!("{} is not a file; nothing was changed", path.display())));
    }
    Bundle::open(BufReader::with_capacity(1 << 17, file), meta.len(), keys).map_err(told)
}

fn told(error: BundleError) -> Trouble {
    Trouble::told(error.to_string())
}
