//! A version whose changes the old one could not follow: the database is copied before, and going back puts the copy into
//! place.

use ::update::Outcome;

use super::world::{NEW, OLD, World};
use crate::commands::Installation;
use crate::database::start;

/// The old version cannot work with this, and nothing promises that it could.
const CONTRACTS: &str = "ALTER TABLE deals RENAME COLUMN name TO title;
    INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')";

#[actix_web::test]
async fn a_database_that_the_old_version_cannot_follow_becomes_what_it_was() {
    let installation = Installation::new();
    let _database = start(&installation);
    installation.must(&["migrate"]);
    let url = |role: &str| installation.must(&["database", "dsn", "--role", role]).trim().to_owned();
    let (owner, superuser) = (url("owner"), url("super"));
    let mut world = World::on(installation, owner, superuser).await;
    world.admin.new_deal("Northwind").await;
    world.prepare(NEW, &format!("{}\nserve) exit 1 ;;", world.migrating(CONTRACTS)));
    world.begin(NEW, |journal| journal.expand_only = false);
    let ended = world.carry_out_within(15, None);
    assert_eq!(ended.outcome, Outcome::RolledBack, "{:?}", ended.why);
    assert_eq!((world.running().as_str(), world.answers().await.as_str()), (OLD, OLD));
    let deals = world.again().get("/api/v1/deals").await;
    assert_eq!(deals.json["items"][0]["name"], "Northwind", "{}", deals.text);
    let left = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE 'vcconnect%'";
    assert_eq!(world.sql(left), "vcconnect vcconnect_taken_back", "what was taken back is kept for a look");
    let rights = "SELECT has_database_privilege('vcc_backup', 'vcconnect', 'CONNECT')";
    assert_eq!(world.sql(rights), "t", "backups can still be made");

    // Without the word in its bundle, such a version is found out before the server is stopped.
    world.prepare(NEW, "update) [ \"$2\" = fits ] && echo '{\"version\":\"0.2.0\",\"pending\":[\"29991231000001\"],\"older_programs_run\":false}' || exec NEW \"$@\" ;;");
    world.begin(NEW, |_| {});
    let ended = world.carry_out(None);
    assert_eq!(ended.outcome, Outcome::Refused);
    assert!(ended.why.unwrap().contains("its bundle does not say so"));
}
