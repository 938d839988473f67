//! What goes over the wire.

use anyhow::Result;
use llm::{Client, Key, Reach};
use serde_json::json;
use testkit::{Asked, FakeModel};
use zeroize::Zeroizing;

use crate::{SECRET, endpoint, limits, playing, request, says};

fn only(model: &FakeModel) -> Result<Asked> {
    let mut asked = model.asked();
    anyhow::ensure!(asked.len() == 1, "{} requests", asked.len());
    asked.pop().ok_or_else(|| anyhow::anyhow!("nothing was asked"))
}

#[tokio::test]
async fn a_request_holds_what_was_agreed() -> Result<()> {
    let model = playing(vec![says("fine")])?;
    let endpoint = endpoint(&format!("{}/chat/completions/", model.base_url()), Reach::Local)?;
    Client::new(limits())?.complete(&endpoint, &request(), &mut |_| ()).await?;
    let asked = only(&model)?;
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {SECRET}").as_str()));
    assert_eq!(asked.header("user-agent"), Some("vcconnect"));
    assert_eq!(asked.header("cookie"), None);
    assert_eq!(asked.header("referer"), None);
    assert_eq!((asked.system(), asked.user()), (request().system.as_str(), request().user.as_str()));
    assert_eq!(asked.model(), "llama");
    let expected = json!({
        "model": "llama", "stream": true, "stream_options": {"include_usage": true}, "temperature": 0,
        "max_tokens": 300, "response_format": {"type": "json_object"}, "messages": asked.body["messages"],
    });
    assert_eq!(asked.body, expected);
    Ok(())
}

#[tokio::test]
async fn without_a_key_none_is_sent() -> Result<()> {
    let model = playing(vec![says("fine")])?;
    let mut endpoint = endpoint(&model.base_url(), Reach::Local)?;
    endpoint.key = None;
    Client::new(limits())?.complete(&endpoint, &request(), &mut |_| ()).await?;
    assert_eq!(only(&model)?.header("authorization"), None);
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_none_is_not_sent() -> Result<()> {
    let model = playing(vec![says("fine")])?;
    let mut endpoint = endpoint(&model.base_url(), Reach::Local)?;
    endpoint.key = Some(Key(Zeroizing::new("two\nlines".to_owned())));
    let result = Client::new(limits())?.complete(&endpoint, &request(), &mut |_| ()).await;
    assert!(result.is_err_and(|trouble| trouble.kind == llm::TroubleKind::Unauthorised && trouble.attempts == 0));
    assert!(model.asked().is_empty());
    Ok(())
}

fn needs_send(_: &impl Send) {}

#[test]
fn a_call_may_move_between_threads() -> Result<()> {
    let (client, endpoint, request) =
        (Client::new(limits())?, endpoint("http://127.0.0.1/v1", Reach::Local)?, request());
    needs_send(&client.complete(&endpoint, &request, &mut |_| ()));
    Ok(())
}

#[test]
fn nothing_confidential_is_shown_by_debug() -> Result<()> {
    let endpoint = endpoint("http://127.0.0.1/v1", Reach::Local)?;
    assert!(!format!("{endpoint:?}").contains(SECRET));
    Ok(())
}
