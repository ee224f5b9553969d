//! `parvis withdraw`: a record is withdrawn, in public and with its reason; history stays readable. `parvis erase`:
//! its text is destroyed for ever.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Failure, Output, node};
use crate::{
    App, Error, Result, actions,
    domain::{Code as _, Iri, codes::Reason},
    storage,
};

const EXAMPLES: &str = "\
Exemple / Example:
  parvis withdraw rennes/ccnr/avis-1 --reason superseded --text \"Remplacé par l’avis de juillet.\"";

const ERASING: &str = "\
Pour une donnée personnelle, ou quand la loi l’exige. Le texte de toutes les versions est détruit ; restent leurs
empreintes, leurs signatures et le motif. Les fichiers joints, les sauvegardes et ce que d’autres logiciels ont
copié ne sont pas touchés.
For personal data, or where the law asks for it. The text of all versions is destroyed; their hashes, signatures and
the reason stay. Attached files, backups and copies in other software are not touched.

Exemple / Example:
  parvis erase rennes/ccnr/avis-1 --reason legal --text \"Nommait une personne.\" --forever";

/// Retirer un texte publié : une dernière version, publique et motivée / Withdraw a record, in public
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Withdraw {
    /// Référence du dossier ou adresse du texte / Reference or id
    #[arg(value_name = "RÉF|ADRESSE")]
    what: String,
    /// Code du motif : legal, technical, duplicate, superseded, other… / Code of the reason
    #[arg(long, value_name = "CODE")]
    reason: String,
    /// Le motif en toutes lettres, publié (Markdown) / The reason in words, published
    #[arg(long, value_name = "TEXTE")]
    text: String,
}

impl Withdraw {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden` when it is not ours, `Gone` when it was withdrawn before, `Invalid` for an
    /// unknown reason.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        self.end(file, out, false).await
    }

    async fn end(self, file: Option<PathBuf>, out: &Output, erases: bool) -> Result<(), Failure> {
        let reason =
            Reason::written(&self.reason).map_err(|problem| Error::from(problem.within("--reason")))?;
        let app = node::open(file).await?;
        let id = named(&app, &self.what).await?;
        let operator = node::operator(&app.config, Some(self.text.clone()));
        if erases {
            actions::withdraw::erase(&app, &operator, &id, reason, &self.text).await?;
            out.say("cli-erased", &[("id", id.to_string().into())]);
            out.json(&json!({ "id": id, "erased": true }));
        } else {
            actions::withdraw::withdraw(&app, &operator, &id, reason, &self.text).await?;
            out.say("cli-withdrawn", &[("id", id.to_string().into())]);
            out.json(&json!({ "id": id, "withdrawn": true }));
        }
        app.db.close().await;
        Ok(())
    }
}

/// Effacer un texte publié, ici et chez ceux qui le gardent : sans retour / Erase a record, here and where it is kept
#[derive(Debug, Args)]
#[command(after_help = ERASING)]
pub struct Erase {
    #[command(flatten)]
    what: Withdraw,
    /// Oui, pour toujours / Yes, for ever
    #[arg(long, required = true)]
    forever: bool,
}

impl Erase {
    /// Does it.
    ///
    /// # Errors
    /// As [`Withdraw::run`]; `Gone` when it was erased before.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        self.what.end(file, out, self.forever).await
    }
}

/// The record of a reference or of an id.
async fn named(app: &App, what: &str) -> Result<Iri> {
    let uri = match storage::sources::named(&app.db, what).await? {
        Some(source) => source.uri,
        None if what.contains("://") => what.to_owned(),
        None => return Err(Error::not_found(what)),
    };
    Ok(Iri::parse(&uri)?)
}
