//! `vcconnect setup`: the first setup of a machine, unattended or for the terminal UI.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use protocol::Shown;
use protocol::admin::{Looked, Part, PartState, Progress, Reply, SetUp};
use zeroize::Zeroizing;

use super::{Done, Failure, block_on, print, reply};
use crate::app::Outside;
use crate::infra::config::Layers;
use crate::infra::services::Systemd;
use crate::infra::{files, host};
use crate::setup::{Answers, Setup, Source, Stopped};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// File with the answers in TOML; `-` for standard input
    #[arg(long)]
    answers: PathBuf,
    /// A new file for a sheet that brings everything back, to be printed; HTML if it ends so, text otherwise
    #[arg(long)]
    recovery_sheet: Option<PathBuf>,
    /// Look at the answers and the machine, and write nothing
    #[arg(long)]
    check: bool,
    /// Do it again where a setup was finished: the configuration is written anew, all else stays
    #[arg(long)]
    again: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    reply::wired(options.json, || set_up(options))?;
    Ok(ExitCode::SUCCESS)
}

fn set_up(options: &Options) -> Done {
    host::forbid_core_dumps()?;
    let (text, source) = read(&options.answers)?;
    let setup = Setup {
        layers: Layers::of_this_machine(),
        answers: Answers::parse(&text)?,
        source,
        again: options.again,
        sheet: options.recovery_sheet.clone(),
        services: &Systemd,
        outside: Outside::system(),
    };
    drop(text);
    if options.check {
        return check(setup.look(), options.json);
    }
    let told = |progress: &Progress| tell_progress(progress, options.json);
    match block_on(setup.run(told))? {
        Ok(brought) => ended(brought, options.json),
        Err(Stopped::InTheWay(looked)) => {
            let sentence = Stopped::InTheWay(looked.clone()).to_string();
            if options.json {
                return Err(in_one_sentence(&sentence, &looked).into());
            }
            print_parts(&looked.found, &mut std::io::stderr())?;
            Err(sentence.into())
        }
        Err(stopped) => Err(stopped.into()),
    }
}

fn read(answers: &Path) -> Result<(Zeroizing<String>, Source), Failure> {
    if answers != Path::new("-") {
        return Ok((files::read_secret(answers)?, Source::File));
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
    Ok((text, Source::StandardInput))
}

/// A program that did not look first gets everything in one sentence.
fn in_one_sentence(sentence: &str, looked: &Looked) -> String {
    let problems = looked.found.iter().filter(|part| part.state == PartState::Problem);
    let problems: Vec<String> = problems.map(|part| format!("{}: {}", part.name, part.detail)).collect();
    format!("{sentence}. {}", problems.join(". "))
}

fn check(looked: Looked, json: bool) -> Done {
    if json {
        return reply::print(&Reply::Looked(looked), true);
    }
    print_parts(&looked.found, &mut std::io::stdout())?;
    if looked.found.iter().any(|part| part.state == PartState::Problem) {
        return Err(Stopped::InTheWay(looked).into());
    }
    print("Nothing stands in the way; nothing was written.")
}

fn tell_progress(progress: &Progress, json: bool) {
    let text = match (json, progress.total) {
        (true, _) => serde_json::to_string(progress).unwrap_or_default(),
        (false, total) => format!("[{}/{}] {}", progress.done + 1, total.unwrap_or_default(), progress.step),
    };
    // Whoever followed may be gone; the work goes on.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn print_parts(parts: &[Part], out: &mut impl std::io::Write) -> Done {
    for part in parts {
        let mark = match part.state {
            PartState::Ok => "ok      ",
            PartState::Note => "note    ",
            PartState::Problem => "PROBLEM ",
        };
        writeln!(out, "{mark}{}: {}", part.name, part.detail)?;
    }
    Ok(())
}

fn ended(brought: SetUp, json: bool) -> Done {
    if json {
        return reply::print(&Reply::SetUp(Box::new(brought)), true);
    }
    print(&format!("\nVCConnect is set up at {}.", brought.url))?;
    if let Some(fingerprint) = &brought.authority {
        print(&format!("Fingerprint of the authority (SHA-256): {fingerprint}"))?;
    }
    print("")?;
    print_parts(&brought.said, &mut std::io::stdout())?;
    print("")?;
    brought.next.iter().map(Shown::as_str).try_for_each(print)?;
    match &brought.link {
        Some(link) => print(&format!("\n{}", link.0)),
        None => Ok(()),
    }
}
