//! One call: its attempts, what is left out of a repeated request, and when there is no further attempt.
//!
//! Two things make a further attempt, and nothing else does: a failure that may pass, up to the limit of attempts; and an
//! endpoint that names a parameter which it does not take, once for each parameter.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use crate::answer::{Hearing, Stop, before_first_word};
use crate::refusal::{self, Failure};
use crate::watch::Watch;
use crate::wire::{self, Parameter};
use crate::{Answer, Endpoint, Limits, Request, Trouble, TroubleKind, pause};

/// What is read of the body of an error.
const ERROR_BYTES: usize = 64 * 1024;
/// How long it is read. Its status says the most, and that has come.
const ERROR_TIME: Duration = Duration::from_secs(2);

/// A call while it lasts.
pub(crate) struct Call<'a> {
    limits: &'a Limits,
    http: &'a reqwest::Client,
    endpoint: &'a Endpoint,
    request: &'a Request,
    on_text: &'a mut (dyn FnMut(&str) + Send),
    without: Vec<Parameter>,
    made: u32,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        http: &'a reqwest::Client,
        endpoint: &'a Endpoint,
        request: &'a Request,
        on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> Self {
        Self { limits, http, endpoint, request, on_text, without: Vec::new(), made: 0 }
    }

    /// Requests that were made.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// Makes attempts until there is an answer or no sense in another one. Whoever calls it ends it when
    /// its time is over, of which `watch` knows how much has gone.
    pub(crate) async fn run(&mut self, watch: Watch) -> Result<Answer, Trouble> {
        let mut failures = 0;
        loop {
            match self.attempt().await {
                Ok(answer) => return Ok(Answer { attempts: self.made, ..answer }),
                Err(Failure::Final(trouble)) => return Err(trouble),
                Err(Failure::Parameters { named, trouble }) => self.leave_out(&named).ok_or(trouble)?,
                Err(Failure::Passing { trouble, asked }) => {
                    failures += 1;
                    let left = watch.left(self.limits.total);
                    sleep(self.wait(failures, trouble, asked, left)?).await;
                }
            }
        }
    }

    /// `None` if nothing of it was sent, so that leaving it out changes nothing.
    fn leave_out(&mut self, named: &[Parameter]) -> Option<()> {
        let json = self.request.json;
        let sent = |parameter: &Parameter| *parameter != Parameter::ResponseFormat || json;
        let before = self.without.len();
        for parameter in named.iter().filter(|parameter| sent(parameter)) {
            if !self.without.contains(parameter) {
                self.without.push(*parameter);
            }
        }
        (self.without.len() > before).then_some(())
    }

    /// The pause before the next attempt; the trouble if there is none, because there were enough or no time is left. An
    /// endpoint that asks for a wait that is too long is Busy.
    fn wait(
        &self,
        failures: u32,
        trouble: Trouble,
        asked: Option<Duration>,
        left: Duration,
    ) -> Result<Duration, Trouble> {
        let pause = pause::before_next(self.limits, self.request, failures, asked);
        let in_time = pause < left;
        if let Some(asked) = asked.filter(|asked| *asked > self.limits.longest_wait || *asked >= left) {
            let sentence = format!("It asks to wait for {}. Try again then.", pause::in_words(asked));
            return Err(Trouble::new(TroubleKind::Busy, sentence));
        }
        if failures >= self.limits.attempts || !in_time { Err(trouble) } else { Ok(pause) }
    }

    async fn attempt(&mut self) -> Result<Answer, Failure> {
        let watch = Watch::start();
        let response = self.response(watch).await?;
        if !response.status().is_success() {
            return Err(refused(self.limits, self.endpoint, self.request, response).await);
        }
        let shape = shape(response.status(), response.headers())?;
        let hearing = Hearing::new(self.limits, self.endpoint, self.request, &mut *self.on_text, response);
        match shape {
            Shape::Whole => hearing.whole(watch).await,
            Shape::Stream => hearing.stream(watch).await,
        }
    }

    /// Sends the request. It counts as made from here on, unless this program itself refuses.
    async fn response(&mut self, watch: Watch) -> Result<Response, Failure> {
        let sending = self.send()?;
        self.made += 1;
        let sent = timeout(self.limits.first_word, sending).await.map_err(|_| before_first_word(&Stop::Silent))?;
        tracing::debug!(
            host = self.endpoint.base_url.host(),
            attempt = self.made,
            status = sent.as_ref().ok().map(|response| response.status().as_u16()),
            milliseconds = watch.milliseconds(),
            "asked a model"
        );
        let failure = match sent {
            Ok(response) => return Ok(response),
            Err(error) => refusal::of_transport(&error),
        };
        if let Failure::Final(Trouble { kind: TroubleKind::Forbidden, .. }) = failure {
            self.made -= 1;
        }
        Err(failure)
    }

    fn send(&self) -> Result<impl Future<Output = reqwest::Result<Response>> + use<>, Failure> {
        let url = self.endpoint.base_url.completions().clone();
        let body = wire::body(&self.endpoint.model, self.request, &self.without);
        let mut request = self.http.post(url).json(&body);
        if let Some(key) = &self.endpoint.key {
            let text = Zeroizing::new(format!("Bearer {}", key.0.trim()));
            let mut value = HeaderValue::from_str(&text).map_err(|_| {
                Failure::last(
                    TroubleKind::Unauthorised,
                    "The key holds characters that no key can have. Paste it again.",
                )
            })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        Ok(request.send())
    }
}

/// Takes no `Call`: one that is borrowed while it waits could not move between threads.
async fn refused(limits: &Limits, endpoint: &Endpoint, request: &Request, mut response: Response) -> Failure {
    let body = timeout(limits.silence.min(ERROR_TIME), start_of_body(&mut response)).await;
    // Half of a message says nothing for certain, so one that does not come in time is none.
    let body = body.unwrap_or_default();
    refusal::of_status(response.status(), response.headers(), &body, endpoint, request)
}

async fn start_of_body(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend(bytes.iter().take(ERROR_BYTES - body.len()));
        if body.len() >= ERROR_BYTES {
            break;
        }
    }
    body
}

/// How an answer comes.
enum Shape {
    Stream,
    Whole,
}

fn shape(status: StatusCode, headers: &HeaderMap) -> Result<Shape, Failure> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_lowercase();
    let kind = header(CONTENT_TYPE);
    let packed = !matches!(header(CONTENT_ENCODING).as_str(), "" | "identity");
    if status == StatusCode::NO_CONTENT || kind.starts_with("text/html") || packed {
        return Err(Failure::last(
            TroubleKind::Malformed,
            "It answers with something else than a model's words. Check that the base URL is that of an interface like \
             OpenAI's.",
        ));
    }
    // What has no type or a wrong one is tried as what was asked for.
    Ok(if kind.starts_with("application/json") { Shape::Whole } else { Shape::Stream })
}
