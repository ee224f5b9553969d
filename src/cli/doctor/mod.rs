//! `parvis doctor`: looks at a node from inside and from outside, says of each thing whether it is well, what it
//! means, and what to do. Changes nothing, except the one-time token of the signature test.

mod inside;
mod outside;
mod peers;

use std::path::PathBuf;

use clap::Args;
use fluent_templates::fluent_bundle::FluentValue;
use serde_json::{Value, json};

use super::{Failure, Output, node};
use crate::{
    App,
    clock::{Chance, Clock},
    storage::Db,
};

const EXAMPLES: &str = "\
À faire après l’installation, après chaque mise à jour, et quand quelque chose étonne. Le nœud doit être en
marche pour ce qui se voit de dehors. Code de sortie 1 si quelque chose ne va pas.
Run it after installing, after each upgrade, and when something is strange. Exit code 1 when something is wrong.

Exemples / Examples:
  parvis doctor
  parvis doctor --json
  parvis doctor --inside";

/// Examiner le nœud : configuration, base, DNS, TLS, horloge… / Examine the node
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {
    /// Seulement ce qui se voit de cette machine : rien n’est demandé au réseau / Only what this machine shows
    #[arg(long)]
    inside: bool,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Well.
    Ok,
    /// It works, and should not stay so.
    Warning,
    /// It does not work.
    Failure,
}

/// Something that was looked at: its sentence is `doctor-{name}-{word}`.
#[derive(Debug)]
pub(super) struct Check {
    name: &'static str,
    /// Which sentence.
    word: &'static str,
    state: State,
    /// What was found, in its own words.
    found: String,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, word: "ok", state: State::Ok, found: found.into() }
    }

    fn warning(name: &'static str, word: &'static str, found: impl Into<String>) -> Self {
        Self { name, word, state: State::Warning, found: found.into() }
    }

    fn failure(name: &'static str, word: &'static str, found: impl Into<String>) -> Self {
        Self { name, word, state: State::Failure, found: found.into() }
    }

    fn sentence(&self, out: &Output) -> String {
        let found: FluentValue<'_> = self.found.as_str().into();
        out.words(&format!("doctor-{}-{}", self.name, self.word), &[("found", found)])
    }

    fn document(&self, out: &Output) -> Value {
        let state = match self.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failure => "failure",
        };
        json!({
            "check": self.name, "state": state, "word": self.word, "found": self.found, "message": self.sentence(out),
        })
    }
}

impl Doctor {
    /// Does it.
    ///
    /// # Errors
    /// Those of the configuration; [`Failure::Told`] when something does not work.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let (file, config) = node::config(file)?;
        let mut checks = inside::files(file.as_deref(), &config);
        match open(config).await {
            Ok(app) => {
                checks.extend(inside::database(&app).await);
                if !self.inside {
                    checks.extend(outside::look(&app).await);
                    checks.extend(peers::look(&app).await);
                }
                app.db.close().await;
            }
            Err(error) => checks.push(Check::failure("database", "closed", error.to_string())),
        }
        tell(&checks, out);
        let wrong = checks.iter().any(|check| check.state == State::Failure);
        if wrong { Err(Failure::Told) } else { Ok(()) }
    }
}

/// The node with its database as it is: looking must not change its schema.
async fn open(config: crate::config::Config) -> crate::Result<App> {
    if let Some(file) = config.database.sqlite_file().filter(|file| !file.exists()) {
        return Err(crate::Error::not_found(file.display().to_string()));
    }
    let db = Db::open_as_it_is(&config.database.url).await?;
    App::with(db, config, Clock::system(), Chance::system())
}

fn tell(checks: &[Check], out: &Output) {
    for check in checks {
        let mark = match check.state {
            State::Ok => "✓",
            State::Warning => "⚠",
            State::Failure => "✗",
        };
        out.line(&format!("{mark} {}", check.sentence(out)));
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let words = [
        ("ok", count(State::Ok).into()),
        ("warnings", count(State::Warning).into()),
        ("failures", count(State::Failure).into()),
    ];
    out.say("doctor-total", &words);
    out.json(&json!({
        "well": count(State::Failure) == 0,
        "warnings": count(State::Warning),
        "failures": count(State::Failure),
        "checks": checks.iter().map(|check| check.document(out)).collect::<Vec<_>>(),
    }));
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_that_can_be_found_has_its_sentence() {
        let sources = [
            include_str!("inside.rs"),
            include_str!("outside.rs"),
            include_str!("peers.rs"),
            include_str!("mod.rs"),
        ];
        let sentences = include_str!("../../i18n/fr/operators.ftl");
        let mut found = 0;
        for source in sources {
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            for call in ["Check::ok(\"", "Check::warning(\"", "Check::failure(\""] {
                for rest in source.split(call).skip(1) {
                    let mut quoted = rest.split('"');
                    let name = quoted.next().unwrap_or_default();
                    let word = if call.contains("ok") { "ok" } else { quoted.nth(1).unwrap_or_default() };
                    assert!(
                        sentences.contains(&format!("\ndoctor-{name}-{word} = ")),
                        "doctor-{name}-{word}"
                    );
                    found += 1;
                }
            }
        }
        assert!(found > 40, "{found}");
    }
}
