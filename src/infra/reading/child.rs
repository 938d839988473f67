//! The child's side: confine first, then take the file, then read it.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read as _};

use confine::{FrameError, FrameReader, FrameWriter, Inside};
use extract::{ReadError, Sink, Source};
use serde::Serialize;

use super::{Finish, Order, Progress, kind};
use crate::infra::child::ChildError;

/// Reads the one file that the parent sends, and ends. Must be the first thing that a process does.
pub fn run() -> Result<(), ChildError> {
    let Inside { limits, mut input, output, .. } = confine::enter(confine::Limits::default())?;
    let mut tell = Tell { output, fault: None };
    let order = take_order(&mut input)?;
    let outcome = receive(&mut input, limits.document_bytes).and_then(|file| read(&order, &file, &mut tell));
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

fn read(order: &Order, file: &File, tell: &mut Tell) -> Result<(), ReadError> {
    let password = order.password.as_deref().map(String::as_str);
    let source = Source { kind: order.kind, file, password };
    let document = extract::read(&source, &order.limits, tell)?;
    for part in &document.parts {
        tell.stream(kind::PART, &part);
    }
    tell.json(kind::FINISH, &Finish { reading: document.reading });
    // The text is what matters; a fault of the pictures is not worth a word.
    let _ = extract::thumbnails(&source, &order.limits, tell);
    Ok(())
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
}

impl Sink for Tell {
    fn progress(&mut self, done: u32, of: u32) {
        self.json(kind::PROGRESS, &Progress { done, total: of });
    }

    fn thumbnail(&mut self, part: u32, jpeg: Vec<u8>) {
        let number = part.to_be_bytes();
        self.say(|output| output.write_stream(kind::THUMBNAIL, number.chain(Cursor::new(jpeg))));
    }
}
