//! An answer while it comes, and how it ends.
//!
//! An answer that breaks off is no answer: it needs an end of its own, which is a reason to finish or `[DONE]`. What follows
//! that end (usage, the rest of the connection) is taken if it comes and not missed if it does not.

use reqwest::Response;
use tokio::time::timeout;

use crate::refusal::{self, Failure};
use crate::sse::{Event, Events};
use crate::wire::{End, Piece};
use crate::{Answer, Endpoint, Limits, Request, Tokens, TroubleKind};

/// A byte of an answer takes at most so many in JSON (`\u0000`).
const ESCAPED: usize = 6;
/// What surrounds an answer in JSON.
const ENVELOPE: usize = 64 * 1024;

/// What was heard of an answer so far.
pub(crate) struct Hearing<'a> {
    limits: &'a Limits,
    endpoint: &'a Endpoint,
    request: &'a Request,
    on_text: &'a mut (dyn FnMut(&str) + Send),
    response: Response,
    events: Events,
    text: String,
    model: Option<String>,
    tokens: Option<Tokens>,
    end: Option<End>,
    done: bool,
    stop: Option<Stop>,
}

/// Why no more comes.
pub(crate) enum Stop {
    Ended,
    Broken,
    Silent,
}

impl<'a> Hearing<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        endpoint: &'a Endpoint,
        request: &'a Request,
        on_text: &'a mut (dyn FnMut(&str) + Send),
        response: Response,
    ) -> Self {
        Self {
            limits,
            endpoint,
            request,
            on_text,
            response,
            events: Events::new(most_json(limits)),
            text: String::new(),
            model: None,
            tokens: None,
            end: None,
            done: false,
            stop: None,
        }
    }

    /// Reads a stream until its first word has come, or none will. Whoever calls it has the limit of that.
    pub(crate) async fn first_word(&mut self) -> Result<(), Failure> {
        while !self.done && self.stop.is_none() && self.end.is_none() && self.text.is_empty() {
            self.stop = self.more().await?;
        }
        Ok(())
    }

    /// Reads the rest of the answer.
    pub(crate) async fn rest(mut self) -> Result<Answer, Failure> {
        while !self.done && self.stop.is_none() {
            self.stop = match timeout(self.limits.silence, self.more()).await {
                Ok(heard) => heard?,
                Err(_) => Some(Stop::Silent),
            };
        }
        self.stopped()
    }

    /// Reads an answer that comes as one body. Whoever calls it has its limit.
    pub(crate) async fn whole(&mut self) -> Result<(), Failure> {
        let mut body = Vec::new();
        loop {
            match self.response.chunk().await {
                Ok(Some(bytes)) if body.len() + bytes.len() > most_json(self.limits) => return Err(self.too_long()),
                Ok(Some(bytes)) => body.extend_from_slice(&bytes),
                Ok(None) => break,
                Err(_) => return Err(before_first_word(&Stop::Broken)),
            }
        }
        self.done = true;
        self.read(&body)
    }

    /// Takes the next events, or says why there are none. Comments only keep the connection open, so they are no sign of an
    /// answer and are waited past.
    async fn more(&mut self) -> Result<Option<Stop>, Failure> {
        loop {
            let bytes = match self.response.chunk().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Ok(Some(Stop::Ended)),
                Err(_) => return Ok(Some(Stop::Broken)),
            };
            let found = self.events.feed(&bytes).map_err(|_| self.too_long())?;
            for event in &found {
                self.take(event)?;
            }
            if !found.is_empty() {
                return Ok(None);
            }
        }
    }

    fn take(&mut self, event: &Event) -> Result<(), Failure> {
        if self.done {
            return Ok(());
        }
        if event.data.trim_ascii() == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        if event.is_error {
            return Err(self.fault(&serde_json::from_slice(&event.data).unwrap_or_default()));
        }
        self.read(&event.data)
    }

    fn read(&mut self, json: &[u8]) -> Result<(), Failure> {
        let Some(piece) = Piece::read(json) else { return Err(not_agreed()) };
        if let Some(error) = &piece.error {
            return Err(self.fault(error));
        }
        if !piece.is_part() {
            return Err(not_agreed());
        }
        self.say(&piece.words())?;
        self.model = self.model.take().or_else(|| piece.model());
        self.tokens = piece.tokens().or(self.tokens);
        self.end = self.end.or_else(|| piece.end());
        Ok(())
    }

    fn say(&mut self, words: &str) -> Result<(), Failure> {
        if words.is_empty() || self.end.is_some() {
            return Ok(());
        }
        if self.text.len().saturating_add(words.len()) > self.limits.answer_bytes {
            return Err(self.too_long());
        }
        self.text.push_str(words);
        (self.on_text)(words);
        Ok(())
    }

    fn stopped(mut self) -> Result<Answer, Failure> {
        if let (Some(Stop::Ended), Some(last)) = (&self.stop, self.events.finish()) {
            // What is cut in the middle cannot be read, and that it was cut is said below.
            let cut = last.data.trim_ascii() != b"[DONE]" && Piece::read(&last.data).is_none();
            if !cut {
                self.take(&last)?;
            }
        }
        if self.done || self.end.is_some() {
            return self.finish();
        }
        let stop = self.stop.unwrap_or(Stop::Ended);
        if self.text.is_empty() {
            return Err(before_first_word(&stop));
        }
        Err(match stop {
            Stop::Ended | Stop::Broken => Failure::last(
                TroubleKind::Faulty,
                "Its answer broke off in the middle. Try again; if that repeats, look at its own log.",
            ),
            Stop::Silent => Failure::last(
                TroubleKind::TimedOut,
                "It fell silent in the middle of its answer. Try again; if that repeats, look at its own log.",
            ),
        })
    }

    fn finish(self) -> Result<Answer, Failure> {
        match self.end {
            Some(End::Filtered) => {
                return Err(Failure::last(TroubleKind::Refused, "Its filter for contents stopped the answer."));
            }
            Some(End::Fault) => {
                return Err(Failure::last(
                    TroubleKind::Faulty,
                    "It had a fault in the middle of its answer. Try again.",
                ));
            }
            Some(End::Own | End::Cut) | None => {}
        }
        if self.text.trim().is_empty() {
            return Err(Failure::last(TroubleKind::Malformed, nothing(self.end)));
        }
        let complete = self.end != Some(End::Cut);
        Ok(Answer { text: self.text, model: self.model, tokens: self.tokens, complete, attempts: 0 })
    }

    fn fault(&self, error: &serde_json::Value) -> Failure {
        Failure::Final(refusal::of_error(error, self.endpoint, self.request))
    }

    fn too_long(&self) -> Failure {
        let most = self.limits.answer_bytes;
        Failure::last(
            TroubleKind::Malformed,
            format!("Its answer is longer than {most} bytes, which was not asked for."),
        )
    }
}

/// Bytes of JSON that an answer within the limits takes.
fn most_json(limits: &Limits) -> usize {
    limits.answer_bytes.saturating_mul(ESCAPED).saturating_add(ENVELOPE)
}

/// No word of an answer has come yet.
pub(crate) fn before_first_word(stop: &Stop) -> Failure {
    match stop {
        Stop::Silent => Failure::passing(
            TroubleKind::TimedOut,
            "It took too long to begin an answer. It may still be loading the model, or be too slow for this one.",
        ),
        Stop::Ended | Stop::Broken => {
            Failure::passing(TroubleKind::Faulty, "It ends its answers before their first word. Look at its own log.")
        }
    }
}

fn nothing(end: Option<End>) -> &'static str {
    if end == Some(End::Cut) {
        "It spent all it may answer before the first word. A model that thinks at length is of no use here."
    } else {
        "Its answer is empty."
    }
}

fn not_agreed() -> Failure {
    Failure::last(
        TroubleKind::Malformed,
        "What it answers is not a chat completion. Check that the base URL is that of an interface like OpenAI's.",
    )
}
