//! `vcconnect restore --as-test`: a copy to try things out. It is filled by this program again, started with the copy's
//! configuration alone, so that nothing of the live installation is in reach.

use std::io::Write as _;
use std::process::Stdio;

use super::Options;
use crate::app::Outside;
use crate::commands::{Done, Failure, print};
use crate::infra::backup::BackupPlace;
use crate::infra::config::Config;
use crate::infra::restore::{self, Opened};
use crate::infra::test_copy::TestCopy;

pub(super) fn run(config: &Config, options: &Options, key: &str, outside: &Outside) -> Done {
    // Told before a folder is made.
    let (recovery, _) = restore::recovery_key(key)?;
    let dir = options.data_dir.as_deref().ok_or("name a folder for the copy with --data-dir")?;
    let source = options.source.as_deref().ok_or("name the folder of the backups")?;
    let source = source.canonicalize()?;
    let set = Opened::at(&source, options.set.as_deref())?.manifest.set;
    let apart = restore::apart(config, dir, &source, set.as_str(), outside.clock.now())?;
    let mut program = apart.program()?;
    program.args(["restore", "--masked", "--yes", "--recovery-key-file=-"]);
    program.arg(format!("--set={set}"));
    // Nobody is asked, so whoever signed must be known: by the sheet, or because this installation signs so itself.
    let own = BackupPlace::of(config).signing_key_if_there().map(|key| key.verify_key().as_str().to_owned());
    program.args(options.verify_key.clone().or(own).map(|known| format!("--verify-key={known}")));
    program.args(options.without_documents.then_some("--without-documents"));
    program.args(options.json.then_some("--json"));
    program.arg("--").arg(&source);
    let mut child = program.stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "{}", recovery.text().as_str())?;
    }
    if !child.wait()?.success() {
        let sentence =
            "the copy was not made (see above); what is live is untouched. Remove its folder before you try again";
        return Err(sentence.into());
    }
    if options.json { Ok(()) } else { told(&apart.configuration.display().to_string(), options.without_documents) }
}

fn told(configuration: &str, without_documents: bool) -> Done {
    print("This is a test copy: nothing leaves it, no backup is made of it, and every page says so.")?;
    print("People have made-up names, addresses and passwords, and no second factor; the audit log begins anew.")?;
    if !without_documents {
        print(
            "Names of deals and companies, documents, and what was made of them are as they were, with every name in them: \
             treat the copy like the original, or make one --without-documents.",
        )?;
    }
    print(&format!("Start it with VCCONNECT_CONFIG_DIR={configuration}: vcconnect database run, vcconnect serve."))?;
    print("A person comes in by a link of vcconnect users reset-password, with the same variable.")
}

/// A copy is filled as one, and nothing else is.
pub(super) fn refuse_mixing(config: &Config, options: &Options) -> Result<(), Failure> {
    match (TestCopy::of(config).is_some(), options.masked) {
        (true, false) => {
            Err("this is the folder of a test copy; nothing real is restored into it. Nothing was changed".into())
        }
        (false, true) => Err("this is not the folder of a test copy; nothing was changed".into()),
        _ => Ok(()),
    }
}
