//! Rendering a report in a confined child process of our own program: typesetting keeps its caches for the life of a
//! process, and a template of the future may loop for ever. The child's life is one export.

use std::time::Duration;

use confine::{Child, Inside, LaunchError, Launcher};
use model::Report;
use report::Format;
use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};
use crate::infra::child::{ChildError, Kind};
use crate::infra::config;

const MIB: u64 = 1024 * 1024;

/// A report larger than this as JSON is not one of ours.
const LARGEST_REPORT: u64 = 256 * MIB;

/// A file larger than this is not made; one of hundreds of pages has a few.
const LARGEST_FILE: u64 = 64 * MIB;

/// What a renderer says of a fault is cut after this many characters.
const LONGEST_FAULT: usize = 600;

/// A report of hundreds of pages takes a second; this is for the slowest machine on its busiest day.
const WALL: Duration = Duration::from_secs(120);

mod kind {
    pub(super) const ORDER: u8 = 1;
    /// A stream: JSON of the report.
    pub(super) const REPORT: u8 = 2;
    /// A stream: the file.
    pub(super) const FILE: u8 = 10;
    /// Why there is no file, for people.
    pub(super) const FAILED: u8 = 11;
}

/// What is to be made. To the child, first.
#[derive(Serialize, Deserialize)]
struct Order {
    format: String,
}

/// Starts the processes that render reports.
#[derive(Debug, Clone)]
pub struct Renderer {
    launcher: Launcher,
}

impl Renderer {
    /// A renderer as configured: the same program and the same confinement as for reading.
    pub fn of(config: &config::Reading) -> Result<Self> {
        let limits = confine::Limits {
            address_space: config.memory_mib * MIB,
            cpu_seconds: config.cpu_seconds,
            wall: WALL,
            document_bytes: LARGEST_REPORT,
            output_bytes: LARGEST_FILE,
            ..confine::Limits::default()
        };
        let way = Kind::Render.way(config)?;
        Ok(Self { launcher: Launcher { way, limits, allow_degraded: config.allow_degraded } })
    }

    /// The report as a file of this format. The error says what a person can do.
    pub async fn render(&self, report: &Report, format: Format) -> Result<Vec<u8>> {
        let mut child = self.launcher.start().await.map_err(|error| match error {
            LaunchError::Refused(_) => Error::unavailable(
                "This machine cannot confine the program that renders reports, so it renders none. The report is safe.",
                error,
            ),
            other => Error::internal(other),
        })?;
        let order = serde_json::to_vec(&Order { format: format.as_str().to_owned() }).map_err(Error::internal)?;
        let json = serde_json::to_vec(report).map_err(Error::internal)?;
        // That the child is gone is told by its end.
        if child.send(kind::ORDER, &order).await.is_ok() {
            let _ = child.send_stream(kind::REPORT, json.as_slice()).await;
        }
        let made = receive(&mut child).await;
        let ended = child.end().await;
        made?.ok_or_else(|| Error::internal(format!("a renderer ended without a file: {ended:?}")))
    }
}

/// The file, if the child makes one.
async fn receive(child: &mut Child) -> Result<Option<Vec<u8>>> {
    let mut file = Vec::new();
    while let Some(frame) = child.next().await {
        match frame.kind {
            kind::FILE if frame.payload.is_empty() => return Ok(Some(file)),
            kind::FILE => file.extend_from_slice(&frame.payload),
            kind::FAILED => {
                let said = String::from_utf8_lossy(&frame.payload);
                let cleaned: String = said.chars().filter(|found| !found.is_control()).take(LONGEST_FAULT).collect();
                return Err(Error::internal(cleaned));
            }
            other => return Err(Error::internal(format!("a renderer sent a frame of kind {other}"))),
        }
    }
    Ok(None)
}

/// Renders the one report that the parent sends, and ends. Must be the first thing that a process does.
pub fn run() -> std::result::Result<(), ChildError> {
    let Inside { mut input, mut output, .. } = confine::enter(confine::Limits::default())?;
    let frame = input.read()?.filter(|frame| frame.kind == kind::ORDER).ok_or(ChildError::Order)?;
    let order: Order = serde_json::from_slice(&frame.payload).map_err(|_| ChildError::Order)?;
    let format = Format::parse(&order.format).ok_or(ChildError::Order)?;
    let report: Report = serde_json::from_reader(std::io::BufReader::new(input.stream(kind::REPORT, LARGEST_REPORT)))
        .map_err(|_| ChildError::Order)?;
    match report::render(&report, format) {
        Ok(file) => output.write_stream(kind::FILE, file.as_slice())?,
        Err(error) => output.write(kind::FAILED, error.to_string().as_bytes())?,
    }
    Ok(())
}
