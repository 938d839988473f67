//! What an endpoint says of itself (the cause of an error, the name of a model), made fit to be shown: short, plain, and
//! nothing of what it was sent.

use serde_json::Value;

use crate::{Endpoint, Request};

const MOST_CHARACTERS: usize = 200;
/// A message that shares a run of so many characters with a text that was sent is not shown.
const RUN: usize = 20;
/// The same for the key, which is shorter and worse to lose. One that is shorter still counts as a whole.
const KEY_RUN: usize = 8;
/// A text that was sent and is shorter than this would be found anywhere.
const LEAST_TEXT: usize = 8;

/// The message in the body of an error; empty if there is none.
pub(crate) fn message(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => of_json(&json).unwrap_or_default(),
        Err(_) => of_text(&String::from_utf8_lossy(body)),
    }
}

/// The message in the JSON of an error: `error.message`, `error`, `message` or `detail`.
pub(crate) fn of_json(json: &Value) -> Option<String> {
    let error = json.get("error").unwrap_or(json);
    if let Some(text) = error.as_str() {
        return Some(text.to_owned());
    }
    if let Some(text) = error.get("message").and_then(Value::as_str) {
        let parameter = error.get("param").and_then(Value::as_str).filter(|name| !text.contains(name));
        return Some(parameter.map_or_else(|| text.to_owned(), |name| format!("{text} ({name})")));
    }
    match json.get("detail")? {
        Value::String(text) => Some(text.clone()),
        Value::Array(faults) => Some(faults.iter().filter_map(of_fault).collect::<Vec<_>>().join("; ")),
        _ => None,
    }
}

/// One fault of a list as web frameworks of Python make it: where and what.
fn of_fault(fault: &Value) -> Option<String> {
    let place = fault.get("loc").and_then(Value::as_array)?;
    let place: Vec<_> = place.iter().filter_map(Value::as_str).collect();
    Some(format!("{}: {}", place.join("."), fault.get("msg").and_then(Value::as_str)?))
}

/// A page for browsers is no message.
fn of_text(text: &str) -> String {
    if text.trim_start().starts_with('<') { String::new() } else { text.to_owned() }
}

/// The message as it may be shown; `None` if nothing of it may.
pub(crate) fn shown(message: &str, endpoint: &Endpoint, request: &Request) -> Option<String> {
    let plain = plain(message);
    // As far as what is shown could be the beginning of what must not be.
    let looked_at: String = plain.chars().take(MOST_CHARACTERS + RUN).collect();
    let key = endpoint.key.as_ref().map_or("", |key| key.0.as_str());
    let leaks = shares_text(&looked_at, &request.system)
        || shares_text(&looked_at, &request.user)
        || shares(&looked_at, key, KEY_RUN);
    (!plain.is_empty() && !leaks).then(|| shortened(&plain))
}

/// The name of a model as it may be shown. That which was asked for always may: people chose it, and it was never secret.
pub(crate) fn model(name: &str, endpoint: &Endpoint, request: &Request) -> Option<String> {
    if name == endpoint.model {
        return Some(shortened(&plain(name))).filter(|name| !name.is_empty());
    }
    shown(name, endpoint, request)
}

fn shortened(plain: &str) -> String {
    if plain.chars().count() <= MOST_CHARACTERS {
        return plain.to_owned();
    }
    plain.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

/// Without control characters and those that change the direction of a text or are not seen; runs of spaces are one.
fn plain(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn shares_text(message: &str, text: &str) -> bool {
    plain(text).chars().count() >= LEAST_TEXT && shares(message, text, RUN)
}

/// Whether the two have a run of `run` characters in common. A shorter secret counts as a whole.
fn shares(message: &str, secret: &str, run: usize) -> bool {
    let message: Vec<char> = plain(message).to_lowercase().chars().collect();
    let secret = plain(secret).to_lowercase();
    let length = secret.chars().count();
    if length == 0 {
        return false;
    }
    if length < run {
        return message.iter().collect::<String>().contains(&secret);
    }
    message.windows(run).any(|window| secret.contains(&window.iter().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::{BaseUrl, Key, Reach};

    fn show(message: &str, user: &str, key: &str) -> Option<String> {
        let endpoint = Endpoint {
            base_url: BaseUrl::parse("http://127.0.0.1", Reach::Local).unwrap(),
            model: "m".to_owned(),
            key: Some(Key(Zeroizing::new(key.to_owned()))),
            reach: Reach::Local,
        };
        let system = "You write sentences for a report.".to_owned();
        shown(message, &endpoint, &Request { system, user: user.to_owned(), most_tokens: 1, json: false })
    }

    #[test]
    fn messages_are_found_where_endpoints_put_them() {
        for (body, expected) in [
            (r#"{"error":{"message":"no such thing"}}"#, "no such thing"),
            (r#"{"error":{"message":"not supported","param":"temperature"}}"#, "not supported (temperature)"),
            (r#"{"error":{"message":"temperature: no","param":"temperature"}}"#, "temperature: no"),
            (r#"{"error":"model not loaded"}"#, "model not loaded"),
            (r#"{"object":"error","message":"bad"}"#, "bad"),
            (r#"{"detail":"nothing here"}"#, "nothing here"),
            (
                r#"{"detail":[{"loc":["body","max_tokens"],"msg":"too large","input":"x"}]}"#,
                "body.max_tokens: too large",
            ),
            ("plain words", "plain words"),
            (" <html><body>502</body></html>", ""),
            ("{}", ""),
            ("[1]", ""),
        ] {
            assert_eq!(message(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn what_is_shown_is_short_and_plain() {
        assert_eq!(show("a\u{1b}[31m\tb\n\n c\u{202e}d\u{200b}", "", "").as_deref(), Some("a [31m b cd"));
        let long = show(&"word ".repeat(90), "", "").unwrap();
        assert_eq!(long.chars().count(), 200);
        assert!(long.ends_with('…'));
        assert_eq!(show(" \u{0}\u{202e} ", "", ""), None);
    }

    #[test]
    fn what_was_sent_is_not_shown() {
        let prompt = "Revenue of Acme Holdings was 4.2 million euros in 2024.";
        assert_eq!(show("cannot read 'of Acme Holdings was 4.2' here", prompt, ""), None);
        assert_eq!(show("cannot read 'OF ACME  HOLDINGS\nWAS 4.2'", prompt, ""), None);
        assert_eq!(show("cannot read 'of Ac\u{200b}me Holdings was 4.2'", prompt, ""), None);
        assert!(show("it is about Acme Holdings", prompt, "").is_some());
        assert_eq!(show("You write sentences for a novel", prompt, ""), None);
        assert_eq!(show("bad: Acme Hold", "Acme Hold", ""), None);
        assert!(show("no reply to this", "is", "").is_some());
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(show("wrong key sk-1234567890abcdef", "", "sk-1234567890abcdef"), None);
        assert_eq!(show("wrong key ...90abcdef", "", "sk-1234567890abcdef"), None);
        assert!(show("wrong key sk-12***ef", "", "sk-1234567890abcdef").is_some());
        assert_eq!(show("wrong key hunter2!", "", "hunter2"), None);
        assert_eq!(show("wrong key: Bearer HUNTER2", "", " hunter2\n"), None);
        assert!(show("wrong key hunter", "", "hunter2").is_some());
    }

    #[test]
    fn what_is_cut_at_the_end_is_looked_at_before() {
        let message = format!("{}hunter2 is wrong", "-".repeat(MOST_CHARACTERS - 4));
        assert_eq!(show(&message, "", "hunter2"), None);
        let message = format!("{}of Acme Holdings was 4.2 it says", "-".repeat(MOST_CHARACTERS - 4));
        assert_eq!(show(&message, "Revenue of Acme Holdings was 4.2 million", ""), None);
    }
}
