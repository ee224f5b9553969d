//! `parvis keys`: the private keys of our accounts in a sealed file of their own, and back.

use std::{
    fs,
    io::{self, BufRead as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, Output, node};
use crate::{App, Error, actions::keys_file};

const EXAMPLES: &str = "\
Avec ce fichier et sa phrase secrète, on signe au nom de la collectivité : gardez-les loin l’un de l’autre.
Whoever has this file and its passphrase signs as the authority: keep them apart.

Exemples / Examples:
  parvis keys export cles-rennes.json
  parvis keys export cles-rennes.json --passphrase-file /root/phrase
  parvis keys import cles-rennes.json";

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Écrire toutes les clés privées dans un fichier scellé / Write all private keys into a sealed file
    #[command(after_help = EXAMPLES)]
    Export(Sealed),
    /// Reprendre les clés d’un tel fichier / Take the keys of such a file
    #[command(after_help = EXAMPLES)]
    Import(Sealed),
}

/// A sealed file.
#[derive(Debug, Args)]
pub struct Sealed {
    /// Le fichier des clés / The file of keys
    #[arg(value_name = "FICHIER")]
    keys: PathBuf,
    #[command(flatten)]
    passphrase: Passphrase,
}

/// Where the passphrase comes from.
#[derive(Debug, Args)]
pub struct Passphrase {
    /// Fichier de la phrase secrète (sans lui : une ligne sur l’entrée standard) / File of the passphrase
    #[arg(long, value_name = "FICHIER")]
    passphrase_file: Option<PathBuf>,
}

impl Passphrase {
    /// The passphrase: the first line of its file, or of standard input.
    ///
    /// # Errors
    /// Rule `file` when it cannot be read.
    pub fn read(&self, out: &Output) -> Result<String, Error> {
        let refused = |name: String, error: &io::Error| Error::invalid(name, "file", error.to_string());
        let text = if let Some(file) = &self.passphrase_file {
            fs::read_to_string(file).map_err(|error| refused(file.display().to_string(), &error))?
        } else {
            let _ = writeln!(io::stderr(), "{}", out.words("cli-passphrase", &[]));
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).map_err(|error| refused("-".to_owned(), &error))?;
            line
        };
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `Conflict` when the file exists; `Invalid` when it is no such file or the passphrase is another.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        match self {
            Self::Export(sealed) => export(&app, &sealed, out).await?,
            Self::Import(sealed) => {
                import(&app, &sealed.keys, &sealed.passphrase, out).await?;
            }
        }
        app.db.close().await;
        Ok(())
    }
}

async fn export(app: &App, sealed: &Sealed, out: &Output) -> Result<(), Failure> {
    let passphrase = sealed.passphrase.read(out)?;
    let (text, count) = keys_file::export(app, &node::operator(&app.config, None), &passphrase).await?;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&sealed.keys);
    let written = made.and_then(|mut made| made.write_all(text.as_bytes()).and_then(|()| made.sync_all()));
    let name = sealed.keys.display().to_string();
    written.map_err(|error| Error::conflict(format!("{name}: {error}")))?;
    out.say("cli-keys-exported", &[("file", name.clone().into()), ("count", count.into())]);
    out.json(&json!({ "file": name, "keys": count }));
    Ok(())
}

/// Takes the keys of a sealed file here.
///
/// # Errors
/// As [`Command::run`].
pub async fn import(app: &App, keys: &Path, passphrase: &Passphrase, out: &Output) -> Result<usize, Failure> {
    let name = keys.display().to_string();
    let text = fs::read_to_string(keys).map_err(|error| Error::invalid(&name, "file", error.to_string()))?;
    let passphrase = passphrase.read(out)?;
    let count = keys_file::import(app, &node::operator(&app.config, None), &text, &passphrase).await?;
    out.say("cli-keys-imported", &[("count", count.into())]);
    Ok(count)
}
