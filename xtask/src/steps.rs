//! Steps that a person can follow: a line each, with seconds, and what failed in full.

use std::io::{self, Read, Seek, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::children;
use crate::workshop::Workshop;

/// When to show what a step prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Live at a terminal; otherwise only when the step fails.
    Live,
    /// Always, as it is part of the record (test counts).
    Always,
    /// Only when the step fails.
    Failure,
}

/// The steps done so far.
pub struct Steps<'a> {
    workshop: &'a Workshop,
    done: Vec<(String, Duration)>,
}

impl<'a> Steps<'a> {
    /// No step done yet.
    pub fn new(workshop: &'a Workshop) -> Self {
        Self { workshop, done: Vec::new() }
    }

    /// The folders to work in.
    pub fn workshop(&self) -> &'a Workshop {
        self.workshop
    }

    /// Runs a command as a step; its failure is an error that names the step.
    pub fn run(&mut self, name: &str, show: Show, command: &mut Command) -> Result<()> {
        self.workshop.go_on()?;
        if show == Show::Always || (show == Show::Live && self.workshop.terminal) {
            self.run_live(name, command)
        } else {
            self.run_quietly(name, command)
        }
    }

    /// Does some work of our own as a step; `Show::Live` if the work writes to the terminal itself.
    pub fn work<T>(&mut self, name: &str, show: Show, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.workshop.go_on()?;
        let live = show == Show::Live;
        if live {
            println!("· {name}");
        } else {
            announce(name)?;
        }
        let start = Instant::now();
        let outcome = work();
        let time = start.elapsed();
        let lead = if live { format!("· {name}:") } else { String::new() };
        match outcome {
            Ok(value) => {
                println!("{lead} {}", seconds(time));
                self.done.push((name.to_owned(), time));
                Ok(value)
            }
            Err(error) => {
                println!("{lead} failed after {}", seconds(time));
                Err(error.context(format!("The step \"{name}\" failed")))
            }
        }
    }

    /// One table of all steps with their seconds.
    pub fn table(&self) -> String {
        let width = self.done.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut table = String::new();
        for (name, time) in &self.done {
            table += &format!("  {name:width$}  {:>8}\n", seconds(*time));
        }
        let sum = self.done.iter().map(|(_, time)| *time).sum();
        table + &format!("  {:width$}  {:>8}\n", "in all", seconds(sum))
    }

    fn run_live(&mut self, name: &str, command: &mut Command) -> Result<()> {
        println!("· {name}");
        let start = Instant::now();
        let mut child = command.spawn().with_context(|| children::line(command))?;
        let status = children::finish(self.workshop, &mut child)?;
        if !status.success() {
            bail!(failure(name, command, &status.to_string()));
        }
        println!("· {name}: {}", seconds(start.elapsed()));
        self.done.push((name.to_owned(), start.elapsed()));
        Ok(())
    }

    fn run_quietly(&mut self, name: &str, command: &mut Command) -> Result<()> {
        let mut said = tempfile::tempfile().context("no temporary file could be made")?;
        command.stdout(said.try_clone()?).stderr(said.try_clone()?);
        announce(name)?;
        let start = Instant::now();
        let mut child = command.spawn().with_context(|| children::line(command))?;
        let status = children::finish(self.workshop, &mut child)?;
        if !status.success() {
            println!(" failed after {}", seconds(start.elapsed()));
            let mut text = Vec::new();
            said.rewind()?;
            said.read_to_end(&mut text)?;
            println!("{}", String::from_utf8_lossy(&text).trim_end());
            return Err(anyhow!(failure(name, command, &status.to_string())));
        }
        println!(" {}", seconds(start.elapsed()));
        self.done.push((name.to_owned(), start.elapsed()));
        Ok(())
    }
}

/// A duration as a person reads it in a table.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn announce(name: &str) -> io::Result<()> {
    print!("· {name} …");
    io::stdout().flush()
}

fn failure(name: &str, command: &Command, status: &str) -> String {
    format!("The step \"{name}\" failed ({status}). To run it alone:\n  {}", children::line(command))
}
