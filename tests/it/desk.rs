//! A real server process with somebody signed in at it: it can be killed, and started again on what it left.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::app::{ORIGIN, PASSWORD, eventually_within};
use crate::client::Client;
use crate::commands::{Installation, Running};

/// Longer than a lease, which the work of a dead process is held by.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Desk {
    pub installation: Installation,
    pub port: u16,
    server: Option<Running>,
}

impl Desk {
    pub fn new(installation: Installation) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let installation = installation
            .with("VCCONNECT__SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .with("VCCONNECT__SERVER__PUBLIC_URL", ORIGIN.to_owned());
        Self { installation, port, server: None }
    }

    /// With a running server and a first admin, who is signed in.
    pub async fn open(installation: Installation) -> (Self, Client) {
        let mut desk = Self::new(installation);
        desk.installation.must(&["keys", "init"]);
        let link = desk.installation.must(&["users", "first-admin"]);
        desk.start().await;
        let mut admin = Client::new(desk.address());
        let token = link.trim().split_once('#').unwrap().1;
        let body = json!({ "token": token, "name": "Ada King", "email": "ada@fund.example", "password": PASSWORD });
        assert_eq!(admin.post("/api/v1/invitations/accept", &body).await.status, 201);
        admin.set_up_second_factor(chrono::Utc::now()).await;
        (desk, admin)
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the server has logged, in all its lives.
    pub fn log(&self) -> PathBuf {
        self.installation.dir.path().join("log")
    }

    pub fn pid(&self) -> u32 {
        self.server.as_ref().expect("a server runs").0.id()
    }

    pub async fn start(&mut self) {
        self.launch();
        let ready = format!("{}/readyz", self.address());
        until("the start of the server", async || reqwest::get(&ready).await.is_ok()).await;
    }

    /// Starts the server and waits for nothing.
    pub fn launch(&mut self) {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = self.installation.command(&["serve"]);
        command.stdin(std::process::Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.server = Some(Running(command.spawn().expect("the program starts")));
    }

    /// As `kill -9` does.
    pub fn kill(&mut self) {
        self.server = None;
    }
}

/// Waits for something that a real server does.
pub async fn until(what: &str, happened: impl AsyncFnMut() -> bool) {
    eventually_within(PATIENCE, what, happened).await;
}
