//! The private Postgres and the schema, through the program that runs them.

use std::path::Path;

use crate::app::CLUSTER;
use crate::commands::{Installation, Running};

pub fn psql(installation: &Installation, statement: &str) -> String {
    let url = installation.must(&["database", "dsn", "--role", "super"]);
    let output = std::process::Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", url.trim(), "--command", statement])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub fn start(installation: &Installation) -> Running {
    let running = installation.spawn(&["database", "run", "--die-with-parent"]);
    installation.must(&["database", "wait"]);
    running
}

#[test]
fn it_is_prepared_with_checksums_and_c_collation_behind_a_socket_alone() {
    let installation = Installation::new();
    let leftover = installation.data().join("postgres/15.unfinished");
    std::fs::create_dir_all(&leftover).unwrap();
    std::fs::write(leftover.join("PG_VERSION"), "15\n").unwrap();
    open_to_all(&installation.data());
    open_to_all(&installation.data().join("postgres"));
    let _database = start(&installation);
    assert_eq!(psql(&installation, "SHOW data_checksums"), "on");
    assert_eq!(psql(&installation, "SHOW listen_addresses"), "");
    assert_eq!(psql(&installation, "SHOW fsync"), "on");
    assert_eq!(
        psql(
            &installation,
            "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'vcconnect'"
        ),
        "C|UTF8"
    );
    assert_eq!(psql(&installation, "SELECT DISTINCT auth_method FROM pg_hba_file_rules"), "peer");
    assert!(!leftover.exists(), "what a start that was cut off left behind is gone");
}

/// The leftover is made by whoever runs the tests; the database's user must be able to remove it.
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    for entry in std::fs::read_dir(path).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    }
}

#[test]
fn committed_rows_survive_kill_9() {
    let installation = Installation::new();
    {
        let mut database = start(&installation);
        installation.must(&["migrate"]);
        psql(&installation, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
        database.0.kill().unwrap();
        database.0.wait().unwrap();
    }
    let _database = start(&installation);
    assert_eq!(psql(&installation, "SELECT count(*) FROM kept"), "1000");
    assert_eq!(installation.must(&["migrate"]).trim(), "The database is up to date.");
}

#[test]
fn it_stops_when_its_parent_dies() {
    let installation = Installation::new();
    let pid_file = installation.dir.path().join("pid");
    let script =
        format!("\"$0\" database run --die-with-parent & echo $! > {}; \"$0\" database wait", pid_file.display());
    let shell = installation.command(&[]);
    let program = shell.get_program().to_owned();
    let mut parent = std::process::Command::new("sh");
    parent.arg("-c").arg(script).arg(program).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    for (name, value) in shell.get_envs() {
        parent.env(name, value.unwrap_or_default());
    }
    assert!(parent.status().unwrap().success());
    let pid = std::fs::read_to_string(pid_file).unwrap();
    let gone = || {
        !Path::new(&format!("/proc/{}/exe", pid.trim())).exists()
            || std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).map_or(true, |stat| stat.contains(") Z "))
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !gone() {
        assert!(std::time::Instant::now() < deadline, "postgres {pid} outlived its parent");
        std::thread::yield_now();
    }
}

#[test]
fn data_of_another_major_version_is_left_alone() {
    let installation = Installation::new();
    let cluster = installation.data().join("postgres/14");
    std::fs::create_dir_all(&cluster).unwrap();
    std::fs::write(cluster.join("PG_VERSION"), "14\n").unwrap();
    open_to_all(&installation.data());
    open_to_all(&installation.data().join("postgres"));
    let refused = installation.run(&["database", "run"]);
    assert!(!refused.ok);
    assert!(
        refused.err.contains("written by PostgreSQL 14") && refused.err.contains("Nothing was changed"),
        "{}",
        refused.err
    );
    assert_eq!(std::fs::read_dir(installation.data().join("postgres")).unwrap().count(), 1);
}

#[test]
fn an_external_server_and_a_long_socket_path_are_refused_with_a_sentence() {
    let external = Installation::new().with("VCCONNECT__DATABASE__URL", "postgres:///x".to_owned());
    assert!(external.run(&["database", "run"]).err.contains("external server"));
    let long = Installation::new().with("VCCONNECT__DATABASE__SOCKET_DIR", format!("/tmp/{}", "x".repeat(120)));
    assert!(long.run(&["database", "run"]).err.contains("socket"));
}

#[test]
fn two_migrations_at_once_do_the_work_once() {
    let installation = Installation::new();
    let _database = start(&installation);
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| installation.must(&["migrate"]));
        let other = scope.spawn(|| installation.must(&["migrate"]));
        (one.join().unwrap(), other.join().unwrap())
    });
    let applied = [&one, &other].iter().filter(|said| said.contains("Applied")).count();
    assert_eq!(applied, 1, "{one}{other}");
}

#[test]
fn the_servers_role_owns_nothing() {
    let database = CLUSTER.clone_template().unwrap();
    for statement in ["CREATE TABLE x (n int)", "DROP TABLE deals", "ALTER TABLE deals ADD COLUMN x int"] {
        let error = database.sql_as_app(statement).unwrap_err().to_string();
        assert!(error.contains("permission denied") || error.contains("must be owner"), "{statement}: {error}");
    }
}

#[test]
fn the_server_refuses_a_schema_that_it_does_not_know() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    installation.must(&["keys", "init"]);
    database.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')").unwrap();
    let newer = installation.run(&["serve"]);
    assert!(!newer.ok && newer.err.contains("newer version"), "{}", newer.err);
    database.sql("DELETE FROM __diesel_schema_migrations WHERE version > '20261122000001'").unwrap();
    let older = installation.run(&["serve"]);
    assert!(!older.ok && older.err.contains("vcconnect migrate"), "{}", older.err);
}

#[test]
fn a_schema_of_a_newer_version_is_run_on_if_all_of_it_promises_so() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    installation.must(&["keys", "init"]);
    let known = database.sql("SELECT count(*) FROM __diesel_schema_migrations").unwrap();
    assert_eq!(database.sql("SELECT count(*) FROM schema_promises").unwrap(), known, "each change has one");
    let promise = |version: &str| format!("INSERT INTO schema_promises VALUES ('{version}', true)");
    let error = database.sql_as_app(&promise("20991231000001")).unwrap_err().to_string();
    assert!(error.contains("permission denied"), "{error}");
    database
        .sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001'), ('20991231000002')")
        .unwrap();
    database.sql(&promise("20991231000001")).unwrap();
    let half = installation.run(&["doctor"]);
    assert!(!half.ok && half.out.contains("install that version"), "{}", half.out);
    database.sql(&promise("20991231000002")).unwrap();
    let whole = installation.run(&["doctor"]);
    assert!(whole.out.contains("note    database  the database has 2 change(s) of a newer version"), "{}", whole.out);
    installation.must(&["migrate"]);
    assert_eq!(
        database.sql("SELECT count(*) FROM __diesel_schema_migrations").unwrap(),
        (known.parse::<u32>().unwrap() + 2).to_string()
    );
}

#[test]
fn one_server_at_a_time_works_on_a_data_folder() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    installation.must(&["keys", "init"]);
    let lock = std::fs::File::create(installation.data().join("lock")).unwrap();
    lock.lock().unwrap();
    let refused = installation.run(&["serve"]);
    assert!(!refused.ok && refused.err.contains("in use"), "{}", refused.err);
}
