//! What people and programs read of backups.

use ::backup::{Listed, Pruned, Verdict};
use serde_json::{Value, json};

use crate::admin::backups_reply;
use crate::commands::{Done, print};
use crate::infra::backup::{BackupPlace, Made};
use crate::infra::config::Config;

pub(super) fn made(place: &BackupPlace, made: &Made, removed: &Pruned, json: bool) -> Done {
    let manifest = &made.manifest;
    let unprotected = place.unprotected();
    if json {
        print(
            &json!({ "event": "made", "set": manifest.set, "began_at": manifest.began_at,
            "ended_at": manifest.ended_at, "bytes": manifest.bytes(), "files": manifest.blobs.len(),
            "new_files": made.new_files, "missing": manifest.missing, "removed": removed.sets,
            "unprotected": unprotected })
            .to_string(),
        )?;
    } else {
        println!(
            "Made the set {}: {} of database and settings, {} files of documents ({} new). Only a recovery key opens it.",
            manifest.set,
            size(manifest.objects.iter().map(|one| one.bytes).sum()),
            manifest.blobs.len(),
            made.new_files
        );
        say_removed(removed);
        if let Some(sentence) = unprotected {
            println!("{sentence}");
        }
    }
    match manifest.missing.len() {
        0 => Ok(()),
        count => Err(format!(
            "the set {} is incomplete: {count} document(s) have a row and no file ({}); everything else is in it",
            manifest.set,
            manifest.missing.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join(", ")
        )
        .into()),
    }
}

/// The sets, for programs in words of the admin socket.
pub(super) fn reply(config: &Config) -> Done {
    print(&serde_json::to_string(&backups_reply(config))?)
}

pub(super) fn list(config: &Config, json: bool) -> Done {
    if json {
        return reply(config);
    }
    let place = BackupPlace::of(config);
    let repository = place.existing()?;
    let sets = repository.sets()?;
    println!("Backups in {} (verification key {})", repository.place(), repository.verify_key().as_str());
    for set in &sets {
        println!("{}", as_line(set));
    }
    if sets.is_empty() {
        println!("There is no set yet.");
    }
    if let Some(sentence) = place.unprotected() {
        println!("{sentence}");
    }
    Ok(())
}

fn as_line(set: &Listed) -> String {
    match &set.manifest {
        Ok(manifest) => {
            let whole = if manifest.is_complete() { "" } else { ", INCOMPLETE" };
            let verified = set.verified_at.map_or_else(
                || "not verified".to_owned(),
                |at| format!("verified {}", at.format("%Y-%m-%d %H:%M UTC")),
            );
            let (bytes, files) = (size(manifest.bytes()), manifest.blobs.len());
            format!("{}  {bytes}, {files} files, {verified}{whole}", set.id)
        }
        Err(fault) => format!("{}  DAMAGED: {fault}", set.id),
    }
}

pub(super) fn verified(verdict: &Verdict, json: bool) -> Done {
    if json {
        let faults: Vec<Value> =
            verdict.faults.iter().map(|fault| json!({ "object": fault.object, "what": fault.what })).collect();
        print(
            &json!({ "event": "verified", "set": verdict.id, "whole": verdict.is_whole(), "objects": verdict.objects,
            "bytes": verdict.bytes, "missing": verdict.missing, "faults": faults })
            .to_string(),
        )?;
    }
    if verdict.is_whole() {
        if !json {
            println!(
                "The set {} is whole: {} objects, {} were read again, and every one is what was signed.",
                verdict.id,
                verdict.objects,
                size(verdict.bytes)
            );
        }
        return Ok(());
    }
    let faults: Vec<String> = verdict.faults.iter().map(|fault| format!("{}: {}", fault.object, fault.what)).collect();
    Err(format!(
        "the set {} is not whole; nothing was changed, make a new one and look at the disk of the backups:\n  {}",
        verdict.id,
        faults.join("\n  ")
    )
    .into())
}

pub(super) fn removed(pruned: &Pruned, json: bool) -> Done {
    if json {
        return print(
            &json!({ "removed": pruned.sets, "files": pruned.blobs, "keystores": pruned.keystores,
            "unreadable": pruned.unreadable })
            .to_string(),
        );
    }
    if pruned.sets.is_empty() {
        println!("Every set is kept.");
    }
    say_removed(pruned);
    Ok(())
}

fn say_removed(pruned: &Pruned) {
    if !pruned.sets.is_empty() {
        let names: Vec<&str> = pruned.sets.iter().map(::backup::SetId::as_str).collect();
        println!("Removed what is not kept: {}, and {} files that no set names.", names.join(", "), pruned.blobs);
    }
    for set in &pruned.unreadable {
        println!(
            "The manifest of {set} cannot be believed, so no file was removed. Verify it; remove its folder by hand."
        );
    }
}

/// A size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..=1_048_575 => format!("{} KiB", bytes.div_ceil(1024)),
        1_048_576..=1_073_741_823 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}
