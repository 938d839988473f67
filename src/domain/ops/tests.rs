//! Rules of the overseer's list without IO.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::model::{Kind, Piece, Stands};
use crate::base::{GivenUp, JobId};
use crate::infra::db::queue::Unfinished;

fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn work(due_at: DateTime<Utc>, leased_until: Option<DateTime<Utc>>) -> Unfinished {
    let (id, subject) = (JobId(Uuid::from_u128(1)), Uuid::from_u128(2));
    Unfinished { id, queue: Kind::Runs, subject, attempts: 3, due_at, leased_until, since: now() }
}

#[test]
fn work_runs_while_somebody_holds_it_and_waits_for_its_time_otherwise() {
    let stands = |due, until| Piece::on_the_queue(&work(due, until), now()).stands;
    let (early, late) = (now() - TimeDelta::seconds(1), now() + TimeDelta::seconds(9));
    assert_eq!(stands(early, Some(late)), Stands::Running);
    assert_eq!(stands(early, Some(early)), Stands::Waiting, "whoever held it is dead");
    assert_eq!(stands(early, None), Stands::Waiting);
    assert_eq!(stands(late, None), Stands::Again(late));
}

#[test]
fn what_was_given_up_comes_first_however_young_it_is() {
    let young = GivenUp { subject: Uuid::max(), since: now() };
    let given_up = Piece::given_up(Kind::Reading, &young);
    assert!(given_up.place() < Piece::on_the_queue(&work(now(), None), now()).place());
    assert_eq!(given_up.attempts, None);
}
