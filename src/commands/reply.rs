//! What the server said, on standard output.

use protocol::admin::{PartState, Reply, Seal, Status};

use super::desk::Told;
use super::{Done, print as line};

/// For people, or as the JSON that the admin socket gave.
pub(super) fn print(reply: &Reply, json: bool) -> Done {
    match reply {
        _ if json => self::json(reply),
        Reply::Well { sentence, .. } => line(sentence.as_str()),
        Reply::Status(status) => status_lines(status),
        other => self::json(other),
    }
}

/// One line, so that programs read it as they read the admin socket.
fn json(reply: &Reply) -> Done {
    line(&serde_json::to_string(reply)?)
}

/// For programs, what went wrong stands on standard output as well, as the admin socket would have said it.
pub(super) fn wired(json: bool, work: impl FnOnce() -> Done) -> Done {
    let done = work();
    if let (true, Err(failure)) = (json, &done) {
        line(&Told::of(failure)?)?;
    }
    done
}

fn status_lines(status: &Status) -> Done {
    line(&format!(
        "VCConnect {} at {}, running since {}",
        status.version,
        status.url,
        status.since.format("%Y-%m-%d %H:%M UTC")
    ))?;
    if let Seal::Sealed(reason) = &status.seal {
        line(&format!("SEALED  {reason}"))?;
    }
    if let Seal::Away(reason) = &status.seal {
        line(&format!("AWAY    {reason}"))?;
    }
    for part in &status.parts {
        let mark = match part.state {
            PartState::Ok => "ok      ",
            PartState::Note => "note    ",
            PartState::Problem => "PROBLEM ",
        };
        line(&format!("{mark}{:<12}{}", part.name, part.detail))?;
    }
    for disk in &status.disks {
        line(&format!("disk    {:<12}{} GiB free of {} GiB", disk.holds, disk.free >> 30, disk.total >> 30))?;
    }
    for queue in &status.queues {
        line(&format!("queue   {:<12}{} running, {} waiting", queue.name, queue.running, queue.waiting))?;
    }
    line(&format!("people  {} signed in", status.sessions))
}
