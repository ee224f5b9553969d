//! `parvis init`: writes the configuration of a new node, makes its keys and its actors. What exists is
//! never written over.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use super::{Failure, Output, node};
use crate::{Error, actions, storage};

const EXAMPLES: &str = "\
Sans options, complète un nœud dont la configuration existe : clés et acteurs manquants.
Without options, completes a node whose configuration exists: missing keys and actors.

Exemples / Examples:
  parvis init --domain rennes.example --name Rennes --territory 35238
  parvis --config /etc/parvis/parvis.toml init --domain bretagne.example --name Bretagne \\
      --territory 53 --tier region --handle region --database postgres://parvis@localhost/parvis";

/// Créer un nœud : configuration, clés, acteurs / Create a node: configuration, keys, actors
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// Nom dans les identifiants : rennes.example / The name in handles
    #[arg(long, value_name = "DOMAINE", requires = "name", requires = "territory")]
    domain: Option<String>,
    /// Nom de la collectivité / Name of the city or body
    #[arg(long, value_name = "NOM", requires = "domain")]
    name: Option<String>,
    /// Code COG ou SIREN / Code of the territory
    #[arg(long, value_name = "CODE", requires = "domain")]
    territory: Option<String>,
    /// Niveau : commune, epci, departement, region, etat, ue / Tier
    #[arg(long, value_name = "NIVEAU", default_value = "commune")]
    tier: String,
    /// Compte de la collectivité dans le fédivers / User part of its account
    #[arg(long, value_name = "COMPTE", default_value = "mairie")]
    handle: String,
    /// Adresse publique (sans elle : le domaine, en https) / Public address
    #[arg(long, value_name = "ADRESSE", requires = "domain")]
    public_url: Option<String>,
    /// Base de données / Database
    #[arg(long, value_name = "BASE", default_value = "sqlite:parvis.sqlite")]
    database: String,
    /// Adresse d’écoute / Address to listen on
    #[arg(long, value_name = "ADRESSE:PORT", default_value = "127.0.0.1:8100")]
    listen: String,
}

impl Init {
    /// Does it.
    ///
    /// # Errors
    /// `Conflict` when the file exists, those of the configuration, of the database and of key making.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let file = match &self.domain {
            Some(domain) => {
                let file = file.unwrap_or_else(|| PathBuf::from("parvis.toml"));
                write_new(&file, &self.text(domain))?;
                // What the options say is checked like any configuration; a refused one leaves nothing.
                if let Err(failure) = node::config(Some(file.clone())) {
                    fs::remove_file(&file).map_err(Failure::internal)?;
                    return Err(failure);
                }
                out.say("cli-init-written", &[("file", file.display().to_string().into())]);
                Some(file)
            }
            None => file,
        };
        let app = node::open(file).await?;
        actions::actors::set_up(&app, &node::operator(&app.config, None)).await?;
        let actors = storage::actors::ours(&app.db).await?;
        out.say("cli-init-actors", &[]);
        for actor in &actors {
            out.line(&format!("  @{}@{}  {}", actor.handle, app.config.domain, actor.name));
        }
        out.say("cli-init-next", &[]);
        let list: Vec<_> = actors.iter().map(|one| json!({ "handle": one.handle, "id": one.uri })).collect();
        out.json(&json!({ "domain": app.config.domain, "actors": list }));
        app.db.close().await;
        Ok(())
    }

    fn text(&self, domain: &str) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let public_url = self.public_url.clone().unwrap_or_else(|| format!("https://{domain}"));
        format!(
            "# Configuration d’un nœud Parvis, écrite par parvis init ; config/example.toml explique chaque clé.\n\
             # Configuration of a Parvis node, written by parvis init; config/example.toml explains every key.\n\
             domain = {}\npublic_url = {}\nlisten = {}\n\n\
             [city]\nname = {}\nterritory = {}\ntier = {}\nhandle = {}\n\n\
             [database]\nurl = {}\n",
            quoted(domain),
            quoted(&public_url),
            quoted(&self.listen),
            quoted(self.name.as_deref().unwrap_or_default()),
            quoted(self.territory.as_deref().unwrap_or_default()),
            quoted(&self.tier),
            quoted(&self.handle),
            quoted(&self.database),
        )
    }
}

/// Writes a file that must not exist, readable by its owner alone: it may hold a password.
fn write_new(file: &Path, text: &str) -> Result<(), Failure> {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made.and_then(|mut made| made.write_all(text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(error) => Err(Failure::Node(Error::conflict(format!("{}: {error}", file.display())))),
    }
}
