//! The child's side: confine first, then take the file, then read it or draw of it.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read as _};

use confine::{FrameError, FrameReader, FrameWriter, Inside};
use extract::{Limits, ReadError, Sink, Source};
use serde::Serialize;

use super::{Finish, Order, Progress, Task, kind};
use crate::infra::child::ChildError;

/// Pages that may fail to be drawn before the rest goes without.
const FAILURES: u32 = 3;

/// Does what is ordered with the one file that the parent sends, and ends. Must be the first thing that a process does.
pub fn run() -> Result<(), ChildError> {
    let Inside { limits, mut input, output, .. } = confine::enter(confine::Limits::default())?;
    let mut tell = Tell { output, fault: None };
    let order = take_order(&mut input)?;
    let outcome = receive(&mut input, limits.document_bytes).and_then(|file| work(&order, &file, &mut tell));
    if let Err(error) = outcome {
        tell.json(kind::FAILED, &error);
    }
    tell.fault.map_or(Ok(()), |fault| Err(fault.into()))
}

fn take_order(input: &mut FrameReader<File>) -> Result<Order, ChildError> {
    let frame = input.read()?.filter(|frame| frame.kind == kind::ORDER).ok_or(ChildError::Order)?;
    serde_json::from_slice(&frame.payload).map_err(|_| ChildError::Order)
}

fn receive(input: &mut FrameReader<File>, limit: u64) -> Result<File, ReadError> {
    let fault = |error: &dyn std::fmt::Display| ReadError::Internal(format!("the file did not arrive: {error}"));
    let file = confine::sealed(input.stream(kind::FILE, limit), limit).map_err(|error| fault(&error))?;
    confine::forbid_files().map_err(|error| fault(&error))?;
    Ok(file)
}

fn work(order: &Order, file: &File, tell: &mut Tell) -> Result<(), ReadError> {
    let password = order.password.as_deref().map(String::as_str);
    let source = Source { kind: order.kind, file, password };
    match order.task {
        Task::Read => read(&source, &order.limits, tell),
        Task::Draw { part } => {
            tell.picture(kind::PICTURE, part, extract::picture(&source, &order.limits, part)?);
            Ok(())
        }
    }
}

fn read(source: &Source<'_>, limits: &Limits, tell: &mut Tell) -> Result<(), ReadError> {
    let document = extract::read(source, limits, tell)?;
    for part in &document.parts {
        tell.stream(kind::PART, &part);
    }
    tell.json(kind::FINISH, &Finish { reading: document.reading });
    // The text is what matters; a fault of the pictures is not worth a word.
    let _ = extract::thumbnails(source, limits, tell);
    if source.password.is_some() {
        let numbers = document.parts.iter().map(|part| part.number);
        draw(source, limits, numbers.take(limits.pictures as usize), tell);
    }
    Ok(())
}

/// Draws parts as long as that works.
fn draw(source: &Source<'_>, limits: &Limits, parts: impl Iterator<Item = u32>, tell: &mut Tell) {
    let mut failures = 0;
    for part in parts {
        match extract::picture(source, limits, part) {
            Ok(jpeg) => tell.picture(kind::PICTURE, part, jpeg),
            Err(_) => failures += 1,
        }
        if failures == FAILURES {
            return;
        }
    }
}

/// Tells the parent. Once the pipe is broken nothing more is said, and the process ends as soon as it can.
struct Tell {
    output: FrameWriter<BufWriter<File>>,
    fault: Option<FrameError>,
}

impl Tell {
    fn say(&mut self, word: impl FnOnce(&mut FrameWriter<BufWriter<File>>) -> Result<(), FrameError>) {
        if self.fault.is_none() {
            self.fault = word(&mut self.output).err();
        }
    }

    fn json(&mut self, kind: u8, value: &impl Serialize) {
        let bytes = serde_json::to_vec(value).unwrap_or_default();
        self.say(|output| output.write(kind, &bytes));
    }

    fn stream(&mut self, kind: u8, value: &impl Serialize) {
        let bytes = serde_json::to_vec(value).unwrap_or_default();
        self.say(|output| output.write_stream(kind, Cursor::new(bytes)));
    }

    fn picture(&mut self, kind: u8, part: u32, jpeg: Vec<u8>) {
        let number = part.to_be_bytes();
        self.say(|output| output.write_stream(kind, number.chain(Cursor::new(jpeg))));
    }
}

impl Sink for Tell {
    fn progress(&mut self, done: u32, of: u32) {
        self.json(kind::PROGRESS, &Progress { done, total: of });
    }

    fn thumbnail(&mut self, part: u32, jpeg: Vec<u8>) {
        self.picture(kind::THUMBNAIL, part, jpeg);
    }
}
