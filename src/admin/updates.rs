//! Questions about versions of the program. One that was not installed as a package cannot replace itself.

use protocol::Shown;
use protocol::admin::{Ask, Reply, Update, UpdateState};

use crate::app::App;
use crate::base::{Ctx, Error, ErrorCode, Result};

pub(super) fn answer(app: &App, cx: &Ctx, ask: &Ask) -> Result<Reply> {
    cx.require_console()?;
    if *ask != Ask::Updates {
        let sentence = "This program was not installed as a package, so it does not replace itself. Nothing was done; install \
                        another version the way this one was installed.";
        return Err(Error::new(ErrorCode::WrongState, sentence));
    }
    let running = Update {
        version: Shown::new(env!("CARGO_PKG_VERSION")),
        from: None,
        at: app.since,
        state: UpdateState::Running,
    };
    Ok(Reply::Updates { history: vec![running], work: None })
}
