//! The report tree as it is, and the schema that describes it for other programs.

use model::Report;
use serde_json::{Value, json};

use crate::{Format, RenderError, ledger::Ledger};

/// Pretty JSON with a line end.
pub(crate) fn render(report: &Report) -> Result<Vec<u8>, RenderError> {
    Ledger::of(report)?;
    let failed = |_| RenderError::writer(Format::Json, "a value has no form in JSON");
    let mut written = serde_json::to_vec_pretty(report).map_err(failed)?;
    written.push(b'\n');
    Ok(written)
}

/// The JSON Schema (draft 2020-12) of the JSON export. `docs/report.schema.json` is this, for readers without us.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Report).to_value();
    if let Some(form) = schema.pointer_mut("/properties/schema") {
        *form = json!({ "description": "The form of this tree.", "const": Report::SCHEMA });
    }
    if let Some(top) = schema.as_object_mut() {
        top.insert("$id".to_owned(), json!("urn:vcconnect:report:v1"));
        top.insert("title".to_owned(), json!("VCConnect report"));
    }
    schema
}
