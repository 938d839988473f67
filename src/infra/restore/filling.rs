//! Copies the files of documents while the dump is loaded: the one waits for the disk, the other for the database.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ::backup::{Identity, Step, Watch};

use super::loading::load;
use super::plan::Plan;
use super::staging::stage_files;
use crate::infra::backup::Trouble;
use crate::infra::config::Config;

/// A database that nobody uses yet.
#[derive(Debug)]
pub struct Empty {
    /// Where it is reached, as its superuser.
    pub url: String,
    /// Major version of its server.
    pub major: u32,
}

/// Fills the database and the folder of files. If the one fails, the other stops. How far the files are is told once the
/// dump is loaded, so that whoever follows reads one thing at a time.
pub fn fill(
    config: &Config,
    plan: &Plan,
    identity: &Identity,
    database: &Empty,
    watch: &dyn Watch,
) -> Result<(), Trouble> {
    let (loaded, failed) = (AtomicBool::new(false), AtomicBool::new(false));
    let beside = Beside { watch, loaded: &loaded, failed: &failed };
    let (dump, files) = thread::scope(|scope| {
        let files = scope.spawn(|| beside.heeded(stage_files(config, plan, &beside)));
        let dump = beside.heeded(load(config, &plan.opened, identity, database, &beside));
        loaded.store(true, Ordering::Relaxed);
        let broke = || Err(Trouble::told("copying the files broke down; what is here is untouched"));
        (dump, files.join().unwrap_or_else(|_| broke()))
    });
    match (dump, files) {
        // It was stopped because the files failed.
        (Err(dump), Err(files)) if dump.is_cancelled() => Err(files),
        (dump, files) => dump.and(files),
    }
}

/// Follows two kinds of work at once.
struct Beside<'a> {
    watch: &'a dyn Watch,
    loaded: &'a AtomicBool,
    failed: &'a AtomicBool,
}

impl Beside<'_> {
    /// The other one hears of it.
    fn heeded(&self, ended: Result<(), Trouble>) -> Result<(), Trouble> {
        ended.inspect_err(|_| self.failed.store(true, Ordering::Relaxed))
    }
}

impl Watch for Beside<'_> {
    fn at(&self, step: Step, done: u64, total: u64) -> bool {
        let told = step == Step::Loading || self.loaded.load(Ordering::Relaxed);
        let (done, total) = if told { (done, total) } else { (0, 0) };
        self.watch.at(step, done, total) && !self.failed.load(Ordering::Relaxed)
    }
}
