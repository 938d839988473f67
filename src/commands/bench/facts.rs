//! `vcconnect bench facts DIR…`: every figure that the program finds in the files of folders, beside what stands there.
//! Each folder is the data room of one company.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use model::{DocumentKind, Fact};
use serde::Serialize;
use serde_json::{Value, json};

use super::matching::{Matched, Outcome, lay};
use super::tally::{Share, Tally};
use super::truth::{self, Truth};
use crate::commands::analyze::{Judged, judged};
use crate::commands::{Failure, block_on, print};
use crate::infra::files::{self, Given};
use crate::infra::host;

/// What `bench facts` can be told.
#[derive(Debug, Args)]
pub(in crate::commands) struct Options {
    /// Folders with files and their truth.jsonl
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Industry template
    #[arg(long, default_value = "saas")]
    industry: String,
    /// The files are of different companies: each is read as a room of its own
    #[arg(long)]
    apart: bool,
    /// Print JSON, with every figure that is not right
    #[arg(long)]
    json: bool,
    /// List every figure that is not right
    #[arg(long)]
    list: bool,
}

/// What kind of reading a file takes; the goals differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Spreadsheets,
    Text,
    Scans,
    Unread,
}

/// All that came of it.
#[derive(Debug, Default, Serialize)]
struct Score {
    kinds: BTreeMap<Kind, Tally>,
    documents: BTreeMap<String, Tally>,
    metrics: BTreeMap<String, Tally>,
    faults: Vec<Value>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    host::forbid_core_dumps()?;
    let mut score = Score::default();
    for folder in &options.folders {
        measure(folder, options, &mut score)?;
    }
    if options.json {
        print(&serde_json::to_string_pretty(&score.json())?)?;
    } else {
        print(&score.table(options.list))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(folder: &Path, options: &Options, score: &mut Score) -> Result<(), Failure> {
    let truth = Truth::of(folder)?;
    let given = measured(folder)?;
    let names: Vec<&str> = given.iter().map(|given| given.name.as_str()).collect();
    if let Some(absent) = truth.absent(&names) {
        return Err(format!("{}: it is about {absent}, which is not there", folder.join(truth::FILE).display()).into());
    }
    let rooms: Vec<&[Given]> = if options.apart { given.chunks(1).collect() } else { vec![&given] };
    let several = options.folders.len() > 1;
    let prefix = several.then(|| folder.file_name().unwrap_or_default().to_string_lossy().into_owned());
    for room in rooms {
        for one in block_on(judged(room, &options.industry))?? {
            let facts: Vec<Fact> = serde_json::from_slice(&one.facts)?;
            let name = &one.paper.head.name;
            let shown = prefix.as_ref().map_or_else(|| name.clone(), |prefix| format!("{prefix}/{name}"));
            score.add(&shown, Kind::of(&one), &lay(&truth, name, &facts));
        }
    }
    Ok(())
}

/// The files of the folder, those that tell the truth about them left out.
fn measured(folder: &Path) -> Result<Vec<Given>, Failure> {
    let given = files::find(std::slice::from_ref(&folder.to_owned()), None)?;
    let told = [truth::FILE, "contradictions.jsonl"];
    Ok(given.into_iter().filter(|given| !told.contains(&given.name.as_str())).collect())
}

impl Kind {
    fn of(judged: &Judged) -> Self {
        match &judged.paper.head.read {
            Err(_) => Self::Unread,
            Ok((DocumentKind::Xlsx | DocumentKind::Csv, _)) => Self::Spreadsheets,
            Ok((DocumentKind::Image, _)) => Self::Scans,
            Ok((_, reading)) if reading.by_ocr * 2 > reading.read => Self::Scans,
            Ok(_) => Self::Text,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Spreadsheets => "spreadsheets",
            Self::Text => "PDF, slides, Word, text",
            Self::Scans => "scans",
            Self::Unread => "not read",
        }
    }
}

impl Score {
    fn add(&mut self, name: &str, kind: Kind, matched: &[Matched<'_>]) {
        for one in matched {
            let stated = one.stated.map(|stated| stated.metric.as_str());
            let metric = stated.or(one.found.map(|found| found.metric.as_str())).unwrap_or_default();
            self.kinds.entry(kind).or_default().add(one);
            self.documents.entry(name.to_owned()).or_default().add(one);
            self.metrics.entry(metric.to_owned()).or_default().add(one);
            if one.outcome != Outcome::Right {
                self.faults.push(fault(name, one));
            }
        }
    }

    /// Each document weighs the same, however many figures it has.
    fn mean_over_documents(&self) -> Option<f64> {
        let all: Vec<f64> = self.documents.values().filter_map(Tally::f1).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    }

    fn json(&self) -> Value {
        let figures = |tally: &Tally| {
            json!({ "counts": tally, "f1": tally.f1(), "precision": tally.precision(), "recall": tally.recall(),
                    "scale_and_unit": tally.scale_and_unit() })
        };
        let each = |tallies: &BTreeMap<String, Tally>| {
            tallies.iter().map(|(name, tally)| (name.clone(), figures(tally))).collect::<BTreeMap<_, _>>()
        };
        let kinds: BTreeMap<&str, Value> =
            self.kinds.iter().map(|(kind, tally)| (kind.as_str(), figures(tally))).collect();
        json!({ "kinds": kinds, "f1_mean_over_documents": self.mean_over_documents(),
                "documents": each(&self.documents), "metrics": each(&self.metrics), "faults": self.faults })
    }

    fn table(&self, list: bool) -> String {
        let mut lines = vec![HEAD.to_owned(), RULE.to_owned()];
        lines.extend(self.kinds.iter().map(|(kind, tally)| row(kind.as_str(), tally)));
        lines.extend(self.documents.iter().map(|(name, tally)| row(&files::printable(name), tally)));
        lines.extend(self.metrics.iter().map(|(name, tally)| row(name, tally)));
        let mean = self.mean_over_documents().map(|mean| format!("{mean:.3}")).unwrap_or_default();
        lines.push(format!("F1, each document weighing the same: {mean}"));
        if list {
            lines.extend(self.faults.iter().map(|fault| files::printable(&fault.to_string())));
        }
        lines.join("\n")
    }
}

const HEAD: &str = "| | F1 | precision | recall | scale and unit | right | wrong | missed | invented | why wrong |";
const RULE: &str = "|---|---|---|---|---|---|---|---|---|---|";

fn row(name: &str, tally: &Tally) -> String {
    let share = |share: Option<Share>| {
        share.map(|share| format!("{:.3} [{:.2}, {:.2}]", share.share, share.low, share.high)).unwrap_or_default()
    };
    let reasons: Vec<String> = tally.reasons.iter().map(|(word, count)| format!("{word} {count}")).collect();
    let Tally { right, wrong, missed, invented, .. } = tally;
    format!(
        "| {name} | {} | {} | {} | {} | {right} | {wrong} | {missed} | {invented} | {} |",
        tally.f1().map(|f1| format!("{f1:.3}")).unwrap_or_default(),
        share(tally.precision()),
        share(tally.recall()),
        share(tally.scale_and_unit()),
        reasons.join(", ")
    )
}

/// A figure that is not right, for whoever looks for the cause.
fn fault(file: &str, matched: &Matched<'_>) -> Value {
    let what = match matched.outcome {
        Outcome::Right => "right",
        Outcome::Wrong(fault) => fault.as_str(),
        Outcome::Missed => "missed",
        Outcome::Invented => "invented",
    };
    let stated = matched.stated.map(|stated| {
        json!({ "metric": stated.metric, "value": stated.value, "unit": stated.unit, "currency": stated.currency,
                "period": stated.period, "subject": stated.subject, "page": stated.page, "cell": stated.cell })
    });
    let found = matched.found.map(|found| {
        json!({ "metric": found.metric, "value": found.figure.value, "unit": found.figure.unit, "period": found.period,
                "subject": found.subject, "at": found.place.locator(), "quote": found.place.quote,
                "extractor": found.extractor })
    });
    json!({ "file": file, "what": what, "stated": stated, "found": found })
}
