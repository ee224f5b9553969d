//! `parvis similar`: recommendations of other cities that may carry the same idea, and what a person makes of a
//! suggestion. A suggestion is never a link until somebody confirms it.

use std::{collections::BTreeSet, path::PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Failure, Output, node};
use crate::{
    App,
    actions::similar,
    federation::embeddings,
    storage::records::{self, Row},
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis similar
  parvis similar rennes/ccnr/avis-1/r3
  parvis similar confirm rennes/ccnr/avis-1/r3 https://angers.example/recommandations/019d8b0a-… --text \"Les deux \
demandent une charte.\"
  parvis similar dismiss rennes/ccnr/avis-1/r3 https://angers.example/recommandations/019d8b0a-… --reason \"Autre sujet.\"";

/// Pairs shown when nothing is asked about.
const PAIRS: usize = 20;

/// Trouver la même idée dans d’autres villes / Find the same idea in other cities
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Similar {
    /// Une recommandation, par référence du dossier, numéro officiel ou adresse ; sans elle, les meilleures paires / A
    /// recommendation, by reference, official number or id; without it, the best pairs
    #[arg(value_name = "RÉF|ADRESSE")]
    what: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What a person makes of a suggestion.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Confirmer, en public et signé, que c’est la même idée / Confirm, in public and signed
    #[command(after_help = EXAMPLES)]
    Confirm {
        /// Deux recommandations ou plus / Two recommendations or more
        #[arg(value_name = "RÉF|ADRESSE", num_args = 2.., required = true)]
        what: Vec<String>,
        /// Le compte de ce nœud qui le dit (sans lui : le conseil concerné, sinon la ville) / The account that says it
        #[arg(long, value_name = "COMPTE")]
        by: Option<String>,
        /// Pourquoi, publié (Markdown) / Why, published
        #[arg(long, value_name = "TEXTE")]
        text: String,
    },
    /// Écarter une suggestion, ici seulement / Put a suggestion aside, here only
    #[command(after_help = EXAMPLES)]
    Dismiss {
        /// L’une / One
        #[arg(value_name = "RÉF|ADRESSE")]
        one: String,
        /// L’autre / The other
        #[arg(value_name = "RÉF|ADRESSE")]
        other: String,
        /// Pourquoi, gardé dans le journal / Why, kept in the log
        #[arg(long, value_name = "TEXTE", default_value = "")]
        reason: String,
        /// Revenir là-dessus / Take it back
        #[arg(long)]
        undo: bool,
    },
}

impl Similar {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound` for what is no recommendation; `Invalid` without words, or for fewer than two authors; `Conflict` when
    /// the same account confirmed it before.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let operator = node::operator(&app.config, None);
        match (self.command, self.what) {
            (Some(Command::Confirm { what, by, text }), _) => {
                let id = similar::confirm(&app, &operator, &what, by.as_deref(), &text).await?;
                out.say("cli-similar-confirmed", &[("id", id.to_string().into())]);
                out.json(&json!({ "id": id, "concerns": what }));
            }
            (Some(Command::Dismiss { one, other, reason, undo }), _) => {
                let pair = (one.as_str(), other.as_str());
                let done = if undo {
                    similar::recall(&app, &operator, pair).await?
                } else {
                    similar::dismiss(&app, &operator, pair, &reason).await?
                };
                let told = if undo { "cli-similar-recalled" } else { "cli-similar-dismissed" };
                out.line(&out.words(if done { told } else { "cli-similar-unchanged" }, &[]));
                out.json(&json!({ "one": one, "other": other, "dismissed": !undo, "changed": done }));
            }
            (None, what) => {
                if let Err(error) = embeddings::refresh(&app).await {
                    out.warn("cli-similar-words-alone", &[("why", error.to_string().into())]);
                }
                match what {
                    Some(what) => of(&app, &what, out).await?,
                    None => pairs(&app, out).await?,
                }
            }
        }
        app.db.close().await;
        Ok(())
    }
}

/// What is suggested for one recommendation.
async fn of(app: &App, what: &str, out: &Output) -> Result<(), Failure> {
    let row = similar::named(app, what).await?;
    let near = similar::near(app, &[&row.uri], similar::MOST).await?.remove(&row.uri).unwrap_or_default();
    let named: BTreeSet<&str> = near.iter().map(|near| near.uri.as_str()).collect();
    let rows = records::by_uris(&app.db, &named.into_iter().collect::<Vec<_>>()).await?;
    out.line(&row.title);
    let mut documents = Vec::new();
    for one in &near {
        let Some(other) = rows.iter().find(|row| row.uri == one.uri) else { continue };
        line(out, one.closeness, other);
        documents.push(document(one.closeness, other));
    }
    out.say("cli-similar-total", &[("total", documents.len().into())]);
    out.json(&json!({ "id": row.uri, "items": documents }));
    Ok(())
}

/// The best pairs that nobody decided about.
async fn pairs(app: &App, out: &Output) -> Result<(), Failure> {
    let pairs = similar::pairs(app, PAIRS).await?;
    let mut documents = Vec::with_capacity(pairs.len());
    for pair in &pairs {
        out.line(&pair.one.title);
        out.line(&format!("      {}", pair.one.uri));
        line(out, pair.closeness, &pair.other);
        let mut told = document(pair.closeness, &pair.other);
        told["of"] = json!(pair.one.uri);
        documents.push(told);
    }
    out.say("cli-similar-total", &[("total", documents.len().into())]);
    out.json(&documents);
    Ok(())
}

fn line(out: &Output, closeness: f64, row: &Row) {
    out.line(&format!("{:>4.0} % {}", closeness * 100.0, row.title));
    out.line(&format!("       {}", row.uri));
}

fn document(closeness: f64, row: &Row) -> Value {
    let closeness = (closeness * 10_000.0).round() / 10_000.0;
    json!({ "id": row.uri, "title": row.title, "author": row.author, "host": row.origin, "closeness": closeness })
}
