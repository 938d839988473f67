//! The client against a fake model: what it asks, what it takes for an answer, when it asks again and when it does not.

mod answering;
mod asking;
mod reaching;
mod refusing;
mod repeating;
mod thinking;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use llm::{Answer, BaseUrl, Client, Endpoint, Key, Limits, Reach, Request, Trouble, TroubleKind};
use testkit::{FakeModel, Reply};
use zeroize::Zeroizing;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(30);
/// What a test of a time-out waits for.
const SHORT: Duration = Duration::from_millis(60);
const SECRET: &str = "sk-0123456789abcdef";

fn limits() -> Limits {
    Limits {
        connect: LONG,
        first_word: LONG,
        silence: LONG,
        total: LONG,
        attempts: 3,
        pause: Duration::from_millis(1),
        longest_wait: Duration::from_secs(5),
        answer_bytes: 10_000,
    }
}

fn request() -> Request {
    Request {
        system: "You write sentences about figures of a company.".to_owned(),
        user: "The revenue of Acme Holdings was 4.2 million euros in 2024.".to_owned(),
        most_tokens: 300,
        json: true,
    }
}

fn endpoint(base_url: &str, reach: Reach) -> Result<Endpoint> {
    Ok(Endpoint {
        base_url: BaseUrl::parse(base_url, reach).map_err(anyhow::Error::msg)?,
        model: "llama".to_owned(),
        key: Some(Key(Zeroizing::new(SECRET.to_owned()))),
        reach,
    })
}

/// A model that gives these replies in turn, and the last one from then on.
fn playing(replies: Vec<Reply>) -> Result<FakeModel> {
    let next = AtomicUsize::new(0);
    let last = replies.last().cloned();
    Ok(FakeModel::start(move |_| {
        let reply = replies.get(next.fetch_add(1, Ordering::SeqCst)).or(last.as_ref());
        reply.cloned().unwrap_or(Reply::Silent)
    })?)
}

/// What came of a call.
struct Outcome {
    result: Result<Answer, Trouble>,
    pieces: Vec<String>,
    model: FakeModel,
}

impl Outcome {
    fn answer(&self) -> Result<&Answer> {
        match &self.result {
            Ok(answer) => Ok(answer),
            Err(trouble) => bail!("{trouble}"),
        }
    }

    /// The trouble, which has to be of this kind and after so many requests.
    fn trouble(&self, kind: TroubleKind, requests: u32) -> Result<&str> {
        match &self.result {
            Ok(answer) => bail!("it answered: {}", answer.text),
            Err(trouble) => {
                ensure!(trouble.kind == kind, "{trouble:?}");
                ensure!(trouble.attempts == requests, "{trouble:?}");
                ensure!(u32::try_from(self.model.asked().len()) == Ok(requests), "not all requests are counted");
                Ok(&trouble.sentence)
            }
        }
    }

    /// What the endpoint said itself, as far as it is shown.
    fn remark(&self) -> Option<&str> {
        self.result.as_ref().err()?.remark.as_deref()
    }
}

async fn ask_with(limits: Limits, model: FakeModel) -> Result<Outcome> {
    let endpoint = endpoint(&model.base_url(), Reach::Local)?;
    let mut pieces = Vec::new();
    let result = Client::new(limits)?.complete(&endpoint, &request(), &mut |piece| pieces.push(piece.to_owned())).await;
    Ok(Outcome { result, pieces, model })
}

async fn ask(replies: Vec<Reply>) -> Result<Outcome> {
    ask_with(limits(), playing(replies)?).await
}

fn status(status: u16, body: &str) -> Reply {
    Reply::Status { status, headers: Vec::new(), body: body.to_owned() }
}

fn status_with(status: u16, headers: &[(&str, &str)]) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply::Status { status, headers, body: "{}".to_owned() }
}

fn says(words: &str) -> Reply {
    Reply::Says(words.to_owned())
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}
