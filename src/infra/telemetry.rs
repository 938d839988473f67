//! Logs go to standard error, where systemd and `cargo xtask run` pick them up. No secret, document text or prompt.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::config::{Log, LogFormat};

/// Starts logging. A filter that cannot be read falls back to `info` and says so.
pub fn start(config: &Log) {
    let (filter, problem) = match EnvFilter::try_new(&config.filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Pretty => lines.compact().try_init(),
    };
    if let (Ok(()), Some(error)) = (started, problem) {
        tracing::warn!(%error, "log.filter cannot be read; logging at info");
    }
}
