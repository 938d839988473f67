//! What a fake model was asked.

use serde_json::Value;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its path, e.g. `/v1/chat/completions`.
    pub path: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body; null if it was not JSON.
    pub body: Value,
}

impl Asked {
    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The model that was asked for.
    pub fn model(&self) -> &str {
        self.body.get("model").and_then(Value::as_str).unwrap_or_default()
    }

    /// The text of the system's message.
    pub fn system(&self) -> &str {
        self.message("system")
    }

    /// The text of the user's message.
    pub fn user(&self) -> &str {
        self.message("user")
    }

    pub(super) fn streams(&self) -> bool {
        self.body.get("stream").and_then(Value::as_bool).unwrap_or(false)
    }

    fn message(&self, role: &str) -> &str {
        let messages = self.body.get("messages").and_then(Value::as_array);
        messages
            .into_iter()
            .flatten()
            .find(|message| message.get("role").and_then(Value::as_str) == Some(role))
            .and_then(|message| message.get("content").and_then(Value::as_str))
            .unwrap_or_default()
    }
}
