//! The samples hold, their totals are those of the facts, and every rule refuses with field and rule.

mod items;
mod life;
mod rules;
mod samples;

use std::path::Path;

use super::*;

const SAMPLES: [&str; 6] = ["rennes", "angers", "montpellier", "nancy", "bretagne", "etat"];

fn sample(name: &str) -> Dossier {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.toml"));
    read(&path).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"))
}

/// A dossier without a fault, to put faults into.
const PLAIN: &str = r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[sources.page]
name = "Page"
[city]
ref = "ville"
name = "Ville"
territory = "35238"
[[councils]]
ref = "conseil"
handle = "conseil"
name = "Conseil"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "conseil"
kind = "saisine"
title = "Question"
text = "Laquelle ?"
asked_on = "2023-02"
[[avis]]
ref = "a1"
council = "conseil"
question = "q1"
title = "Avis"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2023-03-04"
recommendations = [{ title = "Une" }, { title = "Deux" }, { title = "Trois" }]
[[answers]]
recommendations = ["conseil/a1/r1..r2"]
decision = "accepted"
text = "Oui."
on = 2024-01-05
[[follow_ups]]
recommendation = "conseil/a1/r1"
status = "done"
text = "Fait."
on = 2024-06-01
"#;

/// What is wrong with a text, as `field rule` lines.
fn wrongs(text: &str) -> Vec<String> {
    let problems = match parse(text, Syntax::Toml) {
        Ok(dossier) => check(&dossier),
        Err(problems) => problems,
    };
    problems.iter().map(|problem| format!("{} {}", problem.field, problem.rule)).collect()
}
