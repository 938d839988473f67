//! Giving up who we are: the root user, the namespaces of the host, capabilities.
//!
//! Each step is taken as far as the host allows. What a missing one means for the level is judged by its effect in
//! [`confine`](super::confine), since some hosts do not need it (a unit with a private network) and some containers
//! forbid it.

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, geteuid, setgroups, setresgid, setresuid};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

/// `nobody` and `nogroup` on every distribution that we support.
const NOBODY: u32 = 65_534;

/// A root process becomes `nobody`: root is exempt from the limit of processes, and it owns most files of a host.
pub(super) fn leave_root() {
    if !geteuid().is_root() {
        return;
    }
    let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    // Without the capability these fail, and the process stays the root of its container, without capabilities.
    let _ = setgroups(&[]);
    let _ = setresgid(group, group, group);
    let _ = setresuid(user, user, user);
}

/// A user namespace in which nobody is mapped, and in it a network without interfaces. Whether they were given.
///
/// Nothing writes the map of users: an unmapped user keeps its rights on files, loses its capabilities at the next
/// exec and cannot make further namespaces.
pub(super) fn new_namespaces() -> bool {
    let flags = CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWIPC;
    unshare(flags).is_ok()
}

/// None in any set: a new user namespace brings all of them, for what lies within it. A unit without capabilities may not
/// even make the call, and has none to drop.
pub(super) fn drop_capabilities() -> rustix::io::Result<()> {
    let none = CapabilitySet::empty();
    let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
    if capabilities(None)? == none { Ok(()) } else { set_capabilities(None, none) }
}
