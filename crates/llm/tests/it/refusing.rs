//! What an endpoint refuses, and what is said about it.

use anyhow::Result;
use llm::{Client, Reach, TroubleKind};

use crate::{SECRET, ask, endpoint, limits, playing, request, says, status, status_with};

#[tokio::test]
async fn keys_models_and_urls_that_are_not_taken() -> Result<()> {
    for code in [401, 403] {
        let outcome = ask(vec![status(code, "{\"error\":\"no\"}"), says("never")]).await?;
        assert_eq!(outcome.trouble(TroubleKind::Unauthorised, 1)?, "It does not accept the key.");
    }
    let model = playing(vec![status(401, "{}")])?;
    let mut keyless = endpoint(&model.base_url(), Reach::Local)?;
    keyless.key = None;
    let result = Client::new(limits())?.complete(&keyless, &request(), &mut |_| ()).await;
    assert!(result.is_err_and(|trouble| trouble.sentence == "It wants a key."));
    ask(vec![status(404, "<html></html>"), says("never")]).await?.trouble(TroubleKind::NotFound, 1)?;
    Ok(())
}

#[tokio::test]
async fn a_text_that_is_too_long() -> Result<()> {
    for reply in [
        status(413, ""),
        status(400, "{\"error\":{\"message\":\"This model's maximum context length is 9 tokens (max_tokens 300).\"}}"),
        status(400, "{\"error\":{\"message\":\"no\",\"code\":\"context_length_exceeded\"}}"),
        status(400, "{\"error\":{\"message\":\"the request exceeds the available context size\"}}"),
    ] {
        let outcome = ask(vec![reply, says("never")]).await?;
        assert!(outcome.trouble(TroubleKind::Refused, 1)?.starts_with("The text is too long for this model."));
    }
    Ok(())
}

#[tokio::test]
async fn other_refusals_are_told_in_the_endpoints_words() -> Result<()> {
    for code in [400, 402, 405, 409, 418, 422, 451] {
        let outcome =
            ask(vec![status(code, "{\"error\":{\"message\":\"no\\u202e \\u001b[1mmoney\"}}"), says("never")]).await?;
        let sentence = outcome.trouble(TroubleKind::Refused, 1)?;
        assert_eq!(sentence, "It refuses the request. It says: no [1mmoney", "{code}");
    }
    let long = format!("{{\"error\":\"{}\"}}", "no ".repeat(500));
    let outcome = ask(vec![status(400, &long)]).await?;
    assert!(outcome.trouble(TroubleKind::Refused, 1)?.chars().count() < 250);
    ask(vec![status(501, "{}"), says("never")]).await?.trouble(TroubleKind::Faulty, 1)?;
    Ok(())
}

#[tokio::test]
async fn what_was_sent_does_not_come_back() -> Result<()> {
    let prompt = request();
    for echo in [prompt.user.as_str(), prompt.system.as_str(), &prompt.user[12..40], SECRET, &SECRET[4..14]] {
        for reply in [
            status(400, &format!("{{\"error\":{{\"message\":\"cannot read: {echo}\"}}}}")),
            status(400, &format!("cannot read: {echo}")),
            status(501, &format!("cannot read: {echo}")),
            status(200, &format!("{{\"error\":{{\"message\":\"cannot read: {echo}\"}}}}")),
        ] {
            let outcome = ask(vec![reply]).await?;
            let Err(trouble) = &outcome.result else { anyhow::bail!("it answered") };
            assert!(!trouble.sentence.contains("cannot read"), "{}", trouble.sentence);
        }
    }
    Ok(())
}

#[tokio::test]
async fn redirects_are_not_followed() -> Result<()> {
    let other = playing(vec![says("never")])?;
    let there = format!("{}/chat/completions", other.base_url());
    for code in [301, 302, 303, 307, 308] {
        let outcome = ask(vec![status_with(code, &[("location", &there)]), says("never")]).await?;
        assert!(outcome.trouble(TroubleKind::Refused, 1)?.contains("redirect"), "{code}");
    }
    assert!(other.asked().is_empty());
    Ok(())
}

#[tokio::test]
async fn the_body_of_a_refusal_is_read_to_a_limit() -> Result<()> {
    let outcome = ask(vec![status(400, &"no ".repeat(1_000_000))]).await?;
    assert!(outcome.trouble(TroubleKind::Refused, 1)?.starts_with("It refuses the request. It says: no no"));
    Ok(())
}
