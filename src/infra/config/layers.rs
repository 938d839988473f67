//! Puts the layers of the configuration on top of each other, before anything is typed.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

const PREFIX: &str = "VCCONNECT__";

/// The files in their order, merged, and what could not be read. `instead` is taken for what a part of `conf.d` holds,
/// whether it is there or not.
pub(super) fn files(dir: &Path, instead: Option<(&str, &Table)>) -> (Table, Vec<String>) {
    let (mut merged, mut problems) = (Table::new(), Vec::new());
    let mut files = file_list(dir).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let instead = instead.map(|(name, table)| (dir.join("conf.d").join(name), table));
    if let Some((path, _)) = instead.as_ref().filter(|(path, _)| !files.contains(path)) {
        let at = 1 + files.iter().skip(1).take_while(|other| *other < path).count();
        files.insert(at.min(files.len()), path.clone());
    }
    for path in files {
        let found = match &instead {
            Some((other, table)) if *other == path => Ok(Some((*table).clone())),
            _ => read(&path),
        };
        match found {
            Ok(Some(table)) => merge(&mut merged, table),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    (merged, problems)
}

fn file_list(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = dir.join("conf.d");
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut parts = Vec::new();
    match std::fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries {
                parts.push(entry.map_err(problem)?.path());
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(problem(error)),
    }
    parts.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    parts.sort();
    parts.insert(0, dir.join("vcconnect.toml"));
    Ok(parts)
}

fn read(path: &Path) -> Result<Option<Table>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map(Some).map_err(|problem| format!("{}, {problem}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// The line is named and not shown: it may hold a password.
fn parse(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}: {}", before.lines().count().max(1), error.message())
    })
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Variables as `VCCONNECT__SECTION__KEY`. A value is a TOML value if it reads as one, and text otherwise.
pub(super) fn environment(merged: &mut Table, env: impl Iterator<Item = (String, String)>, problems: &mut Vec<String>) {
    for (name, text) in env {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        let Some((section, key)) = path.split_once("__") else {
            problems.push(format!("{name} must read {PREFIX}SECTION__KEY"));
            continue;
        };
        let section = merged.entry(section.to_lowercase()).or_insert_with(|| Value::Table(Table::new())).as_table_mut();
        match section {
            Some(table) => {
                table.insert(key.to_lowercase(), value(&text));
            }
            None => problems.push(format!("{name} names a section that the files use as a value")),
        }
    }
}

fn value(text: &str) -> Value {
    match text.parse::<Value>() {
        Ok(value @ (Value::Integer(_) | Value::Boolean(_) | Value::Array(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}
