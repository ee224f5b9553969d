//! `parvis publish`: drafts become signed records, sent to those who follow.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::{
    Failure, Output, node,
    output::{when, when_known},
};
use crate::{
    App,
    actions::{self, publish::Published},
};

const EXAMPLES: &str = "\
Exemples / Examples:
  parvis publish --list
  parvis publish rennes/ccnr/avis-1
  parvis publish --all";

/// Publier des brouillons, ou les lister / Publish drafts, or list them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[group(id = "what", required = true, multiple = false)]
pub struct Publish {
    /// Références des brouillons / References of drafts
    #[arg(value_name = "RÉF", group = "what")]
    references: Vec<String>,
    /// Tous ceux qui ne sont pas prévus pour plus tard / All that are not scheduled for later
    #[arg(long, group = "what")]
    all: bool,
    /// Lister les brouillons / List the drafts
    #[arg(long, group = "what")]
    list: bool,
}

impl Publish {
    /// Does it.
    ///
    /// # Errors
    /// `NotFound` for an unknown reference, `Invalid` when a draft breaks a rule.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        if self.list {
            list(&app, out).await?;
        } else {
            let wanted = (!self.all).then_some(self.references.as_slice());
            let published = publish(&app, wanted, out).await?;
            out.json(&documents(&published));
        }
        app.db.close().await;
        Ok(())
    }
}

/// Publishes drafts and tells people which.
///
/// # Errors
/// Those of [`actions::publish::publish`].
pub async fn publish(
    app: &App,
    references: Option<&[String]>,
    out: &Output,
) -> Result<Vec<Published>, Failure> {
    let bar = out.progress(0, "cli-publish-progress");
    let published =
        actions::publish::publish(app, &node::operator(&app.config, None), references, &Output::steps(&bar))
            .await;
    bar.finish_and_clear();
    let published = published?;
    for one in &published {
        let words = [
            ("reference", one.reference.clone().into()),
            ("id", one.id.to_string().into()),
            ("version", one.version.unwrap_or(0).into()),
        ];
        out.say(if one.version.is_some() { "cli-published" } else { "cli-published-same" }, &words);
    }
    out.say("cli-published-total", &[("total", published.len().into())]);
    Ok(published)
}

/// What was published, for programs.
pub fn documents(published: &[Published]) -> Vec<Value> {
    published
        .iter()
        .map(|one| json!({ "reference": one.reference, "kind": one.kind, "id": one.id, "version": one.version }))
        .collect()
}

async fn list(app: &App, out: &Output) -> Result<(), Failure> {
    let drafts = actions::drafts::list(app).await?;
    let rows: Vec<_> =
        drafts.iter().map(|draft| vec![draft.item.reference.clone(), when_known(draft.publish_at)]).collect();
    out.table(&["cli-head-reference", "cli-head-scheduled"], &rows);
    let list: Vec<_> = drafts
        .iter()
        .map(|draft| {
            json!({ "reference": draft.item.reference, "id": draft.id, "publish_at": draft.publish_at.map(when) })
        })
        .collect();
    out.json(&list);
    Ok(())
}
