//! A server on a database and keystore of its own, with a clock and random bytes that the test decides.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use testkit::{Cluster, TestDatabase};
use vault::{RecoveryKey, Vault};
use vcconnect::app::{App, Background, Outside};
use vcconnect::base::{Actor, Ctx, Login, RequestId, Result};
use vcconnect::http;
use vcconnect::infra::clock::Clock;
use vcconnect::infra::config::Config;
use vcconnect::infra::entropy::Entropy;
use vcconnect::infra::keys::KeyFiles;
use vcconnect::worker::{self, Workers};

use crate::client::Client;

/// The origin that links and cookies of tests are bound to.
pub const ORIGIN: &str = "http://localhost";

pub static CLUSTER: LazyLock<Cluster> =
    LazyLock::new(|| Cluster::start(Path::new(env!("CARGO_BIN_EXE_vcconnect"))).expect("the test cluster starts"));

/// Time that passes when the test says so, and a millisecond each time that somebody looks: things that happen one
/// after the other have times, and so ids, in that order.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-11-22T09:00:00Z".parse().expect("a time"))))
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("no poison") += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let mut now = self.0.lock().expect("no poison");
        *now += TimeDelta::milliseconds(1);
        *now
    }
}

/// Bytes that differ each time and are the same in each run.
#[derive(Default)]
struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<()> {
        for chunk in out.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            chunk.copy_from_slice(&n.to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub struct TestApp {
    pub app: Data<App>,
    pub clock: TestClock,
    pub database: TestDatabase,
    pub dir: Arc<TempDir>,
    address: String,
    server: ServerHandle,
    _background: Background,
    _workers: Workers,
}

impl TestApp {
    /// A server on an empty database.
    pub async fn start() -> Self {
        let database = CLUSTER.clone_template().expect("a database");
        let dir = Arc::new(tempfile::tempdir().expect("a folder"));
        Self::on(database, dir, TestClock::new()).await
    }

    /// A server that stores in clear what others seal: for tests of what looks for it.
    pub async fn unsealed() -> Self {
        let database = CLUSTER.clone_template().expect("a database");
        let dir = Arc::new(tempfile::tempdir().expect("a folder"));
        Self::with(database, dir, TestClock::new(), Vault::without_sealing).await
    }

    /// A second server process on the same database and keystore.
    pub async fn another(&self) -> Self {
        Self::on(self.database.clone(), Arc::clone(&self.dir), self.clock.clone()).await
    }

    /// The server again after it ended; `meanwhile` happens while none runs.
    pub async fn restarted(self, meanwhile: impl FnOnce()) -> Self {
        let (database, dir, clock) = (self.database.clone(), Arc::clone(&self.dir), self.clock.clone());
        self.stop().await;
        meanwhile();
        Self::on(database, dir, clock).await
    }

    async fn on(database: TestDatabase, dir: Arc<TempDir>, clock: TestClock) -> Self {
        Self::with(database, dir, clock, |vault| vault).await
    }

    async fn with(database: TestDatabase, dir: Arc<TempDir>, clock: TestClock, vault: fn(Vault) -> Vault) -> Self {
        let config = config(&database, dir.path());
        let files = KeyFiles::of(&config);
        files.init(&RecoveryKey::generate().recipient(), 0).expect("a keystore");
        let outside = Outside { clock: Arc::new(clock.clone()), entropy: Arc::new(CountedEntropy::default()) };
        let vault = vault(files.open().expect("the keystore opens"));
        let app = Data::new(App::new(config, outside, vault).expect("an app"));
        app.check_database(Duration::from_secs(10)).await.expect("the database is ready");
        app.load().await.expect("catalogues load");
        let bound = http::bind(&app, http::listen(&app.config.server).expect("a port")).expect("a server");
        let server = bound.server.handle();
        actix_web::rt::spawn(bound.server);
        let background = app.background();
        let workers = worker::start(&app.clone().into_inner());
        Self {
            app,
            clock,
            database,
            dir,
            address: format!("http://{}", bound.address),
            server,
            _background: background,
            _workers: workers,
        }
    }

    /// Somebody without a session.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address.clone())
    }

    /// A context for calling use cases directly, as the console.
    pub fn console(&self) -> Ctx {
        let request_id = RequestId(uuid::Uuid::nil());
        Ctx { actor: Actor::Console, request_id, ip: None, login: Some(Login::new("anna")), now: self.clock.now() }
    }

    /// The first admin, signed in with a second factor.
    pub async fn admin(&self) -> Client {
        let link = self.app.accounts.first_admin(&self.console()).await.expect("a link").expect("nobody is there yet");
        self.join(&link, "Ada King", "ada@fund.example").await
    }

    /// Accepts an invitation, sets up a second factor if there has to be one, and stays signed in.
    pub async fn join(&self, link: &str, name: &str, email: &str) -> Client {
        let (mut client, standing) = self.accept(link, name, email).await;
        if standing == "set_up_needed" {
            client.set_up_second_factor(self.clock.now()).await;
        }
        client
    }

    /// Accepts an invitation; says what is asked for next.
    pub async fn accept(&self, link: &str, name: &str, email: &str) -> (Client, String) {
        let token = link.split_once('#').expect("a secret in the link").1;
        let mut client = self.anonymous();
        let body = serde_json::json!({ "token": token, "name": name, "email": email, "password": PASSWORD });
        let answer = client.post("/api/v1/invitations/accept", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        (client, answer.json["standing"].as_str().expect("a standing").to_owned())
    }

    /// Somebody with a role, invited by the admin and signed in.
    pub async fn colleague(&self, admin: &mut Client, role: &str, name: &str) -> Client {
        let invited = admin.post("/api/v1/invitations", &serde_json::json!({ "role": role })).await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        let email = format!("{}@fund.example", name.to_lowercase());
        self.join(invited.json["link"].as_str().expect("a link"), name, &email).await
    }

    pub async fn stop(self) {
        self.server.stop(true).await;
    }
}

pub const PASSWORD: &str = "quiet harbour turbine 9";

fn config(database: &TestDatabase, dir: &Path) -> Config {
    let text = |text: &str| text.to_owned();
    let env = [
        (text("VCCONNECT__STORAGE__DATA_DIR"), dir.display().to_string()),
        (text("VCCONNECT__SERVER__LISTEN"), text("127.0.0.1:0")),
        (text("VCCONNECT__SERVER__PUBLIC_URL"), text(ORIGIN)),
        (text("VCCONNECT__SERVER__WORKERS"), text("1")),
        (text("VCCONNECT__SERVER__TRUSTED_PROXIES"), text("[\"127.0.0.1\"]")),
        (text("VCCONNECT__DATABASE__URL"), database.app_url.clone()),
        (text("VCCONNECT__DATABASE__OWNER_URL"), database.owner_url.clone()),
        (text("VCCONNECT__DATABASE__POOL_SIZE"), text("4")),
        (text("VCCONNECT__DOCUMENTS__FILE_MIB"), text("4")),
        (text("VCCONNECT__DOCUMENTS__PAGE_IMAGES_MIB"), text("1")),
        (text("VCCONNECT__READING__PROGRAM"), text(env!("CARGO_BIN_EXE_vcconnect"))),
        (text("VCCONNECT__READING__SLOTS"), text("2")),
        (text("VCCONNECT__READING__CPU_SECONDS"), text("20")),
    ];
    Config::from_layers(&dir.join("no-configuration"), env.into_iter()).expect("a configuration")
}

/// Waits for something that another task or process does. Fails after ten seconds.
pub async fn eventually<F: AsyncFnMut() -> bool>(what: &str, happened: F) {
    eventually_within(Duration::from_secs(10), what, happened).await;
}

/// Waits for something that takes a busy machine a while.
pub async fn eventually_within<F: AsyncFnMut() -> bool>(longest: Duration, what: &str, mut happened: F) {
    let deadline = Instant::now() + longest;
    while !happened().await {
        assert!(Instant::now() < deadline, "{what} did not happen in {longest:?}");
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
}
