//! Builds the application from its configuration and the outside world.

mod parts;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use vault::Vault;

use crate::base::{Actor, Ctx, DealId, Error, Login, RequestId, Result, UserId};
use crate::domain::accounts::Accounts;
use crate::domain::audit::Audit;
use crate::domain::deals::Deals;
use crate::domain::documents::{self, Documents};
use crate::domain::keys::Keys;
use crate::domain::ops::Ops;
use crate::domain::reports::Reports;
use crate::domain::runs::{self, Runs};
use crate::domain::search::{self, Search};
use crate::domain::settings::Settings;
use crate::infra::anchor::AnchorFile;
use crate::infra::blobs::Blobs;
use crate::infra::clock::{Clock, SystemClock};
use crate::infra::config::Config;
use crate::infra::db::queue::{Load, Work};
use crate::infra::db::{self, Channel, Db, Schema, restored};
use crate::infra::entropy::{self, Entropy, SystemEntropy};
use crate::infra::host;
use crate::infra::judging::Judge;
use crate::infra::keys::KeyFiles;
use crate::infra::models;
use crate::infra::news::News;
use crate::infra::notes::Notes;
use crate::infra::postgres::Role;
use crate::infra::reading::Reader;
use crate::infra::rendering::Renderer;
use crate::infra::test_copy::{NOTHING_LEAVES, TestCopy};
use crate::infra::tls::Serving;

/// Time between two looks at the certificate's files.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);

pub use parts::{Part, PartState};

/// The outside world: the only trait objects, so that a test can be the world.
#[derive(Clone)]
pub struct Outside {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes for ids and tokens.
    pub entropy: Arc<dyn Entropy>,
}

impl Outside {
    /// The real one.
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy::default()) }
    }

    /// The context of what somebody with a shell on the server does.
    pub fn console(&self) -> Result<Ctx> {
        let now = self.clock.now();
        let request_id = RequestId::new(now, entropy::random(self.entropy.as_ref())?);
        let login = host::login().map(|name| Login::new(&name));
        Ok(Ctx { actor: Actor::Console, request_id, ip: None, login, now })
    }
}

/// Everything that handlers and commands call.
pub struct App {
    /// The effective configuration.
    pub config: Config,
    /// Time and randomness.
    pub outside: Outside,
    /// When it was put together.
    pub since: DateTime<Utc>,
    /// The certificate that browsers see, if the server speaks TLS itself.
    pub tls: Option<Arc<Serving>>,
    /// Who did and saw what.
    pub audit: Audit,
    /// The ways to open the keystore.
    pub keys: Keys,
    /// What the fund has set.
    pub settings: Settings,
    /// People and sessions.
    pub accounts: Accounts,
    /// Deals and their members.
    pub deals: Deals,
    /// The documents of deals.
    pub documents: Documents,
    /// Versions of deals' reports, and files made of them.
    pub reports: Reports,
    /// The runs that make them.
    pub runs: Runs,
    /// The search over documents and reports.
    pub search: Search,
    /// The work of the queue, for who oversees it.
    pub ops: Ops,
    /// Starts the processes that read files.
    pub reader: Reader,
    /// Starts the processes that judge what was read.
    pub judge: Judge,
    /// Starts the processes that render reports.
    pub renderer: Renderer,
    /// What waits to be done.
    pub work: Work,
    /// What this is, if it is a test copy.
    copy: OnceLock<TestCopy>,
    /// How far readers can be confined here, once that was tried.
    confinement: OnceLock<Part>,
    news: News,
    vault: Arc<Vault>,
    db: Db,
    database_url: String,
}

impl App {
    /// Puts the parts together. Nothing is connected yet.
    pub fn new(config: Config, outside: Outside, vault: Vault) -> Result<Self> {
        let database_url = db::url(&config, Role::App)?;
        let db = Db::open(&database_url, config.database.pool_size)?;
        let (vault, entropy) = (Arc::new(vault), Arc::clone(&outside.entropy));
        let audit = Audit::new(db.clone(), Arc::clone(&vault), Arc::clone(&entropy), AnchorFile::of(&config));
        let keys = Keys::new(db.clone(), Arc::clone(&vault), KeyFiles::of(&config), audit.clone());
        let copy = TestCopy::of(&config).map_or_else(OnceLock::new, OnceLock::from);
        let models = models::client(&config.models)?;
        if copy.get().is_some() {
            models.close(NOTHING_LEAVES);
        }
        let settings = Settings::new(db.clone(), Arc::clone(&vault), Arc::clone(&entropy), audit.clone(), models);
        let accounts = Accounts::new(
            db.clone(),
            Arc::clone(&vault),
            Arc::clone(&entropy),
            audit.clone(),
            config.accounts.clone(),
            &config.server.public_url,
        )?;
        let people = accounts.directory().clone();
        let deals = Deals::new(db.clone(), Arc::clone(&vault), Arc::clone(&entropy), audit.clone(), people.clone());
        let on = documents::Foundation {
            db: db.clone(),
            vault: Arc::clone(&vault),
            entropy: Arc::clone(&entropy),
            blobs: Blobs::of(&config),
        };
        let documents = Documents::new(on, audit.clone(), people.clone(), deals.clone(), config.documents.clone());
        let reports = Reports::new(
            db.clone(),
            Arc::clone(&vault),
            Arc::clone(&entropy),
            audit.clone(),
            people.clone(),
            deals.clone(),
        );
        let news = News::default();
        let on = runs::Foundation {
            db: db.clone(),
            vault: Arc::clone(&vault),
            entropy: Arc::clone(&entropy),
            news: news.clone(),
            settings: settings.clone(),
        };
        let runs = Runs::new(on, audit.clone(), people, deals.clone(), documents.clone(), reports.clone());
        let folder = config.storage.data_dir.join("index");
        let on = search::Foundation { db: db.clone(), vault: Arc::clone(&vault), entropy, folder };
        let search = Search::new(on, audit.clone(), deals.clone(), documents.clone(), reports.clone());
        let ops = Ops::new(db.clone(), audit.clone(), documents.clone(), reports.clone(), runs.clone());
        let (reader, judge) = (Reader::of(&config.reading)?, Judge::of(&config.reading)?);
        let (renderer, work) = (Renderer::of(&config.reading)?, Work::of(db.clone()));
        let tls = tls(&config)?;
        Ok(Self {
            config,
            since: outside.clock.now(),
            outside,
            tls,
            audit,
            keys,
            settings,
            accounts,
            deals,
            documents,
            reports,
            runs,
            search,
            ops,
            reader,
            judge,
            renderer,
            work,
            copy,
            confinement: OnceLock::new(),
            news,
            vault,
            db,
            database_url,
        })
    }

    /// Fails with a sentence unless the database answers within `patience` and has the schema of this version.
    pub async fn check_database(&self, patience: Duration) -> Result<()> {
        wait_for(&self.database_url, patience).await?;
        match self.schema().await?.problem() {
            Some(problem) => Err(Error::internal(problem)),
            None => Ok(()),
        }
    }

    async fn schema(&self) -> Result<Schema> {
        db::schema_state(&mut *self.db.read().await?).await
    }

    /// Takes what was done at the console while no server ran into the audit log.
    pub async fn take_in_notes(&self) -> Result<()> {
        let notes = Notes::of(&self.config);
        let _held = notes.hold()?;
        let now = self.outside.clock.now();
        let request_id = RequestId::new(now, entropy::random(self.outside.entropy.as_ref())?);
        let cx = Ctx { actor: Actor::Console, request_id, ip: None, login: None, now };
        self.audit.take_in(&cx, notes.read()?).await?;
        notes.clear()
    }

    /// What this is, if it is a test copy.
    pub fn test_copy(&self) -> Option<&TestCopy> {
        self.copy.get()
    }

    /// Reads the catalogues of names, and whether the database is a test copy's.
    pub async fn load(&self) -> Result<()> {
        if let Some(copy) = restored::marked(&mut *self.db.read().await?).await? {
            self.settings.client().close(NOTHING_LEAVES);
            // The file said so before, or says so no more.
            let _ = self.copy.set(copy);
        }
        self.accounts.load_directory().await?;
        self.deals.load_catalogue().await
    }

    /// Wakes a worker of each queue whenever work is added anywhere. Runs for ever.
    pub fn hear_jobs(&self, wakes: Vec<Arc<Notify>>) -> impl Future<Output = ()> + Send + use<> {
        let wakes = Arc::new(wakes);
        let again = Arc::clone(&wakes);
        let missed = move || {
            again.iter().for_each(|wake| wake.notify_one());
            async { Ok(()) }
        };
        let added = move |_| {
            wakes.iter().for_each(|wake| wake.notify_one());
            async { Ok(()) }
        };
        db::listen(self.database_url.clone(), Channel::Jobs, missed, added)
    }

    /// Starts what runs beside the requests. It ends when the result is dropped.
    pub fn background(&self) -> Background {
        let (deals, accounts) = (self.deals.clone(), self.accounts.clone());
        let (all_deals, all_accounts) = (deals.clone(), accounts.clone());
        let (missed_news, news) = (self.news.clone(), self.news.clone());
        let url = || self.database_url.clone();
        Background(vec![
            tokio::spawn(follow_certificate(self.tls.clone())),
            tokio::spawn(self.audit.clone().seal_forever()),
            tokio::spawn(self.search.clone().open_at_last(Arc::clone(&self.outside.clock))),
            tokio::spawn(self.accounts.clone().sweep_forever(Arc::clone(&self.outside.clock))),
            tokio::spawn(db::listen(
                url(),
                Channel::Deals,
                move || {
                    let deals = all_deals.clone();
                    async move { deals.load_catalogue().await }
                },
                move |id| {
                    let deals = deals.clone();
                    async move { deals.refresh_catalogue(DealId(id)).await }
                },
            )),
            tokio::spawn(db::listen(
                url(),
                Channel::Runs,
                move || {
                    missed_news.tell(None);
                    async { Ok(()) }
                },
                move |id| {
                    news.tell(Some(id));
                    async { Ok(()) }
                },
            )),
            tokio::spawn(db::listen(
                url(),
                Channel::Users,
                move || {
                    let people = all_accounts.clone();
                    async move { people.load_directory().await }
                },
                move |id| {
                    let people = accounts.clone();
                    async move { people.refresh_directory(UserId(id)).await }
                },
            )),
        ])
    }

    /// How much work there is on each queue, and how many people are signed in.
    pub async fn load_of_work(&self, now: DateTime<Utc>) -> Result<(Vec<Load>, u64)> {
        Ok((self.work.load(now).await?, self.accounts.live_sessions(now).await?))
    }
}

/// The certificate of the configuration, ready to be served.
pub fn tls(config: &Config) -> Result<Option<Arc<Serving>>> {
    match (&config.tls.certificate, &config.tls.key) {
        (Some(certificate), Some(key)) => Serving::open(certificate, key).map(Some).map_err(Error::internal),
        _ => Ok(None),
    }
}

/// Takes a renewed certificate up, for ever.
async fn follow_certificate(tls: Option<Arc<Serving>>) {
    let Some(tls) = tls else { return };
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK).await;
        let again = Arc::clone(&tls);
        match tokio::task::spawn_blocking(move || again.refresh()).await {
            Ok(Ok(true)) => tracing::info!("the certificate was replaced"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the new certificate cannot be used; the old one is served"),
            Err(error) => tracing::error!(%error, "the certificate could not be looked at"),
        }
    }
}

/// Tries to connect until it works or `patience` is over.
pub async fn wait_for(database_url: &str, patience: Duration) -> Result<()> {
    let tries = async {
        loop {
            match db::connect(database_url).await {
                Ok(_) => return,
                Err(error) => tracing::debug!(causes = error.causes(), "the database does not answer yet"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(patience, tries).await.map_err(|_| {
        let sentence = "The database does not answer. Is `vcconnect database run` running?";
        Error::unavailable(sentence, format!("no connection in {} s", patience.as_secs()))
    })
}

/// Tasks that run beside the requests.
#[derive(Debug)]
pub struct Background(Vec<JoinHandle<()>>);

impl Drop for Background {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}
