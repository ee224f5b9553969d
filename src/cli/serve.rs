//! `parvis serve`: runs the node until it is told to stop.

use std::{fs::File, net::SocketAddr, os::unix::fs::OpenOptionsExt as _, path::PathBuf};

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Failure, Output, node};
use crate::{config::Database, domain::Problem, server, storage, telemetry::Metrics};

const EXAMPLES: &str = "\
S’arrête proprement sur SIGTERM ou Ctrl-C, en dix secondes au plus.
Stops gently on SIGTERM or Ctrl-C, within ten seconds.

Exemples / Examples:
  parvis serve
  PARVIS_LOG=info parvis --log-format json --config /etc/parvis/parvis.toml serve";

/// Démarrer le nœud / Start the node
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {}

impl Serve {
    /// Does it.
    ///
    /// # Errors
    /// Those of the configuration (exit code 78), also when an address is in use, a folder cannot be
    /// written, `parvis init` was not run (threats X33), another process serves the same SQLite file (R20)
    /// or the file is damaged (X19); those of the database.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let (file, config) = node::config(file)?;
        let refused = |problem| Failure::refused(file.clone(), problem);
        let _alone = alone(&config.database).map_err(refused)?;
        if config.is_closed_federation() {
            out.warn("cli-closed-federation", &[("networks", node::networks(&config).into())]);
        }
        let app = node::start(file.clone(), config).await?;
        if let Some(damage) = app.db.damage().await? {
            return Err(refused(Problem::new("database.url", "database-damaged", damage)));
        }
        if storage::actors::by_role(&app.db, "relay").await?.is_empty() {
            return Err(refused(Problem::new("actors", "not-initialised", "")));
        }
        let listener = bind("listen", app.config.listen).await.map_err(refused)?;
        let metrics = match app.config.metrics_listen {
            Some(address) => {
                let private = bind("metrics_listen", address).await.map_err(refused)?;
                Some((private, Metrics::start().map_err(Failure::internal)?))
            }
            None => None,
        };
        let address = app.urls.base().to_owned();
        out.say(
            "cli-serving",
            &[("address", address.into()), ("listen", app.config.listen.to_string().into())],
        );
        let stop = CancellationToken::new();
        tokio::spawn(cancel_when_told(stop.clone()));
        server::run(app, listener, metrics, stop).await;
        out.say("cli-stopped", &[]);
        Ok(())
    }
}

/// One process serves a SQLite file; it holds this lock until it ends, however it ends. On PostgreSQL
/// several share the queue by leases (threats R20).
fn alone(database: &Database) -> Result<Option<File>, Problem> {
    let Some(path) = database.lock_file() else { return Ok(None) };
    let refused = |rule, error: &dyn std::fmt::Display| {
        Problem::new("database.url", rule, format!("{}: {error}", path.display()))
    };
    let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|error| refused("not-writable", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(error) => Err(refused("database-in-use", &error)),
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Problem> {
    let refused = |error| Problem::new(key, "cannot-listen", format!("{address}: {error}"));
    TcpListener::bind(address).await.map_err(refused)
}

/// Cancels on SIGTERM or Ctrl-C; a second signal ends the process at once.
pub async fn cancel_when_told(stop: CancellationToken) {
    told().await;
    stop.cancel();
    told().await;
    std::process::exit(130);
}

async fn told() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = match signal(SignalKind::terminate()) {
        Ok(signals) => signals,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM is not heard; Ctrl-C is");
            drop(tokio::signal::ctrl_c().await);
            return;
        }
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
