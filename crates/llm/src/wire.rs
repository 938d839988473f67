//! Questions and answers, and their JSON.
//!
//! `Request` and `Answer` have no `Debug`: they hold texts of a deal.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What a model is asked.
#[derive(Clone)]
pub struct Request {
    /// How it has to behave.
    pub system: String,
    /// What it is asked, with the data.
    pub user: String,
    /// Tokens of the answer at most.
    pub most_tokens: u32,
    /// Whether the answer has to be one JSON object.
    pub json: bool,
}

/// What a model answered.
#[derive(Clone)]
pub struct Answer {
    /// Its words.
    pub text: String,
    /// The model that answered, as the endpoint names it: plain text of at most 200 characters; none if it repeats what was
    /// sent.
    pub model: Option<String>,
    /// Tokens, if the endpoint counts them.
    pub tokens: Option<Tokens>,
    /// Whether the answer came to its own end, or was cut at `most_tokens`.
    pub complete: bool,
    /// Requests that it took.
    pub attempts: u32,
}

/// Tokens of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Of the prompt.
    pub prompt: u32,
    /// Of the answer.
    pub answer: u32,
}

/// A parameter that not every endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    ResponseFormat,
    StreamOptions,
    Temperature,
    /// Not left out but called `max_completion_tokens`, as newer endpoints do.
    MaxTokens,
}

impl Parameter {
    pub(crate) const ALL: [Self; 4] = [Self::ResponseFormat, Self::StreamOptions, Self::Temperature, Self::MaxTokens];

    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ResponseFormat => "response_format",
            Self::StreamOptions => "stream_options",
            Self::Temperature => "temperature",
            Self::MaxTokens => "max_tokens",
        }
    }
}

/// The body of a request without the parameters in `without`.
pub(crate) fn body(model: &str, request: &Request, without: &[Parameter]) -> Value {
    let messages = json!([
        {"role": "system", "content": request.system},
        {"role": "user", "content": request.user},
    ]);
    let mut body = Map::new();
    body.insert("model".to_owned(), model.into());
    body.insert("messages".to_owned(), messages);
    body.insert("stream".to_owned(), true.into());
    for parameter in Parameter::ALL {
        let known = !without.contains(&parameter);
        let (name, value) = match parameter {
            Parameter::ResponseFormat if known && request.json => (parameter.name(), json!({"type": "json_object"})),
            Parameter::StreamOptions if known => (parameter.name(), json!({"include_usage": true})),
            Parameter::Temperature if known => (parameter.name(), 0.into()),
            Parameter::MaxTokens if known => (parameter.name(), request.most_tokens.into()),
            Parameter::MaxTokens => ("max_completion_tokens", request.most_tokens.into()),
            _ => continue,
        };
        body.insert(name.to_owned(), value);
    }
    Value::Object(body)
}

/// A piece of a stream, or a whole answer: they differ in `delta` and `message`.
#[derive(Deserialize)]
pub(crate) struct Piece {
    /// The model, as the endpoint names it.
    pub(crate) model: Option<String>,
    choices: Option<Vec<Choice>>,
    usage: Option<Usage>,
    /// A fault that the endpoint tells instead.
    pub(crate) error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    index: Option<u64>,
    delta: Option<Delta>,
    message: Option<Delta>,
    finish_reason: Option<String>,
}

impl Choice {
    fn delta(&self) -> Option<&Delta> {
        self.delta.as_ref().or(self.message.as_ref())
    }
}

#[derive(Deserialize)]
struct Delta {
    content: Option<Content>,
    /// Where a model that thinks puts its thoughts; the name depends on the server.
    reasoning_content: Option<Value>,
    reasoning: Option<Value>,
}

impl Delta {
    fn is_thought(&self) -> bool {
        let beside = [&self.reasoning_content, &self.reasoning].into_iter().flatten().any(holds_something);
        let within = match &self.content {
            Some(Content::Parts(parts)) => parts.iter().any(|part| part.r#type == "thinking"),
            _ => false,
        };
        beside || within
    }
}

fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(all) => !all.is_empty(),
        Value::Number(_) => true,
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// Some endpoints send a list of typed parts, of which those with a text of their own are the answer.
#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself.
    Own,
    /// At the limit of tokens.
    Cut,
    /// By the endpoint's filter.
    Filtered,
    /// By a fault.
    Fault,
}

impl Piece {
    /// Reads JSON; `None` if it is nothing of the kind.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Whether it is a part of an answer at all.
    pub(crate) fn is_part(&self) -> bool {
        self.choices.is_some() || self.usage.is_some()
    }

    /// The words of the first choice.
    pub(crate) fn words(&self) -> String {
        match self.first().and_then(Choice::delta).and_then(|delta| delta.content.as_ref()) {
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Parts(parts)) => {
                parts.iter().filter(|part| part.r#type == "text").filter_map(|part| part.text.as_deref()).collect()
            }
            None => String::new(),
        }
    }

    /// Whether the first choice thinks, which costs as much as its words.
    pub(crate) fn is_thought(&self) -> bool {
        self.first().and_then(Choice::delta).is_some_and(Delta::is_thought)
    }

    /// How the first choice ended, if it did.
    pub(crate) fn end(&self) -> Option<End> {
        match self.first()?.finish_reason.as_deref()? {
            "" => None,
            "length" | "max_tokens" => Some(End::Cut),
            "content_filter" => Some(End::Filtered),
            "error" => Some(End::Fault),
            _ => Some(End::Own),
        }
    }

    /// Tokens, if both are counted.
    pub(crate) fn tokens(&self) -> Option<Tokens> {
        let usage = self.usage.as_ref()?;
        let count = |tokens: Option<u64>| Some(u32::try_from(tokens?).unwrap_or(u32::MAX));
        Some(Tokens { prompt: count(usage.prompt_tokens)?, answer: count(usage.completion_tokens)? })
    }

    fn first(&self) -> Option<&Choice> {
        self.choices.iter().flatten().find(|choice| choice.index.unwrap_or(0) == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: bool) -> Request {
        Request { system: "be brief".to_owned(), user: "what is ARR?".to_owned(), most_tokens: 90, json }
    }

    #[test]
    fn a_request_says_all_that_is_wanted_of_an_answer() {
        let expected = json!({
            "model": "m", "stream": true, "temperature": 0, "max_tokens": 90,
            "stream_options": {"include_usage": true}, "response_format": {"type": "json_object"},
            "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "what is ARR?"}],
        });
        assert_eq!(body("m", &request(true), &[]), expected);
        assert!(body("m", &request(false), &[]).get("response_format").is_none());
    }

    #[test]
    fn parameters_are_left_out_and_one_has_another_name() {
        let body = body("m", &request(true), &Parameter::ALL);
        let names: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["max_completion_tokens", "messages", "model", "stream"]);
    }

    fn piece(json: Value) -> Piece {
        Piece::read(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn words_are_those_of_the_first_choice() {
        let both =
            json!({"choices": [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]});
        assert_eq!(piece(both).words(), "a");
        assert_eq!(piece(json!({"choices": [{"delta": {"content": "no index"}}]})).words(), "no index");
        for nothing in [
            json!({"choices": [{"delta": {"content": null}}]}),
            json!({"choices": [{"delta": {"reasoning_content": "hm", "role": "assistant"}}]}),
            json!({"choices": [{"index": 1, "delta": {"content": "other"}}]}),
            json!({"choices": [{"delta": null}]}),
            json!({"choices": []}),
        ] {
            assert_eq!(piece(nothing.clone()).words(), "", "{nothing}");
        }
        let parts =
            json!([{"type": "thinking", "thinking": []}, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]);
        assert_eq!(piece(json!({"choices": [{"delta": {"content": parts}}]})).words(), "ab");
        assert_eq!(piece(json!({"choices": [{"message": {"content": "whole"}}]})).words(), "whole");
    }

    #[test]
    fn thoughts_are_told_from_nothing() {
        let thinks = |delta: Value| piece(json!({"choices": [{"delta": delta}]})).is_thought();
        assert!(thinks(json!({"reasoning_content": "hm"})));
        assert!(thinks(json!({"reasoning": "hm", "content": ""})));
        assert!(thinks(json!({"content": [{"type": "thinking", "thinking": []}]})));
        for nothing in [
            json!({}),
            json!({"role": "assistant", "content": ""}),
            json!({"reasoning_content": null, "reasoning": ""}),
            json!({"content": [{"type": "text", "text": "a"}]}),
        ] {
            assert!(!thinks(nothing.clone()), "{nothing}");
        }
        assert!(!piece(json!({"choices": [{"index": 1, "delta": {"reasoning": "hm"}}]})).is_thought());
    }

    #[test]
    fn ends_are_told_apart() {
        let end = |reason: Value| piece(json!({"choices": [{"delta": {}, "finish_reason": reason}]})).end();
        assert_eq!(end(Value::Null), None);
        assert_eq!(end("".into()), None);
        assert_eq!(end("stop".into()), Some(End::Own));
        assert_eq!(end("eos".into()), Some(End::Own));
        assert_eq!(end("length".into()), Some(End::Cut));
        assert_eq!(end("content_filter".into()), Some(End::Filtered));
        assert_eq!(end("error".into()), Some(End::Fault));
    }

    #[test]
    fn tokens_are_taken_as_far_as_they_are_there() {
        assert_eq!(
            piece(json!({"usage": {"prompt_tokens": 7, "completion_tokens": u64::MAX}})).tokens(),
            Some(Tokens { prompt: 7, answer: u32::MAX })
        );
        assert_eq!(piece(json!({"usage": {"prompt_tokens": 7}})).tokens(), None);
        assert_eq!(piece(json!({"usage": null})).tokens(), None);
        assert!(Piece::read(b"{not json").is_none());
        assert!(!piece(json!({"hello": 1})).is_part());
    }
}
