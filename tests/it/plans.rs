//! The plan of backups, and backups that are asked of the server: what is written, what is refused, who is said to have
//! asked.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::CLUSTER;
use crate::backup::again;
use crate::client::Client;
use crate::commands::Installation;
use crate::desk::{Desk, until};

fn configured(installation: Installation) -> (Installation, PathBuf) {
    let folder = installation.dir.path().join("configuration");
    let installation = installation.with("VCCONNECT_CONFIG_DIR", folder.display().to_string());
    (installation, folder.join("conf.d/60-backup.toml"))
}

fn place(installation: &Installation) -> String {
    let place = installation.dir.path().join("disk");
    fs::create_dir_all(&place).unwrap();
    place.display().to_string()
}

fn ask(data: &Path, question: &Value) -> Value {
    let mut stream = UnixStream::connect(data.join("admin.sock")).unwrap();
    writeln!(stream, "{}", json!({ "version": 1, "id": 1, "ask": question })).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    serde_json::from_str::<Value>(&answer).unwrap()["said"].clone()
}

async fn entries(desk: &Desk, admin: &Client, action: &str) -> Vec<Value> {
    // The connection before may have ended while a command ran.
    let said = again(desk, admin).get(&format!("/api/v1/audit?action={action}")).await.json;
    said["items"].as_array().unwrap().iter().map(|entry| entry["details"].clone()).collect()
}

#[actix_web::test]
async fn a_plan_is_written_beside_a_running_server_which_knows_it_and_makes_backups_there() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, file) = configured(Installation::on(&database));
    let (desk, admin) = Desk::open(installation).await;
    let here = &desk.installation;
    assert!(here.must(&["backup", "plan"]).contains("nowhere yet"));
    let disk = place(here);
    let words = ["backups", "plan", "--destination", &disk, "--at", "03:15", "--keep-daily", "3", "--json"];
    let said: Value = serde_json::from_str(&here.must(&words)).unwrap();
    let plan = &said["backups"]["plan"];
    assert_eq!((&plan["destination"], &plan["at"]), (&json!(disk), &json!("03:15")), "{said}");
    assert!(plan["warning"].as_str().unwrap().contains("not protected"), "the same file system: {plan}");
    here.must(&["backup", "plan", "--keep-weekly", "2"]);
    let text = fs::read_to_string(&file).unwrap();
    for line in ["at = \"03:15\"", "keep_daily = 3", "keep_weekly = 2"] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(entries(&desk, &admin, "backup.planned").await.len(), 2);

    let server = ask(&here.data(), &json!({ "do": "backups" }));
    assert_eq!(server["done"]["backups"]["plan"]["destination"], json!(disk), "without a restart: {server}");
    let refused = ask(&here.data(), &json!({ "do": "plan_backups", "destination": "/tmp", "at": "01:00" }));
    assert!(refused["refused"]["sentence"].as_str().unwrap().contains("sudo vcconnect backup plan"), "{refused}");

    let begun = ask(&here.data(), &json!({ "do": "create_backup" }));
    assert!(begun["done"]["backups"]["work"].is_object(), "{begun}");
    until("the backup is made", async || {
        let now = ask(&here.data(), &json!({ "do": "backups" }));
        now["done"]["backups"]["sets"].as_array().is_some_and(|sets| sets.len() == 1)
            && now["done"]["backups"]["work"]["ended"].is_string()
    })
    .await;
    until("the audit log is told", async || entries(&desk, &admin, "backup.made").await.len() == 1).await;
    let made = entries(&desk, &admin, "backup.made").await;
    assert_eq!(made[0]["login"], entries(&desk, &admin, "backup.planned").await[0]["login"]);
    assert!(!here.data().join("backup.asked").exists());
}

#[actix_web::test]
async fn the_audit_log_names_who_asked_and_not_whom_the_work_runs_as() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = configured(Installation::on(&database));
    let (desk, admin) = Desk::open(installation).await;
    let here = &desk.installation;
    here.must(&["backup", "plan", "--destination", &place(here)]);
    let asked = here.data().join("backup.asked");
    fs::write(&asked, json!({ "what": "create", "login": "anna" }).to_string()).unwrap();
    here.must(&["backup", "asked"]);
    assert!(!asked.exists(), "it was taken up");
    let made = entries(&desk, &admin, "backup.made").await;
    assert_eq!((made.len(), &made[0]["login"]), (1, &json!("anna")), "{made:?}");
    let set = made[0]["about"]["note"]["set"].as_str().or(made[0]["note"]["set"].as_str()).unwrap().to_owned();
    fs::write(&asked, json!({ "what": { "verify": set }, "login": "ben" }).to_string()).unwrap();
    here.must(&["backup", "asked"]);
    assert_eq!(entries(&desk, &admin, "backup.verified").await[0]["login"], "ben");
    fs::write(&asked, json!({ "what": { "verify": "--latest" }, "login": "eve" }).to_string()).unwrap();
    assert!(here.run(&["backup", "asked"]).err.contains("--latest"), "a name and no option");
    fs::write(&asked, "nonsense").unwrap();
    assert!(here.run(&["backup", "asked"]).err.contains("cannot be read"));
    assert!(!asked.exists());
}

#[test]
fn what_cannot_be_used_is_refused_and_nothing_is_written() {
    let (installation, file) = configured(Installation::new());
    installation.must(&["keys", "init"]);
    let disk = place(&installation);
    let plain = installation.dir.path().join("file");
    fs::write(&plain, "").unwrap();
    let gone = installation.dir.path().join("gone").display().to_string();
    let refused = |words: &[&str], says: &str| {
        let said = installation.run(&[&["backup", "plan"], words].concat());
        assert!(!said.ok && said.err.contains(says), "{words:?}: {}", said.err);
        assert!(!file.exists(), "{words:?}");
    };
    refused(&["--destination", &gone], "is not there: mount");
    refused(&["--destination", "disk"], "no full path");
    refused(&["--destination", plain.to_str().unwrap()], "is no folder");
    refused(&["--destination", &disk, "--at", "25:00"], "HH:MM");
    refused(&["--keep-daily", "0"], "keep_daily");
    let mut winning = installation.command(&["backup", "plan", "--at", "04:00"]);
    let said = winning.env("VCCONNECT__BACKUP__AT", "01:00").output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("something wins over conf.d/60-backup.toml") && !file.exists(), "{said}");
    installation.must(&["backup", "plan", "--at", "04:00"]);
    let before = fs::read_to_string(&file).unwrap();
    assert!(!installation.run(&["backup", "plan", "--at", "nonsense"]).ok);
    assert_eq!(fs::read_to_string(&file).unwrap(), before, "what was there stays");
    if nix::unistd::Uid::effective().is_root() {
        std::os::unix::fs::chown(installation.data(), Some(65534), Some(65534)).unwrap();
        let said = installation.run(&["backup", "plan", "--destination", &disk]);
        assert!(!said.ok && said.err.contains("server's user may not write"), "{}", said.err);
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        installation.must(&["backup", "plan", "--at", "05:00"]);
        assert_ne!(
            fs::read_to_string(&file).unwrap(),
            before,
            "the configuration is root's to write, not the server's"
        );
    }
}
