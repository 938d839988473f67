//! Follows what the unit does, by the journal. Whoever stops following stops nothing.

use std::io::Write as _;
use std::time::Duration;

use ::update::{Journal, Step};
use protocol::Shown;
use protocol::admin::Progress;

use super::{finish, told, word};
use crate::app::Outside;
use crate::commands::Done;
use crate::infra::config::Config;
use crate::infra::update::{Journals, Places};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// Looks after which a program that follows is told again where it is, so that it does not think that nobody is here.
const AGAIN: u32 = 80;
/// Looks for which nobody may work on a journal that has not ended.
const PATIENCE: u32 = 240;

pub(super) fn follow(config: &Config, json: bool) -> Done {
    let outside = Outside::system();
    let journals = Journals::of(&Places::of(config));
    let (mut seen, mut since, mut idle) = (None, 0, 0);
    loop {
        let Some(journal) = journals.read()? else { return Err("nobody knows of this update any more".into()) };
        if journal.ended.is_some() {
            return finish(config, &outside, &journal, json);
        }
        since += 1;
        if seen != Some(journal.step) || since >= AGAIN {
            tell(&journal, json);
            (seen, since) = (Some(journal.step), 0);
        }
        idle = if journals.is_idle() { idle + 1 } else { 0 };
        if idle > PATIENCE {
            let what = word(&journal);
            return Err(format!("the {what} was interrupted; `vcconnect update resume` goes on with it").into());
        }
        std::thread::sleep(PAUSE);
    }
}

/// Whoever followed may be gone; the work goes on.
fn tell(journal: &Journal, json: bool) {
    let (done, total) = journal.position();
    if json {
        let step = Shown::new(journal.step.sentence());
        if let Ok(line) = serde_json::to_string(&Progress { step, done: done as u64, total: Some(total as u64) }) {
            let _ = writeln!(std::io::stdout(), "{line}");
        }
        return;
    }
    if journal.step == Step::BackStop
        && let Some(why) = &journal.failed
    {
        eprintln!("{}", told::capital(why));
    }
    eprintln!("{done:>2} of {total}  {}", journal.step.sentence());
}
