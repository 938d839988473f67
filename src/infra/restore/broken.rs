//! A cluster whose files cannot be used: it makes room for a new one and is put back unless the restore gets that far.
//!
//! Invariants: it is renamed, never written to and never deleted; as long as the new one holds nothing, a marker keeps the
//! server from starting on it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::staging::sync;
use super::switching::{mark, marker};
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::postgres::Layout;

/// A cluster under another name.
#[derive(Debug)]
pub(super) struct Broken {
    cluster: PathBuf,
    kept: PathBuf,
    /// The one that is made in its place; None if there is another one, of an earlier Postgres.
    new: Option<PathBuf>,
    /// None if it was there already.
    marker: Option<PathBuf>,
}

impl Broken {
    /// Renames the cluster that does not start. None if there is no such folder, so that this was not what was wrong.
    pub(super) fn set_aside(config: &Config, layout: &Layout, kept_as: &str) -> Result<Option<Self>, Trouble> {
        let cluster = layout.cluster_in_use()?;
        if !cluster.exists() {
            return Ok(None);
        }
        let mut name = cluster.file_name().unwrap_or_default().to_owned();
        name.push(".");
        name.push(kept_as);
        let marker = Some(marker(config)).filter(|marker| fs::symlink_metadata(marker).is_err());
        let mut broken = Self { kept: cluster.with_file_name(name), cluster, new: None, marker };
        match broken.make_room(layout, kept_as) {
            Ok(()) => Ok(Some(broken)),
            Err(trouble) => {
                broken.put_back()?;
                Err(trouble)
            }
        }
    }

    fn make_room(&mut self, layout: &Layout, kept_as: &str) -> Result<(), Trouble> {
        if let Some(marker) = &self.marker {
            mark(marker, kept_as)?;
        }
        rename(&self.cluster, &self.kept)?;
        self.new = Some(layout.cluster_in_use()?).filter(|new| !new.exists());
        Ok(())
    }

    /// The one that a restore set aside which was killed before it put anything into place.
    pub(super) fn left(config: &Config, layout: &Layout) -> Result<Option<Self>, Trouble> {
        let marker = marker(config);
        let Ok(kept_as) = fs::read_to_string(&marker) else { return Ok(None) };
        let entries = fs::read_dir(&layout.dir).into_iter().flatten().flatten();
        let kept = entries.map(|entry| entry.path()).find(|path| path.extension() == Some(OsStr::new(kept_as.trim())));
        let Some(kept) = kept else { return Ok(None) };
        let cluster = kept.with_extension("");
        Ok(Some(Self { new: Some(layout.cluster_in_use()?), cluster, kept, marker: Some(marker) }))
    }

    /// Where its files lie now.
    pub(super) fn kept(&self) -> &Path {
        &self.kept
    }

    /// Undoes it, as far as it was done: the new cluster, which holds nothing of anybody, goes. It must be stopped.
    pub(super) fn put_back(self) -> Result<(), Trouble> {
        if self.kept.exists() {
            if let Some(new) = self.new.filter(|new| new.exists()) {
                fs::remove_dir_all(&new).map_err(Trouble::io("remove", new.display()))?;
            }
            rename(&self.kept, &self.cluster)?;
        }
        match self.marker {
            Some(marker) if marker.exists() => {
                fs::remove_file(&marker).map_err(Trouble::io("remove", marker.display()))
            }
            _ => Ok(()),
        }
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), Trouble> {
    let parent = to.parent().unwrap_or(Path::new("/"));
    fs::rename(from, to).and_then(|()| sync(parent)).map_err(Trouble::io("rename", from.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(dir: &Path) -> (Config, Layout) {
        let env = [("VCCONNECT__STORAGE__DATA_DIR".to_owned(), dir.display().to_string())];
        let config = Config::from_layers(dir, env.into_iter()).unwrap();
        let layout = Layout::of(&config).unwrap();
        (config, layout)
    }

    #[test]
    fn what_was_set_aside_is_put_back_whole_and_the_new_one_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (config, layout) = layout(dir.path());
        assert!(Broken::set_aside(&config, &layout, "before-1").unwrap().is_none(), "there is none yet");
        let cluster = layout.cluster_in_use().unwrap();
        fs::create_dir_all(&cluster).unwrap();
        fs::write(cluster.join("left"), "of it").unwrap();

        let broken = Broken::set_aside(&config, &layout, "before-1").unwrap().unwrap();
        assert!(!cluster.exists() && super::super::unfinished(&config).is_some());
        assert_eq!(fs::read_to_string(broken.kept().join("left")).unwrap(), "of it");
        fs::create_dir_all(cluster.join("base")).unwrap();
        let left = Broken::left(&config, &layout).unwrap().expect("whoever comes after a kill finds it");
        assert_eq!((left.kept(), &left.cluster), (broken.kept(), &cluster));
        left.put_back().unwrap();
        assert_eq!(fs::read_to_string(cluster.join("left")).unwrap(), "of it");
        assert!(!cluster.join("base").exists() && super::super::unfinished(&config).is_none());
    }
}
