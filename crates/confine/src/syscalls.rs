//! The system calls that a child has left (seccomp): a list of what is allowed.
//!
//! Anything else answers `ENOSYS`, as on a kernel that lacks it, so that the C library falls back to an older call
//! where it knows one. A list of what is forbidden would have to know each new call of each new kernel, and the second
//! numbering of x86-64 (x32) would walk around it.
//!
//! Absent on purpose: everything of sockets, ptrace and other processes' memory, namespaces and mounts, io_uring, bpf,
//! keys, userfaultfd, perf, System V memory; leaving the process group, through which the parent ends all of it; and
//! every call that changes a file by its name.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Width, SeccompCmpOp as Is, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

const FILES: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_lseek,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_fadvise64,
    libc::SYS_ftruncate,
    libc::SYS_memfd_create,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
];

const MEMORY: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_membarrier,
];

const PROCESSES: &[i64] = &[
    libc::SYS_execve,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getpgid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getgroups,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_rseq,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getcpu,
    libc::SYS_getrusage,
    libc::SYS_times,
    libc::SYS_umask,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_getrandom,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_sigsuspend,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
];

/// Calls that only this architecture has; on the other the C library uses their newer kin.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_pipe,
    libc::SYS_dup2,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_wait,
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_getpgrp,
    libc::SYS_time,
    libc::SYS_getrlimit,
    libc::SYS_setrlimit,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[i64] = &[];

/// New namespaces, and children that would belong to our parent or be traced.
const CLONE_NEVER: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_PARENT
    | libc::CLONE_PTRACE) as u32 as u64;

/// Asking for a terminal, the bytes waiting, and whether a descriptor waits or is inherited.
const CONTROLS: &[u64] =
    &[libc::TCGETS, libc::TIOCGWINSZ, libc::FIONREAD, libc::FIONBIO, libc::FIOCLEX, libc::FIONCLEX];

/// Copies of descriptors, their flags, seals. Not who is told of events: that sends signals to other processes.
const DESCRIPTORS: &[i32] = &[
    libc::F_DUPFD,
    libc::F_DUPFD_CLOEXEC,
    libc::F_GETFD,
    libc::F_SETFD,
    libc::F_GETFL,
    libc::F_SETFL,
    libc::F_GETPIPE_SZ,
    libc::F_ADD_SEALS,
    libc::F_GET_SEALS,
];

/// Naming a thread or memory, and reading what was set.
const OPTIONS: &[i32] = &[
    libc::PR_SET_NAME,
    libc::PR_GET_NAME,
    libc::PR_SET_VMA,
    libc::PR_GET_DUMPABLE,
    libc::PR_GET_NO_NEW_PRIVS,
    libc::PR_GET_SECCOMP,
    libc::PR_CAPBSET_READ,
];

/// Allows the calls above and no others, for this thread and all that it starts. `scoped`: another wall already keeps
/// signals within. The error is a sentence for the health page.
pub(crate) fn restrict(scoped: bool) -> Result<(), String> {
    let program = program(scoped).map_err(|error| sentence(&error))?;
    apply_filter(&program).map_err(|error| sentence(&error))
}

fn sentence(error: &dyn std::error::Error) -> String {
    format!("The filter of system calls is not in force for reading processes: {error}.")
}

fn program(scoped: bool) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: Rules =
        [FILES, MEMORY, PROCESSES, OLD].into_iter().flatten().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_clone, vec![when(0, Width::Qword, Is::MaskedEq(CLONE_NEVER), 0)?]);
    // Of other processes only our own limits, or a child could starve the server of files.
    rules.insert(libc::SYS_prlimit64, vec![when(0, Width::Dword, Is::Eq, 0)?]);
    rules.insert(libc::SYS_ioctl, any_of(1, CONTROLS.iter().copied())?);
    rules.insert(libc::SYS_fcntl, any_of(1, DESCRIPTORS.iter().map(|code| code.unsigned_abs().into()))?);
    rules.insert(libc::SYS_prctl, any_of(0, OPTIONS.iter().map(|code| code.unsigned_abs().into()))?);
    for (call, target) in [(libc::SYS_kill, 0), (libc::SYS_tgkill, std::process::id().into())] {
        // Unscoped, only the own group may be killed and only the child itself may abort by signal.
        let only = if scoped { Vec::new() } else { vec![when(0, Width::Dword, Is::Eq, target)?] };
        rules.insert(call, only);
    }
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, missing, SeccompAction::Allow, architecture)?.try_into()
}

fn any_of(argument: u8, values: impl Iterator<Item = u64>) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    values.map(|value| when(argument, Width::Dword, Is::Eq, value)).collect()
}

fn when(argument: u8, width: Width, is: Is, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, width, is, value)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles_either_way() {
        assert!(program(true).is_ok_and(|scoped| !scoped.is_empty()));
        assert!(program(false).is_ok_and(|unscoped| !unscoped.is_empty()));
    }

    #[test]
    fn what_must_be_absent_is_absent() {
        let allowed: Vec<i64> = [FILES, MEMORY, PROCESSES, OLD].concat();
        for call in [
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_unshare,
            libc::SYS_mount,
            libc::SYS_bpf,
            libc::SYS_keyctl,
            libc::SYS_userfaultfd,
            libc::SYS_io_uring_setup,
            libc::SYS_kexec_load,
            libc::SYS_clone3,
            libc::SYS_setsid,
            libc::SYS_setpgid,
            libc::SYS_unlinkat,
            libc::SYS_fchmodat,
        ] {
            assert!(!allowed.contains(&call), "{call}");
        }
    }
}
