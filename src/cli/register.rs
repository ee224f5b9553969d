//! `parvis reindex`, `verify` and `export`: the register as a whole.

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::PathBuf,
};

use clap::Args;
use serde_json::json;

use super::{Failure, Output, node};
use crate::{
    Error,
    actions::{self, verify::Findings},
};

/// Reconstruire tout ce qui dérive du registre / Rebuild everything derived from the register
#[derive(Debug, Args)]
#[command(after_help = "Exemple / Example:\n  parvis reindex")]
pub struct Reindex {}

/// Vérifier empreintes, preuves et chaînes du registre / Check hashes, proofs and chains
#[derive(Debug, Args)]
#[command(after_help = "Code de sortie 1 si quelque chose ne tient pas. / Exit code 1 when something does \
    not hold.\n\nExemples / Examples:\n  parvis verify\n  parvis verify registre.jsonl --json")]
pub struct Verify {
    /// Un export plutôt que ce nœud (- : entrée standard) / An export rather than this node
    #[arg(value_name = "FICHIER")]
    file: Option<PathBuf>,
}

/// Écrire le registre, une version par ligne de JSON / Write the register as lines of JSON
#[derive(Debug, Args)]
#[command(after_help = "Aucune clé privée n’y figure. / No private key is in it.\n\nExemple / Example:\n  \
    parvis export --output registre.jsonl")]
pub struct Export {
    /// Fichier à créer (sans lui : sortie standard) / File to create
    #[arg(long, short, value_name = "FICHIER")]
    output: Option<PathBuf>,
}

impl Reindex {
    /// Does it.
    ///
    /// # Errors
    /// `Internal` when a stored version cannot be read any more.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let bar = out.progress(0, "cli-reindex-progress");
        let done =
            actions::reindex::reindex(&app, &node::operator(&app.config, None), &Output::steps(&bar)).await;
        bar.finish_and_clear();
        let total = done?;
        out.say("cli-reindexed", &[("total", total.into())]);
        out.json(&json!({ "versions": total }));
        app.db.close().await;
        Ok(())
    }
}

impl Verify {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Told`] when something does not hold; `Invalid` when a line is not one of an export.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let findings = match &self.file {
            Some(path) if path.as_os_str() == "-" => actions::verify::export(&mut io::stdin().lock())?,
            Some(path) => {
                let unreadable =
                    |error: io::Error| Error::invalid(path.display().to_string(), "file", error.to_string());
                actions::verify::export(&mut BufReader::new(File::open(path).map_err(unreadable)?))?
            }
            None => {
                let app = node::open(file).await?;
                let bar = out.progress(0, "cli-verify-progress");
                let findings = actions::verify::register(&app, &Output::steps(&bar)).await;
                bar.finish_and_clear();
                app.db.close().await;
                findings?
            }
        };
        tell(&findings, out);
        if findings.broken.is_empty() { Ok(()) } else { Err(Failure::Told) }
    }
}

fn tell(findings: &Findings, out: &Output) {
    for (id, version, problem) in &findings.broken {
        let place = if problem.field.is_empty() { String::new() } else { format!("{}: ", problem.field) };
        out.line(&format!("✗ {id} v{version}\n    {place}{}", out.problem(problem)));
    }
    let words = [
        ("checked", findings.checked.into()),
        ("unsigned", findings.unsigned.into()),
        ("erased", findings.erased.into()),
        ("broken", findings.broken.len().into()),
    ];
    out.say(if findings.broken.is_empty() { "cli-verified" } else { "cli-verified-broken" }, &words);
    let broken: Vec<_> = findings
        .broken
        .iter()
        .map(|(id, version, problem)| json!({ "id": id, "version": version, "problem": problem }))
        .collect();
    out.json(&json!({
        "checked": findings.checked,
        "unsigned": findings.unsigned,
        "erased": findings.erased,
        "broken": broken,
    }));
}

impl Export {
    /// Does it. The lines are the result, also with `--json`.
    ///
    /// # Errors
    /// `Conflict` when the file exists, `Unavailable` when it cannot be written.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let app = node::open(file).await?;
        let mut target: Box<dyn Write + Send> = match &self.output {
            Some(path) => {
                let made = File::options().write(true).create_new(true).open(path);
                Box::new(made.map_err(|error| Error::conflict(format!("{}: {error}", path.display())))?)
            }
            None => Box::new(io::stdout()),
        };
        let total = actions::export::export(&app, &mut *target).await?;
        if self.output.is_some() {
            out.say("cli-exported", &[("total", total.into())]);
            out.json(&json!({ "lines": total }));
        }
        app.db.close().await;
        Ok(())
    }
}
