//! `parvis import FILE…`: reads dossiers into drafts, and publishes them when asked.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::{Failure, Output, node, publish};
use crate::{
    App,
    actions::{self, drafts::Change, import::Report},
    domain::Problem,
    dossier::{self, Dossier},
};

const EXAMPLES: &str = "\
Importer deux fois ne change rien ; un texte modifié fait une nouvelle version.
Importing twice changes nothing; a changed text makes a new version.

Exemples / Examples:
  parvis import rennes.toml --dry-run
  parvis import rennes.toml angers.toml --publish";

/// Lire des dossiers et en faire des brouillons / Read dossiers into drafts
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// Dossiers, en TOML ou en JSON / Dossiers, TOML or JSON
    #[arg(value_name = "FICHIER", required = true)]
    files: Vec<PathBuf>,
    /// Dire ce qui changerait, ne rien écrire / Say what would change, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Publier aussitôt ce qui a changé / Publish what changed at once
    #[arg(long, conflicts_with = "dry_run")]
    publish: bool,
}

impl Import {
    /// Does it: every file is read and checked before anything is written.
    ///
    /// # Errors
    /// `Invalid` with every refused line of every file.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let dossiers = read(&self.files)?;
        let app = node::open(file).await?;
        let reports = self.import(&app, &dossiers, out).await?;
        let drafted: Vec<String> = reports.iter().flat_map(Report::drafted).map(ToOwned::to_owned).collect();
        let published = if self.publish && !drafted.is_empty() {
            Some(publish::publish(&app, Some(&drafted), out).await?)
        } else {
            None
        };
        let changes: Vec<Value> = reports.iter().flat_map(|report| &report.changes).map(document).collect();
        let done = published.as_deref().map(publish::documents);
        let notes = reports.iter().flat_map(|report| &report.notes);
        let notes: Vec<Value> = notes
            .map(|note| json!({ "field": note.field, "rule": note.rule, "detail": note.detail }))
            .collect();
        out.json(&json!({ "dry_run": self.dry_run, "changes": changes, "notes": notes, "published": done }));
        app.db.close().await;
        Ok(())
    }

    async fn import(
        &self,
        app: &App,
        dossiers: &[(&Path, Dossier)],
        out: &Output,
    ) -> Result<Vec<Report>, Failure> {
        let bar = out.progress(u64::try_from(dossiers.len()).unwrap_or(0), "cli-import-progress");
        let mut reports = Vec::new();
        for (path, dossier) in dossiers {
            let folder = path.parent().unwrap_or(Path::new("."));
            let operator = node::operator(&app.config, None);
            reports.push(actions::import::import(app, &operator, dossier, folder, self.dry_run).await?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        for ((path, _), report) in dossiers.iter().zip(&reports) {
            tell(path, report, self.dry_run, out);
        }
        Ok(reports)
    }
}

/// Every dossier, or every problem of all of them, each under the name of its file.
fn read(files: &[PathBuf]) -> Result<Vec<(&Path, Dossier)>, Failure> {
    let (mut dossiers, mut problems) = (Vec::new(), Vec::new());
    for path in files {
        match dossier::read(path) {
            Ok(dossier) => dossiers.push((path.as_path(), dossier)),
            Err(found) => problems.extend(found.into_iter().map(|problem| at(path, problem))),
        }
    }
    if problems.is_empty() { Ok(dossiers) } else { Err(crate::Error::from(problems).into()) }
}

fn at(path: &Path, mut problem: Problem) -> Problem {
    let separator = if problem.field.is_empty() { "" } else { ": " };
    problem.field = format!("{}{separator}{}", path.display(), problem.field);
    problem
}

fn tell(path: &Path, report: &Report, dry_run: bool, out: &Output) {
    let changed = report.drafted().len();
    let key = if dry_run { "cli-import-would" } else { "cli-import-done" };
    out.say(
        key,
        &[
            ("file", path.display().to_string().into()),
            ("changed", changed.into()),
            ("same", (report.changes.len() - changed).into()),
        ],
    );
    for note in &report.notes {
        out.line(&format!("  {}  {}", note.field, out.problem(note)));
    }
    for (reference, kind, change) in &report.changes {
        if *change != Change::Same {
            let kind = match *kind {
                "Actor" => out.words("cli-kind-actor", &[]),
                kind => out.words(&format!("kind-{kind}"), &[]),
            };
            out.line(&format!("  {}  {reference}  ({kind})", out.words(key_of(*change), &[])));
        }
    }
}

const fn key_of(change: Change) -> &'static str {
    match change {
        Change::Same => "cli-change-same",
        Change::Drafted => "cli-change-drafted",
        Change::New => "cli-change-new",
        Change::NewVersion => "cli-change-version",
        Change::Redrafted => "cli-change-redrafted",
        Change::Withdrawn => "cli-change-withdrawn",
        Change::NotYours => "cli-change-not-yours",
    }
}

fn document((reference, kind, change): &(String, &'static str, Change)) -> Value {
    let change = key_of(*change).trim_start_matches("cli-change-");
    json!({ "reference": reference, "kind": kind, "change": change })
}
