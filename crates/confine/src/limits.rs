//! How much a child may use. The parent keeps time and output, the kernel keeps the rest.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How much a child and each tool that it starts may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of address space, for each process. Address space and not resident memory, because the kernel limits
    /// no other; it is larger than what is used.
    pub address_space: u64,
    /// Seconds of processor time, for each process.
    pub cpu_seconds: u64,
    /// Time from start to end by the clock, kept by the parent. In seconds when written down.
    #[serde(rename = "wall_seconds", with = "seconds")]
    pub wall: Duration,
    /// Bytes that the child may send, over its whole life.
    pub output_bytes: u64,
    /// Bytes of a file in memory while it is filled. Files on disk cannot be written at any size, and after
    /// [`forbid_files`](crate::forbid_files) neither can these.
    pub document_bytes: u64,
    /// Open files, for each process.
    pub open_files: u64,
    /// Processes and threads of the child together. Kept only where the child gets a user namespace, since the
    /// kernel otherwise counts all that its user runs, and not for a root that cannot become `nobody`, whom the
    /// kernel exempts. Elsewhere a unit's `TasksMax=` or the time limit ends a multitude.
    pub processes: u64,
}

impl Default for Limits {
    /// The limits of a reader of documents.
    ///
    /// - 1.5 GiB: recognising a page of 200 dpi stays under 0.5 GiB; a bomb ends here and not the server.
    /// - 60 s of processor: the slowest honest page takes seconds, and each tool call has 60 of its own.
    /// - 10 min: a scanned deck of 300 pages at two seconds a page.
    /// - 1 GiB of output: text, cells and thumbnails of the longest report are far below.
    /// - 512 MiB of document, as the upload allows no more.
    /// - 256 open files: a tool holds libraries and fonts, some dozens.
    /// - 32 processes: a few tools at a time and their threads.
    fn default() -> Self {
        Self {
            address_space: 1536 * 1024 * 1024,
            cpu_seconds: 60,
            wall: Duration::from_secs(600),
            output_bytes: 1024 * 1024 * 1024,
            document_bytes: 512 * 1024 * 1024,
            open_files: 256,
            processes: 32,
        }
    }
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Whole seconds, rounded up: a limit is never written down as zero because it was short.
    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        let up = u64::from(value.subsec_nanos() > 0);
        to.serialize_u64(value.as_secs().saturating_add(up))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_down_has_its_default() {
        let limits: Limits = serde_json::from_str(r#"{"wall_seconds": 5, "processes": 8}"#).unwrap();
        assert_eq!(limits, Limits { wall: Duration::from_secs(5), processes: 8, ..Limits::default() });
    }

    #[test]
    fn a_misspelt_limit_is_refused() {
        assert!(serde_json::from_str::<Limits>(r#"{"wall": 5}"#).is_err());
    }

    #[test]
    fn a_short_time_is_not_written_as_none() {
        let limits = Limits { wall: Duration::from_millis(300), ..Limits::default() };
        let text = serde_json::to_string(&limits).unwrap();
        assert_eq!(serde_json::from_str::<Limits>(&text).unwrap().wall, Duration::from_secs(1));
    }
}
