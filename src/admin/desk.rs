//! Answers: what is asked at the socket is done by the use cases of the domains.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Ask, Confirm, Refusal, Reply, Request, Said, Secret};
use tokio::sync::{Mutex, mpsc};
use vault::{Vault, VaultError};

use super::closed::Closed;
use super::confirm::Tokens;
use super::peer::Peer;
use super::{backups, danger, health, jobs, keys, people, status, updates, views};
use crate::app::{App, Outside};
use crate::base::{Actor, Ctx, Error, ErrorCode, Login, RequestId, Result};
use crate::infra::config::Config;
use crate::infra::entropy;
use crate::infra::keys::{KeyFiles, opener};

/// What can be done.
#[derive(Clone)]
enum State {
    /// Little.
    Closed(Closed),
    /// Everything, now or in a moment.
    Open(Arc<App>),
}

/// What answers at the socket, from before the keystore is open until the server ends.
pub struct Desk {
    config: Config,
    outside: Outside,
    since: DateTime<Utc>,
    /// Where people are answered.
    address: OnceLock<SocketAddr>,
    state: RwLock<State>,
    tokens: Tokens,
    /// One attempt at a time; how many failed.
    attempts: Mutex<u32>,
    opened: mpsc::Sender<Unlocked>,
}

/// A keystore that somebody opened.
pub struct Unlocked {
    /// The open vault.
    pub vault: Vault,
    /// Who.
    pub login: Login,
    /// After how many attempts that failed.
    pub failed: u32,
}

impl Desk {
    /// For a server whose keystore is not open yet, because of `reason`; what opens it is sent.
    pub fn new(config: Config, outside: Outside, reason: &str, opened: mpsc::Sender<Unlocked>) -> Self {
        Self {
            since: outside.clock.now(),
            address: OnceLock::new(),
            config,
            outside,
            state: RwLock::new(State::Closed(Closed::Away(reason.to_owned()))),
            tokens: Tokens::default(),
            attempts: Mutex::default(),
            opened,
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// People are answered there.
    pub fn listens(&self, address: SocketAddr) {
        // It listens once.
        let _ = self.address.set(address);
    }

    /// From now on everything can be asked.
    pub fn open(&self, app: Arc<App>) {
        self.becomes(State::Open(app));
    }

    /// From now on only what needs neither key nor database, because the server starts or stops.
    pub fn away(&self, reason: &str) {
        self.becomes(State::Closed(Closed::Away(reason.to_owned())));
    }

    /// From now on only what needs no key, because of this.
    pub fn seal(&self, reason: &str) {
        self.becomes(State::Closed(Closed::Sealed(reason.to_owned())));
    }

    fn becomes(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is said to a question.
    pub(super) async fn answer(&self, peer: Peer, request: Request) -> Said {
        let cx = match self.circumstances(peer) {
            Ok(cx) => cx,
            Err(error) => return refused(&error, None),
        };
        match self.confirmed(&cx, peer, &request) {
            Ok(None) => {}
            Ok(Some(confirm)) => return Said::Confirm(confirm),
            Err(error) => return refused(&error, Some(cx.request_id)),
        }
        match self.carry_out(&cx, request.ask).await {
            Ok(reply) => Said::Done(Box::new(reply)),
            Err(error) => refused(&error, Some(cx.request_id)),
        }
    }

    fn circumstances(&self, peer: Peer) -> Result<Ctx> {
        let now = self.outside.clock.now();
        let request_id = RequestId::new(now, entropy::random(self.outside.entropy.as_ref())?);
        Ok(Ctx { actor: Actor::Console, request_id, ip: None, login: Some(peer.login), now })
    }

    /// What still has to be confirmed, if something has.
    fn confirmed(&self, cx: &Ctx, peer: Peer, request: &Request) -> Result<Option<Confirm>> {
        let Some(danger) = danger::of(&request.ask) else { return Ok(None) };
        match &request.token {
            Some(token) => self.tokens.take(peer, &request.ask, token, cx.now).map(|()| None),
            None => Ok(Some(Confirm {
                token: self.tokens.give(peer, &request.ask, cx.now, self.outside.entropy.as_ref())?,
                loses: danger.loses.iter().copied().map(Shown::new).collect(),
                word: Shown::new(danger.word),
            })),
        }
    }

    async fn carry_out(&self, cx: &Ctx, ask: Ask) -> Result<Reply> {
        match (self.state(), ask) {
            (State::Closed(closed), Ask::Status) => {
                Ok(Reply::Status(status::of_closed(&self.config, &closed, self.since, cx.now)))
            }
            (State::Open(app), Ask::Status) => Ok(Reply::Status(status::of_open(&app, self.since, cx.now).await)),
            (State::Closed(closed), Ask::Health) => Ok(health::of_closed(closed.seal(), self.address.get())),
            (State::Open(app), Ask::Health) => health::of_open(&app, cx, self.address.get()).await,
            (State::Closed(Closed::Sealed(_)), Ask::Unlock { with }) => self.unlock(cx, with).await,
            (_, Ask::Unlock { .. }) => {
                Err(Error::new(ErrorCode::WrongState, "The server is not sealed; there is nothing to unlock."))
            }
            (State::Closed(_), Ask::Keys) => self.slots_of_sealed().await,
            // Somebody in trouble needs these most.
            (_, ask @ (Ask::Backups | Ask::PlanBackups { .. } | Ask::CreateBackup | Ask::VerifyBackup { .. })) => {
                backups::answer(&self.config, cx, ask).await
            }
            (_, ask @ (Ask::Updates | Ask::InstallUpdate { .. } | Ask::RollBack)) => {
                updates::answer(&self.config, self.since, cx, &ask)
            }
            (State::Closed(closed), _) => Err(closed.refusal()),
            (State::Open(app), ask) => carry_out(&app, cx, ask).await,
        }
    }

    async fn slots_of_sealed(&self) -> Result<Reply> {
        let keystore = KeyFiles::of(&self.config).keystore;
        let slots = tokio::task::spawn_blocking(move || Vault::slots(&keystore)).await.map_err(Error::internal)??;
        Ok(views::keys(slots))
    }

    async fn unlock(&self, cx: &Ctx, with: Secret) -> Result<Reply> {
        let mut failed = self.attempts.lock().await;
        let keystore = KeyFiles::of(&self.config).keystore;
        let tried = tokio::task::spawn_blocking(move || Vault::open(&keystore, &opener(&with.0)))
            .await
            .map_err(Error::internal)?;
        let login = cx.login.unwrap_or(Login::new(""));
        let vault = tried.map_err(|error| {
            if !matches!(error, VaultError::WrongKey) {
                return error.into();
            }
            *failed += 1;
            tracing::warn!(?login, failed = *failed, %error, "somebody could not unlock the server");
            let sentence =
                "Neither a passphrase nor a recovery key of this keystore. Compare it letter by letter and try again.";
            Error::new(ErrorCode::WrongCredentials, sentence).caused_by(error)
        })?;
        let unlocked = Unlocked { vault, login, failed: std::mem::take(&mut *failed) };
        self.opened.send(unlocked).await.map_err(|_| Error::internal("nobody waits for the keystore to be opened"))?;
        Ok(views::well("The keystore is open. The server is starting.", cx.now))
    }
}

async fn carry_out(app: &App, cx: &Ctx, ask: Ask) -> Result<Reply> {
    match ask {
        Ask::Keys
        | Ask::AddPassphrase { .. }
        | Ask::AddKeyFile
        | Ask::AddRecovery { .. }
        | Ask::RemoveKey { .. }
        | Ask::RotateMasterKey
        | Ask::ProveRecovery { .. } => keys::answer(app, cx, ask).await,
        Ask::Users
        | Ask::Invite { .. }
        | Ask::SetRole { .. }
        | Ask::Disable { .. }
        | Ask::Enable { .. }
        | Ask::ResetPassword { .. }
        | Ask::ResetSecondFactor { .. }
        | Ask::Sessions { .. }
        | Ask::EndSessions { .. } => people::answer(app, cx, ask).await,
        Ask::Jobs { .. } | Ask::RetryJob { .. } | Ask::CancelJob { .. } => jobs::answer(app, cx, ask).await,
        _ => Err(Error::new(ErrorCode::MethodNotAllowed, "This server cannot do that. Nothing was done.")),
    }
}

fn refused(error: &Error, request: Option<RequestId>) -> Said {
    if error.code == ErrorCode::Internal {
        let request = request.map(|id| id.to_string());
        tracing::error!(request, causes = error.causes(), "what was asked at the admin socket could not be done");
    }
    Said::Refused(Refusal { code: error.code, sentence: Shown::new(&error.detail) })
}
