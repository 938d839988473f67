//! Listens on the address and runs the workers.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, FormConfig, JsonConfig, PathConfig, PayloadConfig, QueryConfig};
use actix_web::{App as ActixApp, HttpServer};
use utoipa_actix_web::AppExt as _;

use super::headers::{self, Policy};
use super::{bodies, edge, openapi, origin, problem, refusals, router, ui};
use crate::app::App;
use crate::base::{Error, Result};
use crate::infra::{activation, config};

/// A server that listens, ready to be awaited.
pub struct Bound {
    /// Where it listens; the port is known even if the configuration asked for any.
    pub address: SocketAddr,
    /// Runs until it is stopped.
    pub server: Server,
}

/// Listens on the socket that systemd gives, or on the configured address. Connections wait until somebody answers.
pub fn listen(config: &config::Server) -> Result<TcpListener> {
    if let Some(listener) = activation::listener().map_err(Error::internal)? {
        return Ok(listener);
    }
    TcpListener::bind(config.listen).map_err(|error| {
        Error::internal(format!("cannot listen on {}: {error}; is another server running there?", config.listen))
    })
}

/// A server for the application on this listener. Connections are answered once it is awaited.
pub fn bind(app: &Data<App>, listener: TcpListener) -> Result<Bound> {
    let config = &app.config.server;
    let address = listener.local_addr().map_err(Error::internal)?;
    let (shared, limit) = (app.clone(), config.body_limit);
    let policy = Data::new(Policy::for_page(&ui::index()));
    let document = Data::new(openapi::document());
    let server = HttpServer::new(move || {
        let (service, _) = ActixApp::new()
            .into_utoipa_app()
            .map(|app| {
                app.app_data(shared.clone())
                    .app_data(policy.clone())
                    .app_data(document.clone())
                    .app_data(JsonConfig::default().limit(limit).error_handler(|error, _| translated(error.into())))
                    .app_data(QueryConfig::default().error_handler(|error, _| translated(error.into())))
                    .app_data(FormConfig::default().limit(limit))
                    .app_data(PayloadConfig::new(limit))
                    .app_data(PathConfig::default().error_handler(|_, _| Error::not_found("page").into()))
            })
            .configure(router::api)
            .map(|app| app.configure(router::pages))
            .split_for_parts();
        service
            .wrap(from_fn(origin::check))
            .wrap(from_fn(bodies::plain_only))
            .wrap(from_fn(refusals::record))
            .wrap(Compress::default())
            .wrap(from_fn(edge::request))
            .wrap(from_fn(headers::secure))
    })
    // Without it a keep-alive request waits 40 ms for the peer's delayed acknowledgement.
    .tcp_nodelay(true)
    .workers(workers(config.workers))
    .shutdown_timeout(10);
    let server = match &app.tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls.config().map_err(Error::internal)?),
        None => server.listen(listener),
    };
    Ok(Bound { address, server: server.map_err(Error::internal)?.run() })
}

fn translated(error: actix_web::Error) -> actix_web::Error {
    problem::translate(&error).into()
}

fn workers(configured: usize) -> usize {
    match configured {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        n => n,
    }
}
