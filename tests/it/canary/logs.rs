//! A real server that logs all it can, with temporary files of its own.

use super::documents;
use super::looking::files_with;
use crate::app::CLUSTER;
use crate::commands::Installation;
use crate::desk::Desk;

#[actix_web::test]
async fn words_are_neither_in_the_fullest_log_nor_in_temporary_files() {
    let word = "xanthosoma";
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database).with("VCCONNECT__LOG__FILTER", "trace".to_owned());
    let temporary = installation.dir.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let installation = installation.with("TMPDIR", temporary.display().to_string());
    let (mut desk, mut admin) = Desk::open(installation).await;
    let folder = desk.installation.dir.path().to_owned();
    documents(&mut admin, word, || assert_eq!(files_with(&folder, word).0, super::NOWHERE, "while it is read")).await;
    desk.kill();
    assert_eq!(files_with(&folder, word).0, super::NOWHERE);
    let log = std::fs::read_to_string(desk.log()).unwrap();
    assert!(log.contains("TRACE") && log.contains("/api/v1/search"), "the log is the server's, and full");
}
