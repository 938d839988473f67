//! An answer while it comes, and how it ends.
//!
//! An answer that breaks off is no answer: it needs an end of its own, which is a reason to finish or `[DONE]`. What follows
//! that end (usage, the rest of the connection) is taken if it comes and not missed if it does not.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use crate::refusal::{self, Failure};
use crate::sse::{Event, Events};
use crate::watch::Watch;
use crate::wire::{End, Piece};
use crate::{Answer, Endpoint, Limits, Request, Tokens, TroubleKind, own_words};

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
    /// Whether an event has come, and whether one of them was a thought.
    heard: bool,
    thought: bool,
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
            heard: false,
            thought: false,
            model: None,
            tokens: None,
            end: None,
            done: false,
            stop: None,
        }
    }

    /// Reads an answer that comes as a stream; `watch` knows since when it is waited for.
    pub(crate) async fn stream(mut self, watch: Watch) -> Result<Answer, Failure> {
        while !self.done && self.stop.is_none() {
            let patience = self.patience(watch);
            self.stop = match timeout(patience, self.more()).await {
                Ok(heard) => heard?,
                Err(_) => Some(Stop::Silent),
            };
        }
        self.stopped()
    }

    /// How long the next event may take. One that holds neither a word nor a thought shows that somebody is there, so it can
    /// make the wait for the first word longer, but never shorter.
    fn patience(&self, watch: Watch) -> Duration {
        let silence = self.limits.silence;
        let first_word = watch.left(self.limits.first_word);
        match (self.has_begun() || self.end.is_some(), self.heard) {
            (true, _) => silence,
            (false, true) => silence.max(first_word),
            (false, false) => first_word,
        }
    }

    /// Whether something has come that would have to be paid for again.
    fn has_begun(&self) -> bool {
        self.thought || !self.text.is_empty()
    }

    /// Reads an answer that comes as one body; all of it is its first word.
    pub(crate) async fn whole(mut self, watch: Watch) -> Result<Answer, Failure> {
        let read = timeout(watch.left(self.limits.first_word), self.body()).await;
        read.unwrap_or_else(|_| Err(before_first_word(&Stop::Silent)))?;
        self.stopped()
    }

    async fn body(&mut self) -> Result<(), Failure> {
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
        self.heard = true;
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
        self.thought |= piece.is_thought();
        self.tokens = piece.tokens().or(self.tokens);
        self.end = self.end.or_else(|| piece.end());
        self.model = self.model.take().or(piece.model);
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
        let stop = self.stop.take().unwrap_or(Stop::Ended);
        if !self.has_begun() {
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
        let model = self.model.and_then(|name| own_words::model(&name, self.endpoint, self.request));
        Ok(Answer { text: self.text, model, tokens: self.tokens, complete, attempts: 0 })
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
