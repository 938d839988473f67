//! `vcconnect serve`: start in order, say when ready, stop in the reverse order.

use std::time::Duration;

use actix_web::rt::System;
use actix_web::web::Data;
use sd_notify::NotifyState;

use super::{Done, Failure, build};
use crate::app::App;
use crate::http;
use crate::infra::config::Config;
use crate::infra::host::DataLock;
use crate::worker;

/// How long a database that is just starting may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn run(config: Config) -> Done {
    let _lock = DataLock::take(&config.storage.data_dir)?;
    let app = build(config)?;
    System::new().block_on(serve(Data::new(app)))
}

async fn serve(app: Data<App>) -> Result<(), Failure> {
    app.check_database(PATIENCE).await?;
    app.load().await?;
    app.documents.sweep().await?;
    let interrupted = app.work.free_all().await?;
    if interrupted > 0 {
        tracing::info!(interrupted, "work that an earlier life of this server was at goes on");
    }
    app.try_readers().await;
    let bound = http::bind(&app)?;
    let _background = app.background();
    let _workers = worker::start(&app.clone().into_inner());
    tracing::info!(address = %bound.address, url = app.config.server.public_url, "ready");
    // Outside systemd there is nobody to notify, which is no fault.
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    bound.server.await?;
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
    tracing::info!("stopped");
    Ok(())
}
