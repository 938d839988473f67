//! Long work as a process of its own: the same program with another verb. It has a process group of its own, outlives who
//! started it, and says how far it is in a file.

use std::process::Stdio;

use tokio::process::Command;

use super::host;
use crate::base::{Error, Result};

/// Starts the program with these words, and forgets it but for its end.
pub fn start(words: &[&str]) -> Result<()> {
    let program = host::program().map_err(Error::internal)?;
    let mut child = Command::new(program)
        .args(words)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(Error::internal)?;
    tokio::spawn(async move {
        // Waited for, so that it does not stay as a dead process that looks alive.
        let _ = child.wait().await;
    });
    Ok(())
}
