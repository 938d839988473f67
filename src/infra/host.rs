//! What the machine itself says: for `doctor` and for the one lock that keeps two programs off the same data.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Gid, Group, Uid, User};

/// Names of the swap areas in use; sealed data that is open in memory may be written there.
pub fn swap_areas() -> Vec<String> {
    let table = std::fs::read_to_string("/proc/swaps").unwrap_or_default();
    table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Forbids core dumps for this process and its children: one would write keys to disk.
pub fn forbid_core_dumps() -> std::io::Result<()> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    // A handler that the kernel pipes dumps to ignores the limit; it gets none from a process that is not dumpable.
    nix::sys::prctl::set_dumpable(false)?;
    Ok(())
}

/// Whether the distribution has put a program where readers look for it.
pub fn has_program(name: &str) -> bool {
    Path::new("/usr/bin").join(name).is_file()
}

/// Major version of Debian; `None` on another distribution.
pub fn debian() -> Option<u32> {
    debian_of(&std::fs::read_to_string("/etc/os-release").ok()?)
}

fn debian_of(release: &str) -> Option<u32> {
    let value = |name: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.map(|text| text.trim_matches('"'))
    };
    (value("ID")? == "debian").then(|| value("VERSION_ID")?.parse().ok())?
}

/// This machine's processors, as Debian calls them.
pub fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// The kernel's word for a process that nobody signed in for.
const NOBODY_SIGNED_IN: u32 = u32::MAX;

/// The name of the system user behind a process: who signed in for it, so that `sudo` hides nobody; where nobody did,
/// whom it runs as.
pub fn login_of(process: u32, runs_as: u32) -> Option<String> {
    let signed_in = std::fs::read_to_string(format!("/proc/{process}/loginuid")).ok();
    let signed_in = signed_in.and_then(|text| text.trim().parse().ok()).filter(|uid| *uid != NOBODY_SIGNED_IN);
    let uid = signed_in.unwrap_or(runs_as);
    let user = User::from_uid(Uid::from_raw(uid)).ok()?;
    Some(user.map_or_else(|| uid.to_string(), |user| user.name))
}

/// The same of this process.
pub fn login() -> Option<String> {
    login_of(std::process::id(), user_id())
}

/// When a process began, in the kernel's ticks since the machine started; `None` if there is none with this id. An id is
/// given to another process one day, and that one began later.
pub fn process_began(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name in brackets that may hold anything; the twenty-second is the time (proc(5)).
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// Leaves the session of the terminal that started this program, so that its end is not ours.
pub fn leave_session() -> std::io::Result<()> {
    nix::unistd::setsid()?;
    Ok(())
}

/// The file of this program.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// What was typed to start this program, its name first.
pub fn words() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// The system user that this program runs as.
pub fn user_id() -> u32 {
    Uid::effective().as_raw()
}

/// Whether a system user belongs to a group, as their first group or as one more.
pub fn is_member(uid: u32, group: &str) -> bool {
    let (Ok(Some(user)), Ok(Some(group))) = (User::from_uid(Uid::from_raw(uid)), Group::from_name(group)) else {
        return false;
    };
    user.gid == group.gid || group.mem.contains(&user.name)
}

/// Gives a file to a group; its owner stays. One that has it by its folder is left alone: the unit of the server may give
/// nothing away.
pub fn give_to_group(path: &Path, group: &str) -> std::io::Result<()> {
    let found = Group::from_name(group)?.map(|group| group.gid);
    let gid: Gid = found.ok_or_else(|| std::io::Error::other(format!("there is no group {group}")))?;
    if std::fs::metadata(path)?.gid() == gid.as_raw() {
        return Ok(());
    }
    Ok(nix::unistd::chown(path, None, Some(gid))?)
}

/// Bytes of the file system of a folder: in all, and free for us.
pub fn disk(dir: &Path) -> Option<(u64, u64)> {
    let stat = nix::sys::statvfs::statvfs(dir).ok()?;
    let block = stat.fragment_size() as u64;
    Some((stat.blocks() as u64 * block, stat.blocks_available() as u64 * block))
}

/// Free bytes for us on the file system of a folder.
pub fn free_bytes(dir: &Path) -> Option<u64> {
    Some(disk(dir)?.1)
}

/// Two programs must not work on one data folder; whoever holds this lock may.
#[derive(Debug)]
pub struct DataLock(#[expect(dead_code, reason = "held, not read")] Flock<File>);

/// Another program holds the data folder.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// It is in use.
    #[error("the data in {0} is in use by a running server; stop it first, or use the server itself for this")]
    InUse(PathBuf),
    /// The lock file cannot be made.
    #[error("cannot make the lock file {path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl DataLock {
    /// Takes the lock, or says that another program has it.
    pub fn take(data_dir: &Path) -> Result<Self, LockError> {
        let path = data_dir.join("lock");
        let io = |source| LockError::Io { path: path.clone(), source };
        std::fs::create_dir_all(data_dir).map_err(io)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(io)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Self(lock)),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Err(LockError::InUse(data_dir.to_owned())),
            Err((_, errno)) => Err(io(errno.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_is_known_by_its_file() {
        assert_eq!(debian_of("PRETTY_NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\n"), Some(12));
        assert_eq!(debian_of("ID=debian\n"), None, "testing has no number");
        assert_eq!(debian_of("ID=ubuntu\nVERSION_ID=\"24.04\"\n"), None);
    }
}
