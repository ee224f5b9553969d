//! `parvis deliveries`: what waits to be sent, where it is stuck, and trying again at once.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Failure, Output, node, output::when};
use crate::{
    App, actions,
    storage::{deliveries, hosts::WELL},
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis deliveries list
  parvis deliveries retry angers.example
  parvis deliveries retry angers.example --refused
  parvis deliveries retry";

/// What can be done with deliveries.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Montrer ce qui attend, serveur par serveur / Show what waits, server by server
    #[command(after_help = EXAMPLES)]
    List,
    /// Réessayer tout de suite / Try again at once
    #[command(after_help = EXAMPLES)]
    Retry {
        /// Un seul serveur (sans lui : tous ceux pour qui quelque chose attend) / One server only
        #[arg(value_name = "SERVEUR")]
        host: Option<String>,
        /// Aussi ce qu’il a refusé et ce qui fut abandonné / Also what it refused and what was given up
        #[arg(long, requires = "host")]
        refused: bool,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound` when nothing waits for the host named.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        match self {
            Self::List => list(&app, out).await?,
            Self::Retry { host: Some(host), refused: true } => {
                let total =
                    actions::deliveries::retry_refused(&app, &node::operator(&app.config, None), &host)
                        .await?;
                out.say("cli-deliveries-taken-up", &[("total", total.into())]);
                out.json(&json!({ "hosts": [host], "taken_up": total }));
            }
            Self::Retry { host, .. } => {
                let hosts =
                    actions::deliveries::retry(&app, &node::operator(&app.config, None), host.as_deref())
                        .await?;
                out.say("cli-deliveries-retry", &[("total", hosts.len().into())]);
                out.json(&json!({ "hosts": hosts }));
            }
        }
        app.db.close().await;
        Ok(())
    }
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let counts = deliveries::counts(&app.db).await?;
    let total = |state| counts.iter().find(|count| count.state == state).map_or(0, |count| count.total);
    let states = [
        ("waiting", total(deliveries::WAITING)),
        ("delivered", total(deliveries::DELIVERED)),
        ("refused", total(deliveries::REFUSED)),
        ("given_up", total(deliveries::GIVEN_UP)),
    ];
    let words = states.map(|(name, total)| (name, total.into()));
    out.say("cli-deliveries-total", &words);
    let waiting = deliveries::waiting(&app.db).await?;
    let rows: Vec<_> = waiting
        .iter()
        .map(|host| {
            vec![
                host.host.clone(),
                host.waiting.to_string(),
                when(host.oldest_at),
                if host.state == WELL { "—".to_owned() } else { when(host.next_at) },
                host.last_error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let heads =
            ["cli-head-host", "cli-head-waiting", "cli-head-oldest", "cli-head-next", "cli-head-error"];
        out.table(&heads, &rows);
    }
    let hosts: Vec<_> = waiting
        .iter()
        .map(|host| {
            json!({
                "host": host.host,
                "waiting": host.waiting,
                "oldest_at": when(host.oldest_at),
                "next_at": (host.state != WELL).then(|| when(host.next_at)),
                "fails": host.fails,
                "policy": host.policy,
                "last_error": host.last_error,
            })
        })
        .collect();
    let totals: serde_json::Map<_, _> =
        states.iter().map(|(name, total)| ((*name).to_owned(), json!(total))).collect();
    out.json(&json!({ "totals": totals, "hosts": hosts }));
    Ok(())
}
