//! `parvis convention`: conventions known here, who is in them, asking to be in one, ruling on who asked,
//! contributing. Leaving, excluding and taking back are `parvis withdraw` of the record that says so.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Failure, Output, node};
use crate::{
    App, Error, Result,
    actions::{
        conventions::{self, Known},
        publish::Published,
        take_part,
    },
    domain::{Code as _, codes::Reason},
    storage,
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis convention list
  parvis convention members ia
  parvis convention join ia --council codev
  parvis convention admit ia https://angers.example/adhesions/019d8b0a-…
  parvis convention decline ia ADRESSE --reason other --text \"Le calendrier est clos.\"
  parvis convention contribute ia angers/codev/avis-1 --sub-question transparence
  parvis withdraw ADRESSE --reason other --text \"Nous quittons la convention.\"";

/// What can be done about conventions.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lister les conventions connues / List the conventions known here
    #[command(after_help = EXAMPLES)]
    List,
    /// Qui en est, qui a demandé, qui est parti / Who is in it, who asked, who left
    #[command(after_help = EXAMPLES)]
    Members {
        /// Nom de la convention / Name of the convention
        #[arg(value_name = "NOM")]
        convention: String,
    },
    /// Demander à en être, et souscrire à la charte / Ask to be in it, and take on its charter
    #[command(after_help = EXAMPLES)]
    Join {
        /// Nom de la convention / Name of the convention
        #[arg(value_name = "NOM")]
        convention: String,
        /// Compte du conseil / Account of the council
        #[arg(long, value_name = "COMPTE")]
        council: String,
        /// Quelques mots, publiés / A few words, published
        #[arg(long, value_name = "TEXTE", default_value = "")]
        text: String,
    },
    /// Admettre un conseil (hôte) / Admit a council (host)
    #[command(after_help = EXAMPLES)]
    Admit {
        /// Nom de la convention / Name of the convention
        #[arg(value_name = "NOM")]
        convention: String,
        /// Adresse de l’adhésion, ou du conseil / Id of the adhesion, or of the council
        #[arg(value_name = "ADRESSE")]
        adhesion: String,
        /// Quelques mots, publiés / A few words, published
        #[arg(long, value_name = "TEXTE", default_value = "")]
        text: String,
    },
    /// Décliner une demande, avec un motif (hôte) / Decline, with a reason (host)
    #[command(after_help = EXAMPLES)]
    Decline {
        /// Nom de la convention / Name of the convention
        #[arg(value_name = "NOM")]
        convention: String,
        /// Adresse de l’adhésion, ou du conseil / Id of the adhesion, or of the council
        #[arg(value_name = "ADRESSE")]
        adhesion: String,
        /// Code du motif / Code of the reason
        #[arg(long, value_name = "CODE")]
        reason: String,
        /// Pourquoi, publié / Why, published
        #[arg(long, value_name = "TEXTE")]
        text: String,
    },
    /// Verser un avis ou une recommandation / Contribute an avis or a recommendation
    #[command(after_help = EXAMPLES)]
    Contribute {
        /// Nom de la convention / Name of the convention
        #[arg(value_name = "NOM")]
        convention: String,
        /// Référence du dossier ou adresse / Reference or id
        #[arg(value_name = "RÉF|ADRESSE")]
        of: String,
        /// Question de la convention dont cela relève / Sub-question it belongs under
        #[arg(long, value_name = "CLÉ")]
        sub_question: Option<String>,
        /// Quelques mots, publiés / A few words, published
        #[arg(long, value_name = "TEXTE", default_value = "")]
        text: String,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` when it is not ours to do; `Conflict` when it was done already.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let operator = node::operator(&app.config, None);
        match self {
            Self::List => list(&app, out).await?,
            Self::Members { convention } => {
                members(&app, &conventions::named(&app, &convention).await?, out).await?;
            }
            Self::Join { convention, council, text } => {
                let known = conventions::named(&app, &convention).await?;
                told(&take_part::join(&app, &operator, &known, &council, &text).await?, out);
            }
            Self::Admit { convention, adhesion, text } => {
                let known = conventions::named(&app, &convention).await?;
                told(&take_part::admit(&app, &operator, &known, &adhesion, &text).await?, out);
            }
            Self::Decline { convention, adhesion, reason, text } => {
                let known = conventions::named(&app, &convention).await?;
                let reason = Reason::written(&reason).map_err(Error::from)?;
                told(&take_part::decline(&app, &operator, &known, &adhesion, (reason, &text)).await?, out);
            }
            Self::Contribute { convention, of, sub_question, text } => {
                let known = conventions::named(&app, &convention).await?;
                told(&take_part::contribute(&app, &operator, &known, (&of, sub_question), &text).await?, out);
            }
        }
        app.db.close().await;
        Ok(())
    }
}

fn told(published: &Published, out: &Output) {
    out.say("cli-convention-said", &[("id", published.id.as_str().into())]);
    out.json(&json!({ "id": published.id, "kind": published.kind, "reference": published.reference }));
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let all = conventions::all(app).await?;
    if all.is_empty() {
        out.say("cli-convention-none", &[]);
    }
    let mut documents: Vec<Value> = Vec::with_capacity(all.len());
    for known in &all {
        let (slug, total) = (conventions::slug(&known.row), known.admitted().count());
        out.line(&format!("{}  {}", conventions::address(&known.row), known.row.title));
        out.line(&format!("  {}", out.words("cli-convention-members", &[("total", total.into())])));
        documents.push(json!({
            "slug": slug, "name": conventions::address(&known.row), "title": known.row.title, "group": known.said.convention, "host": known.host(),
            "members": total, "ours": known.row.ours,
        }));
    }
    out.json(&documents);
    Ok(())
}

async fn members(app: &App, known: &Known, out: &Output) -> Result<(), Failure> {
    let councils: Vec<&str> = known.members.iter().map(|member| member.council.as_str()).collect();
    let actors = storage::actors::by_uris(&app.db, &councils).await?;
    let mut documents: Vec<Value> = Vec::with_capacity(known.members.len());
    if known.members.is_empty() {
        out.say("cli-convention-empty", &[]);
    }
    for member in &known.members {
        let name = actors.iter().find(|actor| actor.uri == member.council.as_str());
        let name = name.map_or(member.council.as_str(), |actor| actor.name.as_str());
        let standing = out.words(&format!("standing-{}", member.standing.word()), &[]);
        out.line(&format!("{name}  {standing}  {}", member.since));
        out.line(&format!("  {}", member.adhesion));
        documents.push(json!({
            "council": member.council, "adhesion": member.adhesion, "standing": member.standing.word(),
            "since": member.since, "charter": member.charter,
        }));
    }
    out.json(&documents);
    Ok(())
}
