//! What an endpoint refuses, and what is said about it.

use std::time::{Duration, Instant};

use anyhow::Result;
use llm::{Client, Limits, Reach, TroubleKind};
use testkit::Reply;

use crate::{LONG, SECRET, ask, ask_with, endpoint, limits, playing, request, says, status, status_with};

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
async fn what_it_says_about_other_refusals_is_a_remark() -> Result<()> {
    for code in [400, 405, 409, 418, 422, 451] {
        let outcome =
            ask(vec![status(code, "{\"error\":{\"message\":\"no\\u202e \\u001b[1mmoney\"}}"), says("never")]).await?;
        assert_eq!(outcome.trouble(TroubleKind::Refused, 1)?, "It refuses the request.", "{code}");
        assert_eq!(outcome.remark(), Some("no [1mmoney"));
    }
    let outcome = ask(vec![status(402, "{\"error\":\"no credit\"}"), says("never")]).await?;
    assert!(outcome.trouble(TroubleKind::Unpaid, 1)?.contains("account"));
    assert_eq!(outcome.remark(), Some("no credit"));
    let long = format!("{{\"error\":\"{}\"}}", "no ".repeat(500));
    let outcome = ask(vec![status(400, &long)]).await?;
    assert_eq!(outcome.remark().map(|remark| remark.chars().count()), Some(200));
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
            assert_eq!(trouble.remark, None);
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
        assert!(outcome.trouble(TroubleKind::Redirected, 1)?.contains("redirect"), "{code}");
    }
    assert!(other.asked().is_empty());
    Ok(())
}

#[tokio::test]
async fn the_body_of_a_refusal_is_read_to_a_limit() -> Result<()> {
    let outcome = ask(vec![status(400, &"no ".repeat(1_000_000))]).await?;
    outcome.trouble(TroubleKind::Refused, 1)?;
    assert!(outcome.remark().is_some_and(|remark| remark.starts_with("no no")));
    Ok(())
}

#[tokio::test]
async fn a_refusal_that_comes_slowly_counts_by_its_status() -> Result<()> {
    let pause = Duration::from_millis(20);
    let slow = |status| Reply::Slow { status, pieces: vec!["no ".to_owned(); 3_000], pause };
    let hasty = Limits { first_word: Duration::from_secs(1), silence: 5 * pause, ..limits() };
    for (code, kind) in [
        (401, TroubleKind::Unauthorised),
        (400, TroubleKind::Refused),
        (402, TroubleKind::Unpaid),
        (501, TroubleKind::Faulty),
    ] {
        let outcome = ask_with(hasty.clone(), playing(vec![slow(code), says("never")])?).await?;
        outcome.trouble(kind, 1)?;
        assert_eq!(outcome.remark(), None);
    }
    let outcome = ask_with(hasty, playing(vec![slow(503), says("at last")])?).await?;
    assert_eq!(outcome.answer()?.attempts, 2);
    let patient = Limits { first_word: Duration::from_secs(1), ..limits() };
    let started = Instant::now();
    ask_with(patient, playing(vec![slow(401), says("never")])?).await?.trouble(TroubleKind::Unauthorised, 1)?;
    assert!(started.elapsed() < LONG / 2);
    Ok(())
}
