//! Waits until the server that was started says at its admin socket that everything is well.

use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use protocol::admin::{Ask, Caller, PartState, Reply, Seal};

use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::services::SERVER;

/// A slow machine takes its time to load tables and to try its readers.
const PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(200);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(20);

pub(super) async fn wait(config: &Config) -> Result<(), Trouble> {
    let since = Instant::now();
    loop {
        let config = config.clone();
        let looked = tokio::task::spawn_blocking(move || ask(&config)).await;
        let why = match looked.unwrap_or_else(|_| Err("the look at it broke down".to_owned())) {
            Ok(()) => return Ok(()),
            Err(why) => why,
        };
        if since.elapsed() > PATIENCE {
            return Err(Trouble::told(format!("the server is not well ({why}); `journalctl -u {SERVER}` says more")));
        }
        tokio::time::sleep(POLL).await;
    }
}

/// `Err` with why it is not well yet.
fn ask(config: &Config) -> Result<(), String> {
    let path = config.admin.socket_of(&config.storage);
    let stream =
        UnixStream::connect(&path).map_err(|error| format!("nobody answers at {}: {error}", path.display()))?;
    stream.set_read_timeout(Some(ANSWER)).map_err(|error| error.to_string())?;
    let reply = Caller::new(stream).ask(Ask::Status, None, |_| {}).map_err(|error| error.to_string())?;
    let Reply::Status(status) = reply else { return Err("its answer cannot be read".to_owned()) };
    if let Seal::Sealed(why) | Seal::Away(why) = &status.seal {
        return Err(why.to_string());
    }
    let ill = status.parts.iter().find(|part| part.state == PartState::Problem);
    ill.map_or(Ok(()), |part| Err(format!("{}: {}", part.name, part.detail)))
}
