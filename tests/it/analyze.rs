//! `vcconnect analyze` as somebody at a shell uses it: formats, exit codes, what is told, and that nothing stays behind.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::app::eventually;
use crate::commands::Installation;

/// The demo data room, as it is shipped.
fn room() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/room")
}

fn analyze(installation: &Installation, args: &[&str]) -> Output {
    installation.command(&[&["analyze"], args].concat()).output().expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A path in the installation's folder, as an argument.
fn at(installation: &Installation, name: &str) -> String {
    installation.dir.path().join(name).display().to_string()
}

#[test]
fn the_demo_room_becomes_a_report_in_every_format() {
    let here = Installation::new();
    let room = room().display().to_string();
    for (name, begins) in [("r.pdf", &b"%PDF-1.7"[..]), ("r.docx", b"PK\x03\x04"), ("r.json", b"{"), ("r.md", b"# ")] {
        let output = analyze(&here, &[&room, "-o", &at(&here, name)]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        assert!(std::fs::read(at(&here, name)).unwrap().starts_with(begins), "{name}");
        assert!(stderr(&output).contains("required figures found"), "{}", stderr(&output));
    }
    let left: Vec<_> = std::fs::read_dir(here.dir.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 4, "nothing but the reports: {left:?}");
}

#[test]
fn the_report_cites_places_whose_quotes_stand_in_the_files() {
    let here = Installation::new();
    let output = analyze(&here, &[&room().display().to_string(), "-o", &at(&here, "r.json"), "--json"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["format"], "json");
    let report: model::Report = serde_json::from_slice(&std::fs::read(at(&here, "r.json")).unwrap()).unwrap();
    assert!(report.facts.len() > 10 && report.citations.len() > 10);
    assert_eq!(said["contradictions"], report.status.contradictions);
    assert!(report.status.contradictions > 0, "the demo is there to show that documents disagree");
    for entry in &report.facts {
        assert!(report.citation(&entry.cite).is_some_and(|cited| cited.place == entry.fact.place), "{entry:?}");
        assert!(report.document(entry.fact.place.document).is_some(), "{entry:?}");
    }
}

#[test]
fn without_an_output_the_report_goes_to_standard_output() {
    let here = Installation::new();
    std::fs::write(here.dir.path().join("note.txt"), "ARR of EUR 4.2m as of 30 June 2026.\n").unwrap();
    let output = analyze(&here, &[&at(&here, "note.txt"), "--company", "Kelp & Co"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("# Kelp &"));
}

#[test]
fn exit_codes_tell_what_was_read() {
    let here = Installation::new();
    let write = |name: &str, text: &str| std::fs::write(here.dir.path().join(name), text).unwrap();
    write("note.txt", "ARR of EUR 4.2m as of 30 June 2026.\n");
    write("lie.pdf", "this is no PDF");
    write("empty.csv", "");
    let (note, lie, empty, out) =
        (at(&here, "note.txt"), at(&here, "lie.pdf"), at(&here, "empty.csv"), at(&here, "r.md"));

    let some = analyze(&here, &[&note, &lie, &empty, "-o", &out]);
    assert_eq!(some.status.code(), Some(3), "{}", stderr(&some));
    assert!(stderr(&some).contains("lie.pdf: The content is not what the name says"), "{}", stderr(&some));
    assert!(stderr(&some).contains("empty.csv: It is empty."), "{}", stderr(&some));
    std::fs::remove_file(&out).unwrap();

    let none = analyze(&here, &[&lie, "-o", &out]);
    assert_eq!(none.status.code(), Some(4), "{}", stderr(&none));
    assert!(!Path::new(&out).exists(), "nothing is written");

    for (args, words) in [
        (vec![note.as_str(), "-o", "report.xls"], "a report ends in .pdf, .docx, .json or .md"),
        (vec![note.as_str(), "--industry", "bakery"], "no template for the industry"),
        (vec!["nowhere.pdf"], "nowhere.pdf"),
    ] {
        let failed = analyze(&here, &args);
        assert_eq!(failed.status.code(), Some(1), "{args:?}: {}", stderr(&failed));
        assert!(stderr(&failed).contains(words), "{args:?}: {}", stderr(&failed));
    }
    assert_eq!(analyze(&here, &[]).status.code(), Some(2));
}

/// Interrupts `analyze` while a child of this verb is busy.
async fn interrupted_at(verb: &str) {
    let here = Installation::new();
    // Stands for a child that is busy with a bomb: it says who it is and never answers. The others do their work.
    let (busy, pid) = (at(&here, "busy.sh"), at(&here, "pid"));
    let script = format!(
        "#!/bin/sh\nif [ \"$2\" != {verb} ]; then exec '{}' \"$@\"; fi\necho $$ > {pid}.part\nmv {pid}.part {pid}\nexec sleep 600\n",
        env!("CARGO_BIN_EXE_vcconnect"),
    );
    std::fs::write(&busy, script).unwrap();
    std::fs::set_permissions(&busy, std::fs::Permissions::from_mode(0o755)).unwrap();
    let here = here.with("VCCONNECT__READING__PROGRAM", busy).with("VCCONNECT__READING__ALLOW_DEGRADED", "true".into());
    std::fs::write(at(&here, "note.txt"), "ARR of EUR 4.2m\n").unwrap();
    let mut running = here.spawn(&["analyze", &at(&here, "note.txt"), "-o", &at(&here, "r.md")]);
    eventually("the child runs", async || Path::new(&pid).exists()).await;
    let child: i32 = std::fs::read_to_string(&pid).unwrap().trim().parse().unwrap();

    kill(Pid::from_raw(running.0.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(130), "{verb}");
    eventually("the child is gone", async || kill(Pid::from_raw(child), None).is_err()).await;
    assert!(!Path::new(&at(&here, "r.md")).exists(), "{verb}");
}

#[actix_web::test]
async fn an_interrupt_ends_the_children_too_and_writes_nothing() {
    for verb in ["read", "judge", "render"] {
        interrupted_at(verb).await;
    }
}
