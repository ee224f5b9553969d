//! `parvis relay`: our relays to other authorities, and the one-time links by which a body without a node answers.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Failure, Output, node, output::when};
use crate::{
    App, Error, Result, actions,
    storage::{
        self,
        records::{self, Page},
    },
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis relay list
  parvis relay link rennes/ccnr/avis-2/r16/relais --days 90
  parvis relay revoke rennes/ccnr/avis-2/r16/relais";

/// Relays read at once.
const MOST: i64 = 10_000;

/// What can be done with relays.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lister nos relais et leurs liens / List our relays and their links
    #[command(after_help = EXAMPLES)]
    List,
    /// Faire un lien, valable une fois, pour un organisme sans nœud / Make a link that works once
    #[command(after_help = EXAMPLES)]
    Link {
        /// Référence du dossier ou adresse du relais / Reference or id of the relay
        #[arg(value_name = "RÉF|ADRESSE")]
        relay: String,
        /// Durée en jours / How long it lasts
        #[arg(long, value_name = "JOURS", default_value_t = 90)]
        days: u32,
    },
    /// Reprendre les liens qui n’ont pas servi / Take back the links that were not used
    #[command(after_help = EXAMPLES)]
    Revoke {
        /// Référence du dossier ou adresse du relais / Reference or id of the relay
        #[arg(value_name = "RÉF|ADRESSE")]
        relay: String,
    },
}

impl Command {
    /// Does it. The address of a link is told once, and kept nowhere.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` when the relay is not ours, or its body has an account.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let operator = node::operator(&app.config, None);
        match self {
            Self::List => list(&app, out).await?,
            Self::Link { relay, days } => {
                let relay = named(&app, &relay).await?;
                let (address, until) = actions::invitations::create(&app, &operator, &relay, days).await?;
                let until = when(until);
                out.say("cli-relay-link", &[("until", until.clone().into())]);
                out.line(address.as_str());
                out.json(&json!({ "relay": relay, "link": address, "until": until }));
            }
            Self::Revoke { relay } => {
                let relay = named(&app, &relay).await?;
                let total = actions::invitations::revoke(&app, &operator, &relay).await?;
                out.say("cli-relay-revoked", &[("total", total.into())]);
                out.json(&json!({ "relay": relay, "revoked": total }));
            }
        }
        app.db.close().await;
        Ok(())
    }
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let rows = records::by_kind_ours(&app.db, "Relay", &Page::first(MOST)).await?;
    let mut documents = Vec::with_capacity(rows.len());
    for row in &rows {
        let body = row.addressee.clone().unwrap_or_default();
        let offer = storage::offers::get(&app.db, &row.uri, &body).await?;
        let links = storage::invitations::of_relay(&app.db, &row.uri).await?;
        let open = links.iter().filter(|link| link.used_at.is_none() && link.revoked_at.is_none()).count();
        let state = offer.as_ref().map_or("none", |offer| offer.state.as_str());
        let words = [("links", links.len().into()), ("open", open.into())];
        out.line(&format!("{}  {}", row.published, row.title));
        out.line(&format!("  {}", row.uri));
        let told = format!("cli-relay-state-{state}");
        out.line(&format!("  {}  {}", out.words(&told, &[]), out.words("cli-relay-links", &words)));
        documents.push(json!({
            "id": row.uri, "title": row.title, "to": body, "state": state,
            "links": links.len(), "open": open,
        }));
    }
    out.json(&documents);
    Ok(())
}

/// The relay of a reference or of an id.
async fn named(app: &App, what: &str) -> Result<String> {
    match storage::sources::named(&app.db, what).await? {
        Some(source) => Ok(source.uri),
        None if what.contains("://") => Ok(what.to_owned()),
        None => Err(Error::not_found(what)),
    }
}
