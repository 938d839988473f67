//! Trying what must fail. A filter above us can make Landlock or seccomp fail without a word, so success is what
//! a forbidden act answers.

use std::fs::File;
use std::io::ErrorKind;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// Why files are free, if they are.
pub(crate) fn file_rules() -> Option<String> {
    match File::open("/") {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => None,
        _ => Some(
            "The kernel's file rules (Landlock) were accepted for reading processes but have no effect.".to_owned(),
        ),
    }
}

/// Why system calls are free, if they are.
pub(crate) fn call_filter() -> Option<String> {
    match socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None) {
        Err(Errno::ENOSYS) => None,
        _ => Some("The filter of system calls was accepted for reading processes but has no effect.".to_owned()),
    }
}

/// Whether the network that we are in has no interface but loopback, as in a unit with a private network.
pub(crate) fn only_loopback() -> bool {
    std::fs::read_to_string("/proc/self/net/dev")
        .is_ok_and(|table| table.lines().filter_map(|line| line.split_once(':')).all(|(name, _)| name.trim() == "lo"))
}
