//! `parvis peers`: the servers this node knows, and what is allowed to them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Failure, Output, node, output::when_known};
use crate::{
    App, actions,
    federation::mirror,
    storage::hosts::{self, Host},
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis peers list
  parvis peers block spam.example --reason \"messages indésirables en masse\"
  parvis peers allow angers.example
  parvis peers heal";

/// Servers read at once.
const PAGE: i64 = 500;

/// What can be done with other servers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lister les serveurs connus / List the servers known
    #[command(after_help = EXAMPLES)]
    List,
    /// Compléter ce qui manque des registres suivis, depuis les copies des pairs / Complete from peers’ mirrors
    #[command(after_help = EXAMPLES)]
    Heal,
    /// Tout permettre à un serveur / Allow a server everything
    #[command(after_help = EXAMPLES)]
    Allow(Decided),
    /// Ne plus prendre ses réponses de citoyens / Take no replies from it
    #[command(after_help = EXAMPLES)]
    Limit(Reasoned),
    /// Ne rien en prendre, ne rien lui envoyer / Take nothing from it, send it nothing
    #[command(after_help = EXAMPLES)]
    Block(Reasoned),
}

/// A server.
#[derive(Debug, Args)]
pub struct Decided {
    /// Nom du serveur : angers.example / Name of the server
    #[arg(value_name = "SERVEUR")]
    host: String,
    /// Motif, gardé au journal / Reason, kept in the audit log
    #[arg(long, value_name = "MOTIF")]
    reason: Option<String>,
}

/// A server, and why.
#[derive(Debug, Args)]
pub struct Reasoned {
    /// Nom du serveur : angers.example / Name of the server
    #[arg(value_name = "SERVEUR")]
    host: String,
    /// Motif, gardé au journal / Reason, kept in the audit log
    #[arg(long, value_name = "MOTIF")]
    reason: String,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `Invalid` when the name is none of a server.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        match self {
            Self::List => list(&app, out).await?,
            Self::Heal => heal(&app, out).await?,
            Self::Allow(to) => decide(&app, (&to.host, "allowed"), to.reason, out).await?,
            Self::Limit(to) => decide(&app, (&to.host, "limited"), Some(to.reason), out).await?,
            Self::Block(to) => decide(&app, (&to.host, "blocked"), Some(to.reason), out).await?,
        }
        app.db.close().await;
        Ok(())
    }
}

async fn decide(
    app: &App,
    (host, policy): (&str, &str),
    reason: Option<String>,
    out: &Output,
) -> Result<(), Failure> {
    actions::peers::set_policy(app, &node::operator(&app.config, reason), host, policy).await?;
    let word = out.words(&format!("cli-policy-{policy}"), &[]);
    out.say("cli-policy-set", &[("host", host.into()), ("policy", word.into())]);
    out.json(&json!({ "host": host, "policy": policy }));
    Ok(())
}

async fn heal(app: &App, out: &Output) -> Result<(), Failure> {
    let bar = out.progress(0, "cli-heal-progress");
    let done = mirror::heal::heal(app, &Output::steps(&bar)).await;
    bar.finish_and_clear();
    let report = done?;
    for (host, why) in &report.silent {
        out.say("cli-rebuild-silent", &[("host", host.as_str().into()), ("why", why.as_str().into())]);
    }
    for one in &report.refused {
        let words = [
            ("host", one.host.as_str().into()),
            ("id", one.id.as_str().into()),
            ("version", one.version.into()),
        ];
        out.say("cli-rebuild-refused", &words);
        out.line(&format!("    {}", one.why));
    }
    out.say("cli-healed", &[("asked", report.asked.len().into()), ("appended", report.appended.into())]);
    out.json(&report);
    Ok(())
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let mut known: Vec<Host> = Vec::new();
    loop {
        let after = known.last().map(|host| host.host.clone()).unwrap_or_default();
        let page = hosts::list(&app.db, &after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        known.extend(page);
    }
    let rows: Vec<_> = known.iter().map(|host| row(host, out)).collect();
    let heads = ["cli-head-host", "cli-head-software", "cli-head-policy", "cli-head-state", "cli-head-seen"];
    out.table(&heads, &rows);
    out.json(&known.iter().map(document).collect::<Vec<_>>());
    Ok(())
}

fn row(host: &Host, out: &Output) -> Vec<String> {
    let software = host.software.clone().unwrap_or_else(|| "—".to_owned());
    vec![
        host.host.clone(),
        software,
        out.words(&format!("cli-policy-{}", host.policy), &[]),
        out.words(&format!("cli-state-{}", state(host)), &[]),
        when_known(host.last_seen_at),
    ]
}

/// How a host is, in a word.
pub fn state(host: &Host) -> &'static str {
    match host.state {
        hosts::WELL => "well",
        hosts::BACKING_OFF | hosts::ASKED_TO_WAIT => "backing-off",
        _ => "suspended",
    }
}

fn document(host: &Host) -> Value {
    json!({
        "host": host.host,
        "software": host.software,
        "parvis": host.parvis,
        "relay": host.relay,
        "policy": host.policy,
        "policy_reason": host.policy_reason,
        "state": state(host),
        "fails": host.fails,
        "last_seen_at": host.last_seen_at.map(super::output::when),
        "last_sync_at": host.last_sync_at.map(super::output::when),
    })
}
