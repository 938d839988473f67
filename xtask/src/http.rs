//! Calls to a server on this machine, as a signed-in browser would make them.

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
        let mut request = self.agent.get(format!("{}{path}", self.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut answer = request.call().with_context(|| path.to_owned())?;
        let body = answer.body_mut().read_to_vec()?;
        if !answer.status().is_success() {
            bail!("GET {path}: {} {}", answer.status(), String::from_utf8_lossy(&body));
        }
        Ok(body.len())
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
