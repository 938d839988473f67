//! What is connected to, and what is said if that fails.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;

use anyhow::Result;
use llm::{BaseUrl, Client, Endpoint, Reach, Trouble, TroubleKind};

use crate::{endpoint, limits, playing, request, says};

async fn trouble(endpoint: &Endpoint) -> Result<Trouble> {
    match Client::new(limits())?.complete(endpoint, &request(), &mut |_| ()).await {
        Ok(_) => anyhow::bail!("it answered"),
        Err(trouble) => Ok(trouble),
    }
}

#[tokio::test]
async fn names_and_addresses_of_this_machine_are_reached() -> Result<()> {
    for reach in [Reach::Local, Reach::External] {
        let model = playing(vec![says("here")])?;
        for base_url in [model.base_url(), model.base_url().replace("127.0.0.1", "localhost")] {
            let answer = Client::new(limits())?.complete(&endpoint(&base_url, reach)?, &request(), &mut |_| ()).await?;
            assert_eq!((answer.text.as_str(), answer.attempts), ("here", 1));
        }
    }
    Ok(())
}

/// The environment belongs to a whole process, so the test above runs in one of its own.
#[test]
fn a_proxy_of_the_environment_is_not_used() -> Result<()> {
    let mut again = Command::new(std::env::current_exe()?);
    again.args(["--exact", "reaching::names_and_addresses_of_this_machine_are_reached"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        // Nobody listens there.
        again.env(name, "http://127.0.0.1:9");
    }
    let output = again.env_remove("no_proxy").env_remove("NO_PROXY").output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}

#[tokio::test]
async fn an_address_is_checked_at_each_call() -> Result<()> {
    // As it was when it was added as external, and is now asked for as local.
    let outside = Endpoint {
        base_url: BaseUrl::parse("https://192.0.2.1/v1", Reach::External).map_err(anyhow::Error::msg)?,
        model: "llama".to_owned(),
        key: None,
        reach: Reach::Local,
    };
    let trouble = trouble(&outside).await?;
    assert_eq!((trouble.kind, trouble.attempts), (TroubleKind::Forbidden, 0));
    assert!(trouble.sentence.contains("add it as external"));
    Ok(())
}

#[tokio::test]
async fn nobody_there_is_said_after_all_attempts() -> Result<()> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let trouble = trouble(&endpoint(&format!("http://127.0.0.1:{port}"), Reach::Local)?).await?;
    assert_eq!((trouble.kind, trouble.attempts), (TroubleKind::Unreachable, 3));
    assert!(trouble.sentence.starts_with("Nothing listens"));
    Ok(())
}

#[tokio::test]
async fn https_where_there_is_none_is_said_at_once() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let plain = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")?;
        // Until the client hangs up, because closing with bytes unread would look like a broken connection.
        std::io::copy(&mut stream, &mut std::io::sink())
    });
    let trouble = trouble(&endpoint(&format!("https://127.0.0.1:{port}"), Reach::Local)?).await?;
    assert_eq!((trouble.kind, trouble.attempts), (TroubleKind::Unreachable, 1));
    assert!(trouble.sentence.contains("https://"), "{}", trouble.sentence);
    assert!(plain.join().is_ok());
    Ok(())
}

#[test]
fn errors_name_neither_host_nor_key() -> Result<()> {
    let refused = BaseUrl::parse("http://169.254.169.254/v1", Reach::Local).err();
    assert!(refused.is_some_and(|sentence| !sentence.contains("169.254")));
    Ok(())
}
