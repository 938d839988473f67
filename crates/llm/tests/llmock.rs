//! The client against llmock, a peer that nobody of us wrote: it breaks answers in the ways of hosted models, keeps a
//! journal of every request, and judges from it how the client coped.
//!
//! It hears no more than requests, so a client that takes half an answer looks to it like one that reports it. That is why
//! the caller in here asks again when it is told of such trouble, and only then.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use llm::{Answer, BaseUrl, Client, Endpoint, Limits, Reach, Request, Trouble, TroubleKind};
use serde_json::{Value, json};

const PROGRAM: &str = "VCCONNECT_LLMOCK";
/// What a stall is waited for; a machine under load answers within it.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// llmock, until this is dropped.
struct Peer {
    child: Child,
    url: String,
    control: reqwest::Client,
}

impl Peer {
    fn start() -> Result<Self> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program()?);
        command.args(["serve", "--host", "127.0.0.1", "--port", "0", "--log-level", "info"]);
        command.args(["--stream-chunk-delay-ms", "10"]).env("PYTHONUTF8", "1");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LLMOCK_")) {
            command.env_remove(name);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut log = BufReader::new(child.stderr.take().context("its log is missing")?);
        let url = address(&mut log);
        // What it says from here on is read, so that it never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let control = reqwest::Client::builder().no_proxy().tls_certs_only([]).build();
        let mut peer = Self { child, url: String::new(), control: control? };
        peer.url = url?;
        Ok(peer)
    }

    async fn queue(&self, behaviors: &Value) -> Result<()> {
        let url = format!("{}/_llmock/scenario", self.url);
        let response = self.control.post(url).json(&json!({"behaviors": behaviors})).send().await?;
        ensure!(response.status().is_success(), "{behaviors}: {}", response.text().await?);
        Ok(())
    }

    /// Waits until it has closed its books on the requests so far: it takes an attempt for one more of the same call only
    /// then.
    async fn settled(&self) -> Result<()> {
        self.control.get(format!("{}/_llmock/requests", self.url)).send().await?.bytes().await?;
        Ok(())
    }

    /// How many behaviours no request has met yet.
    async fn pending(&self) -> Result<usize> {
        let answer: Value = self.control.get(format!("{}/_llmock/scenario", self.url)).send().await?.json().await?;
        answer.get("pending").and_then(Value::as_array).map(Vec::len).context("no list of what is pending")
    }

    async fn verdict(&self) -> Result<Value> {
        Ok(self.control.get(format!("{}/_llmock/verdict", self.url)).send().await?.json().await?)
    }

    fn endpoint(&self) -> Result<Endpoint> {
        let base_url = BaseUrl::parse(&format!("{}/v1", self.url), Reach::Local).map_err(anyhow::Error::msg)?;
        Ok(Endpoint { base_url, model: "gpt-4o-mini".to_owned(), key: None, reach: Reach::Local })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program that is named, or else the one under the target folder.
fn program() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(PROGRAM) {
        return Ok(named.into());
    }
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools");
    let mut found: Vec<_> = std::fs::read_dir(tools)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("llmock-"))
        .map(|entry| entry.path().join("bin/llmock"))
        .filter(|program| program.exists())
        .collect();
    found.sort();
    found.pop().with_context(|| {
        format!(
            "llmock is not there. `cargo xtask test` installs it under the target folder and names it in {PROGRAM}."
        )
    })
}

fn address(log: &mut impl BufRead) -> Result<String> {
    let mut heard = String::new();
    while log.read_line(&mut heard)? > 0 {
        let found = heard.lines().last().and_then(|line| line.split("running on ").nth(1)?.split(' ').next());
        if let Some(url) = found {
            return Ok(url.to_owned());
        }
    }
    bail!("llmock ended before it listened:\n{heard}")
}

fn client() -> Result<Client> {
    Ok(Client::new(Limits {
        connect: PATIENCE,
        first_word: PATIENCE,
        silence: PATIENCE,
        total: Duration::from_secs(60),
        attempts: 4,
        pause: Duration::from_millis(60),
        longest_wait: Duration::from_secs(5),
        answer_bytes: 10_000,
    })?)
}

/// What is to come of a call.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// An answer after so many requests.
    Answer(u32),
    /// Trouble at the first request, which would repeat.
    Trouble(TroubleKind),
    /// Trouble at the first request; whoever is told so may ask again, and gets an answer then.
    TroubleOnce(TroubleKind),
}

fn fail(status: u16) -> Value {
    json!({"type": "fail", "status": status, "retry_after": 0.1})
}

fn fault(kind: &str, after_chunks: u32) -> Value {
    json!({"type": "stream_fault", "kind": kind, "after_chunks": after_chunks, "stall_seconds": 60})
}

/// It lasts for seconds, so that the peer still speaks when the client hangs up: it does not notice otherwise.
fn long_reply() -> Value {
    json!({"type": "reply", "text": "word ".repeat(500)})
}

/// Everything that llmock can do to a call. The first chunk of a stream holds no word yet, the later ones do.
fn scenarios() -> Vec<(Value, Expected)> {
    use Expected::{Answer, Trouble, TroubleOnce};
    use TroubleKind::{Faulty, Malformed, NotFound, Refused, TimedOut, Unauthorised};
    vec![
        (json!([]), Answer(1)),
        (json!([{"type": "fail", "status": 429, "retry_after": 0.3, "times": 2}]), Answer(3)),
        (json!([{"type": "fail", "status": 429, "retry_after": 1}]), Answer(2)),
        (json!([{"type": "fail", "status": 500, "times": 3}]), Answer(4)),
        (json!([fail(408), fail(502), fail(504)]), Answer(4)),
        (json!([fail(503), fail(529)]), Answer(3)),
        (json!([fail(400)]), Trouble(Refused)),
        (json!([fail(401)]), Trouble(Unauthorised)),
        (json!([fail(403)]), Trouble(Unauthorised)),
        (json!([fail(404)]), Trouble(NotFound)),
        (json!([fail(422)]), Trouble(Refused)),
        (json!([{"type": "fail", "status": 400, "code": "context_length_exceeded"}]), Trouble(Refused)),
        (json!([{"type": "delay", "seconds": 0.2}]), Answer(1)),
        (json!([{"type": "slow_first_token", "seconds": 0.2}]), Answer(1)),
        (json!([{"type": "slow_first_token", "seconds": 60}]), Answer(2)),
        (json!([fault("truncate", 0)]), Answer(2)),
        (json!([fault("truncate", 1), fail(500)]), Answer(3)),
        (json!([fault("truncate", 3)]), TroubleOnce(Faulty)),
        (json!([fault("disconnect", 1)]), Answer(2)),
        (json!([fault("disconnect", 3)]), TroubleOnce(Faulty)),
        (json!([fault("stall", 1)]), Answer(2)),
        (json!([fault("stall", 3)]), TroubleOnce(TimedOut)),
        (json!([long_reply(), fault("malformed", 1)]), TroubleOnce(Malformed)),
        (json!([long_reply(), fault("malformed", 3)]), TroubleOnce(Malformed)),
    ]
}

/// How many faults they hold; a delay is none.
fn faults(scenarios: &[(Value, Expected)]) -> u64 {
    let behaviors = scenarios.iter().filter_map(|(behaviors, _)| behaviors.as_array()).flatten();
    let faults = behaviors.filter(|behavior| behavior.get("status").or(behavior.get("kind")).is_some());
    faults.map(|behavior| behavior.get("times").and_then(Value::as_u64).unwrap_or(1)).sum()
}

fn request(number: usize) -> Request {
    Request {
        system: "You are brief.".to_owned(),
        // Each call has words of its own: that is how the peer tells them apart.
        user: format!("Question {number}: what is revenue?"),
        most_tokens: 100,
        json: false,
    }
}

async fn ask(client: &Client, endpoint: &Endpoint, request: &Request) -> Result<Answer, Trouble> {
    client.complete(endpoint, request, &mut |_| ()).await
}

async fn play(peer: &Peer, client: &Client, number: usize, behaviors: &Value, expected: Expected) -> Result<()> {
    if behaviors != &json!([]) {
        peer.queue(behaviors).await?;
    }
    let (endpoint, request) = (peer.endpoint()?, request(number));
    let result = ask(client, &endpoint, &request).await;
    match (result, expected) {
        (Ok(answer), Expected::Answer(requests)) => {
            ensure!(answer.attempts == requests, "{} requests instead of {requests}", answer.attempts);
            ensure!(answer.complete && answer.tokens.is_some(), "something is missing of the answer");
        }
        (Err(trouble), Expected::Trouble(kind)) => {
            ensure!((trouble.kind, trouble.attempts) == (kind, 1), "{trouble:?}");
        }
        (Err(trouble), Expected::TroubleOnce(kind)) => {
            ensure!((trouble.kind, trouble.attempts) == (kind, 1), "{trouble:?}");
            peer.settled().await?;
            ask(client, &endpoint, &request).await?;
        }
        (Ok(_), _) => bail!("it took an answer for whole"),
        (Err(trouble), Expected::Answer(_)) => bail!("{trouble:?}"),
    }
    let pending = peer.pending().await?;
    ensure!(pending == 0, "{pending} behaviours were not met");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stranger_finds_nothing_wrong_with_the_client() -> Result<()> {
    let (peer, client, scenarios) = (Peer::start()?, client()?, scenarios());
    for (number, (behaviors, expected)) in scenarios.iter().enumerate() {
        play(&peer, &client, number, behaviors, *expected)
            .await
            .with_context(|| format!("{behaviors}: {expected:?}"))?;
    }
    let verdict = peer.verdict().await?;
    assert_eq!(verdict["passed"], true, "{verdict:#}");
    assert_eq!(verdict["findings"], json!([]), "{verdict:#}");
    assert_eq!(verdict["faults_injected"], faults(&scenarios), "{verdict:#}");
    Ok(())
}

#[tokio::test]
async fn an_answer_that_the_peer_cut_is_not_complete() -> Result<()> {
    let peer = Peer::start()?;
    peer.queue(&json!([{"type": "reply", "text": "Größe: 4 €", "finish_reason": "length"}])).await?;
    let answer = ask(&client()?, &peer.endpoint()?, &request(0)).await?;
    assert_eq!(answer.text, "Größe: 4 €");
    assert!(!answer.complete);
    Ok(())
}

#[tokio::test]
async fn a_careless_client_does_not_pass() -> Result<()> {
    let peer = Peer::start()?;
    peer.queue(&json!([{"type": "fail", "status": 429, "retry_after": 2}])).await?;
    let url = format!("{}/v1/chat/completions", peer.url);
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "now"}]});
    for _ in 0..2 {
        peer.control.post(&url).json(&body).send().await?.bytes().await?;
    }
    let verdict = peer.verdict().await?;
    assert_eq!(verdict["passed"], false, "{verdict:#}");
    assert_eq!(verdict["findings"][0]["code"], "retry_after_ignored", "{verdict:#}");
    Ok(())
}
