//! Calls to a server on this machine, as a signed-in browser would make them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

/// A client that keeps its connection and its session cookie.
pub struct Client {
    agent: Agent,
    origin: String,
    cookie: Option<String>,
}

impl Client {
    /// A client of one server. Proxies of the environment are not for this machine's own address.
    pub fn new(origin: &str) -> Self {
        let agent = Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { agent, origin: origin.to_owned(), cookie: None }
    }

    /// The status of an address, or None if nobody answers there.
    pub fn status(&self, path: &str) -> Option<u16> {
        let answer = self.agent.get(format!("{}{path}", self.origin)).call();
        answer.ok().map(|answer| answer.status().as_u16())
    }

    /// Fetches an address and returns the length of the body.
    pub fn fetch(&self, path: &str) -> Result<usize> {
        Ok(self.body(path)?.len())
    }

    /// Fetches JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        serde_json::from_slice(&self.body(path)?).with_context(|| path.to_owned())
    }

    fn body(&self, path: &str) -> Result<Vec<u8>> {
        let mut request = self.agent.get(format!("{}{path}", self.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut answer = request.call().with_context(|| path.to_owned())?;
        let body = answer.body_mut().read_to_vec()?;
        if !answer.status().is_success() {
            bail!("GET {path}: {} {}", answer.status(), String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// Adds a file to a deal, as a browser's form does.
    pub fn upload(&self, deal: &str, file: &Path) -> Result<Value> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let content = fs::read(file).with_context(|| file.display().to_string())?;
        let body = [head.as_bytes(), content.as_slice(), b"\r\n--edge--\r\n"].concat();
        let path = format!("/api/v1/deals/{deal}/documents");
        let mut request = self
            .agent
            .post(format!("{}{path}", self.origin))
            .header("Origin", &self.origin)
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "multipart/form-data; boundary=edge");
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut answer = request.send(body.as_slice()).with_context(|| path.clone())?;
        let text = answer.body_mut().read_to_string()?;
        if !answer.status().is_success() {
            bail!("POST {path}: {} {text}", answer.status());
        }
        serde_json::from_str(&text).with_context(|| path)
    }

    /// Sends JSON; keeps the session cookie that the answer may set.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.origin))
            .header("Origin", &self.origin)
            .header("Sec-Fetch-Site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut answer = request.send_json(body).with_context(|| path.to_owned())?;
        if let Some(cookie) = session_cookie(&answer) {
            self.cookie = Some(cookie);
        }
        let text = answer.body_mut().read_to_string()?;
        if !answer.status().is_success() {
            bail!("POST {path}: {} {text}", answer.status());
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

fn session_cookie<B>(answer: &Response<B>) -> Option<String> {
    let set = answer.headers().get("set-cookie")?.to_str().ok()?;
    set.split(';').next().map(str::to_owned)
}
