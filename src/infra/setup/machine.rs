//! What the machine has besides us.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// Files of a program that sets the clock, each there once it did or does.
const CLOCK_KEEPERS: &[&str] = &["systemd/timesync/synchronized", "chrony", "ntpd.pid", "openntpd", "ntp"];

/// Where to look.
#[derive(Debug, Clone)]
pub struct Machine {
    postgres: PathBuf,
    run: PathBuf,
}

/// The cluster that the distribution makes when its Postgres is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Its major version.
    pub version: String,
    /// The port that it is set to listen at.
    pub port: u16,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        Self { postgres: PathBuf::from("/etc/postgresql"), run: PathBuf::from("/run") }
    }

    /// Clusters named `main` that the distribution made. They are looked at and never touched.
    pub fn distribution_clusters(&self) -> Vec<Distribution> {
        let versions = fs::read_dir(&self.postgres).into_iter().flatten().flatten();
        let mut found: Vec<Distribution> = versions
            .filter_map(|entry| {
                let settings = fs::read_to_string(entry.path().join("main/postgresql.conf")).ok()?;
                Some(Distribution { version: entry.file_name().into_string().ok()?, port: port(&settings) })
            })
            .collect();
        found.sort_by(|one, other| one.version.cmp(&other.version));
        found
    }

    /// Whether something is seen to set the clock.
    pub fn keeps_time(&self) -> bool {
        CLOCK_KEEPERS.iter().any(|file| self.run.join(file).exists())
    }

    /// Whether nobody else listens there.
    pub fn is_free(&self, address: SocketAddr) -> io::Result<()> {
        TcpListener::bind(address).map(drop)
    }
}

fn port(settings: &str) -> u16 {
    let value = settings.lines().find_map(|line| {
        let value = line.trim_start().strip_prefix("port")?.trim_start().strip_prefix('=')?;
        value.split('#').next()?.trim().parse().ok()
    });
    value.unwrap_or(5432)
}

/// Whether systemd's units of a package see a path: they see no home folders and a `/tmp` of their own.
pub fn is_hidden_from_units(path: &Path) -> bool {
    ["/home", "/root", "/run/user", "/tmp", "/var/tmp"].iter().any(|hidden| path.starts_with(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distributions_own_cluster_is_seen_with_its_port() {
        let dir = tempfile::tempdir().unwrap();
        let machine = Machine { postgres: dir.path().join("postgresql"), run: dir.path().join("run") };
        assert_eq!(machine.distribution_clusters(), []);
        for (version, settings) in
            [("15", "#port = 1\nport = 5432\t# (change requires restart)\n"), ("17", "port=5433")]
        {
            let folder = machine.postgres.join(version).join("main");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("postgresql.conf"), settings).unwrap();
        }
        let found = machine.distribution_clusters();
        let pairs: Vec<(&str, u16)> = found.iter().map(|one| (one.version.as_str(), one.port)).collect();
        assert_eq!(pairs, [("15", 5432), ("17", 5433)]);
    }

    #[test]
    fn a_clock_that_is_kept_and_a_port_that_is_taken_are_seen() {
        let dir = tempfile::tempdir().unwrap();
        let machine = Machine { postgres: dir.path().join("none"), run: dir.path().to_owned() };
        assert!(!machine.keeps_time());
        fs::create_dir_all(dir.path().join("systemd/timesync")).unwrap();
        fs::write(dir.path().join("systemd/timesync/synchronized"), "").unwrap();
        assert!(machine.keeps_time());
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(machine.is_free(taken.local_addr().unwrap()).is_err());
    }
}
