//! `parvis council`: the councils of this node.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, Output, node};
use crate::{
    App, Error,
    actions::{
        self, Act, Voice,
        actors::{self, Profile},
    },
    domain::{Actor, Handle, Role, canonical},
    storage,
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis council add ccnr --name \"Conseil citoyen du numérique responsable\"
  parvis council edit ccnr --summary \"20 habitants tirés au sort\"
  parvis council list --json";

/// What can be done with councils.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Command {
    /// Créer un conseil, ses clés et son compte / Create a council, its keys and its account
    #[command(after_help = EXAMPLES)]
    Add(Words),
    /// Changer ce qu’un conseil dit de lui / Change what a council says of itself
    #[command(after_help = EXAMPLES)]
    Edit(Words),
    /// Lister les conseils / List the councils
    #[command(after_help = EXAMPLES)]
    List,
}

/// What is said of a council.
#[derive(Debug, Args)]
pub struct Words {
    /// Identifiant : ccnr dans @ccnr@rennes.example / User part of its handle
    #[arg(value_name = "IDENTIFIANT")]
    handle: String,
    /// Nom entier / Whole name
    #[arg(long, value_name = "NOM")]
    name: Option<String>,
    /// Présentation, en Markdown / Summary, in Markdown
    #[arg(long, value_name = "TEXTE")]
    summary: Option<String>,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `Conflict` when the handle is taken, `NotFound` when there is no such council, `Invalid` for a
    /// handle or name that cannot be.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        match self {
            Self::Add(words) => words.add(&app, out).await?,
            Self::Edit(words) => words.edit(&app, out).await?,
            Self::List => list(&app, out).await?,
        }
        app.db.close().await;
        Ok(())
    }
}

impl Words {
    async fn add(self, app: &App, out: &Output) -> Result<(), Failure> {
        let handle = Handle::parse(&self.handle).map_err(Error::from)?;
        if storage::actors::by_handle(&app.db, handle.as_str()).await?.is_some() {
            return Err(Error::conflict(format!("@{handle}@{}", app.config.domain)).into());
        }
        let name = self.name.ok_or_else(|| Error::invalid("--name", "missing-key", ""))?;
        let mut profile = Profile::new(Role::Council, handle, name);
        profile.summary = self.summary.unwrap_or_default();
        save(app, &profile, out).await
    }

    async fn edit(self, app: &App, out: &Output) -> Result<(), Failure> {
        let missing = || Error::not_found(format!("@{}@{}", self.handle, app.config.domain));
        let row = storage::actors::by_handle(&app.db, &self.handle).await?;
        let row = row.filter(|row| row.role.as_deref() == Some(Role::Council.code())).ok_or_else(missing)?;
        let document = canonical::read(&row.document).map_err(Error::from)?;
        let known = Actor::from_document(&document).map_err(Error::from)?;
        let profile = Profile {
            role: Role::Council,
            handle: Handle::parse(&known.handle).map_err(Error::from)?,
            name: self.name.unwrap_or(known.name),
            // HTML that we wrote is Markdown that stays as it is.
            summary: self.summary.unwrap_or(known.summary),
            claims: known.claims,
            born_of: known.born_of,
            territory: known.territory,
            charter: None,
            synthetic: known.synthetic,
        };
        save(app, &profile, out).await
    }
}

async fn save(app: &App, profile: &Profile, out: &Output) -> Result<(), Failure> {
    let operator = node::operator(&app.config, None);
    let voice = Voice { handle: profile.handle.as_str(), guarantor: false };
    actions::allow(app, &operator, Act::Publish, profile.handle.as_str(), Some(voice)).await?;
    let (id, written) = actors::save(app, &operator, profile).await?;
    let address = format!("@{}@{}", profile.handle, app.config.domain);
    let key = if written { "cli-council-saved" } else { "cli-council-same" };
    out.say(key, &[("address", address.clone().into()), ("name", profile.name.clone().into())]);
    out.json(&json!({ "id": id, "handle": address, "changed": written }));
    Ok(())
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let councils = storage::actors::by_role(&app.db, Role::Council.code()).await?;
    let address = |handle: &str| format!("@{handle}@{}", app.config.domain);
    let rows: Vec<_> = councils.iter().map(|one| vec![address(&one.handle), one.name.clone()]).collect();
    out.table(&["cli-head-account", "cli-head-name"], &rows);
    let list: Vec<_> = councils
        .iter()
        .map(|one| json!({ "id": one.uri, "handle": address(&one.handle), "name": one.name }))
        .collect();
    out.json(&list);
    Ok(())
}
