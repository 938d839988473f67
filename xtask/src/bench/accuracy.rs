//! How much of what documents state is found: on other people's documents, labelled by hand in `xtask/labels`.
//!
//! Documents for reporting are kept apart from those that are looked into to make the product better.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::binary::{self, Profile};
use crate::children::{self, bound};
use crate::corpus::FOLDER;
use crate::generated::{self, Room};
use crate::needs;
use crate::steps::{Show, Steps};
use crate::workshop::Workshop;

const LABELS: &str = "xtask/labels";
/// Rooms of these seeds and above are looked at by nobody.
const FOR_REPORTING: u64 = 10_000;
/// Ten and four: neighbours differ in both.
const INDUSTRIES: [&str; 10] =
    ["saas", "fintech", "biotech", "medtech", "marketplace", "consumer", "deeptech", "climate", "ai", "gaming"];
const LOCALES: [&str; 4] = ["en-us", "de", "fr", "en-gb"];
const TRUTH: &str = "truth.jsonl";

/// What `bench accuracy` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// List every figure that is not right, of the documents that are not held out
    #[arg(long)]
    list: bool,
    /// How many drawn rooms, besides; their seeds are for reporting alone
    #[arg(long, default_value_t = 8)]
    rooms: u64,
}

/// The first line of a file of labels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// SHA-256 of the document, in hexadecimal.
    document: String,
    /// It is for reporting alone.
    held_out: bool,
    /// Pages or sheets that were labelled, where not all were.
    #[serde(default)]
    covers: Option<Value>,
    /// What the document is.
    #[expect(dead_code, reason = "for whoever reads the file")]
    note: String,
}

/// Labels of one document.
struct Labels {
    head: Head,
    lines: Vec<Map<String, Value>>,
}

/// Builds, measures, prints a table for each half.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let named = env::var_os(FOLDER).with_context(|| {
        format!(
            "{FOLDER} names no folder of documents. Nothing was measured: the labelled documents are other people's."
        )
    })?;
    let documents = by_digest(Path::new(&named))?;
    let all = labels(&workshop.root.join(LABELS))?;
    let mut steps = Steps::new(workshop);
    needs::ensure(&mut steps, needs::TO_RUN, needs::unattended())?;
    let binary = binary::build(&mut steps, Profile::Dev)?;
    for (held_out, title) in [(false, "Looked into"), (true, "Held out")] {
        let half: Vec<&Labels> = all.iter().filter(|labels| labels.head.held_out == held_out).collect();
        let room = tempfile::tempdir()?;
        let there = lay_out(&half, &documents, room.path())?;
        let mut command = bound(&binary);
        command.args(["bench", "facts", "--apart"]).arg(room.path());
        if options.list && !held_out {
            command.arg("--list");
        }
        let table = steps.work(title, Show::Failure, || children::read(workshop, &mut command))?;
        println!("\n{title}: {there} of {} labelled documents are there\n\n{table}", half.len());
    }
    drawn(&mut steps, &binary, options.rooms)
}

/// The same on rooms of startups that the simulator draws, without defects.
fn drawn(steps: &mut Steps, binary: &Path, rooms: u64) -> Result<()> {
    let workshop = steps.workshop();
    let place = tempfile::tempdir()?;
    let mut command = bound(binary);
    command.args(["bench", "facts"]);
    for number in 0..rooms {
        let pick = |names: &[&'static str]| names.get(usize::try_from(number).ok()? % names.len()).copied();
        let room = Room {
            seed: FOR_REPORTING + number,
            industry: pick(&INDUSTRIES).unwrap_or_default().to_owned(),
            locale: pick(&LOCALES).unwrap_or_default().to_owned(),
            defects: "none".to_owned(),
            out: place.path().join(format!("room-{}", FOR_REPORTING + number)),
        };
        generated::room(workshop, &room)?;
        command.arg(&room.out);
    }
    let table = steps.work("drawn rooms", Show::Failure, || children::read(workshop, &mut command))?;
    println!("\nDrawn rooms, {rooms} of them\n\n{table}");
    Ok(())
}

/// Documents of a folder, by digest.
fn by_digest(folder: &Path) -> Result<HashMap<String, PathBuf>> {
    let mut found = HashMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(hex(&fs::read(&path)?), path);
            }
        }
    }
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn labels(folder: &Path) -> Result<Vec<Labels>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    paths.sort();
    paths.iter().map(|path| parse(&fs::read_to_string(path)?).with_context(|| path.display().to_string())).collect()
}

fn parse(text: &str) -> Result<Labels> {
    let Some((head, rest)) = text.split_once('\n') else { bail!("it has no first line about its document") };
    let lines = rest.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    Ok(Labels { head: serde_json::from_str(head)?, lines })
}

/// Lays the documents that are there into a folder with their truth; how many they are.
fn lay_out(half: &[&Labels], documents: &HashMap<String, PathBuf>, room: &Path) -> Result<usize> {
    let mut truth = String::new();
    let mut there = 0;
    for Labels { head, lines } in half {
        let Some(path) = documents.get(&head.document) else { continue };
        there += 1;
        let short: String = head.document.chars().take(8).collect();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let name = format!("{short}.{ending}");
        fs::copy(path, room.join(&name))?;
        let covers = head.covers.clone().unwrap_or_else(|| json!("all"));
        truth.push_str(&format!("{}\n", json!({ "file": name, "covers": covers })));
        for line in lines {
            let mut line = line.clone();
            line.insert("file".to_owned(), Value::String(name.clone()));
            truth.push_str(&format!("{}\n", Value::Object(line)));
        }
    }
    fs::write(room.join(TRUTH), truth)?;
    Ok(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_labels_is_named_after_its_document_and_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labels");
        let all = labels(&folder).unwrap();
        assert!(all.len() >= 10 && all.iter().any(|one| one.head.held_out));
        for one in &all {
            let name: String = one.head.document.chars().take(16).collect();
            assert!(folder.join(format!("{name}.jsonl")).is_file(), "{name}");
        }
    }

    #[test]
    fn a_document_that_is_there_is_laid_out_with_its_truth() {
        let (corpus, room) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(corpus.path().join("decks")).unwrap();
        fs::write(corpus.path().join("decks/one.csv"), "ARR,1").unwrap();
        let document = hex(b"ARR,1");
        let text = format!(
            "{}\n{}\n",
            json!({ "document": document, "held_out": false, "note": "" }),
            json!({ "metric": "arr", "value": "1" })
        );
        let (here, gone) = (parse(&text).unwrap(), parse(&text.replace(&document, "none")).unwrap());
        let there = lay_out(&[&here, &gone], &by_digest(corpus.path()).unwrap(), room.path()).unwrap();
        assert_eq!(there, 1);
        let truth = fs::read_to_string(room.path().join(TRUTH)).unwrap();
        let lines: Vec<Value> = truth.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let name = format!("{}.csv", &document[..8]);
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[0]["file"], &lines[0]["covers"]), (&json!(name), &json!("all")));
        assert_eq!(lines[1]["file"], name);
    }
}
