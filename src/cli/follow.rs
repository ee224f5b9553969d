//! `parvis follow` and `unfollow`: one of our actors, by default the node itself, follows another one.
//! Following a node brings its whole register here.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Failure, Output, node};
use crate::{
    App, Error, Result, actions,
    domain::{Iri, Role},
    federation::discover,
    storage,
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis follow angers.example
  parvis follow @ccnr@angers.example --as mairie
  parvis unfollow angers.example";

/// Suivre une ville ou un compte / Follow a city or an account
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Follow {
    #[command(flatten)]
    edge: Edge,
}

/// Ne plus suivre / Stop following
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Unfollow {
    #[command(flatten)]
    edge: Edge,
}

#[derive(Debug, Args)]
struct Edge {
    /// Serveur (tout son registre), @compte@serveur ou adresse / Server, @account@server or id
    #[arg(value_name = "QUI")]
    whom: String,
    /// Lequel de nos comptes suit (sans lui : le nœud) / Which of our accounts follows
    #[arg(long = "as", value_name = "COMPTE")]
    follower: Option<String>,
}

impl Follow {
    /// Does it; the request leaves with the next turn of the worker.
    ///
    /// # Errors
    /// `NotFound` when there is nobody of that name, `Unavailable` when the server is silent.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let ours = self.edge.follower(&app).await?;
        let theirs = discover::actor(&app, &self.edge.whom).await?;
        actions::follows::follow(&app, &node::operator(&app.config, None), &ours, &theirs).await?;
        told("cli-follow-asked", "asked", (&self.edge.whom, theirs.uri.as_str()), out);
        app.db.close().await;
        Ok(())
    }
}

impl Unfollow {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound` when we do not follow it.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let ours = self.edge.follower(&app).await?;
        let theirs = self.edge.followed(&app, &ours).await?;
        actions::follows::unfollow(&app, &node::operator(&app.config, None), &ours, &theirs).await?;
        told("cli-unfollowed", "undone", (&self.edge.whom, theirs.as_str()), out);
        app.db.close().await;
        Ok(())
    }
}

fn told(key: &str, state: &str, (whom, id): (&str, &str), out: &Output) {
    out.say(key, &[("whom", whom.into()), ("id", id.into())]);
    out.json(&json!({ "id": id, "state": state }));
}

impl Edge {
    async fn follower(&self, app: &App) -> Result<Iri> {
        let found = match &self.follower {
            Some(handle) => storage::actors::by_handle(&app.db, handle).await?,
            None => storage::actors::by_role(&app.db, Role::Relay.code()).await?.into_iter().next(),
        };
        let name = self.follower.as_deref().unwrap_or(Role::Relay.code());
        let found = found.ok_or_else(|| Error::not_found(format!("@{name}@{}", app.config.domain)))?;
        Ok(Iri::parse(&found.uri)?)
    }

    /// Among those we follow, so that a silent server can be left too.
    async fn followed(&self, app: &App, follower: &Iri) -> Result<Iri> {
        let mut after = String::new();
        loop {
            let page = storage::follows::following(&app.db, follower.as_str(), &after, 500).await?;
            let Some(last) = page.last() else { return Err(Error::not_found(self.whom.clone())) };
            after.clone_from(&last.followed);
            let uris: Vec<&str> = page.iter().map(|follow| follow.followed.as_str()).collect();
            let actors = storage::actors::by_uris(&app.db, &uris).await?;
            if let Some(found) = actors.iter().find(|actor| self.names(actor)) {
                return Ok(Iri::parse(&found.uri)?);
            }
        }
    }

    fn names(&self, actor: &storage::actors::Actor) -> bool {
        let whom = self.whom.trim_start_matches('@');
        let relay = format!("relay@{whom}");
        let handle = format!("{}@{}", actor.handle, actor.host);
        whom == actor.uri || whom == handle || relay == handle
    }
}
