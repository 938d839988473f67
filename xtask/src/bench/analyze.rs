//! `vcconnect analyze` on the demo data room: what the whole way from files to a report costs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::Serialize;

use super::quantile;
use crate::children::{bound, leaving_nobody, line};
use crate::workshop::Workshop;

/// How often each report is made; the figures are medians.
pub(super) const ROUNDS: usize = 5;
const FORMATS: [&str; 2] = ["json", "pdf"];
/// Between two looks at the memory.
const TICK: Duration = Duration::from_millis(5);

/// What making one kind of report cost.
#[derive(Serialize)]
pub(super) struct Analysis {
    /// The ending of the report's name.
    pub(super) format: &'static str,
    /// By the clock on the wall.
    pub(super) wall_ms: f64,
    /// Of all processes that took part.
    pub(super) cpu_ms: f64,
    /// Of all processes at the same time; pages that two of them share count twice.
    pub(super) peak_rss_mb: f64,
    /// Of the report.
    pub(super) bytes: u64,
}

/// What one run of a command cost.
pub(super) struct Round {
    pub(super) wall: Duration,
    /// Of all processes that took part and were waited for.
    pub(super) cpu: Duration,
    peak_kb: u64,
}

/// Makes the reports on `demo/room`.
pub(super) fn measure(workshop: &Workshop, binary: &Path) -> Result<Vec<Analysis>> {
    let room = workshop.root.join("demo/room");
    if !room.is_dir() {
        bail!(
            "There is no data room in demo/room to analyse. Please make it and run the same command again: cargo xtask demo"
        );
    }
    let folder = tempfile::tempdir()?;
    FORMATS.iter().map(|format| analyse(workshop, binary, &room, folder.path(), format)).collect()
}

fn analyse(workshop: &Workshop, binary: &Path, room: &Path, folder: &Path, format: &'static str) -> Result<Analysis> {
    let report = folder.join("report").with_extension(format);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut command = bound(binary);
        command.arg("analyze").arg(room).arg("--output").arg(&report).current_dir(folder);
        command.stdout(fs::File::create(folder.join("said"))?).stderr(fs::File::create(folder.join("complained"))?);
        let round = round(workshop, &mut command);
        rounds.push(round.with_context(|| fs::read_to_string(folder.join("complained")).unwrap_or_default())?);
    }
    let mut walls: Vec<Duration> = rounds.iter().map(|round| round.wall).collect();
    let mut cpus: Vec<Duration> = rounds.iter().map(|round| round.cpu).collect();
    let mut peaks: Vec<u64> = rounds.iter().map(|round| round.peak_kb).collect();
    peaks.sort_unstable();
    Ok(Analysis {
        format,
        wall_ms: quantile(&mut walls, 0.5) * 1e3,
        cpu_ms: quantile(&mut cpus, 0.5) * 1e3,
        peak_rss_mb: peaks.get(ROUNDS / 2).map_or(f64::NAN, |kb| *kb as f64 / 1024.0),
        bytes: fs::metadata(&report).with_context(|| report.display().to_string())?.len(),
    })
}

/// Runs a command, and counts what its processes cost even if it does not wait for their end itself.
pub(super) fn round(workshop: &Workshop, command: &mut Command) -> Result<Round> {
    let cpu_before = cpu_of_the_ended()?;
    let (wall, peak_kb) = leaving_nobody(|| watch(workshop, command))??;
    Ok(Round { wall, cpu: cpu_of_the_ended()?.saturating_sub(cpu_before), peak_kb })
}

/// Runs a command to its end; returns how long it took and how much memory its processes had at most.
fn watch(workshop: &Workshop, command: &mut Command) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| line(command))?;
    let mut peak_kb = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if workshop.stopping() {
            child.kill()?;
        }
        peak_kb = peak_kb.max(rss_kb(child.id()));
        sleep(TICK);
    };
    let wall = start.elapsed();
    workshop.go_on()?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok((wall, peak_kb))
}

/// Time on the processors of all our descendants that have ended and were waited for.
fn cpu_of_the_ended() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let spent = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(spent.num_microseconds().try_into()?))
}

/// Resident memory of a process and all below it. One that ends meanwhile has none.
fn rss_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let own: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    own + children_of(pid).into_iter().map(rss_kb).sum::<u64>()
}

fn children_of(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let lists = threads.flatten().map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn memory_of_children_counts() {
        let workshop = Workshop::open().unwrap();
        let mut command = bound("sh");
        // tail keeps the last 64 MB until its input ends.
        command.args(["-c", "head -c 100000000 /dev/zero | tail -c 64000000 | wc -c"]).stdout(Stdio::null());
        let (_, peak_kb) = watch(&workshop, &mut command).unwrap();
        assert!(peak_kb > 50_000, "{peak_kb} kB");
    }

    #[test]
    fn a_command_that_fails_is_no_measurement() {
        let workshop = Workshop::open().unwrap();
        let refusal = watch(&workshop, bound("sh").args(["-c", "exit 3"])).err().unwrap().to_string();
        assert!(refusal.contains("exit status: 3"), "{refusal}");
    }
}
