//! `parvis demo`: six nodes on this machine that load the sample dossiers and federate; `--check` runs
//! the scenario to its end and says what was expected and what was seen.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Failure, Output, serve};
use crate::{
    demo::{CITIES, Demo as Nodes, Expectation, Told},
    domain::Iri,
};

const EXAMPLES: &str = "\
Ctrl-C arrête tout proprement ; relancée, la démonstration reprend ses fichiers.
Ctrl-C stops everything gently; started again, the demonstration goes on from its files.

Exemples / Examples:
  parvis demo
  parvis demo --check --dir /tmp/parvis-demo";

/// Démonstration : six collectivités sur cette machine / Demonstration: six authorities on this machine
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// Dossier des six bases / Folder of the six databases
    #[arg(long, value_name = "DOSSIER", default_value = "demo")]
    dir: PathBuf,
    /// Jouer le scénario jusqu’au bout, sur un dossier neuf / Run the scenario to its end
    #[arg(long)]
    check: bool,
}

impl Demo {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Told`] when an expectation does not hold; `Unavailable` when a port is taken or the
    /// exchange does not come to its end.
    pub async fn run(self, out: &Output) -> Result<(), Failure> {
        out.say("cli-demo-starts", &[("folder", self.dir.display().to_string().into())]);
        let bar = out.progress(0, "cli-demo-progress");
        let (shown, told_to) = (bar.clone(), out.clone());
        let tell = move |told: Told<'_>| tell(&shown, &told, &told_to);
        let mut nodes = Nodes::start(&self.dir, &tell).await?;
        if self.check {
            let seen = nodes.check(&tell).await;
            bar.finish_and_clear();
            nodes.stop().await?;
            return sum(&seen?, out);
        }
        bar.finish_and_clear();
        guide(out, &nodes.link().await?);
        let stop = CancellationToken::new();
        tokio::spawn(serve::cancel_when_told(stop.clone()));
        nodes.run(stop).await?;
        out.say("cli-stopped", &[]);
        Ok(())
    }
}

fn tell(bar: &ProgressBar, told: &Told<'_>, out: &Output) {
    let at = |done: usize, total: usize, message: String| {
        bar.set_message(message);
        Output::steps(bar)(done, total);
    };
    match told {
        Told::Started(city) => {
            bar.suspend(|| {
                out.say("cli-demo-started", &[("city", city.title.into()), ("address", city.url().into())]);
            });
        }
        Told::Publishing(city, done, total) => {
            at(*done, *total, out.words("cli-demo-publishing", &[("city", city.title.into())]));
        }
        Told::Exchanging(done, total) => at(*done, *total, out.words("cli-demo-exchanging", &[])),
        Told::Looked(one) => {
            bar.suspend(|| {
                let mark = if one.holds() { "✓" } else { "✗" };
                let words = [("expected", one.expected.clone().into()), ("seen", one.seen.clone().into())];
                out.line(&format!("{mark} {}{}", one.what, out.words("cli-demo-looked", &words)));
            });
        }
    }
}

/// The last line, and the exit code.
fn sum(all: &[Expectation], out: &Output) -> Result<(), Failure> {
    let passed = all.iter().filter(|one| one.holds()).count();
    let failed = all.len() - passed;
    out.line(&format!("{passed} passed, {failed} failed"));
    let list: Vec<_> = all
        .iter()
        .map(|one| {
            json!({ "what": one.what, "expected": one.expected, "seen": one.seen, "holds": one.holds() })
        })
        .collect();
    out.json(&json!({ "passed": passed, "failed": failed, "expectations": list }));
    if failed == 0 { Ok(()) } else { Err(Failure::Told) }
}

/// What to open and what to try.
fn guide(out: &Output, link: &Iri) {
    out.say("cli-demo-ready", &[]);
    for city in &CITIES {
        out.line(&format!("  {:<12} {}/conventions/ia", city.title, city.url()));
    }
    out.say("cli-demo-try", &[]);
    out.say("cli-demo-link", &[("link", link.as_str().into())]);
}
