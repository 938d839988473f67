//! The disk is full: a small file system in memory, which the test fills and frees.
//!
//! It is mounted where only the programs of one test see it: in a mount namespace that a sleeping process keeps. Root
//! enters the namespace; somebody else may make one of their own and reaches it through `/proc`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{documents, long_list, sentence};
use crate::app::CLUSTER;
use crate::backup::{make, with_recovery_key};
use crate::commands::{Installation, Running};
use crate::database;
use crate::desk::{Desk, until};
use crate::documents::walk;
use crate::reports::{start, told};

/// A small file system and the process that keeps it.
struct SmallDisk {
    _keeper: Running,
    /// Words before each command, to see it.
    enter: Vec<String>,
    /// Its folder as programs see it that were entered.
    inside: PathBuf,
    /// The same folder as everybody else sees it.
    outside: PathBuf,
}

impl SmallDisk {
    /// Nothing where no file system can be mounted, as in a container without rights, and says so.
    fn mount(installation: &Installation, mebibytes: u32) -> Option<Self> {
        let folder = installation.dir.path().join("disk");
        std::fs::create_dir(&folder).unwrap();
        let made = Self::keep(&folder, mebibytes, true).or_else(|| Self::keep(&folder, mebibytes, false));
        if made.is_none() {
            println!("tests of a full disk not run: no file system can be mounted here");
        }
        made
    }

    fn keep(folder: &Path, mebibytes: u32, as_root: bool) -> Option<Self> {
        let script =
            format!("mount -t tmpfs -o size={mebibytes}m,mode=755 small \"$0\" && echo there && exec sleep 600");
        let mut keeper = Command::new("unshare");
        keeper.arg("--mount").args((!as_root).then_some("--map-root-user")).args(["sh", "-c", &script]).arg(folder);
        keeper.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut keeper = Running(keeper.spawn().ok()?);
        let mut said = String::new();
        BufReader::new(keeper.0.stdout.take()?).read_line(&mut said).ok()?;
        if said != "there\n" {
            return None;
        }
        let process = format!("/proc/{}", keeper.0.id());
        let outside = PathBuf::from(format!("{process}/root{}", folder.display()));
        let (enter, inside) = match as_root {
            true => {
                (vec!["nsenter".to_owned(), format!("--mount={process}/ns/mnt"), "--".to_owned()], folder.to_owned())
            }
            false => (Vec::new(), outside.clone()),
        };
        Some(Self { _keeper: keeper, enter, inside, outside })
    }

    /// An installation whose data lie on it.
    fn hold(&self, installation: Installation) -> Installation {
        let data = self.inside.join("data").display().to_string();
        installation.entering(self.enter.clone()).with("VCCONNECT__STORAGE__DATA_DIR", data)
    }

    fn data(&self) -> PathBuf {
        self.outside.join("data")
    }

    /// Takes all room but this many bytes.
    fn fill_up_to(&self, left: usize) {
        let mut filling = std::fs::File::create(self.outside.join("filling")).unwrap();
        for size in [1 << 20, 1 << 12] {
            while filling.write_all(&vec![0; size]).is_ok() {}
        }
        let taken = filling.metadata().unwrap().len();
        filling.set_len(taken - left as u64).unwrap();
    }

    fn free(&self) {
        std::fs::remove_file(self.outside.join("filling")).unwrap();
    }
}

/// What is told of a file that does not fit.
const NOT_STORED: (u16, &str) = (
    507,
    "The server's disk is full. This file was not stored; everything that was there is safe. Tell your admin, and drop it \
     again when there is room.",
);

/// What is told of everything else.
const FULL: (u16, &str) = (
    507,
    "The server's disk is full. Nothing was changed, and everything that was there is safe. Tell your admin, and try again \
     when there is room.",
);

#[actix_web::test]
async fn an_upload_onto_a_full_disk_is_refused_leaves_nothing_and_works_when_there_is_room() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database).with("VCCONNECT__DOCUMENTS__RESERVE_MIB", "0".to_owned());
    let Some(disk) = SmallDisk::mount(&installation, 16) else { return };
    let (_desk, mut admin) = Desk::open(disk.hold(installation)).await;
    let deal = admin.new_deal("Northwind").await;
    let kept = admin.upload(&deal, "kept.csv", &long_list(100)).await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    until("it is read", async || documents(&mut admin, &deal).await[0]["state"] == "read").await;

    disk.fill_up_to(64 * 1024);
    let refused = admin.upload(&deal, "customers.csv", &long_list(20_000)).await;
    assert_eq!(sentence(&refused), NOT_STORED);
    let room = documents(&mut admin, &deal).await;
    assert_eq!((room.len(), &room[0]["name"]), (1, &json!("kept.csv")));
    let blobs = || walk(&disk.data().join("blobs"));
    assert_eq!(blobs().len(), 1, "no half: {:?}", blobs());
    let file = admin.get(&format!("/api/v1/deals/{deal}/documents/{}/file", kept.json["id"].as_str().unwrap())).await;
    assert_eq!(file.text.as_bytes(), long_list(100), "what was there is safe");
    disk.fill_up_to(0);
    let another = admin.post("/api/v1/deals", &json!({ "name": "Kelp", "industry": "saas" })).await;
    assert_eq!(sentence(&another), FULL, "a deal needs keys");
    assert_eq!(sentence(&admin.upload(&deal, "late.csv", &long_list(10)).await).0, 507);
    assert_eq!((documents(&mut admin, &deal).await.len(), blobs().len()), (1, 1));

    disk.free();
    let added = admin.upload(&deal, "customers.csv", &long_list(20_000)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    until("both are read", async || documents(&mut admin, &deal).await.iter().all(|one| one["state"] == "read")).await;
    assert_eq!((documents(&mut admin, &deal).await.len(), blobs().len()), (2, 2));
    admin.new_deal("Kelp").await;
    let search = "/api/v1/search?q=Customer%2019999";
    until("it is found", async || admin.get(search).await.json["items"][0]["source"].is_string()).await;
}

#[actix_web::test]
async fn what_must_stay_free_is_not_given_away() {
    let database = CLUSTER.clone_template().unwrap();
    let a_tebibyte = "1048576".to_owned();
    let installation = Installation::on(&database).with("VCCONNECT__DOCUMENTS__RESERVE_MIB", a_tebibyte);
    let (desk, mut admin) = Desk::open(installation).await;
    let deal = admin.new_deal("Northwind").await;
    assert_eq!(sentence(&admin.upload(&deal, "customers.csv", &long_list(10)).await), NOT_STORED);
    assert_eq!(documents(&mut admin, &deal).await.len(), 0);
    let ready = admin.get("/readyz").await;
    let parts = ready.json["parts"].as_array().unwrap();
    let disk = parts.iter().find(|part| part["name"] == "disk").unwrap();
    assert_eq!((ready.status, &disk["state"]), (200, &json!("degraded")), "the server works without it");
    let said = disk["detail"].as_str().unwrap();
    // What it means stands first: a terminal of 80 columns shows no more of it in its list.
    assert!(
        said.starts_with("No document is taken: ") && said.ends_with("Make room, or give the disk more."),
        "{said}"
    );
    assert!(walk(&desk.installation.data().join("blobs")).is_empty());
}

/// The disk of the backups is full: no set is added, what is there stays whole, and there is a set when there is room.
#[test]
fn a_backup_onto_a_full_disk_leaves_the_sets_that_are_there() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let Some(disk) = SmallDisk::mount(&installation, 16) else { return };
    let place = disk.inside.join("repository").display().to_string();
    let installation = installation.entering(disk.enter.clone()).with("VCCONNECT__BACKUP__DESTINATION", place);
    let first = make(&installation);
    installation.must(&["backup", "verify"]);
    let noise = "CREATE TABLE noise AS SELECT decode(md5(n::text), 'hex') AS bytes FROM generate_series(1, 60000) n";
    database.sql(&format!("{noise}; ALTER TABLE noise OWNER TO vcc_owner")).unwrap();
    disk.fill_up_to(64 * 1024);
    let refused = installation.run(&["backup", "create"]);
    assert!(!refused.ok && refused.err.contains("the disk of the backup is full"), "{}", refused.err);
    let sets = || walk(&disk.outside.join("repository/sets"));
    assert_eq!(sets().len(), 4, "no half: {:?}", sets());
    assert!(sets().iter().all(|path| path.to_string_lossy().contains(&first)));
    disk.free();
    make(&installation);
    installation.must(&["backup", "verify", &first]);
}

/// The database is on the full disk as well.
#[actix_web::test]
async fn a_run_onto_a_full_disk_waits_for_room_and_nothing_is_lost() {
    let installation = Installation::new();
    let Some(disk) = SmallDisk::mount(&installation, 160) else { return };
    let socket = installation.dir.path().join("run").display().to_string();
    let installation = disk.hold(installation).with("VCCONNECT__DATABASE__SOCKET_DIR", socket);
    let installation = installation.with("VCCONNECT__DOCUMENTS__RESERVE_MIB", "0".to_owned());
    let installation = installation.with("VCCONNECT__LOG__FILTER", "warn".to_owned());
    let _database = database::start(&installation);
    installation.must(&["migrate"]);
    let (desk, mut admin) = Desk::open(installation).await;
    let deal = admin.new_deal("Northwind").await;
    let added = admin.upload(&deal, "customers.csv", &long_list(5_000)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let run = start(&mut admin, &deal).await;
    disk.fill_up_to(0);

    let here = format!("/api/v1/deals/{deal}");
    let mut renamed = 0;
    let refused = loop {
        let name = format!("Northwind {renamed}");
        let answer = admin.patch(&here, renamed + 1, &json!({ "name": name })).await;
        if answer.status != 200 {
            break answer;
        }
        renamed += 1;
    };
    assert_eq!(sentence(&refused), FULL, "after {renamed} times");
    // The last page of the log may have room for some more entries.
    let unseen = loop {
        let answer = admin.get(&here).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(sentence(&unseen), FULL, "what cannot be recorded is not shown");
    assert_eq!(documents(&mut admin, &deal).await.len(), 1, "what is not recorded is");
    let log = || std::fs::read_to_string(desk.log()).unwrap();
    until("the work meets the full disk", async || {
        log().lines().any(|line| line.contains("work is tried again later") && line.contains("No space left"))
    })
    .await;
    let waiting = admin.get(&run).await;
    assert_eq!((waiting.status, &waiting.json["ended_at"]), (200, &Value::Null), "{}", waiting.text);

    disk.free();
    until("the run ends", async || admin.get(&run).await.json["ended_at"].is_string()).await;
    let (_, ended) = told(&mut admin, &run, None).await.pop().unwrap();
    assert_eq!((&ended["state"], &ended["report_number"]), (&json!("done"), &json!(1)), "{ended}");
    let room = documents(&mut admin, &deal).await;
    assert_eq!((room.len(), &room[0]["state"]), (1, &json!("read")));
    let answer = admin.patch(&here, renamed + 1, &json!({ "name": "Northwind at last" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let exports = format!("{here}/reports/1/exports");
    assert_eq!(admin.post(&exports, &json!({ "format": "markdown" })).await.status, 202);
    until("the file is made", async || admin.get(&exports).await.json["items"][0]["state"] == "done").await;
}
