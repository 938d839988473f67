//! Real children under real limits. The test program starts itself as the child, so it has a `main` of its own: a
//! child must be alone in its process, and the usual harness starts threads.
//!
//! `-- --measure` prints what a child costs instead of testing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is what it is for")]

mod acts;
mod documents;
mod manager;
mod measure;
mod parent;
mod walls;
mod work;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A test: its name and what it does on the runtime that it gets.
pub type Case = (&'static str, fn(&tokio::runtime::Runtime));

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("act") => acts::play(&arguments),
        Some("attend") => manager::attend(arguments.get(1..).unwrap_or_default()),
        Some("--measure") => measure::measure(),
        _ => test(&arguments),
    }
}

/// What the usual harness understands and continuous integration uses: names to filter by, `--exact` and `--list`.
fn test(arguments: &[String]) {
    let (options, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|text| text.starts_with('-'));
    let exact = options.iter().any(|option| *option == "--exact");
    let wanted = |case: &str| {
        names.is_empty() || names.iter().any(|name| if exact { *name == case } else { case.contains(name.as_str()) })
    };
    let cases: Vec<Case> = [walls::CASES, work::CASES, parent::CASES].concat();
    let cases: Vec<Case> = cases.into_iter().filter(|(name, _)| wanted(name)).collect();
    let (by_us, by_units) = (&cases, cases.iter().filter(|(name, _)| !parent::OF_PROCESSES.contains(name)));
    if options.iter().any(|option| *option == "--list") {
        cases.iter().for_each(|(name, _)| println!("{name}: test"));
        return;
    }
    let mut failed: Vec<&str> = by_us.iter().filter(|case| !passes(case)).map(|(name, _)| *name).collect();
    println!("\nthe same by units:");
    manager::by_units(true);
    failed.extend(by_units.filter(|case| !passes(case)).map(|(name, _)| *name));
    println!("\n{} failed of {} cases, in both ways", failed.len(), cases.len());
    assert!(failed.is_empty(), "failed: {}", failed.join(", "));
}

fn passes((name, case): &Case) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let passed = catch_unwind(AssertUnwindSafe(|| case(&runtime))).is_ok();
    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
    passed
}
