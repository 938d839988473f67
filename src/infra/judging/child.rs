//! The child's side: confine first, then take the documents, then judge them.

use std::fs::File;
use std::io::BufWriter;

use confine::{EnterError, FrameReader, FrameWriter, Inside};
use diligence::{Input, Source, Survey};
use model::{Document, Fact, Part};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Head, Order, kind};
use crate::infra::child::ChildError;

/// A message larger than this is not one of ours: JSON of a sheet of a hundred thousand cells has about 20 MiB.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

/// A document with what was sent beside it.
struct Taken {
    input: Input,
    survey: Option<Survey>,
    facts: Vec<Fact>,
}

/// Makes the one thing that the parent asks for, and ends. Must be the first thing that a process does.
pub fn run() -> Result<(), ChildError> {
    let Inside { mut input, mut output, .. } = confine::enter(confine::Limits::default())?;
    confine::forbid_files().map_err(EnterError::from)?;
    let (_, order) = message(&mut input)?.filter(|(found, _)| *found == kind::ORDER).ok_or(ChildError::Order)?;
    let order: Order = parse(&order)?;
    let documents = documents(&mut input)?;
    match order {
        Order::Survey => {
            let one = only(documents)?;
            say(&mut output, kind::ANSWER, &diligence::survey(&one.input))
        }
        Order::Facts { survey, room, template } => {
            let facts = diligence::facts(&only(documents)?.input, &survey, &room);
            say(&mut output, kind::ANSWER, &facts)?;
            say(&mut output, kind::KEY_FIGURES, &diligence::key_figures(&facts, &template))
        }
        Order::Report { template, company, prepared_at } => {
            let sources = documents.into_iter().map(source).collect::<Result<Vec<_>, _>>()?;
            say(&mut output, kind::ANSWER, &diligence::report(&sources, &template, company.as_deref(), prepared_at))
        }
    }
}

fn only(documents: Vec<Taken>) -> Result<Taken, ChildError> {
    let [one] = <[Taken; 1]>::try_from(documents).map_err(|_| ChildError::Order)?;
    Ok(one)
}

fn source(taken: Taken) -> Result<Source, ChildError> {
    let Taken { input, survey, facts } = taken;
    Ok(Source { input, survey: survey.ok_or(ChildError::Order)?, facts })
}

/// All documents that the parent sends.
fn documents(input: &mut FrameReader<File>) -> Result<Vec<Taken>, ChildError> {
    let mut documents: Vec<Taken> = Vec::new();
    loop {
        let (found, bytes) = message(input)?.ok_or(ChildError::Order)?;
        match (found, documents.last_mut()) {
            (kind::END, _) => return Ok(documents),
            (kind::HEAD, _) => documents.push(begun(parse(&bytes)?)),
            (kind::SURVEY, Some(last)) => last.survey = Some(parse(&bytes)?),
            (kind::FACTS, Some(last)) => last.facts = parse(&bytes)?,
            (kind::PART, Some(Taken { input: Input { document: Ok(document), .. }, .. })) => {
                document.parts.push(parse::<Part>(&bytes)?);
            }
            _ => return Err(ChildError::Order),
        }
    }
}

fn begun(head: Head) -> Taken {
    let document = head.read.map(|(kind, reading)| Document { kind, parts: Vec::new(), reading });
    Taken { input: Input { version: head.version, name: head.name, document }, survey: None, facts: Vec::new() }
}

/// The next message whole; nothing if the parent has closed the pipe.
fn message(input: &mut FrameReader<File>) -> Result<Option<(u8, Vec<u8>)>, ChildError> {
    let Some(first) = input.read()? else { return Ok(None) };
    let (kind, mut bytes, mut ended) = (first.kind, first.payload, false);
    ended |= bytes.is_empty();
    while !ended {
        let next = input.read()?.filter(|frame| frame.kind == kind).ok_or(ChildError::Order)?;
        ended = next.payload.is_empty();
        bytes.extend_from_slice(&next.payload);
        if bytes.len() > LARGEST_MESSAGE {
            return Err(ChildError::Order);
        }
    }
    Ok(Some((kind, bytes)))
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, ChildError> {
    serde_json::from_slice(json).map_err(|_| ChildError::Order)
}

fn say(output: &mut FrameWriter<BufWriter<File>>, kind: u8, value: &impl Serialize) -> Result<(), ChildError> {
    let json = serde_json::to_vec(value).map_err(|_| ChildError::Order)?;
    Ok(output.write_stream(kind, json.as_slice())?)
}
