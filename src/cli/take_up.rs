//! `parvis take-up`: who takes up whose idea. The taker says so, the origin confirms or contests it, each in a public,
//! signed record.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, Output, node};
use crate::{
    App, Error, Result,
    actions::{
        publish::Published,
        take_up::{self, Assertion},
        taken_up,
    },
    domain::{CivilDate, Code, Iri, codes::Reason},
    federation::summon,
    storage,
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis take-up list
  parvis take-up assert https://rennes.example/recommandations/019d8b0a-… --by ccnr --kind adapted --became nancy/ccnr/avis-1/r2
  parvis take-up assert https://rennes.example/recommandations/019d8b0a-… --by mairie --as experiment --for \"Les Amis du canal\"
  parvis take-up confirm https://nancy.example/reprises/019d9c11-…
  parvis take-up contest https://nancy.example/reprises/019d9c11-… --reason other --text \"Le texte dit le contraire.\"
  parvis withdraw https://nancy.example/reprises/019d9c11-… --reason other --text \"Abandonné.\"";

/// What can be done with take-ups.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lister les reprises connues ici / List the take-ups known here
    #[command(after_help = EXAMPLES)]
    List,
    /// Reprendre une recommandation d’ailleurs ou d’ici / Take up a recommendation
    #[command(after_help = EXAMPLES)]
    Assert {
        /// Adresse ou référence de la recommandation / Id or reference of the recommendation
        #[arg(value_name = "RECOMMANDATION")]
        of: String,
        #[command(flatten)]
        how: How,
    },
    /// Confirmer qu’une recommandation d’ici a été reprise / Confirm that one of ours was taken up
    #[command(after_help = EXAMPLES)]
    Confirm {
        /// Adresse ou référence de la reprise / Id or reference of the take-up
        #[arg(value_name = "REPRISE")]
        take_up: String,
        /// Le texte publié (Markdown) / The words, published
        #[arg(long, value_name = "TEXTE", default_value = "")]
        text: String,
    },
    /// Contester une reprise, avec un motif / Contest a take-up, with a reason
    #[command(after_help = EXAMPLES)]
    Contest {
        /// Adresse ou référence de la reprise / Id or reference of the take-up
        #[arg(value_name = "REPRISE")]
        take_up: String,
        /// Code du motif / Code of the reason
        #[arg(long, value_name = "CODE")]
        reason: String,
        /// Le texte publié (Markdown) / The words, published
        #[arg(long, value_name = "TEXTE")]
        text: String,
    },
}

/// How something is taken up.
#[derive(Debug, Args)]
pub struct How {
    /// Compte de ce nœud qui reprend / Account of this node that takes it up
    #[arg(long, value_name = "COMPTE", default_value = "mairie")]
    by: String,
    /// as-is, adapted, inspired, contrary / How
    #[arg(long, value_name = "CODE")]
    kind: Option<String>,
    /// recommendation, action, experiment, project / As what
    #[arg(long = "as", value_name = "CODE")]
    taken_up_as: Option<String>,
    /// Notre recommandation qui en est née / Our recommendation that it became
    #[arg(long, value_name = "RECOMMANDATION")]
    became: Option<String>,
    /// Association ou collectif sans compte qui le fait / Local organisation that does it
    #[arg(long = "for", value_name = "NOM")]
    by_name: Option<String>,
    /// in-progress, done, abandoned / Where it stands
    #[arg(long, value_name = "CODE")]
    outcome: Option<String>,
    /// Date : 2026, 2026-05 ou 2026-05-12 / Date
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Le texte publié (Markdown) / The words, published
    #[arg(long, value_name = "TEXTE", default_value = "")]
    text: String,
}

impl Command {
    /// Does it. What is named and not here is asked of its own server.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` when it is not for us to say; `Conflict` when it was said; `Invalid` for unknown codes.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let operator = node::operator(&app.config, None);
        let said = match self {
            Self::List => {
                list(&app, out).await?;
                None
            }
            Self::Assert { of, how } => {
                let of = named(&app, &of).await?;
                let (assertion, text) = how.read(&app).await?;
                Some(take_up::assert(&app, &operator, &of, &assertion, &text).await?)
            }
            Self::Confirm { take_up, text } => {
                let take_up = named(&app, &take_up).await?;
                Some(take_up::confirm(&app, &operator, &take_up, &text).await?)
            }
            Self::Contest { take_up, reason, text } => {
                let take_up = named(&app, &take_up).await?;
                let reason: Reason = code(&reason, "--reason")?;
                Some(take_up::contest(&app, &operator, &take_up, reason, &text).await?)
            }
        };
        if let Some(said) = said {
            tell(out, &said);
        }
        app.db.close().await;
        Ok(())
    }
}

impl How {
    async fn read(self, app: &App) -> Result<(Assertion, String)> {
        let became = match self.became {
            Some(became) => Some(named(app, &became).await?),
            None => None,
        };
        let on = self.on.map(|on| CivilDate::parse(&on)).transpose();
        let assertion = Assertion {
            by: self.by.trim_start_matches('@').to_owned(),
            kind: self.kind.map(|kind| code(&kind, "--kind")).transpose()?,
            taken_up_as: self.taken_up_as.map(|what| code(&what, "--as")).transpose()?,
            became,
            by_name: self.by_name,
            outcome: self.outcome.map(|outcome| code(&outcome, "--outcome")).transpose()?,
            on: on.map_err(|problem| Error::from(problem.within("--on")))?,
        };
        Ok((assertion, self.text))
    }
}

fn code<C: Code>(text: &str, field: &str) -> Result<C> {
    C::written(text).map_err(|problem| Error::from(problem.within(field)))
}

/// The record of a reference or of an id; one that is not here is had from its own server.
async fn named(app: &App, what: &str) -> Result<Iri> {
    if let Some(source) = storage::sources::named(&app.db, what).await? {
        return Ok(Iri::parse(&source.uri)?);
    }
    if !what.contains("://") {
        return Err(Error::not_found(what));
    }
    let id = Iri::parse(what)?;
    summon::named(app, &id).await?;
    Ok(id)
}

fn tell(out: &Output, said: &Published) {
    let id = said.id.to_string();
    match said.version {
        Some(_) => out.say("cli-take-up-said", &[("id", id.clone().into())]),
        None => out.say("cli-take-up-same", &[("id", id.clone().into())]),
    }
    out.json(&json!({ "id": id, "kind": said.kind, "reference": said.reference, "version": said.version }));
}

async fn list(app: &App, out: &Output) -> Result<()> {
    let found = taken_up::every(app).await?;
    let title =
        |id: &Iri| found.known.ideas.get(id).map_or_else(|| id.to_string(), |idea| idea.title.clone());
    let judged = found.known.judged();
    let mut documents = Vec::with_capacity(judged.len());
    for one in &judged {
        let claim = one.claim;
        let standing = one.standing.word();
        out.line(&format!("{}  {}", claim.published, out.words(&format!("tree-{standing}"), &[])));
        out.line(&format!("  {}", claim.id));
        out.fact("cli-take-up-of", &title(&claim.said.takes_up));
        if let Some(became) = found.known.became(claim) {
            out.fact("cli-take-up-became", &title(became));
        }
        documents.push(json!({
            "id": claim.id,
            "by": claim.by,
            "of": claim.said.takes_up,
            "became": found.known.became(claim),
            "standing": standing,
        }));
    }
    out.say("cli-take-up-total", &[("total", judged.len().into())]);
    out.json(&documents);
    Ok(())
}
