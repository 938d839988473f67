//! `cargo xtask bench`: what a newcomer feels, measured from outside on a product started for it.

mod accuracy;
mod analyze;
mod backup;
mod report;

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::json;

use crate::authenticator::Authenticator;
use crate::binary::{self, Profile};
use crate::children;
use crate::http::Client;
use crate::needs;
use crate::stack::{Home, Stack, StackOptions};
use crate::steps::{Show, Steps};
use crate::web;
use crate::workshop::Workshop;
use analyze::Analysis;
use report::Waits;

const STARTS: usize = 5;
const DEALS: usize = 50;
const WARM_UP: usize = 100;
const CALLS: usize = 1000;
/// Long enough for start-up work to be over.
const IDLE: Duration = Duration::from_secs(3);

/// What `bench` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    only: Option<Only>,
}

/// What is measured by itself.
#[derive(clap::Subcommand)]
enum Only {
    /// How much of what documents state is found
    Accuracy(accuracy::Options),
}

#[derive(Serialize)]
struct Figures {
    ready_ms: f64,
    idle_pss_mb: f64,
    loaded_pss_mb: f64,
    list_p50_us: f64,
    list_p99_us: f64,
    list_bytes: usize,
    web: Vec<String>,
    waits: Waits,
    /// After all of that, the index open.
    at_rest_pss_mb: f64,
    analyze: Vec<Analysis>,
    /// Absent where the programs to compare with are not installed.
    backup: Option<backup::Costs>,
    load_average: String,
    processor: String,
}

/// Builds, measures, prints.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    if let Some(Only::Accuracy(options)) = &options.only {
        return accuracy::run(workshop, options);
    }
    let mut steps = Steps::new(workshop);
    needs::ensure(&mut steps, needs::TO_RUN, needs::unattended())?;
    web::build(&mut steps)?;
    let binary = binary::build(&mut steps, Profile::Perf)?;
    let mut stack = Stack::start(
        &mut steps,
        StackOptions {
            binary: binary.clone(),
            home: Home::temporary()?,
            port: None,
            throwaway: true,
            log_to_terminal: false,
        },
    )?;
    let load_average = load_average();
    let mut figures = steps.work("measure", Show::Failure, || measure(workshop, &mut stack, load_average))?;
    stack.stop()?;
    figures.analyze = steps.work("analyse demo/room", Show::Failure, || analyze::measure(workshop, &binary))?;
    figures.backup = steps.work("back up and restore", Show::Failure, || backup::measure(workshop, &binary))?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        println!("\n{}", table(&figures));
    }
    Ok(())
}

fn measure(workshop: &Workshop, stack: &mut Stack, load_average: String) -> Result<Figures> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(stack.restart_server(workshop)?);
    }
    sleep(IDLE);
    let idle = pss_kb(stack.server_pid())?;
    let mut client = first_admin(stack)?;
    let (mut calls, list_bytes) = list_calls(workshop, &mut client)?;
    let loaded = pss_kb(stack.server_pid())?;
    let waits = report::measure(workshop, &mut client)?;
    sleep(IDLE);
    Ok(Figures {
        ready_ms: quantile(&mut starts, 0.5) * 1e3,
        idle_pss_mb: idle / 1024.0,
        loaded_pss_mb: loaded / 1024.0,
        at_rest_pss_mb: pss_kb(stack.server_pid())? / 1024.0,
        waits,
        list_p50_us: quantile(&mut calls, 0.5) * 1e6,
        list_p99_us: quantile(&mut calls, 0.99) * 1e6,
        list_bytes,
        web: web_weight(workshop)?,
        analyze: Vec::new(),
        backup: None,
        load_average,
        processor: processor(),
    })
}

/// The first admin, signed in.
fn first_admin(stack: &Stack) -> Result<Client> {
    let mut client = Client::new(&stack.url);
    let link = stack.first_admin_link.as_deref().context("the fresh product offered no link for the first admin")?;
    let (_, token) = link.split_once('#').context("the first admin's link has no token after #")?;
    client.post(
        "/api/v1/invitations/accept",
        &json!({
            "token": token,
            "name": "Bench",
            "email": "bench@example.org",
            "password": "a long sentence for a bench",
        }),
    )?;
    Authenticator::set_up(&mut client)?;
    Ok(client)
}

/// Times of the list of deals, one call after the other on one connection.
fn list_calls(workshop: &Workshop, client: &mut Client) -> Result<(Vec<Duration>, usize)> {
    for number in 1..=DEALS {
        client.post("/api/v1/deals", &json!({ "name": format!("Company {number:02}"), "industry": "saas" }))?;
    }
    let list = format!("/api/v1/deals?limit={DEALS}");
    let mut bytes = 0;
    for _ in 0..WARM_UP {
        bytes = client.fetch(&list)?;
    }
    let mut calls = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        workshop.go_on()?;
        let start = Instant::now();
        client.fetch(&list)?;
        calls.push(start.elapsed());
    }
    Ok((calls, bytes))
}

/// The lines of the web interface's own measure (initial JavaScript and styles, gzipped, by page).
fn web_weight(workshop: &Workshop) -> Result<Vec<String>> {
    let mut budget = web::npm(&workshop.web());
    budget.args(["run", "--silent", "budget"]);
    let said = children::read(workshop, &mut budget)?;
    Ok(said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect())
}

/// A quantile in seconds.
fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort();
    let last = times.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    times.get(at).map_or(f64::NAN, Duration::as_secs_f64)
}

/// The process's proportional share of memory: shared pages are counted once among their users.
fn pss_kb(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).context(path)?;
    text.lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|number| number.trim().parse().ok())
        .context("no line `Pss:` in smaps_rollup")
}

fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split_once(':'))
        .map_or("unknown", |(_, name)| name.trim());
    let cores = text.lines().filter(|line| line.starts_with("processor")).count();
    format!("{name}, {cores} cores")
}

fn table(figures: &Figures) -> String {
    let mut rows = vec![
        (format!("ready after exec (median of {STARTS})"), format!("{:.0} ms", figures.ready_ms)),
        ("idle memory of the server (PSS)".to_owned(), format!("{:.1} MB", figures.idle_pss_mb)),
        (format!("the same after {CALLS} calls"), format!("{:.1} MB", figures.loaded_pss_mb)),
        (
            format!("list of {DEALS} deals, keep-alive, p50 ({} bytes)", figures.list_bytes),
            format!("{:.0} µs", figures.list_p50_us),
        ),
        ("the same, p99".to_owned(), format!("{:.0} µs", figures.list_p99_us)),
    ];
    rows.extend(report::rows(&figures.waits));
    rows.push(("memory of the server after all of that (PSS)".to_owned(), format!("{:.1} MB", figures.at_rest_pss_mb)));
    rows.extend(figures.web.iter().filter_map(|line| web_row(line)));
    rows.extend(figures.analyze.iter().flat_map(analysis_rows));
    rows.extend(figures.backup.iter().flat_map(backup::rows));
    let mut text = format!(
        "Load average before: {}. Processor: {}. Profile: perf.\n\n| what | measured |\n|---|---|\n",
        figures.load_average, figures.processor
    );
    for (what, measured) in rows {
        text += &format!("| {what} | {measured} |\n");
    }
    text
}

fn analysis_rows(analysis: &Analysis) -> [(String, String); 3] {
    let Analysis { format, wall_ms, cpu_ms, peak_rss_mb, bytes } = analysis;
    [
        (
            format!("demo/room to {format} ({} KB, median of {})", bytes / 1024, analyze::ROUNDS),
            format!("{:.1} s", wall_ms / 1e3),
        ),
        ("the same, processor time".to_owned(), format!("{:.1} s", cpu_ms / 1e3)),
        ("the same, peak memory of all processes (RSS)".to_owned(), format!("{peak_rss_mb:.0} MB")),
    ]
}

/// "ok /login JS 52.1 of 60 KB" as a row.
fn web_row(line: &str) -> Option<(String, String)> {
    let (left, limit) = line.split_once(" of ")?;
    let (what, size) = left.rsplit_once(' ')?;
    let (_, what) = what.split_once(' ')?;
    Some((format!("web: {what}, gzipped (limit {limit})"), format!("{size} KB")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_web_measure_become_rows() {
        let row = web_row("ok /login JS 52.1 of 60 KB");
        assert_eq!(row, Some(("web: /login JS, gzipped (limit 60 KB)".to_owned(), "52.1 KB".to_owned())));
        assert_eq!(web_row("nothing to see"), None);
    }

    #[test]
    fn quantiles_are_of_sorted_times() {
        let mut times: Vec<Duration> = [5, 1, 4, 2, 3].map(Duration::from_secs).to_vec();
        assert_eq!(quantile(&mut times, 0.5), 3.0);
        assert_eq!(quantile(&mut times, 1.0), 5.0);
        assert!(quantile(&mut [], 0.5).is_nan());
    }
}
