//! `vcconnect analyze`: files in, a cited report out; no server, no database, nothing stored.
//!
//! Exit codes: 0 the report is written and every file was read; 3 it is written, and some files were not read; 4 no
//! file could be read, and nothing is written; 1 anything else went wrong; 2 the command line was not understood; 130
//! it was interrupted, and nothing is written.

mod judging;
mod progress;
mod reading;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use diligence::Template;
use model::Report;
use report::Format;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Failure, block_on};
use crate::app::Outside;
use crate::infra::config::{self, Config};
use crate::infra::files::{self, Given};
use crate::infra::host;
use crate::infra::judging::{Head, Judge};
use crate::infra::reading::Reader;
use crate::infra::rendering::Renderer;
use judging::Court;
pub(super) use judging::Judged;
use progress::Progress;

const SOME_UNREAD: u8 = 3;
const NOTHING_READ: u8 = 4;
/// What shells give a program that ends by an interrupt: 128 and the signal's number.
const INTERRUPTED: u8 = 130;

/// What `analyze` can be told.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files and folders: PDF, XLSX, CSV, DOCX, PPTX, text, images
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Industry template, which says what a report must contain
    #[arg(long, default_value = "saas")]
    industry: String,
    /// Name of the company; found in the documents unless said
    #[arg(long)]
    company: Option<String>,
    /// Where to write the report; the ending decides the format: .pdf, .docx, .json or .md. Markdown to standard output unless said
    #[arg(short, long, value_name = "REPORT")]
    output: Option<PathBuf>,
    /// File with the password of locked files; used once and not kept
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Print what was done as JSON on standard output, for programs
    #[arg(long, requires = "output")]
    json: bool,
}

/// What was done, for programs.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    output: Option<&'a Path>,
    format: &'static str,
    company: &'a str,
    coverage: model::Coverage,
    contradictions: u32,
    needs_review: u32,
    files: Vec<FileSummary<'a>>,
}

#[derive(Debug, Serialize)]
struct FileSummary<'a> {
    name: &'a str,
    read: bool,
    sentence: &'a str,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    host::forbid_core_dumps()?;
    let format = format_of(options.output.as_deref())?;
    let template = template(&options.industry)?;
    let given = files::find(&options.paths, options.output.as_deref())?;
    let password = options.password_file.as_deref().map(files::password).transpose()?;
    block_on(async {
        let work = work(options, format, &template, &given, password.as_ref());
        tokio::select! {
            done = work => done,
            // Dropping the work ends the readers with all that they started.
            _ = tokio::signal::ctrl_c() => {
                eprintln!("\nvcconnect: interrupted; nothing was written.");
                Ok(ExitCode::from(INTERRUPTED))
            }
        }
    })?
}

/// Every file with its figures, for whoever wants these alone.
pub(super) async fn judged(given: &[Given], industry: &str) -> Result<Vec<Judged>, Failure> {
    let template = &template(industry)?;
    let reading = config::Reading { sockets: None, ..Config::load()?.reading };
    let (reader, judge) = (Reader::of(&reading)?, Judge::of(&reading)?);
    let progress = Progress::start(given);
    let papers = reading::all(&reader, given, None, &progress).await;
    let court = Court { judge: &judge, slots: reader.slots(), template, progress: &progress };
    let judged = court.judge(papers).await;
    progress.end();
    Ok(judged?)
}

async fn work(
    options: &Options,
    format: Format,
    template: &Template,
    given: &[Given],
    password: Option<&Zeroizing<String>>,
) -> Result<ExitCode, Failure> {
    // The units of the server are the server's.
    let reading = config::Reading { sockets: None, ..Config::load()?.reading };
    let (reader, renderer) = (Reader::of(&reading)?, Renderer::of(&reading)?);
    let judge = Judge::of(&reading)?;
    let progress = Progress::start(given);
    let papers = reading::all(&reader, given, password, &progress).await;
    let court = Court { judge: &judge, slots: reader.slots(), template, progress: &progress };
    let judged = court.judge(papers).await?;
    if judged.iter().all(|judged| judged.paper.head.read.is_err()) {
        progress.end();
        unread(&heads(judged));
        eprintln!("vcconnect: no file could be read; nothing was written.");
        return Ok(ExitCode::from(NOTHING_READ));
    }
    let report = court.report(&judged, options.company.as_deref(), Outside::system().clock.now()).await;
    progress.end();
    let report = report??;
    let file = renderer.render(&report, format).await?;
    deliver(options, format, &report, &file, &heads(judged))
}

fn heads(judged: Vec<Judged>) -> Vec<Head> {
    judged.into_iter().map(|judged| judged.paper.head).collect()
}

fn format_of(output: Option<&Path>) -> Result<Format, Failure> {
    let Some(output) = output else {
        return Ok(Format::Markdown);
    };
    let ending = output.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    Format::ALL
        .into_iter()
        .find(|format| format.extension() == ending)
        .ok_or_else(|| format!("{}: a report ends in .pdf, .docx, .json or .md", output.display()).into())
}

fn template(id: &str) -> Result<Template, Failure> {
    Template::named(id).ok_or_else(|| {
        format!("there is no template for the industry {id:?}; known are: {}", Template::ids().join(", ")).into()
    })
}

/// Writes the report and says how it went.
fn deliver(
    options: &Options,
    format: Format,
    report: &Report,
    file: &[u8],
    heads: &[Head],
) -> Result<ExitCode, Failure> {
    match &options.output {
        Some(path) => files::write_whole(path, file)?,
        None => std::io::stdout().write_all(file)?,
    }
    if options.json {
        super::print(&serde_json::to_string_pretty(&summary(options, format, report, heads))?)?;
    } else {
        unread(heads);
        eprintln!("{}", sentence(options.output.as_deref(), report));
    }
    let all_read = heads.iter().all(|head| head.read.is_ok());
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::from(SOME_UNREAD) })
}

fn unread(heads: &[Head]) {
    for head in heads {
        if let Err(sentence) = &head.read {
            eprintln!("{}: {sentence}", files::printable(&head.name));
        }
    }
}

fn sentence(output: Option<&Path>, report: &Report) -> String {
    let place = output.map(|path| format!("{}: ", path.display())).unwrap_or_default();
    let status = &report.status;
    format!(
        "{place}{} of {} required figures found, {}, {} to review.",
        status.coverage.found,
        status.coverage.required,
        match status.contradictions {
            0 => "no contradictions".to_owned(),
            1 => "1 contradiction".to_owned(),
            n => format!("{n} contradictions"),
        },
        status.needs_review,
    )
}

fn summary<'a>(options: &'a Options, format: Format, report: &'a Report, heads: &'a [Head]) -> Summary<'a> {
    let sentence_of = |head: &'a Head| report.document(head.version).map_or("", |entry| entry.reading.as_str());
    Summary {
        output: options.output.as_deref(),
        format: format.as_str(),
        company: &report.company,
        coverage: report.status.coverage,
        contradictions: report.status.contradictions,
        needs_review: report.status.needs_review,
        files: heads
            .iter()
            .map(|head| FileSummary { name: &head.name, read: head.read.is_ok(), sentence: sentence_of(head) })
            .collect(),
    }
}
