//! What is taken for an answer.

use anyhow::Result;
use llm::{Client, Key, Limits, Tokens, TroubleKind};
use testkit::{Gate, Reply};
use zeroize::Zeroizing;

use crate::{LONG, SECRET, SHORT, ask, ask_with, limits, playing, raw, request, says, status};

const WORDS: &str = "Größer als 5 €: “ARR” ist 4,2 Mio. – und 企業 wächst.\nZweite Zeile.";

#[tokio::test]
async fn a_stream_is_handed_on_piece_by_piece() -> Result<()> {
    let outcome = ask(vec![says(WORDS)]).await?;
    let answer = outcome.answer()?;
    assert_eq!(answer.text, WORDS);
    assert!(outcome.pieces.len() > 3);
    assert_eq!(outcome.pieces.concat(), WORDS);
    assert_eq!(answer.model.as_deref(), Some("llama"));
    let characters = request().system.chars().count() + request().user.chars().count();
    let tokens = Tokens { prompt: u32::try_from(characters / 4)?, answer: u32::try_from(WORDS.chars().count() / 4)? };
    assert_eq!(answer.tokens, Some(tokens));
    assert!(answer.complete);
    assert_eq!(answer.attempts, 1);
    Ok(())
}

#[tokio::test]
async fn words_come_before_the_answer_is_whole() -> Result<()> {
    let gate = Gate::new();
    let held = Reply::Held { before: "one ".to_owned(), gate: gate.clone(), after: "two".to_owned() };
    let model = playing(vec![held])?;
    let endpoint = crate::endpoint(&model.base_url(), llm::Reach::Local)?;
    let mut heard = String::new();
    // The gate opens only once the words before it have arrived.
    let mut on_text = |piece: &str| {
        heard.push_str(piece);
        if heard == "one " {
            gate.open();
        }
    };
    let answer = Client::new(limits())?.complete(&endpoint, &request(), &mut on_text).await?;
    assert_eq!(answer.text, "one two");
    Ok(())
}

#[tokio::test]
async fn an_answer_in_one_body_is_taken_too() -> Result<()> {
    let outcome = ask(vec![Reply::Plain(WORDS.to_owned())]).await?;
    assert_eq!(outcome.answer()?.text, WORDS);
    assert_eq!(outcome.pieces, [WORDS]);
    assert!(outcome.answer()?.tokens.is_some());
    Ok(())
}

#[tokio::test]
async fn an_answer_that_was_cut_at_the_limit_is_not_complete() -> Result<()> {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"half a\"}}]}\n\n\
                  data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n";
    let outcome = ask(vec![raw(stream)]).await?;
    assert_eq!(outcome.answer()?.text, "half a");
    assert!(!outcome.answer()?.complete);
    Ok(())
}

#[tokio::test]
async fn a_stream_may_end_with_a_reason_or_with_done() -> Result<()> {
    let reason = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n";
    let done = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\ndata: [DONE]";
    for stream in [reason, done] {
        let outcome = ask(vec![raw(stream)]).await?;
        assert_eq!(outcome.answer()?.text, "a");
        assert!(outcome.answer()?.complete);
    }
    Ok(())
}

#[tokio::test]
async fn thoughts_comments_and_other_choices_are_no_words() -> Result<()> {
    let stream = ": waiting\n\n\
                  data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n\
                  data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n\
                  data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"mine\"}}]}\n\ndata: [DONE]\n\n";
    assert_eq!(ask(vec![raw(stream)]).await?.answer()?.text, "mine");
    Ok(())
}

#[tokio::test]
async fn an_empty_answer_is_none() -> Result<()> {
    for reply in [says(""), says(" \n"), Reply::Plain(String::new()), raw("data: [DONE]\n\n")] {
        let outcome = ask(vec![reply]).await?;
        outcome.trouble(TroubleKind::Malformed, 1)?;
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_has_a_limit() -> Result<()> {
    for reply in [says(&"a".repeat(40)), Reply::Plain("a".repeat(40))] {
        let limits = Limits { answer_bytes: 39, ..limits() };
        let outcome = ask_with(limits, playing(vec![reply.clone()])?).await?;
        outcome.trouble(TroubleKind::Malformed, 1)?;
        let limits = Limits { answer_bytes: 40, ..crate::limits() };
        ask_with(limits, playing(vec![reply])?).await?.answer()?;
    }
    let endless_line = format!("data: {}", "a".repeat(200_000));
    ask(vec![raw(&endless_line)]).await?.trouble(TroubleKind::Malformed, 1)?;
    let endless_body = format!("{{\"x\":\"{}\"}}", "a".repeat(200_000));
    ask(vec![status(200, &endless_body)]).await?.trouble(TroubleKind::Malformed, 1)?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_completion_is_malformed_and_not_asked_for_again() -> Result<()> {
    let html = Reply::Status {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
        body: "<html>a page</html>".to_owned(),
    };
    let packed = Reply::Status {
        status: 200,
        headers: vec![("content-encoding".to_owned(), "gzip".to_owned())],
        body: "x".to_owned(),
    };
    for reply in
        [html, packed, status(200, "{\"hello\":1}"), status(200, "[]"), raw("data: {broken\n\n"), raw("data: 7\n\n")]
    {
        ask(vec![reply]).await?.trouble(TroubleKind::Malformed, 1)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_fault_that_is_told_within_an_answer_ends_it() -> Result<()> {
    for stream in [
        "data: {\"error\":{\"message\":\"out of memory\"}}\n\n",
        "event: error\ndata: {\"message\":\"out of memory\"}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\ndata: {\"error\":\"out of memory\"}\n\n",
    ] {
        let outcome = ask(vec![raw(stream)]).await?;
        assert_eq!(outcome.trouble(TroubleKind::Faulty, 1)?, "It has a fault.");
        assert_eq!(outcome.remark(), Some("out of memory"));
    }
    let body = "{\"error\":{\"message\":\"out of memory\"}}";
    let outcome = ask(vec![status(200, body)]).await?;
    outcome.trouble(TroubleKind::Faulty, 1)?;
    assert_eq!(outcome.remark(), Some("out of memory"));
    let filtered = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"content_filter\"}]}\n\n";
    assert!(ask(vec![raw(filtered)]).await?.trouble(TroubleKind::Refused, 1)?.contains("filter"));
    Ok(())
}

#[tokio::test]
async fn after_a_word_nothing_is_asked_again() -> Result<()> {
    let cut = Reply::Cut("half an answ".to_owned());
    let truncated = raw("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\ndata: {\"choi");
    let broken = raw("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\ndata: {broken\n\n");
    for (reply, kind) in
        [(cut, TroubleKind::Faulty), (truncated, TroubleKind::Faulty), (broken, TroubleKind::Malformed)]
    {
        let outcome = ask(vec![reply, says("whole")]).await?;
        outcome.trouble(kind, 1)?;
        assert!(outcome.pieces.concat().starts_with("half"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn silence_in_the_middle_is_not_waited_out() -> Result<()> {
    let held = Reply::Held { before: "half".to_owned(), gate: Gate::new(), after: String::new() };
    let limits = Limits { silence: SHORT, ..limits() };
    let outcome = ask_with(limits, playing(vec![held])?).await?;
    outcome.trouble(TroubleKind::TimedOut, 1)?;
    assert!(outcome.model.wait_until_left(1, LONG));
    Ok(())
}

#[tokio::test]
async fn what_was_sent_is_no_name_of_a_model() -> Result<()> {
    let named = |name: &str| {
        raw(&format!(
            "data: {{\"model\":\"{name}\",\"choices\":[{{\"delta\":{{\"content\":\"a\"}}}}]}}\n\ndata: [DONE]\n\n"
        ))
    };
    for echo in [format!("Bearer {SECRET}"), SECRET.to_uppercase(), request().user] {
        assert_eq!(ask(vec![named(&echo)]).await?.answer()?.model, None, "{echo}");
    }
    assert_eq!(ask(vec![named("llama\\u202e-3")]).await?.answer()?.model.as_deref(), Some("llama-3"));

    // A local server takes any key, and people write the name of its model there.
    let model = playing(vec![named("llama")])?;
    let mut endpoint = crate::endpoint(&model.base_url(), llm::Reach::Local)?;
    endpoint.key = Some(Key(Zeroizing::new("llama".to_owned())));
    let answer = Client::new(limits())?.complete(&endpoint, &request(), &mut |_| ()).await?;
    assert_eq!(answer.model.as_deref(), Some("llama"));
    Ok(())
}
