//! A model that thinks before its first word: how long it is waited for, and that its thoughts are not paid for twice.

use std::time::Duration;

use anyhow::Result;
use llm::{Limits, TroubleKind};
use testkit::Reply;

use crate::{LONG, SHORT, ask, ask_with, limits, playing, raw, says};

const THOUGHT: &str = "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n";
const ROLE: &str = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":null}}]}\n\n";
const WORD: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"at last\"}}]}\n\ndata: [DONE]\n\n";

fn slow(pieces: &[&str], pause: Duration) -> Reply {
    Reply::Slow { status: 200, pieces: pieces.iter().map(|piece| (*piece).to_owned()).collect(), pause }
}

#[tokio::test]
async fn whoever_thinks_is_waited_for() -> Result<()> {
    for sign in [THOUGHT, ROLE] {
        let limits = Limits { first_word: Duration::from_secs(1), ..limits() };
        let thinks = slow(&[sign, sign, sign, sign, sign, WORD], Duration::from_millis(300));
        let outcome = ask_with(limits, playing(vec![thinks, says("never")])?).await?;
        let answer = outcome.answer()?;
        assert_eq!((answer.text.as_str(), answer.attempts), ("at last", 1), "{sign}");
        assert_eq!(outcome.pieces, ["at last"]);
    }
    Ok(())
}

#[tokio::test]
async fn thoughts_that_break_off_are_not_asked_for_again() -> Result<()> {
    let other = THOUGHT.replace("reasoning_content", "reasoning");
    for thought in [THOUGHT, &other] {
        let ended = ask(vec![raw(thought), says("never")]).await?;
        assert!(ended.trouble(TroubleKind::Faulty, 1)?.contains("broke off"));
        let limits = Limits { first_word: Duration::from_secs(1), silence: SHORT, ..limits() };
        let stalled = ask_with(limits, playing(vec![slow(&[thought], LONG), says("never")])?).await?;
        assert!(stalled.trouble(TroubleKind::TimedOut, 1)?.contains("silent"));
    }
    Ok(())
}

#[tokio::test]
async fn an_event_without_a_thought_is_asked_for_again() -> Result<()> {
    for sign in [ROLE, ": queued\n\n"] {
        let limits = Limits { first_word: Duration::from_secs(1), silence: SHORT, ..limits() };
        let outcome = ask_with(limits, playing(vec![slow(&[sign], LONG), says("at last")])?).await?;
        assert_eq!(outcome.answer()?.attempts, 2, "{sign}");
    }
    Ok(())
}

#[tokio::test]
async fn an_event_without_a_thought_makes_nobody_less_patient() -> Result<()> {
    let limits = Limits { silence: SHORT, ..limits() };
    let outcome = ask_with(limits, playing(vec![slow(&[ROLE, WORD], SHORT * 5), says("never")])?).await?;
    assert_eq!(outcome.answer()?.attempts, 1);
    Ok(())
}

#[tokio::test]
async fn endless_thoughts_end_with_the_call() -> Result<()> {
    let limits = Limits { first_word: Duration::from_secs(1), total: Duration::from_secs(2), ..limits() };
    let thoughts = slow(&[THOUGHT; 300], Duration::from_millis(50));
    ask_with(limits, playing(vec![thoughts])?).await?.trouble(TroubleKind::TimedOut, 1)?;
    Ok(())
}
