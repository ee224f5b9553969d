//! `parvis intake`: what other authorities relayed to this one, and what it makes of it. Every decision is a public,
//! signed record.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{Failure, Output, node, output::when};
use crate::{
    App, Error, Result,
    actions::intake::{self, Further, Word},
    domain::{
        CivilDate, Code, Iri,
        codes::{Decision, FollowUpStatus, Reason, Tier},
        html,
    },
    federation::discover,
    storage::{
        offers::{self, Offer},
        records,
    },
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis intake list
  parvis intake show https://rennes.example/relais/019d8b0a-…
  parvis intake accept https://rennes.example/relais/019d8b0a-… --ref BZH-2026-077
  parvis intake ask RELAIS --text \"Quel coût avez-vous chiffré ?\"
  parvis intake answer RELAIS --decision accepted --text \"La Région finance…\"
  parvis intake follow-up RELAIS --status in-progress --text \"Les travaux ont commencé.\"
  parvis intake decline RELAIS --reason out-of-remit --text \"La compétence est celle de l’État.\"
  parvis intake pass-on RELAIS --to @ministere@etat.example --ground \"article L. 311-1 du code de l’éducation\"
  parvis intake export --format csv > positions.csv";

/// Positions read at once.
const PAGE: i64 = 500;

/// What can be done with positions.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lister les positions reçues / List what was received
    #[command(after_help = EXAMPLES)]
    List,
    /// Montrer une position / Show one
    #[command(after_help = EXAMPLES)]
    Show {
        /// Adresse du relais / Id of the relay
        #[arg(value_name = "RELAIS")]
        relay: String,
    },
    /// Accuser réception : la collectivité prend la position en charge / Acknowledge and take in charge
    #[command(after_help = EXAMPLES)]
    Accept {
        #[command(flatten)]
        said: Said,
    },
    /// Poser une question avant de répondre, en public / Ask something back, in public
    #[command(after_help = EXAMPLES)]
    Ask {
        #[command(flatten)]
        said: Said,
    },
    /// Répondre / Answer
    #[command(after_help = EXAMPLES)]
    Answer {
        /// accepted, accepted-in-part, refused, already-done, deferred, relayed / Decision
        #[arg(long, value_name = "CODE")]
        decision: String,
        /// Code du motif, pour un refus / Code of the reason, of a refusal
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        /// Échéance promise / When it is promised
        #[arg(long, value_name = "DATE")]
        promised_by: Option<String>,
        #[command(flatten)]
        said: Said,
    },
    /// Rendre compte de ce qui est fait / Report what became of it
    #[command(after_help = EXAMPLES)]
    FollowUp {
        /// in-progress, done, abandoned / Status
        #[arg(long, value_name = "CODE")]
        status: String,
        /// Code du motif, pour un abandon / Code of the reason, when given up
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        #[command(flatten)]
        said: Said,
    },
    /// Décliner, avec un motif / Decline, with a reason
    #[command(after_help = EXAMPLES)]
    Decline {
        /// Code du motif / Code of the reason
        #[arg(long, value_name = "CODE")]
        reason: String,
        #[command(flatten)]
        said: Said,
    },
    /// Relayer plus haut, à qui en a le pouvoir / Pass on to the authority that has the power
    #[command(after_help = EXAMPLES)]
    PassOn {
        /// @compte@serveur ou adresse du compte ; sinon site, avec --name / Account, or site with --name
        #[arg(long, value_name = "À")]
        to: String,
        /// Nom de l’organisme sans compte / Name of a body without an account
        #[arg(long, value_name = "NOM")]
        name: Option<String>,
        /// Échelon : departement, region, etat, ue… / Tier
        #[arg(long, value_name = "CODE")]
        tier: Option<String>,
        /// Fondement juridique / Legal ground
        #[arg(long, value_name = "TEXTE")]
        ground: Option<String>,
        /// Accusé de réception espéré pour / Acknowledgement hoped for by
        #[arg(long, value_name = "DATE")]
        expected_by: Option<String>,
        #[command(flatten)]
        said: Said,
    },
    /// Exporter tout ce qui a été reçu / Export all that was received
    #[command(after_help = EXAMPLES)]
    Export {
        /// Forme / Form
        #[arg(long, value_name = "FORME", default_value = "csv")]
        format: Form,
    },
}

/// Of which relay, and in which words.
#[derive(Debug, Args)]
pub struct Said {
    /// Adresse du relais / Id of the relay
    #[arg(value_name = "RELAIS")]
    relay: String,
    /// Le texte publié (Markdown) / The words, published
    #[arg(long, value_name = "TEXTE", default_value = "")]
    text: String,
    /// Numéro officiel / Official number
    #[arg(long = "ref", value_name = "NUMÉRO")]
    reference: Option<String>,
}

/// A form of the export.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Form {
    /// Pour un tableur / For a spreadsheet
    Csv,
    /// Pour un programme / For a program
    Json,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound` when it was not relayed to this node; `Conflict` when it cannot be said now; `Invalid` for unknown
    /// codes, or without words.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        match self {
            Self::List => list(&app, out).await?,
            Self::Show { relay } => show(&app, &relay, out).await?,
            Self::Export { format } => export(&app, format, out).await?,
            said => say(&app, said, out).await?,
        }
        app.db.close().await;
        Ok(())
    }
}

/// Reads what is written on the command line, and says it.
async fn say(app: &App, command: Command, out: &Output) -> Result<(), Failure> {
    let (word, said) = match command {
        Command::Accept { said } => (Word::Accept, said),
        Command::Ask { said } => (Word::Ask, said),
        Command::Decline { reason, said } => (Word::Decline(code(&reason, "--reason")?), said),
        Command::Answer { decision, reason, promised_by, said } => {
            let decision: Decision = code(&decision, "--decision")?;
            let reason = reason.map(|reason| code(&reason, "--reason")).transpose()?;
            (Word::Answer { decision, reason, promised_by: date(promised_by, "--promised-by")? }, said)
        }
        Command::FollowUp { status, reason, said } => {
            let status: FollowUpStatus = code(&status, "--status")?;
            let reason = reason.map(|reason| code::<Reason>(&reason, "--reason")).transpose()?;
            (Word::FollowUp { status, reason }, said)
        }
        Command::PassOn { to, name, tier, ground, expected_by, said } => {
            let tier = tier.map(|tier| code::<Tier>(&tier, "--tier")).transpose()?;
            let expected_by = date(expected_by, "--expected-by")?;
            let (to, name, is_actor) = body(app, &to, name).await?;
            (Word::PassOn(Box::new(Further { to, name, is_actor, tier, ground, expected_by })), said)
        }
        Command::List | Command::Show { .. } | Command::Export { .. } => return Ok(()),
    };
    let operator = node::operator(&app.config, None);
    let id = intake::say(app, &operator, &said.relay, &word, &said.text, said.reference).await?;
    out.say("cli-intake-said", &[("id", id.to_string().into())]);
    out.json(&json!({ "relay": said.relay, "id": id }));
    Ok(())
}

/// Whom something is passed on to: the site of a body with a name, else an account, looked up.
async fn body(app: &App, to: &str, name: Option<String>) -> Result<(Iri, String, bool)> {
    if let Some(name) = name {
        return Ok((Iri::parse(to).map_err(|problem| problem.within("--to"))?, name, false));
    }
    let body = discover::actor(app, to).await?;
    Ok((Iri::parse(&body.uri)?, body.name, true))
}

fn code<C: Code>(text: &str, field: &str) -> Result<C> {
    C::written(text).map_err(|problem| Error::from(problem.within(field)))
}

fn date(text: Option<String>, field: &str) -> Result<Option<CivilDate>> {
    let parsed = text.map(|text| CivilDate::parse(&text)).transpose();
    parsed.map_err(|problem| Error::from(problem.within(field)))
}

async fn all(app: &App) -> Result<Vec<Offer>> {
    let mut found: Vec<Offer> = Vec::new();
    loop {
        let after = found.last().map(|offer| (offer.at, offer.relay.clone()));
        let after = after.as_ref().map(|(at, relay)| (*at, relay.as_str()));
        let page = offers::to_us(&app.db, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let found = all(app).await?;
    let mut documents = Vec::with_capacity(found.len());
    for offer in &found {
        let title = title(app, offer).await?;
        out.line(&format!(
            "{}  {}  {}",
            when(offer.at),
            out.words(&format!("position-{}", offer.state), &[]),
            title
        ));
        out.line(&format!("  {}", offer.relay));
        documents.push(document(offer, &title));
    }
    out.say("cli-intake-total", &[("total", found.len().into())]);
    out.json(&documents);
    Ok(())
}

async fn title(app: &App, offer: &Offer) -> Result<String> {
    Ok(records::get(&app.db, &offer.relay).await?.map(|row| row.title).unwrap_or_default())
}

async fn show(app: &App, relay: &str, out: &Output) -> Result<(), Failure> {
    let missing = || Error::not_found(relay);
    let row = records::get(&app.db, relay).await?.filter(|row| row.kind == "Relay").ok_or_else(missing)?;
    let body = row.addressee.clone().unwrap_or_default();
    let offer = offers::get(&app.db, relay, &body).await?.filter(|offer| !offer.ours).ok_or_else(missing)?;
    let said: Value = serde_json::from_str(&row.document).unwrap_or_default();
    out.line(&row.title);
    out.fact("cli-intake-by", &offer.sender);
    out.fact("cli-intake-at", &when(offer.at));
    out.fact("cli-intake-state", &out.words(&format!("position-{}", offer.state), &[]));
    if let Some(ground) = said["parvis:ground"].as_str() {
        out.fact("cli-intake-ground", ground);
    }
    out.line(&html::plain(said["content"].as_str().unwrap_or_default()));
    let concerned = crate::domain::activity::ids(said.get("parvis:concerns"));
    for row in records::by_uris(&app.db, &concerned).await? {
        out.line(&format!("→ {}  {}", row.title, row.uri));
    }
    out.json(&document(&offer, &row.title));
    Ok(())
}

fn document(offer: &Offer, title: &str) -> Value {
    json!({
        "relay": offer.relay,
        "title": title,
        "sender": offer.sender,
        "body": offer.body,
        "state": offer.state,
        "received_at": when(offer.at),
        "changed_at": when(offer.changed_at),
    })
}

/// The same tables as the page of positions gives.
async fn export(app: &App, format: Form, out: &Output) -> Result<(), Failure> {
    let text = match format {
        Form::Csv => crate::web::pages::positions::table(app, out.lang()).await?,
        Form::Json => crate::web::pages::positions::documents(app, out.lang()).await?.to_string(),
    };
    out.result(&text);
    Ok(())
}
