//! Work of the queue.

use protocol::admin::{Job, JobState, Queue};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, list, plain, said};
use crate::figures;
use crate::held::Row;
use crate::look::Tone;
use crate::paint::{Column, Painter};
use crate::state::State;
use crate::words::{self, head, label, say};

const COLUMNS: &[Column] = &[
    column(head::QUEUE, 8),
    column(head::STATE, 17),
    column(head::ATTEMPTS, 5),
    column(head::AGE, 7),
    column(head::ABOUT, 0),
];

impl Row for Job {
    fn name(&self) -> String {
        self.id.to_string()
    }

    fn words(&self) -> String {
        format!("{} {} {}", self.queue, words::job(self.state), self.subject)
    }
}

/// Draws it, with the queues above.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if state.jobs.held.value.is_some() {
        painter.line(text, 0, &[(Tone::Plain, &queues(&state.queues))]);
        if state.jobs_next.is_some() || state.jobs_after.is_some() {
            painter.right(text, 0, &[(Tone::Note, say::MORE_JOBS)]);
        }
    }
    let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    list(painter, below, state, &state.jobs, COLUMNS, |job| cells(job, state));
}

/// The queues that have something to do, in a line.
pub fn queues(queues: &[Queue]) -> String {
    let busy: Vec<String> = queues
        .iter()
        .filter(|queue| queue.running + queue.waiting > 0)
        .map(|queue| say::queue(&queue.name, &figures::count(queue.running), &figures::count(queue.waiting)))
        .collect();
    if busy.is_empty() { say::IDLE.to_owned() } else { busy.join(words::DOT) }
}

fn cells<'a>(job: &'a Job, state: &State) -> Vec<Cell<'a>> {
    let (tone, stands) = stands(job, state);
    vec![
        plain(job.queue.as_str()),
        said(tone, stands),
        said(Tone::Plain, tries(job)),
        said(Tone::Plain, figures::span(job.since, state.now).unwrap_or_default()),
        said(Tone::Dim, job.subject.to_string()),
    ]
}

fn tries(job: &Job) -> String {
    job.attempts.map_or_else(|| words::UNKNOWN.to_owned(), |tries| tries.to_string())
}

fn stands(job: &Job, state: &State) -> (Tone, String) {
    match job.state {
        JobState::Failed => (Tone::Bad, words::job(job.state).to_owned()),
        JobState::Again(at) => (Tone::Note, say::again(&figures::clock(at, state.zone))),
        JobState::Waiting | JobState::Running => (Tone::Plain, words::job(job.state).to_owned()),
    }
}

/// Everything that is known of a job.
pub fn details(job: &Job, state: &State) -> Vec<Detail> {
    let why = job.sentence.as_ref().map(|sentence| (head::DETAIL, sentence.to_string()));
    let rest = [
        (head::QUEUE, job.queue.to_string()),
        (head::STATE, stands(job, state).1),
        (head::ATTEMPTS, tries(job)),
        (head::SINCE, figures::moment(job.since, state.zone)),
        (head::ABOUT, job.subject.to_string()),
        (label::ID, job.id.to_string()),
    ];
    rest.into_iter().chain(why).collect()
}
