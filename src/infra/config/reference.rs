//! The reference of the keys, made from the sections themselves, so that it cannot say anything else.

use std::fmt::Write as _;

use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{Accounts, Admin, Backup, Database, Documents, Keys, Log, Models, Reading, Server, Storage, Tls, Update};

/// A table in Markdown for each section, under its name.
pub fn reference() -> serde_json::Result<String> {
    let sections = [
        ("server", table::<Server>()?),
        ("tls", table::<Tls>()?),
        ("storage", table::<Storage>()?),
        ("database", table::<Database>()?),
        ("keys", table::<Keys>()?),
        ("admin", table::<Admin>()?),
        ("accounts", table::<Accounts>()?),
        ("documents", table::<Documents>()?),
        ("reading", table::<Reading>()?),
        ("models", table::<Models>()?),
        ("backup", table::<Backup>()?),
        ("update", table::<Update>()?),
        ("log", table::<Log>()?),
    ];
    let mut text = String::new();
    for (name, table) in sections {
        let _ = write!(text, "## `[{name}]`\n\n{table}\n");
    }
    Ok(text)
}

fn table<T: JsonSchema + Serialize + Default>() -> serde_json::Result<String> {
    let schema = schema_for!(T).to_value();
    let defaults = serde_json::to_string(&T::default())?;
    let Fields(written) = serde_json::from_str(&defaults)?;
    let defaults: Map<String, Value> = serde_json::from_str(&defaults)?;
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Ok(String::new()) };
    // What is never printed, because it may hold a password, comes first.
    let hidden = properties.keys().filter(|key| !written.contains(key));
    let mut text = "| Key | Type | Default | Meaning | Example |\n|---|---|---|---|---|\n".to_owned();
    for key in hidden.chain(&written) {
        let property = properties.get(key).unwrap_or(&Value::Null);
        let said = |name: &str| property.get(name).and_then(Value::as_str);
        let default = match said("x-default") {
            Some(words) => words.to_owned(),
            None => format!("`{}`", defaults.get(key).unwrap_or(&Value::Null)),
        };
        let kind = said("x-kind").unwrap_or_else(|| plain(said("type")));
        let meaning = said("description").unwrap_or_default().replace('\n', " ");
        let example = said("x-example").unwrap_or_default();
        let _ = writeln!(text, "| `{key}` | {kind} | {default} | {meaning} | `{example}` |");
    }
    Ok(text)
}

fn plain(kind: Option<&str>) -> &str {
    match kind {
        Some("string") | None => "text",
        Some(kind) => kind,
    }
}

/// The names of the fields in the order in which they are declared.
struct Fields(Vec<String>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Fields;

            fn expecting(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                text.write_str("a section")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    names.push(name);
                }
                Ok(Fields(names))
            }
        }
        from.deserialize_map(Names)
    }
}

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use super::*;
    use crate::infra::config::Config;

    /// The example of each key, as somebody would type it.
    fn examples(reference: &str) -> Vec<(String, String, String)> {
        let mut section = String::new();
        let mut found = Vec::new();
        for line in reference.lines() {
            if let Some(name) = line.strip_prefix("## `[").and_then(|rest| rest.strip_suffix("]`")) {
                section = name.to_owned();
            }
            let cells: Vec<&str> = line.split(" | ").collect();
            if let (true, [key, .., example]) = (line.starts_with("| `"), cells.as_slice()) {
                let key = key.trim_start_matches("| ").trim_matches('`');
                let example = example.trim_end_matches(" |").trim_matches('`');
                found.push((section.clone(), key.to_owned(), example.to_owned()));
            }
        }
        found
    }

    #[test]
    fn every_section_is_in_it() {
        let sections =
            Table::try_from(Config::from_layers(tempfile::tempdir().unwrap().path(), std::iter::empty()).unwrap())
                .unwrap();
        let reference = reference().unwrap();
        for name in sections.keys() {
            assert!(reference.contains(&format!("## `[{name}]`")), "{name}");
        }
    }

    #[test]
    fn every_example_is_taken_and_every_key_has_one() {
        let examples = examples(&reference().unwrap());
        assert!(examples.len() > 45, "{}", examples.len());
        for (section, key, example) in &examples {
            let value: Value = example.parse().unwrap_or_else(|_| panic!("{section}.{key} = {example}"));
            let mut table = Table::new();
            table.insert(key.clone(), value);
            let text = format!("[{section}]\n{table}");
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("vcconnect.toml"), &text).unwrap();
            let loaded = Config::from_layers(dir.path(), std::iter::empty());
            // What stands alone may contradict the rest, but it is of the right kind.
            let problem = loaded.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(!problem.contains("invalid") && !problem.contains("unknown"), "{text}: {problem}");
        }
    }
}
