//! The control: the same work and the same search with sealing switched off. What is silent there must be loud here.

use std::collections::BTreeSet;

use super::looking::{columns_with, files_with, folders_of, table_of};
use super::{documents, people};
use crate::app::{CLUSTER, TestApp};

/// Tables that hold the word on disk.
const TABLES: &[&str] = &[
    "audit_log",
    "deals",
    "documents",
    "invitations",
    "model_calls",
    "model_endpoints",
    "report_exports",
    "report_runs",
    "run_events",
    "users",
];

/// Columns that hold it in a dump. What is packed is unpacked by the search, sealed or not.
const COLUMNS: &[&str] = &[
    "audit_log.details",
    "deals.name",
    "document_parts.content (packed)",
    "documents.folder",
    "documents.name",
    "invitations.email",
    "model_calls.sent",
    "model_endpoints.key",
    "model_endpoints.settings",
    "report_exports.file",
    "report_runs.model",
    "reports.content (packed)",
    "run_events.body",
    "users.email",
    "users.name",
];

/// Five kinds of places: the file of a document, while it is read and after; tables on disk; the write-ahead log;
/// columns of a dump; packed columns of a dump. The index has a cipher of its own and stays sealed.
#[actix_web::test]
async fn without_sealing_the_same_search_finds_the_words_in_many_places() {
    let word = "quetzalcoatlus";
    let app = TestApp::unsealed().await;
    let mut admin = app.admin().await;
    let mut while_read = 0;
    let secrets = people(&app, &mut admin, word).await;
    documents(&mut admin, word, || while_read += files_with(app.dir.path(), word).0.len()).await;
    app.app.audit.seal().await.unwrap();
    app.database.sql("CHECKPOINT").unwrap();

    assert!(while_read > 0, "the file while it is read");
    let (files, _) = files_with(app.dir.path(), word);
    assert!(files.len() == 2 && files.iter().all(|file| file.contains("/blobs/")), "{files:?}");
    let (cluster, _) = files_with(CLUSTER.data_dir(), word);
    assert!(cluster.iter().any(|file| file.contains("/pg_wal/")), "write-ahead log: {cluster:?}");
    let of_this_database = files_with(&folders_of(&app)[0], word).0;
    assert!(of_this_database.iter().all(|file| cluster.contains(file)), "{of_this_database:?} in {cluster:?}");
    let tables: BTreeSet<String> = of_this_database.iter().map(|file| table_of(&app, file)).collect();
    let columns = columns_with(&app, word);
    for table in TABLES {
        assert!(tables.contains(*table), "{table} on disk: {tables:?}");
    }
    for column in COLUMNS {
        assert!(columns.contains(*column), "{column} in a dump: {columns:?}");
    }
    let secret = columns_with(&app, &secrets[0].to_lowercase());
    assert_eq!(secret, BTreeSet::from(["second_factors.secret".to_owned()]), "the secret of an app");
    let on_disk = files_with(&folders_of(&app)[0], &secrets[0]).0;
    assert!(on_disk.iter().any(|file| table_of(&app, file) == "second_factors"), "{on_disk:?}");
    for tagged in &secrets[1..] {
        assert_eq!(columns_with(&app, &tagged.to_lowercase()), BTreeSet::new(), "never stored, only tagged");
    }
    app.stop().await;
}
