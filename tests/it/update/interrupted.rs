//! `kill -9` of whoever installs, at every step and between every two: whoever goes on brings it to its end, and then the
//! old version runs or the new one does.

use std::os::unix::process::ExitStatusExt as _;

use ::update::{Outcome, Step};

use super::EXPANDS;
use super::world::{NEW, OLD, World};

const FORTH: [Step; 12] = [
    Step::Precheck,
    Step::Verify,
    Step::Lay,
    Step::Backup,
    Step::Fits,
    Step::Stop,
    Step::Copy,
    Step::Migrate,
    Step::Switch,
    Step::Start,
    Step::Gate,
    Step::Commit,
];
const BACK: [Step; 5] = [Step::BackStop, Step::BackCopy, Step::BackSwitch, Step::BackStart, Step::BackGate];

/// Is killed there, looks at what runs, and goes on.
async fn killed_at(world: &World, seconds: u64, step: Step, moment: &str) -> Outcome {
    world.begin(NEW, |journal| journal.without_backup = step != Step::Backup);
    let status = world.executor(seconds, Some((step, moment))).wait().unwrap();
    assert_eq!(status.signal(), Some(9), "{step:?} {moment}: {status}");
    assert_eq!(world.journal().step, step);
    let refused = world.desk.installation.run(&["update", "rollback", "--yes"]);
    assert!(!refused.ok && refused.err.contains("was interrupted"), "{}", refused.err);
    let ended = world.carry_out_within(seconds, None);
    let runs = if ended.outcome == Outcome::Done { NEW } else { OLD };
    assert_eq!((world.running().as_str(), world.answers().await.as_str()), (runs, runs), "{step:?} {moment}");
    ended.outcome
}

async fn forth(moment: &str) {
    let mut world = World::open().await;
    world.admin.new_deal("Northwind").await;
    world.prepare(NEW, &world.migrating(EXPANDS));
    for step in FORTH {
        assert_eq!(killed_at(&world, 120, step, moment).await, Outcome::Done, "{step:?}");
        world.forget();
    }
    assert_eq!(world.sql("SELECT count(*) FROM deals"), "1");
}

#[actix_web::test]
async fn an_update_that_is_killed_before_any_step_goes_on() {
    forth("before").await;
}

#[actix_web::test]
async fn an_update_that_is_killed_after_any_step_goes_on() {
    forth("after").await;
}

#[actix_web::test]
async fn a_way_back_that_is_killed_at_any_step_goes_on() {
    let world = World::open().await;
    world.prepare(NEW, "serve) exit 1 ;;");
    for step in BACK {
        for moment in ["before", "after"] {
            // The old version gets twice as long, and is healthy sooner than that.
            assert_eq!(killed_at(&world, 15, step, moment).await, Outcome::RolledBack, "{step:?} {moment}");
        }
    }
}
