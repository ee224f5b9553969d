//! `parvis replies`: citizens' replies from other servers, and whether they are shown.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{Failure, Output, node, output::when};
use crate::{
    App, actions,
    domain::{Iri, html},
    storage::replies::{self, Reply},
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis replies list
  parvis replies approve https://piaille.example/@alix/1234
  parvis replies reject https://piaille.example/@alix/1234 --reason \"insulte\"
  parvis replies erase https://piaille.example/@alix/1234 --reason \"demande du 3 mars\"";

/// Replies read at once.
const PAGE: i64 = 500;

/// What can be done with replies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lister les réponses / List the replies
    #[command(after_help = EXAMPLES)]
    List {
        /// Seulement celles de cet état / Only those of that state
        #[arg(long, value_name = "ÉTAT", default_value = "held")]
        state: State,
    },
    /// Montrer des réponses / Show replies
    #[command(after_help = EXAMPLES)]
    Approve {
        /// Adresses des réponses / Ids of the replies
        #[arg(value_name = "ADRESSE", required = true)]
        replies: Vec<String>,
    },
    /// Ne pas montrer des réponses / Do not show replies
    #[command(after_help = EXAMPLES)]
    Reject(Rejected),
    /// Effacer des réponses, pour toujours (RGPD, article 17) / Erase replies for ever (GDPR, article 17)
    #[command(after_help = EXAMPLES)]
    Erase(Rejected),
}

/// Replies, and why.
#[derive(Debug, Args)]
pub struct Rejected {
    /// Adresses des réponses / Ids of the replies
    #[arg(value_name = "ADRESSE", required = true)]
    replies: Vec<String>,
    /// Motif, gardé au journal / Reason, kept in the audit log
    #[arg(long, value_name = "MOTIF")]
    reason: String,
}

/// Where a reply stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum State {
    /// En attente / Waiting
    Held,
    /// Montrée / Shown
    Approved,
    /// Refusée / Not shown
    Rejected,
}

impl State {
    const fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound` when a reply is not here.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        match self {
            Self::List { state } => list(&app, state, out).await?,
            Self::Approve { replies } => decide(&app, &replies, None, out).await?,
            Self::Erase(erased) => erase(&app, &erased, out).await?,
            Self::Reject(rejected) => decide(&app, &rejected.replies, Some(rejected.reason), out).await?,
        }
        app.db.close().await;
        Ok(())
    }
}

/// A reason is what tells a rejection from an approval.
async fn decide(app: &App, uris: &[String], reason: Option<String>, out: &Output) -> Result<(), Failure> {
    let approve = reason.is_none();
    let operator = node::operator(&app.config, reason);
    for uri in uris {
        actions::replies::decide(app, &operator, uri, approve).await?;
    }
    let key = if approve { "cli-replies-approved" } else { "cli-replies-rejected" };
    out.say(key, &[("total", uris.len().into())]);
    out.json(&json!({ "state": if approve { "approved" } else { "rejected" }, "replies": uris }));
    Ok(())
}

async fn erase(app: &App, erased: &Rejected, out: &Output) -> Result<(), Failure> {
    let operator = node::operator(&app.config, Some(erased.reason.clone()));
    let mut total = 0;
    for uri in &erased.replies {
        let uri = Iri::parse(uri).map_err(crate::Error::from)?;
        total += i64::from(actions::replies::erase_by_order(app, &operator, &uri).await?);
    }
    out.say("cli-replies-erased", &[("total", total.into())]);
    out.json(&json!({ "erased": total, "replies": erased.replies }));
    Ok(())
}

async fn list(app: &App, state: State, out: &Output) -> Result<(), Failure> {
    let mut found: Vec<Reply> = Vec::new();
    loop {
        let after = found.last().map(|reply| (reply.received_at, reply.uri.clone()));
        let after = after.as_ref().map(|(at, uri)| (*at, uri.as_str()));
        let page = replies::by_state(&app.db, state.code(), after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    for reply in &found {
        out.line(&format!("{}  @{}  {}", when(reply.received_at), reply.author_handle, reply.uri));
        out.line(&format!("  → {}", reply.parent));
        out.line(&format!("  {}", html::first_line(&reply.content)));
    }
    out.say("cli-replies-total", &[("total", found.len().into())]);
    out.json(&found.iter().map(document).collect::<Vec<_>>());
    Ok(())
}

fn document(reply: &Reply) -> Value {
    json!({
        "id": reply.uri,
        "author": reply.author,
        "handle": reply.author_handle,
        "in_reply_to": reply.parent,
        "content": reply.content,
        "received_at": when(reply.received_at),
        "state": reply.state,
        "decided_by": reply.decided_by,
        "reason": reply.reason,
    })
}
