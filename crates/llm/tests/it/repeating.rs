//! When it is asked again, after which pause, and how often.

use std::time::{Duration, Instant};

use anyhow::Result;
use llm::{Client, Limits, Reach, TroubleKind};
use testkit::{Gate, Reply};

use crate::{LONG, SHORT, ask, ask_with, endpoint, limits, playing, raw, request, says, status, status_with};

#[tokio::test]
async fn what_may_pass_is_asked_again() -> Result<()> {
    for code in [408, 425, 429, 500, 502, 503, 504, 529] {
        let outcome = ask(vec![status(code, "{}"), status(code, "{}"), says("at last")]).await?;
        let answer = outcome.answer()?;
        assert_eq!((answer.text.as_str(), answer.attempts), ("at last", 3), "{code}");
        assert_eq!(outcome.pieces.concat(), "at last");
    }
    Ok(())
}

#[tokio::test]
async fn a_stream_that_ends_before_its_first_word_is_asked_for_again() -> Result<()> {
    let role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    for reply in [raw(""), raw(role), raw(": only a comment\n\n"), Reply::Cut(String::new())] {
        let outcome = ask(vec![reply, says("at last")]).await?;
        assert_eq!(outcome.answer()?.attempts, 2);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_that_stalls_before_its_first_word_is_asked_for_again() -> Result<()> {
    let stalled = Reply::Held { before: String::new(), gate: Gate::new(), after: String::new() };
    for reply in [Reply::Silent, stalled] {
        let limits = Limits { first_word: Duration::from_secs(1), ..limits() };
        let outcome = ask_with(limits, playing(vec![reply, says("at last")])?).await?;
        assert_eq!(outcome.answer()?.attempts, 2);
        assert!(outcome.model.wait_until_left(1, LONG));
    }
    Ok(())
}

#[tokio::test]
async fn attempts_have_an_end() -> Result<()> {
    for (code, kind) in
        [(429, TroubleKind::Busy), (503, TroubleKind::Busy), (500, TroubleKind::Faulty), (504, TroubleKind::TimedOut)]
    {
        let outcome = ask(vec![status(code, "{}")]).await?;
        assert!(outcome.trouble(kind, 3)?.contains(&code.to_string()));
    }
    let once = Limits { attempts: 1, ..limits() };
    ask_with(once, playing(vec![status(500, "{}")])?).await?.trouble(TroubleKind::Faulty, 1)?;
    let slow = Limits { first_word: Duration::from_millis(500), attempts: 2, ..limits() };
    ask_with(slow, playing(vec![Reply::Silent])?).await?.trouble(TroubleKind::TimedOut, 2)?;
    assert!(Client::new(Limits { attempts: 0, ..limits() }).is_err());
    Ok(())
}

#[tokio::test]
async fn pauses_grow() -> Result<()> {
    let limits = Limits { pause: Duration::from_millis(20), attempts: 4, ..limits() };
    let started = Instant::now();
    let outcome = ask_with(limits, playing(vec![status(500, "{}")])?).await?;
    outcome.trouble(TroubleKind::Faulty, 4)?;
    assert!(started.elapsed() >= Duration::from_millis(20 + 40 + 80));
    Ok(())
}

#[tokio::test]
async fn an_endpoint_is_given_the_time_that_it_asks_for() -> Result<()> {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (headers, least) in [
        (vec![("retry-after-ms", "120"), ("retry-after", "1")], 120),
        (vec![("retry-after", "1")], 1_000),
        (vec![date, ("retry-after", "Sun, 06 Nov 1994 08:49:38 GMT")], 1_000),
    ] {
        let started = Instant::now();
        let outcome = ask(vec![status_with(429, &headers), says("at last")]).await?;
        assert_eq!(outcome.answer()?.attempts, 2);
        assert!(started.elapsed() >= Duration::from_millis(least), "{headers:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_asks_for_too_much_time_is_given_up() -> Result<()> {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for headers in [vec![("retry-after", "300")], vec![date, ("retry-after", "Sun, 06 Nov 1994 08:54:37 GMT")]] {
        let outcome = ask(vec![status_with(503, &headers)]).await?;
        assert!(outcome.trouble(TroubleKind::Busy, 1)?.contains("It asks to wait for 5 minutes"));
    }
    // There would be time for this one.
    let outcome = ask(vec![status_with(429, &[("retry-after", "20")]), says("never")]).await?;
    assert!(outcome.trouble(TroubleKind::Busy, 1)?.contains("20 seconds"));
    let hurried = Limits { total: Duration::from_secs(3), ..limits() };
    let outcome = ask_with(hurried, playing(vec![status_with(429, &[("retry-after", "4")])])?).await?;
    assert!(outcome.trouble(TroubleKind::Busy, 1)?.contains("4 seconds"));
    Ok(())
}

#[tokio::test]
async fn a_pause_that_would_outlast_the_call_is_not_begun() -> Result<()> {
    let limits = Limits { pause: LONG, longest_wait: LONG, total: Duration::from_secs(20), ..limits() };
    let outcome = ask_with(limits, playing(vec![status(500, "{}")])?).await?;
    outcome.trouble(TroubleKind::Faulty, 1)?;
    // That which the endpoint asks for would not be too long.
    let limits = Limits { pause: LONG, total: Duration::from_secs(20), ..crate::limits() };
    let outcome = ask_with(limits, playing(vec![status_with(500, &[("retry-after", "1")])])?).await?;
    outcome.trouble(TroubleKind::Faulty, 1)?;
    Ok(())
}

#[tokio::test]
async fn the_whole_call_has_an_end() -> Result<()> {
    let limits = Limits { total: SHORT, ..limits() };
    let outcome = ask_with(limits, playing(vec![Reply::Silent])?).await?;
    // The request may not have reached the model yet when the time is over.
    assert!(outcome.result.is_err_and(|trouble| trouble.kind == TroubleKind::TimedOut && trouble.attempts == 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_call_that_is_dropped_hangs_up() -> Result<()> {
    let gate = Gate::new();
    let held = Reply::Held { before: "one".to_owned(), gate: gate.clone(), after: "two".to_owned() };
    let model = playing(vec![held])?;
    let endpoint = endpoint(&model.base_url(), Reach::Local)?;
    let client = Client::new(limits())?;
    let (begun, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let request = request();
    let mut on_text = move |_: &str| begun.send(()).unwrap_or_default();
    tokio::select! {
        result = client.complete(&endpoint, &request, &mut on_text) => anyhow::bail!("it ended: {:?}", result.is_ok()),
        first = heard.recv() => assert!(first.is_some()),
    }
    assert!(model.wait_until_left(1, LONG));
    assert_eq!(model.asked().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_call_that_is_dropped_between_attempts_asks_no_more() -> Result<()> {
    for (wait, watched) in [("1", Duration::from_millis(1_300)), ("20", SHORT)] {
        let model = playing(vec![status_with(503, &[("retry-after", wait)]), says("never")])?;
        let endpoint = endpoint(&model.base_url(), Reach::Local)?;
        let client = Client::new(Limits { longest_wait: LONG, ..limits() })?;
        let (request, mut on_text) = (request(), |_: &str| ());
        let call = client.complete(&endpoint, &request, &mut on_text);
        assert!(tokio::time::timeout(SHORT * 5, call).await.is_err());
        assert!(!model.wait_until_asked(2, watched));
        assert_eq!(model.asked().len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_must_not_ask_for_time_gets_our_pauses() -> Result<()> {
    let limits = Limits { pause: Duration::from_millis(20), longest_wait: Duration::ZERO, ..limits() };
    let started = Instant::now();
    let outcome = ask_with(limits, playing(vec![status(500, "{}")])?).await?;
    outcome.trouble(TroubleKind::Faulty, 3)?;
    assert!(started.elapsed() >= Duration::from_millis(20 + 40));
    Ok(())
}

fn names(parameter: &str) -> Reply {
    status(400, &format!("{{\"error\":{{\"message\":\"Unsupported parameter: '{parameter}'.\"}}}}"))
}

#[tokio::test]
async fn a_parameter_that_is_not_known_is_left_out() -> Result<()> {
    let replies = vec![
        names("response_format"),
        status(422, "{\"detail\":[{\"loc\":[\"body\",\"stream_options\"],\"msg\":\"extra\"}]}"),
        status(400, "{\"error\":{\"message\":\"not supported\",\"param\":\"temperature\"}}"),
        names("max_tokens"),
        says("at last"),
    ];
    let one = Limits { attempts: 1, ..limits() };
    let outcome = ask_with(one, playing(replies)?).await?;
    assert_eq!(outcome.answer()?.attempts, 5);
    let bodies = outcome.model.asked();
    for (place, parameter) in ["response_format", "stream_options", "temperature", "max_tokens"].iter().enumerate() {
        let sent: Vec<bool> = bodies.iter().map(|asked| asked.body.get(parameter).is_some()).collect();
        let expected: Vec<bool> = (0..5).map(|request| request <= place).collect();
        assert_eq!(sent, expected, "{parameter}");
    }
    assert_eq!(bodies[4].body["max_completion_tokens"], 300);
    Ok(())
}

#[tokio::test]
async fn each_parameter_is_left_out_once_and_nothing_is_remembered() -> Result<()> {
    ask(vec![names("temperature")]).await?.trouble(TroubleKind::Refused, 2)?;
    ask(vec![names("something_else")]).await?.trouble(TroubleKind::Refused, 1)?;

    let model = playing(vec![names("temperature"), says("a"), says("b")])?;
    let endpoint = endpoint(&model.base_url(), Reach::Local)?;
    let client = Client::new(limits())?;
    client.complete(&endpoint, &request(), &mut |_| ()).await?;
    client.complete(&endpoint, &request(), &mut |_| ()).await?;
    assert_eq!(model.asked()[2].body["temperature"], 0);
    Ok(())
}
