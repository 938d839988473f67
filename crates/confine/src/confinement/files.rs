//! What a child may open (Landlock): the system's programs and their data for reading, nothing for writing.
//!
//! The list was found by tracing pdftotext, pdftoppm, pdfinfo and tesseract. The document is not in it: it is a file
//! in memory, to which these rules do not apply.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, RestrictionStatus, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// Programs, libraries, fonts, language data.
const RUN: &[&str] = &["/usr", "/lib", "/lib64", "/bin"];
/// Lists of the loader and of fontconfig, the time zone, the count of processors.
const READ: &[&str] = &[
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/etc/localtime",
    "/var/cache/fontconfig",
    "/var/lib/fonts",
    "/sys/devices/system/cpu",
    "/dev/urandom",
];
/// A tool's unused streams are opened here for both.
const READ_AND_WRITE: &[&str] = &["/dev/null"];

const MISSING: &str = "The kernel's file rules (Landlock) are not in force for reading processes: the kernel lacks them, or a container or a unit hides them.";

/// What holds now.
pub(super) struct Rules {
    /// Why files are not restricted, if so.
    pub(super) missing: Option<String>,
    /// TCP is refused too (kernel 6.7).
    pub(super) network: bool,
    /// Signals reach no process outside (kernel 6.12).
    pub(super) signals_scoped: bool,
}

/// Applies the rules to this thread and all that it starts.
pub(super) fn restrict() -> Rules {
    match apply() {
        Ok(status) if status.ruleset != RulesetStatus::NotEnforced => {
            let abi = match status.landlock {
                LandlockStatus::Available { effective_abi, .. } => effective_abi,
                _ => ABI::Unsupported,
            };
            Rules { missing: None, network: abi >= ABI::V4, signals_scoped: abi >= ABI::V6 }
        }
        // The library's reason names bits of rules, which helps nobody who reads a health page.
        _ => Rules { missing: Some(MISSING.to_owned()), network: false, signals_scoped: false },
    }
}

/// Kernel 5.13 is asked for strictly, what came later where it is there: for `truncate` (6.2) and device control
/// (6.10) the filter of system calls stands in. A path that a host does not have is left out of the list: whoever
/// needs it fails to open it anyway.
fn apply() -> Result<RestrictionStatus, RulesetError> {
    let run = AccessFs::from_read(ABI::V1);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let both = AccessFs::ReadFile | AccessFs::WriteFile;
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V6))?
        .handle_access(AccessNet::from_all(ABI::V6))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(RUN, run))?
        .add_rules(path_beneath_rules(READ, read))?
        .add_rules(path_beneath_rules(READ_AND_WRITE, both))?;
    rules.restrict_self()
}
