//! `parvis move`: after a restore under a new domain, the accounts of the old one say where they speak now.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Failure, Output, node};
use crate::{
    Error,
    actions::moving,
    domain::Iri,
    federation::{actors, probe},
};

const EXAMPLES: &str = "\
Après parvis init et parvis restore --from-peers sous un nouveau domaine, avec les clés de
l’ancien. Ce qui est dit ne se reprend pas.
After parvis init and parvis restore --from-peers under a new domain, with the keys of the
old one. It is not taken back.

Exemple / Example:
  parvis move --tell angers.example nancy.example";

/// Dire où parlent désormais les comptes d’un ancien domaine / Say where the accounts of an old domain speak now
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Move {
    /// Nœuds à prévenir, outre les abonnés / Nodes to tell, besides followers
    #[arg(long, value_name = "SERVEUR", num_args = 1..)]
    tell: Vec<String>,
}

impl Move {
    /// Does it.
    ///
    /// # Errors
    /// Rule `nothing-to-move`; `Unavailable` when a node to tell does not answer.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let waiting = moving::waiting(&app).await?;
        if waiting.is_empty() {
            return Err(Error::invalid("keys", "nothing-to-move", "").into());
        }
        let mut told = Vec::new();
        for named in &self.tell {
            let origin = if named.contains("://") { named.clone() } else { format!("https://{named}") };
            let origin = Iri::parse(origin.trim_end_matches('/')).map_err(Error::from)?;
            let relay = probe::relay_at(&app, origin.origin()).await?;
            let relay = actors::known_or_fetched(&app, &relay).await?;
            told.push((relay.delivery_inbox().to_owned(), relay.host));
        }
        let operator = node::operator(&app.config, None);
        let mut moved = Vec::new();
        for old in waiting {
            let target = moving::begin(&app, &operator, &old, &told).await?;
            out.say("cli-moved", &[("old", old.as_str().into()), ("target", target.as_str().into())]);
            moved.push(json!({ "old": old, "target": target }));
        }
        out.json(&moved);
        app.db.close().await;
        Ok(())
    }
}
