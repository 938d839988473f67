//! Calls to a server on this machine, as a signed-in browser would make them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::http::Response;
use ureq::typestate::AgentScope;

/// Settings for servers of ours: no proxy, every answer is an answer, and none is awaited for ever.
pub fn plain() -> ConfigBuilder<AgentScope> {
    Agent::config_builder().proxy(None).timeout_global(Some(Duration::from_secs(30))).http_status_as_error(false)
}

/// A client that keeps its connection and its session cookie.
pub struct Client {
    agent: Agent,
    origin: String,
    cookie: Option<String>,
}

impl Client {
    /// A client of one server. Proxies of the environment are not for this machine's own address.
    pub fn new(origin: &str) -> Self {
        Self::with(plain().build().new_agent(), origin)
    }

    /// A client that finds its way by an agent of its own, made from [`plain`] settings.
    pub fn with(agent: Agent, origin: &str) -> Self {
        Self { agent, origin: origin.to_owned(), cookie: None }
    }

    /// Who is signed in here, by another agent: the same server after it moved.
    pub fn moved(&self, agent: Agent) -> Self {
        Self { agent, origin: self.origin.clone(), cookie: self.cookie.clone() }
    }

    /// The status of an address for who is signed in, and its body whatever the status.
    pub fn look(&self, path: &str) -> Result<(u16, Vec<u8>)> {
        let mut request = self.agent.get(format!("{}{path}", self.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut answer = request.call().with_context(|| path.to_owned())?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_vec()?))
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
        let (status, body) = self.look(path)?;
        if !(200..300).contains(&status) {
            bail!("GET {path}: {status} {}", String::from_utf8_lossy(&body));
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

/// What stands at a path in JSON (RFC 6901); null if nothing does.
pub fn at<'a>(json: &'a Value, path: &str) -> &'a Value {
    json.pointer(path).unwrap_or(&Value::Null)
}

/// The text of a field of an answer.
pub fn text(answer: &Value, field: &str) -> Result<String> {
    Ok(at(answer, &format!("/{field}"))
        .as_str()
        .with_context(|| format!("an answer without {field}: {answer}"))?
        .to_owned())
}
