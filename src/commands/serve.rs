//! `vcconnect serve`: start in order, say when ready, stop in the reverse order.
//!
//! The admin socket answers first and last: it works while the keystore is closed, and it is where the keystore is opened.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::rt::System;
use actix_web::web::Data;
use tokio::sync::mpsc;
use vault::Vault;

use super::{Done, Failure};
use crate::admin::{self, Desk, Unlocked};
use crate::app::{self, App, Outside};
use crate::base::Ctx;
use crate::http;
use crate::infra::config::Config;
use crate::infra::host::DataLock;
use crate::infra::keys::{self, KeyFiles};
use crate::infra::{notify, restore};
use crate::worker;

/// How long a database that is just starting may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the admin socket says until the server is ready.
const STARTING: &str = "the server is starting";

pub(super) fn run(config: Config) -> Done {
    let _lock = DataLock::take(&config.storage.data_dir)?;
    if let Some(sentence) = restore::unfinished(&config) {
        return Err(sentence.into());
    }
    System::new().block_on(start(config))
}

async fn start(config: Config) -> Done {
    let outside = Outside::system();
    let (opened, unlocked) = mpsc::channel(1);
    actix_web::rt::spawn(notify::live());
    let desk = Arc::new(Desk::new(config.clone(), outside.clone(), STARTING, opened));
    let _admin = admin::listen(&desk)?;
    let listener = http::listen(&config.server)?;
    desk.listens(listener.local_addr()?);
    let (vault, by) = match KeyFiles::of(&config).open() {
        Ok(vault) => (vault, None),
        Err(error) if keys::can_be_unlocked(&error) => {
            desk.seal(&error.to_string());
            let tls = app::tls(&config)?;
            match sealed(http::sealed(listener.try_clone()?, tls.as_ref())?, &error.to_string(), unlocked).await? {
                Some(Unlocked { vault, login, failed }) => {
                    desk.away(STARTING);
                    (vault, Some((Ctx { login: Some(login), ..outside.console()? }, failed)))
                }
                None => return Ok(()),
            }
        }
        Err(error) => return Err(error.into()),
    };
    serve(config, outside, vault, listener, &desk, by).await
}

/// Says to everybody that the server is locked, until somebody unlocks it; `None` if it is stopped before.
async fn sealed(
    server: Server,
    reason: &str,
    mut unlocked: mpsc::Receiver<Unlocked>,
) -> Result<Option<Unlocked>, Failure> {
    let handle = server.handle();
    tracing::warn!(reason, "sealed: the keystore is closed; unlock it with `vcconnect keys unlock`");
    notify::ready("sealed: waiting for `vcconnect keys unlock`");
    let running = actix_web::rt::spawn(server);
    tokio::select! {
        opened = unlocked.recv() => {
            handle.stop(true).await;
            Ok(opened)
        }
        ended = running => Ok(ended?.map(|()| None)?),
    }
}

async fn serve(
    config: Config,
    outside: Outside,
    vault: Vault,
    listener: TcpListener,
    desk: &Desk,
    unlocked_by: Option<(Ctx, u32)>,
) -> Done {
    let app = Data::new(App::new(config, outside, vault)?);
    app.check_database(PATIENCE).await?;
    app.load().await?;
    if let Some((cx, failed)) = unlocked_by {
        app.keys.unlocked(&cx, failed).await?;
    }
    app.take_in_notes().await?;
    app.documents.sweep().await?;
    let interrupted = app.work.free_all().await?;
    if interrupted > 0 {
        tracing::info!(interrupted, "work that an earlier life of this server was at goes on");
    }
    app.try_readers().await;
    let bound = http::bind(&app, listener)?;
    let _background = app.background();
    let _workers = worker::start(&app.clone().into_inner());
    desk.open(app.clone().into_inner());
    tracing::info!(address = %bound.address, url = app.config.server.public_url, "ready");
    notify::ready("ready");
    bound.server.await?;
    desk.away("the server is stopping");
    notify::stopping();
    tracing::info!("stopped");
    Ok(())
}
