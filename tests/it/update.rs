//! Updates as they go: real releases of the real program, a real server that is stopped and started, a real database.
//! What the package and systemd do is done by a script and by [`world::Processes`].
//!
//! A release with another version is a copy of the program in which the digits of its version are other ones; one that
//! goes wrong is a script before it.

mod bundles;
mod going_back;
mod interrupted;
mod world;

use ::update::{Outcome, Step};
use serde_json::json;

use crate::backup::repository;
use crate::documents::walk;
use world::{NEW, OLD, World, real};

/// Changes the database as a later version would, in a way that older programs can follow.
const EXPANDS: &str = "CREATE TABLE IF NOT EXISTS of_a_later_version (id int);
    INSERT INTO schema_promises VALUES ('29991231000001', true) ON CONFLICT DO NOTHING;
    INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001') ON CONFLICT DO NOTHING";

#[actix_web::test]
async fn a_new_version_replaces_the_old_one_and_brings_everything_along() {
    let mut world = World::open().await;
    let deal = world.admin.new_deal("Northwind").await;
    assert_eq!(world.admin.upload(&deal, "a.csv", b"customer,mrr\nKelp,1\n").await.status, 201);
    world.prepare(NEW, &world.migrating(EXPANDS));
    world.begin(NEW, |_| {});
    let ended = world.carry_out(None);
    assert_eq!((ended.outcome, ended.why), (Outcome::Done, None));
    assert_eq!((world.running(), world.answers().await), (NEW.to_owned(), NEW.to_owned()));
    assert_eq!(world.places.laid().len(), 2, "the version before stays for the way back");
    assert!(!walk(&repository(&world.desk.installation)).is_empty(), "a backup was made before");
    let mut admin = world.again();
    assert_eq!(admin.get("/api/v1/deals").await.json["items"][0]["name"], "Northwind");
    let told = admin.get("/api/v1/audit?action=update.installed").await;
    assert_eq!(told.json["items"][0]["details"]["about"]["note"]["to"], NEW, "{}", told.text);
    assert!(!world.dir().join("update/incoming").exists() && !world.dir().join("update/runner").exists());

    let said = world.desk.installation.must(&["update", "status", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let said = &said["updates"];
    assert_eq!((&said["running"], &said["beside"]), (&json!(NEW), &json!([OLD])));
    assert_eq!(said["history"][0]["state"], "running");
    let history = world.desk.installation.must(&["update", "history"]);
    assert!(history.contains("0.2.0 from 0.1.0  runs now"), "{history}");

    // And by hand back to where it was, on a database that the old version does not know.
    world.admin = admin;
    world.admin.new_deal("Written under the new version").await;
    world.go_back();
    let ended = world.carry_out(None);
    assert_eq!((ended.outcome, ended.why), (Outcome::Done, None));
    assert_eq!((world.running(), world.answers().await), (OLD.to_owned(), OLD.to_owned()));
    let mut admin = world.again();
    assert_eq!(admin.get("/api/v1/deals").await.json["items"].as_array().unwrap().len(), 2);
    let doctor = world.desk.installation.run(&["doctor"]).out;
    assert!(doctor.contains("29991231000001") && doctor.contains("this version may run on them"), "{doctor}");
    let told = admin.get("/api/v1/audit?action=update.rolled_back").await;
    assert_eq!(told.json["items"][0]["details"]["about"]["note"]["to"], OLD, "{}", told.text);
}

#[actix_web::test]
async fn a_version_that_goes_wrong_is_taken_back_by_itself_and_says_why() {
    let mut world = World::open().await;
    world.admin.new_deal("Northwind").await;
    let cases = [
        ("serve) exit 1 ;;", Outcome::RolledBack, "was not healthy within", Step::BackGate),
        ("serve) exec sleep 1000 ;;", Outcome::RolledBack, "does not answer at its admin socket", Step::BackGate),
        ("serve) exec OLD \"$@\" ;;", Outcome::RolledBack, "the server that runs is version 0.1.0", Step::BackGate),
        ("migrate) echo 'vcconnect: no space' >&2; exit 1 ;;", Outcome::RolledBack, "no space", Step::BackGate),
        ("update) [ \"$2\" = fits ] && exit 7 || exec NEW \"$@\" ;;", Outcome::Refused, "exit status: 7", Step::Fits),
        ("--version) echo 'vcconnect 0.9.9' ;;", Outcome::Refused, "brought version 0.9.9", Step::Lay),
        ("backup) ;;", Outcome::Done, "", Step::Commit),
    ];
    for (case, outcome, says, step) in cases {
        world.prepare(NEW, case);
        world.begin(NEW, |journal| journal.without_backup = true);
        let ended = world.carry_out_within(8, None);
        let why = ended.why.unwrap_or_default();
        assert_eq!((ended.outcome, world.journal().step), (outcome, step), "{case}: {why}");
        assert!(why.contains(says), "{case}: {why}");
        let runs = if outcome == Outcome::Done { NEW } else { OLD };
        assert_eq!((world.running().as_str(), world.answers().await.as_str()), (runs, runs), "{case}");
    }
    let history = world.desk.installation.must(&["update", "history"]);
    assert_eq!(history.lines().count(), 7, "{history}");
    assert!(history.contains("rolled back: the database could not be changed: no space"), "{history}");
    let told = world.again().get("/api/v1/audit?action=update.failed").await;
    assert_eq!(told.json["items"].as_array().unwrap().len(), 4, "refusals changed nothing: {}", told.text);
}

#[actix_web::test]
async fn what_is_written_before_a_version_is_taken_back_survives() {
    let world = World::open().await;
    // It serves, and never proves to be healthy.
    let healthy = "update) [ \"$2\" = healthy ] && exit 1 || exec NEW \"$@\" ;;";
    world.prepare(NEW, &format!("{}\n{healthy}", world.migrating(EXPANDS)));
    world.begin(NEW, |_| {});
    let mut executor = world.executor(15, None);
    world.until_it_answers(NEW).await;
    let deal = world.admin.at(world.desk.address()).new_deal("Written in between").await;
    assert!(executor.wait().unwrap().success());
    let ended = world.journal().ended.unwrap();
    assert_eq!(ended.outcome, Outcome::RolledBack, "{:?}", ended.why);
    assert_eq!(world.answers().await, OLD);
    let found = world.again().get(&format!("/api/v1/deals/{deal}")).await;
    assert_eq!(found.json["name"], "Written in between", "{}", found.text);
}

/// As a connection to the socket does, which systemd holds meanwhile.
#[actix_web::test]
async fn a_server_that_is_started_while_the_database_is_changed_gives_way() {
    let world = World::open().await;
    let dir = world.dir().display();
    let started = format!("{{ {dir}/lib/current/vcconnect serve >/dev/null 2>&1 & echo $! > {dir}/server.pid; }}");
    world.prepare(NEW, &format!("migrate) NEW migrate && {started} ;;"));
    world.begin(NEW, |journal| journal.without_backup = true);
    let ended = world.carry_out(None);
    assert_eq!((ended.outcome, ended.why), (Outcome::Done, None));
    assert_eq!(world.answers().await, NEW);
}

#[actix_web::test]
async fn a_server_that_waits_to_be_unlocked_is_updated_and_waits_again() {
    let world = World::open().await;
    let key = world.desk.installation.data().join("keys/vcconnect.key");
    std::fs::rename(&key, key.with_extension("away")).unwrap();
    world.prepare(NEW, &real());
    world.begin(NEW, |journal| journal.without_backup = true);
    let ended = world.carry_out(None);
    assert_eq!((ended.outcome, ended.why), (Outcome::Done, None));
    assert!(world.journal().sealed);
    let said = world.desk.installation.must(&["status", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["status"]["version"], NEW);
    assert!(said["status"]["seal"]["sealed"].is_string(), "{said}");
}

#[actix_web::test]
async fn a_bundle_that_is_larger_than_the_disk_is_refused_before_anything() {
    let world = World::open().await;
    world.prepare(NEW, &real());
    world.begin(NEW, |_| {});
    // A file with a hole: its size is what counts, and no disk is filled.
    let bundle = std::fs::File::options().write(true).open(world.dir().join("update/incoming/bundle.vccu")).unwrap();
    bundle.set_len(1 << 43).unwrap();
    let ended = world.carry_out(None);
    assert_eq!((ended.outcome, world.journal().step), (Outcome::Refused, Step::Precheck));
    assert!(ended.why.unwrap().contains("make room"));
    assert_eq!(world.answers().await, OLD, "it was not even stopped");
}
